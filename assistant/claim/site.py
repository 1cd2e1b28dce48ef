"""What a site brings itself: its fee schedule, and the procedure edits (NCCI pairs, unit limits) that CMS publishes.

None of them ships with Superbill. An import replaces what was there, whole or not at all.
"""

import csv
import datetime as dt
from collections.abc import Iterable, Iterator
from decimal import Decimal
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.errors import InputError
from assistant.review.store import transaction
from assistant.x12 import parse_amount, parse_date

if TYPE_CHECKING:
    from sqlalchemy import Engine

FEES, PAIRS, UNITS = "fee schedule", "NCCI pairs", "unit limits"
BATCH = 5_000


@cache
def _tables() -> Any:
    from types import SimpleNamespace

    from sqlalchemy import Column, Integer, MetaData, String, Table

    metadata = MetaData()
    return SimpleNamespace(
        metadata=metadata,
        fees=Table(
            "fees",
            metadata,
            Column("code", String(5), primary_key=True),
            Column("modifier", String(2), primary_key=True),
            Column("cents", Integer, nullable=False),
        ),
        pairs=Table(
            "procedure_pairs",
            metadata,
            Column("id", Integer, primary_key=True),
            Column("first", String(5), nullable=False, index=True),
            Column("second", String(5), nullable=False),
            Column("starts", String(8), nullable=False),
            Column("ends", String(8), nullable=False),
            Column("modifier", Integer, nullable=False),
        ),
        units=Table(
            "unit_limits",
            metadata,
            Column("code", String(5), primary_key=True),
            Column("most", Integer, nullable=False),
        ),
    )


class SiteData:
    """The site's own data in the store. It is the `Edits` that the scrubber asks."""

    def __init__(self, engine: "Engine") -> None:
        self._engine = engine
        with transaction(engine) as connection:
            _tables().metadata.create_all(connection)
        self.pair = lru_cache(maxsize=100_000)(self._pair)
        self.most_units = lru_cache(maxsize=20_000)(self._most_units)

    def load(self, path: Path) -> tuple[str, int]:
        """Import one file, told apart by its columns; what it was and how many rows.

        A fee schedule is CSV with the columns code, charge and, if wanted, modifier. NCCI pairs and unit limits are
        the text or CSV files that CMS publishes. Raises InputError naming the line that cannot be used.
        """
        rows = list(_rows(path))
        kind, made = _recognised(rows, path.name)
        tables = _tables()
        table = {FEES: tables.fees, PAIRS: tables.pairs, UNITS: tables.units}[kind]
        with transaction(self._engine) as connection:
            connection.execute(table.delete())
            for start in range(0, len(made), BATCH):
                connection.execute(table.insert(), made[start : start + BATCH])
        self.pair.cache_clear()
        self.most_units.cache_clear()
        return kind, len(made)

    def fee(self, code: str, modifiers: Iterable[str] = ()) -> Decimal | None:
        """The charge for one unit: with one of the modifiers when the schedule names it, else without; None if absent."""
        from sqlalchemy import select

        fees = _tables().fees
        with transaction(self._engine) as connection:
            found = {row.modifier: row.cents for row in connection.execute(select(fees).where(fees.c.code == code))}
        cents = next((found[modifier] for modifier in modifiers if modifier in found), found.get(""))
        return None if cents is None else Decimal(cents) / 100

    def _pair(self, first: str, second: str, date: dt.date) -> bool | None:
        """None when the two may be billed on one day; else whether a modifier may set the edit aside."""
        from sqlalchemy import select

        pairs, day = _tables().pairs, f"{date:%Y%m%d}"
        query = select(pairs.c.modifier).where(pairs.c.first == first, pairs.c.second == second)
        query = query.where(pairs.c.starts <= day, pairs.c.ends >= day)
        with transaction(self._engine) as connection:
            said = connection.execute(query).scalars().first()
        return None if said is None else said == 1

    def _most_units(self, code: str, date: dt.date) -> int | None:
        """Units of a line at most; None when there is no limit. CMS gives the limits without dates."""
        from sqlalchemy import select

        units = _tables().units
        with transaction(self._engine) as connection:
            most: int | None = connection.execute(select(units.c.most).where(units.c.code == code)).scalars().first()
        return most


