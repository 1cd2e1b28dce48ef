"""Control numbers that never repeat: each is reserved in the store, and the reservation committed, before it is used.

A kill between the reservation and the file leaves a gap, never a number used twice.
"""

from functools import cache
from typing import TYPE_CHECKING, Any

from assistant.accounts.principal import Role, require
from assistant.errors import StoreError
from assistant.store.engine import exclusive, reading, transaction

if TYPE_CHECKING:
    from sqlalchemy import Engine

LAST = 999_999_999
"""ISA13, GS06 and ST02 have nine digits."""
KINDS = ("interchange", "group", "transaction", "batch", "claim")


@cache
def tables() -> Any:
    """The store's table of counters."""
    from sqlalchemy import Column, Integer, String, Table

    from assistant.store.schema import metadata

    return Table(
        "control_numbers",
        metadata(),
        Column("kind", String(20), primary_key=True),
        Column("last", Integer, nullable=False),
    )


class ControlNumbers:
    """The store's counters. Open one over the engine of `open_store`."""

    def __init__(self, engine: "Engine") -> None:
        self._engine = engine

    def reserve(self, kind: str, count: int = 1) -> int:
        """The first of `count` consecutive numbers of this kind, now used for good.

        Raises StoreError when the nine digits are used up: a person must decide with the payer how to go on.
        """
        from sqlalchemy import insert, select, update

        require(Role.CODER, Role.BILLER, Role.ADMINISTRATOR)
        if kind not in KINDS or count < 1:
            raise ValueError(f"no control number of kind {kind!r}")
        table = tables()
        with transaction(self._engine) as connection:
            exclusive(connection, "control_numbers")
            last = connection.execute(select(table.c.last).where(table.c.kind == kind).with_for_update()).scalar()
            first = (last or 0) + 1
            if first + count - 1 > LAST:
                raise StoreError(f"The {kind} control numbers are used up; agree on a new start with the receiver.")
            if last is None:
                connection.execute(insert(table).values(kind=kind, last=count))
            else:
                connection.execute(update(table).where(table.c.kind == kind).values(last=last + count))
        return first

    def used(self) -> dict[str, int]:
        """The last number used of each kind."""
        from sqlalchemy import select

        table = tables()
        with reading(self._engine) as connection:
            return {row.kind: row.last for row in connection.execute(select(table.c.kind, table.c.last))}

    def raise_to(self, used: dict[str, int]) -> None:
        """Make sure that no number up to these is given out again (after a backup was brought back)."""
        own = self.used()
        for kind, last in used.items():
            if last > own.get(kind, 0):
                self.reserve(kind, last - own.get(kind, 0))
