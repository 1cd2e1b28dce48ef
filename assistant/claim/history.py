"""What was sent and what became of it: one row for each claim number, kept in the store.

Holds control numbers, the payer's id, states, what was answered in our own words, and a digest of each service (encrypted
when the store is); nothing about the patient in plain text.
"""

import dataclasses
import datetime as dt
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from assistant.accounts.principal import Role, require
from assistant.claim.acknowledgement import AckItem, Acknowledgement, AckStatus
from assistant.claim.checks.line import REPEATS
from assistant.claim.claim import Claim
from assistant.store.engine import exclusive, reading, transaction
from assistant.x12 import whole_number

if TYPE_CHECKING:
    from sqlalchemy import Engine

BATCH = 500
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
    first_segment: int = 0
    """Place of its CLM in the transaction set, ST being 1; 0 for a claim on paper."""
    last_segment: int = 0


@dataclass(frozen=True, slots=True)
class Answer:
    """What one acknowledgement said about a claim, in our words. `state` is empty for an error that explains a verdict."""

    control_number: str
    at: str
    kind: str
    state: str
    field: str
    message: str


@cache
def tables() -> Any:
    """The store's table of claims."""
    return _tables().claims


@cache
def _tables() -> Any:
    from types import SimpleNamespace

    from sqlalchemy import Column, Integer, String, Table, Text

    from assistant.store.schema import metadata
    from assistant.store.sealed import Sealed

    claims = Table(
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
        Column("first_segment", Integer, nullable=False, server_default="0"),
        Column("last_segment", Integer, nullable=False, server_default="0"),
    )
    services = Table(
        "claim_services",
        metadata(),
        Column("id", Integer, primary_key=True),
        Column("control_number", String(40), nullable=False, index=True),
        Column("digest", Sealed("claim_services.digest", True), nullable=False, index=True),
    )
    answers = Table(
        "claim_answers",
        metadata(),
        Column("id", Integer, primary_key=True),
        Column("control_number", String(40), nullable=False, index=True),
        Column("at", String(40), nullable=False),
        Column("kind", String(10), nullable=False),
        Column("state", String(20), nullable=False),
        Column("field", String(20), nullable=False),
        Column("message", Text, nullable=False),
    )
    return SimpleNamespace(claims=claims, services=services, answers=answers)


