"""What was sent and what became of it: one row for each claim number, kept in the store.

Holds control numbers, the payer's id and states, nothing about the patient.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from assistant.claim.acknowledgement import AckItem, Acknowledgement, AckStatus
from assistant.store.engine import exclusive, reading, transaction

if TYPE_CHECKING:
    from sqlalchemy import Engine

STATES = ("drafted", "received", "accepted", "rejected")


@dataclass(frozen=True, slots=True)
class SentClaim:
    """One claim number as the store knows it. `state` is drafted, received, accepted or rejected."""

    control_number: str
    encounter: str
    form: str
    payer: str
    interchange: int
    group: int
    transaction: str
    state: str
    payer_control_number: str
    changed: str


@cache
def tables() -> Any:
    """The store's table of claims."""
    from sqlalchemy import Column, Integer, String, Table

    from assistant.store.schema import metadata
    from assistant.store.sealed import Sealed

    return Table(
        "claims",
        metadata(),
        Column("control_number", String(40), primary_key=True),
        Column("encounter", Sealed("claims.encounter", True), nullable=False),
        Column("form", String(10), nullable=False),
        Column("payer", String(80), nullable=False),
        Column("interchange", Integer, nullable=False, index=True),
        Column("group", Integer, nullable=False, index=True),
        Column("transaction", String(10), nullable=False),
        Column("state", String(20), nullable=False),
        Column("payer_control_number", String(60), nullable=False),
        Column("changed", String(40), nullable=False),
    )


class ClaimHistory:
    """The claims that left this machine. Open one over the engine of `open_store`."""

    def __init__(self, engine: "Engine") -> None:
        self._engine = engine

    def add(self, claim: SentClaim) -> None:
        """Note a claim that was written; a claim written again takes the place of its earlier draft."""
        from sqlalchemy import delete, insert

        table = tables()
        row = {column.name: getattr(claim, column.name) for column in table.columns}
        with transaction(self._engine) as connection:
            exclusive(connection, "claims")
            connection.execute(delete(table).where(table.c.control_number == claim.control_number))
            connection.execute(insert(table), row)

    def get(self, control_number: str) -> SentClaim | None:
        """The claim with this number, or None."""
        from sqlalchemy import select

        table = tables()
        with reading(self._engine) as connection:
            row = connection.execute(select(table).where(table.c.control_number == control_number)).mappings().first()
        return SentClaim(**row) if row else None

    def numbers_of(self, encounters: Iterable[str]) -> frozenset[str]:
        """The claim numbers used for these encounters."""
        from sqlalchemy import select

        table = tables()
        query = select(table.c.control_number).where(table.c.encounter.in_(sorted(encounters)))
        with reading(self._engine) as connection:
            return frozenset(connection.execute(query).scalars())

    def of_another(self, control_number: str, encounter: str) -> bool:
        """Whether this claim number was used for another encounter."""
        known = self.get(control_number)
        return known is not None and known.encounter != encounter

    def apply(self, acknowledgement: Acknowledgement, at: dt.datetime | None = None) -> tuple[str, ...]:
        """Keep what an acknowledgement says; the claim numbers whose state changed, in order, each once.

        TA1 speaks of every claim of an interchange, 999 of a transaction or a group, 277CA of one claim. An error in
        one line rejects nothing by itself: the claim's own verdict does.
        """
        from sqlalchemy import select, update

        table = tables()
        moment = (at or dt.datetime.now(dt.UTC)).isoformat(timespec="seconds")
        changed: list[str] = []
        with transaction(self._engine) as connection:
            for item in acknowledgement.items:
                chosen, state = _target(table, item), _state(item)
                if chosen is None or state is None:
                    continue
                numbers = connection.execute(select(table.c.control_number).where(chosen)).scalars().all()
                values = {"state": state, "changed": moment}
                if item.payer_control_number:
                    values["payer_control_number"] = item.payer_control_number
                connection.execute(update(table).where(chosen).values(values))
                changed += numbers
        return tuple(dict.fromkeys(changed))


def _target(table: Any, item: AckItem) -> Any:
    """Which rows an item speaks of; None when it speaks of none."""
    if item.kind == "277CA":
        return table.c.control_number == item.claim if item.scope == "claim" and item.claim else None
    if not item.reference.isdigit():
        return None
    if item.kind == "TA1":
        return table.c.interchange == int(item.reference)
    if not item.group.isdigit():
        return None
    ours = table.c.group == int(item.group)
    if item.scope == "transaction":
        return ours & (table.c.transaction == item.reference)
    # A group accepted in part says nothing about one transaction: its own IK5 did.
    return ours if item.scope == "group" and item.status is not AckStatus.PARTLY else None


def _state(item: AckItem) -> str | None:
    """The state an item puts a claim in. A file that was taken in is received, not yet accepted by the payer."""
    if item.status is AckStatus.REJECTED:
        return "rejected"
    if item.kind == "277CA" and item.status is AckStatus.ACCEPTED:
        return "accepted"
    return "received" if item.status in (AckStatus.ACCEPTED, AckStatus.RECEIVED) else None