def _rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    """(line number, cells) of a tab-separated or CSV text."""
    try:
        with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
            head = file.read(20_000)
            file.seek(0)
            tabs = head.count("\t") > head.count(",")
            for number, cells in enumerate(csv.reader(file, delimiter="\t" if tabs else ","), start=1):
                if any(cell.strip() for cell in cells):
                    yield number, [cell.strip() for cell in cells]
    except OSError as error:
        raise InputError(f"{path} cannot be read ({error.strerror}); check the path.") from None
    except csv.Error:
        raise InputError(f"{path.name} is not a CSV or tab-separated text.") from None


def _recognised(rows: list[tuple[int, list[str]]], name: str) -> tuple[str, list[dict[str, Any]]]:
    head = " ".join(" ".join(cells) for _, cells in rows[:6]).lower()
    first = [cell.lower() for cell in rows[0][1]] if rows else []
    if "code" in first and "charge" in first:
        return FEES, _fees(rows, first, name)
    if "mue value" in head or "mue values" in head:
        return UNITS, _limits(rows, name)
    if "column 1" in head and "column 2" in head:
        return PAIRS, _pairs(rows, name)
    raise InputError(f"{name} is no fee schedule (columns code, charge), NCCI pair file or unit limit file.")


def _fees(rows: list[tuple[int, list[str]]], head: list[str], name: str) -> list[dict[str, Any]]:
    made: dict[tuple[str, str], dict[str, Any]] = {}
    for number, cells in rows[1:]:
        row = dict(zip(head, cells, strict=False))
        code, modifier = row.get("code", "").upper(), row.get("modifier", "").upper()
        amount = parse_amount(row.get("charge", "").replace("$", "").replace(",", ""))
        if len(code) != 5 or amount is None or amount < 0 or amount != round(amount, 2) or len(modifier) not in (0, 2):
            raise InputError(f"{name} line {number}: a code of five characters and a charge are needed.")
        if (code, modifier) in made:
            raise InputError(f"{name} line {number}: {code} {modifier}".rstrip() + " stands twice.")
        made[code, modifier] = {"code": code, "modifier": modifier, "cents": int(amount * 100)}
    return _some(list(made.values()), name)


def _pairs(rows: list[tuple[int, list[str]]], name: str) -> list[dict[str, Any]]:
    """Column 1, column 2, prior mark, first day, last day (`*` open), modifier indicator (0, 1; 9 means no edit)."""
    made: list[dict[str, Any]] = []
    for number, cells in rows:
        if len(cells) < 6 or len(cells[0]) != 5 or len(cells[1]) != 5 or not parse_date(cells[3]):
            if made:
                raise InputError(f"{name} line {number} is not a pair.")
            continue
        if cells[5][:1] in ("0", "1"):
            ends = cells[4] if parse_date(cells[4]) else "99991231"
            said = {"first": cells[0], "second": cells[1], "starts": cells[3], "ends": ends}
            made.append({**said, "modifier": int(cells[5][0])})
    return _some(made, name)


def _limits(rows: list[tuple[int, list[str]]], name: str) -> list[dict[str, Any]]:
    """Code, units at most."""
    made: dict[str, dict[str, Any]] = {}
    for number, cells in rows:
        if len(cells) < 2 or len(cells[0]) != 5 or not cells[1].isdigit():
            if made:
                raise InputError(f"{name} line {number} is not a unit limit.")
            continue
        made[cells[0]] = {"code": cells[0], "most": int(cells[1])}
    return _some(list(made.values()), name)


def _some(made: list[dict[str, Any]], name: str) -> list[dict[str, Any]]:
    if not made:
        raise InputError(f"{name} holds no row that can be used.")
    return made