class ClaimHistory:
    """The claims that left this machine. Open one over the engine of `open_store`."""

    def __init__(self, engine: "Engine") -> None:
        self._engine = engine

    def add(self, claim: SentClaim, services: Iterable[str] = ()) -> None:
        """Note a claim that was written; a claim written again takes the place of its earlier draft. `services` are the
        digests of its lines (see `service_digests`)."""
        self.add_all([(claim, tuple(services))])

    def add_all(self, claims: Sequence[tuple[SentClaim, tuple[str, ...]]]) -> None:
        """Note the claims of one file with the digests of their lines, all or none."""
        from sqlalchemy import delete, insert

        require(Role.CODER, Role.BILLER)
        known = _tables()
        table, services = known.claims, known.services
        sent = {claim.control_number: claim for claim, _ in claims}
        rows = [{column.name: getattr(claim, column.name) for column in table.columns} for claim in sent.values()]
        lines = [
            {"control_number": claim.control_number, "digest": digest}
            for claim, digests in claims
            for digest in dict.fromkeys(digests)
        ]
        with transaction(self._engine) as connection:
            exclusive(connection, "claims")
            for start in range(0, len(rows), BATCH):
                numbers = [row["control_number"] for row in rows[start : start + BATCH]]
                connection.execute(delete(table).where(table.c.control_number.in_(numbers)))
                connection.execute(delete(services).where(services.c.control_number.in_(numbers)))
                connection.execute(insert(table), rows[start : start + BATCH])
            for start in range(0, len(lines), BATCH):
                connection.execute(insert(services), lines[start : start + BATCH])

    def billed_before(self, digests: Iterable[str]) -> dict[str, tuple[str, ...]]:
        """For each of these digests that is known: the claims, not rejected, that hold the service."""
        from sqlalchemy import select

        known = _tables()
        claims, services = known.claims, known.services
        wanted = sorted(set(digests))
        found: dict[str, list[str]] = {}
        with reading(self._engine) as connection:
            for start in range(0, len(wanted), BATCH):
                query = (
                    select(services.c.digest, services.c.control_number)
                    .join(claims, claims.c.control_number == services.c.control_number)
                    .where(services.c.digest.in_(wanted[start : start + BATCH]), claims.c.state != "rejected")
                    .order_by(services.c.control_number)
                )
                for digest, number in connection.execute(query):
                    found.setdefault(digest, []).append(number)
        return {digest: tuple(numbers) for digest, numbers in found.items()}

    def encounters_of(self, numbers: Iterable[str]) -> dict[str, str]:
        """The encounter that each of these claim numbers was used for; unknown numbers are left out."""
        from sqlalchemy import select

        table = tables()
        wanted = sorted(set(numbers))
        found: dict[str, str] = {}
        with reading(self._engine) as connection:
            for start in range(0, len(wanted), BATCH):
                query = select(table.c.control_number, table.c.encounter)
                query = query.where(table.c.control_number.in_(wanted[start : start + BATCH]))
                found.update((number, encounter) for number, encounter in connection.execute(query))
        return found

    def at_segment(self, group: str, transaction_set: str, position: int) -> str:
        """The number of the claim that holds this segment of a transaction set we wrote; empty when none does."""
        from sqlalchemy import select

        table = tables()
        number = whole_number(group)
        if number is None or not position:
            return ""
        query = select(table.c.control_number).where(
            table.c.group == number,
            table.c.transaction == transaction_set,
            table.c.first_segment <= position,
            table.c.last_segment >= position,
        )
        with reading(self._engine) as connection:
            return connection.execute(query).scalar() or ""

    def listed(self, states: Sequence[str] = STATES) -> tuple[SentClaim, ...]:
        """Every claim in one of these states, last changed first."""
        from sqlalchemy import select

        table = tables()
        query = select(table).where(table.c.state.in_(states)).order_by(table.c.changed.desc(), table.c.control_number)
        with reading(self._engine) as connection:
            return tuple(SentClaim(**row) for row in connection.execute(query).mappings())

    def answers(self, control_number: str) -> tuple[Answer, ...]:
        """What was answered about a claim, in the order in which it was read."""
        from sqlalchemy import select

        table = _tables().answers
        query = select(table).where(table.c.control_number == control_number).order_by(table.c.id)
        with reading(self._engine) as connection:
            rows = connection.execute(query).mappings().all()
        return tuple(Answer(**{name: row[name] for name in Answer.__dataclass_fields__}) for row in rows)

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

    def forget(self, encounters: Iterable[str]) -> int:
        """Leave the claims of these encounters without their name, services and answers; how many. Their numbers stay
        used."""
        from sqlalchemy import delete, select, update

        require(Role.ADMINISTRATOR)
        store, count = _tables(), 0
        claims = store.claims
        with transaction(self._engine) as connection:
            for encounter in sorted(filter(None, encounters)):
                theirs = select(claims.c.control_number).where(claims.c.encounter == encounter)
                for table in (store.services, store.answers):
                    connection.execute(delete(table).where(table.c.control_number.in_(theirs)))
                gone = update(claims).where(claims.c.encounter == encounter).values(encounter="")
                count += connection.execute(gone).rowcount
        return count

    def of_another(self, control_number: str, encounter: str) -> bool:
        """Whether this claim number was used for another encounter."""
        known = self.get(control_number)
        return known is not None and known.encounter != encounter

    def located(self, acknowledgement: Acknowledgement) -> Acknowledgement:
        """The same, with the claim of each error that a 999 names by its segment alone."""
        items = tuple(
            dataclasses.replace(item, claim=self.at_segment(item.group, item.reference, item.position))
            if item.position and not item.claim
            else item
            for item in acknowledgement.items
        )
        return dataclasses.replace(acknowledgement, items=items)

    def apply(self, acknowledgement: Acknowledgement, at: dt.datetime | None = None) -> tuple[str, ...]:
        """Keep what an acknowledgement says; the claim numbers whose state changed, in order, each once.

        TA1 speaks of every claim of an interchange, 999 of a transaction or a group, 277CA of one claim. An error in
        one line rejects nothing by itself: the claim's own verdict does. A claim that was accepted or rejected does
        not fall back to received when an older answer is read again.
        """
        from sqlalchemy import insert, select, update

        require(Role.CODER, Role.BILLER)
        table, answers = tables(), _tables().answers
        moment = (at or dt.datetime.now(dt.UTC)).isoformat(timespec="seconds")
        changed: list[str] = []
        with transaction(self._engine) as connection:
            exclusive(connection, "claims")
            for item in acknowledgement.items:
                chosen, state = _target(table, item), _state(item)
                numbers: Sequence[str] = [item.claim] if item.claim else []
                if chosen is not None and state is not None:
                    if state == "received":
                        chosen &= table.c.state.in_(("drafted", "received"))
                    numbers = connection.execute(select(table.c.control_number).where(chosen)).scalars().all()
                    values = {"state": state, "changed": moment}
                    if item.payer_control_number:
                        values["payer_control_number"] = item.payer_control_number
                    connection.execute(update(table).where(chosen).values(values))
                    changed += numbers
                said = {"at": moment, "kind": item.kind, "state": state or "", "field": item.field[:20]}
                for number in numbers:
                    connection.execute(insert(answers), {**said, "control_number": number, "message": item.message})
        return tuple(dict.fromkeys(changed))


def service_digests(claim: Claim) -> tuple[str, ...]:
    """One digest for each line that could be billed twice: payer, member, patient, billing provider, day, service.

    Lines whose modifiers say that the service was repeated or distinct, and lines without a procedure on a day, have
    none; nor has a replacement or void.
    """
    if claim.frequency in ("7", "8"):
        return ()
    person = claim.patient or claim.subscriber
    head = (claim.payer.id, claim.subscriber.id, person.first, person.birth_date, claim.billing.id, claim.form.value)
    made = []
    for line in claim.lines:
        if line.procedure and line.start and not REPEATS & set(line.modifiers):
            said = "|".join(map(str, (*head, line.start, line.procedure, *sorted(line.modifiers))))
            made.append(hashlib.sha256(said.encode()).hexdigest())
    return tuple(made)


def _target(table: Any, item: AckItem) -> Any:
    """Which rows an item speaks of; None when it speaks of none."""
    if item.kind == "277CA":
        return table.c.control_number == item.claim if item.scope == "claim" and item.claim else None
    if (reference := whole_number(item.reference)) is None:
        return None
    if item.kind == "TA1":
        return table.c.interchange == reference
    if (group := whole_number(item.group)) is None:
        return None
    ours = table.c.group == group
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
