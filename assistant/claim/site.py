"""What a site brings itself: fees, providers, payers, and the procedure edits (NCCI pairs, unit limits, add-on codes)
that CMS publishes.

None of them ships with Superbill. An import replaces what was there of its kind, whole or not at all.
"""

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from assistant.accounts.principal import Role, require
from assistant.accounts.trail import Event, Trail
from assistant.claim.site_files import (
    ADDONS,
    EQUIPMENT,
    FEES,
    HOSPITAL,
    PAIRS,
    PAYERS,
    PRACTITIONER,
    PROVIDERS,
    UNITS,
    SiteFile,
    recognised,
)
from assistant.claim.site_tables import site_tables
from assistant.errors import InputError
from assistant.store.engine import exclusive, reading, transaction

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

BATCH = 5_000


class UnitLimit(NamedTuple):
    """Medically unlikely edit: units at most, of a line or, `by_day`, of all lines of the code on one day."""

    most: int
    by_day: bool


@dataclass(frozen=True, slots=True)
class Loaded:
    """One file of an import: what it was, for which claims (CMS files only), and how many rows."""

    file: str
    kind: str
    setting: str
    rows: int


class SiteData:
    """The site's own data in the store. It is the `Edits` that the scrubber asks."""

    def __init__(self, engine: "Engine") -> None:
        self._engine = engine
        self.pair = lru_cache(maxsize=200_000)(self._pair)
        self.most_units = lru_cache(maxsize=50_000)(self._most_units)
        self.parents = lru_cache(maxsize=10_000)(self._parents)
        self.fee = lru_cache(maxsize=50_000)(self._fee)
        self.provider = lru_cache(maxsize=10_000)(self._provider)
        self.payer = lru_cache(maxsize=10_000)(self._payer)

    def load(self, paths: Sequence[Path], preview: bool = False) -> tuple[Loaded, ...]:
        """Import files, told apart by their columns; with `preview` everything is read and nothing kept.

        Files of one kind given together (CMS parts its pairs over several) replace what was there together. Raises
        InputError naming the file and every line that cannot be used; then nothing is changed.
        """
        from corpus.sources.files import open_files
        from corpus.sources.sheet import read_sheet

        sources, _ = open_files(paths)
        if not sources:
            raise InputError("The archive holds no table; name CSV, tab-separated or .xlsx files.")
        require(Role.BILLER, Role.ADMINISTRATOR)
        said: list[Loaded] = []
        emptied: set[tuple[str, str]] = set()
        with transaction(self._engine) as connection:
            exclusive(connection, "site")
            for source in sources:
                file = recognised(source.name, read_sheet(source, header=False).lines)
                if not preview and (file.kind, file.setting) not in emptied:
                    self._empty(connection, file)
                    emptied.add((file.kind, file.setting))
                said.append(Loaded(file.name, file.kind, file.setting, self._insert(connection, file, preview)))
            if not preview:
                told = ", ".join(f"{one.kind} {one.rows} rows" for one in said)
                Trail(self._engine).within(connection, Event.IMPORT, told)
        for known in (self.pair, self.most_units, self.parents, self.fee, self.provider, self.payer):
            known.cache_clear()
        return tuple(said)

    def _empty(self, connection: "Connection", file: SiteFile) -> None:
        table = _table(file.kind)
        gone = table.delete()
        connection.execute(gone.where(table.c.setting == file.setting) if file.setting else gone)

    def _insert(self, connection: "Connection", file: SiteFile, preview: bool) -> int:
        rows = (_stored(file.kind, row) for row in file.rows())
        count = 0
        while batch := list(islice(rows, BATCH)):
            count += len(batch)
            if not preview:
                connection.execute(_table(file.kind).insert(), batch)
        return count

    def _fee(
        self, code: str, modifiers: tuple[str, ...] = (), date: dt.date | None = None, payer: str = ""
    ) -> Decimal | None:
        """The charge for one unit on a day: the payer's own schedule before the general one, and in each the row with
        one of the modifiers before the row without; None when there is none."""
        from sqlalchemy import select

        fees, day = site_tables().fees, _day(date or dt.date.today())
        query = select(fees).where(fees.c.code == code, fees.c.starts <= day, fees.c.ends >= day)
        with reading(self._engine) as connection:
            found = {(row.payer, row.modifier): row.cents for row in connection.execute(query)}
        for whose in dict.fromkeys((payer, "")):
            for modifier in (*modifiers, ""):
                if (whose, modifier) in found:
                    return Decimal(found[whose, modifier]) / 100
        return None

    def _provider(self, npi: str) -> dict[str, str] | None:
        """The provider with this NPI as imported (column -> text), or None."""
        return self._record(site_tables().providers, "npi", npi)

    def _payer(self, payer: str) -> dict[str, str] | None:
        """The payer with this id as imported (column -> text), or None."""
        return self._record(site_tables().payers, "id", payer)

    def providers(self, most: int) -> tuple[dict[str, str], ...]:
        """The imported providers (column -> text), by NPI, at most `most`."""
        return self._records(site_tables().providers, "npi", most)

    def payers(self, most: int) -> tuple[dict[str, str], ...]:
        """The imported payers (column -> text), by id, at most `most`."""
        return self._records(site_tables().payers, "id", most)

    def _records(self, table: Any, key: str, most: int) -> tuple[dict[str, str], ...]:
        from sqlalchemy import select

        with reading(self._engine) as connection:
            texts = connection.execute(select(table.c.record).order_by(table.c[key]).limit(most)).scalars().all()
        return tuple(dict(json.loads(text)) for text in texts)

    def _record(self, table: Any, key: str, value: str) -> dict[str, str] | None:
        from sqlalchemy import select

        with reading(self._engine) as connection:
            text = connection.execute(select(table.c.record).where(table.c[key] == value)).scalar()
        return None if text is None else dict(json.loads(text))

    def filing_days(self, payer: str) -> int | None:
        """Within how many days of the service this payer wants its claims; None when the site has not said."""
        days = (self.payer(payer) or {}).get("filing_days", "")
        return int(days) if days else None

    def _pair(self, first: str, second: str, date: dt.date, hospital: bool = False) -> bool | None:
        """None when the two may be billed on one day; else whether a modifier may set the edit aside."""
        from sqlalchemy import select

        pairs, day = site_tables().pairs, _day(date)
        query = select(pairs.c.modifier).where(pairs.c.first == first, pairs.c.second == second)
        query = query.where(pairs.c.starts <= day, pairs.c.ends >= day)
        query = query.where(pairs.c.setting == (HOSPITAL if hospital else PRACTITIONER))
        with reading(self._engine) as connection:
            said = connection.execute(query).scalars().first()
        return None if said is None else said == 1

    def _most_units(self, code: str, date: dt.date, hospital: bool = False) -> UnitLimit | None:
        """The unit limit of a code; None when there is none. CMS gives the limits without dates."""
        from sqlalchemy import select

        units = site_tables().units
        with reading(self._engine) as connection:
            found = {row.setting: row for row in connection.execute(select(units).where(units.c.code == code))}
        for setting in (HOSPITAL,) if hospital else (PRACTITIONER, EQUIPMENT):
            if row := found.get(setting):
                return UnitLimit(row.most, row.indicator in (2, 3))
        return None

    def _parents(self, code: str, date: dt.date) -> frozenset[str] | None:
        """The codes an add-on code goes with on that day, empty when the file names none; None when it is no add-on."""
        from sqlalchemy import select

        addons, day = site_tables().addons, _day(date)
        query = select(addons.c.parent).where(addons.c.code == code, addons.c.starts <= day, addons.c.ends >= day)
        with reading(self._engine) as connection:
            found = connection.execute(query).scalars().all()
        return frozenset(parent for parent in found if parent) if found else None


def _table(kind: str) -> Any:
    tables = site_tables()
    return {
        FEES: tables.fees,
        PROVIDERS: tables.providers,
        PAYERS: tables.payers,
        PAIRS: tables.pairs,
        UNITS: tables.units,
        ADDONS: tables.addons,
    }[kind]


def _stored(kind: str, row: dict[str, Any]) -> dict[str, Any]:
    if kind in (PROVIDERS, PAYERS):
        key = "npi" if kind == PROVIDERS else "id"
        return {key: row[key], "record": json.dumps(row, sort_keys=True)}
    return row


def _day(date: dt.date) -> str:
    return f"{date.year:04}{date.month:02}{date.day:02}"
