"""Which release a set of files is, and from when to when it is in force.

ICD-10 releases run with the US fiscal year (October to September; an April update takes its place half way), HCPCS
with the quarter, CPT with the calendar year. The year comes from what the site says, else from the file's own
version, else from the names.
"""

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from corpus.codes import CodeSystem, Release
from corpus.errors import CorpusError

LABELS = {
    CodeSystem.ICD10CM: "ICD-10-CM",
    CodeSystem.ICD10PCS: "ICD-10-PCS",
    CodeSystem.HCPCS: "HCPCS Level II",
    CodeSystem.CPT: "CPT",
}
_YEAR = re.compile(r"(?<!\d)(20\d\d)(?!\d)")
_APRIL = re.compile(r"(?<![a-z])apr(?:il)?(?![a-z])", re.I)
_QUARTERS = {"jan": 1, "apr": 4, "jul": 7, "oct": 10}
_MONTHS = {1: "January", 4: "April", 7: "July", 10: "October"}
_QUARTER = re.compile(r"(?<![a-z])(jan|apr|jul|oct)(?:uary|il|y|ober)?(?![a-z])", re.I)


@dataclass(frozen=True, slots=True)
class Wish:
    """What the site says about the release; "" for what it leaves to the files. Dates are ISO."""

    name: str = ""
    starts: str = ""
    ends: str = ""

    def __post_init__(self) -> None:
        for option, text in (("--from", self.starts), ("--to", self.ends)):
            try:
                if text:
                    dt.date.fromisoformat(text)
            except ValueError as error:
                raise CorpusError(f"{option} takes a date as YYYY-MM-DD, not {text!r}") from error
        if self.starts and self.ends and self.ends < self.starts:
            raise CorpusError("--to is before --from")


def years(texts: Iterable[str]) -> tuple[str, ...]:
    """The years that stand in versions or names, without repeats."""
    return tuple(dict.fromkeys(year for text in texts for year in _YEAR.findall(text)))


def fiscal_release(system: CodeSystem, wish: Wish, versions: Sequence[str], names: Sequence[str]) -> Release:
    """The release of ICD-10-CM or ICD-10-PCS files. Raises CorpusError when the files say nothing or contradict each other."""
    found = years([wish.name]) or years(versions) or years(names)
    if len(found) > 1:
        raise CorpusError(
            f"these files are of {' and '.join(found)}; import one release at a time, or say which with --release"
        )
    april = _APRIL.search(wish.name) if wish.name else any(_APRIL.search(name) for name in names)
    if found:
        year = int(found[0])
        name = wish.name or f"FY{year}{' (April)' if april else ''}"
        starts = f"{year}-04-01" if april else f"{year - 1}-10-01"
        return _release(system, name, wish.starts or starts, wish.ends or f"{year}-09-30", names)
    return _told(system, wish, names, "FY2027")


def quarter_release(wish: Wish, names: Sequence[str], effective: Iterable[str]) -> Release:
    """The release of HCPCS files; without a hint in the names, the quarter of the last change that the file holds."""
    said = [wish.name] if wish.name else list(names)
    year, quarter = years(said), [found[1].lower() for text in said if (found := _QUARTER.search(text))]
    last = max(effective, default="")
    if len(year) == 1 and quarter and len(set(quarter)) == 1:
        start = dt.date(int(year[0]), _QUARTERS[quarter[0]], 1)
    elif last and not wish.name:
        day = dt.date.fromisoformat(last)
        start = dt.date(day.year, (day.month - 1) // 3 * 3 + 1, 1)
    else:
        return _told(CodeSystem.HCPCS, wish, names, "2027 January")
    end = (start + dt.timedelta(days=95)).replace(day=1) - dt.timedelta(days=1)
    name = wish.name or f"{start.year} {_MONTHS[start.month]}"
    return _release(CodeSystem.HCPCS, name, wish.starts or start.isoformat(), wish.ends or end.isoformat(), names)


def year_release(wish: Wish, names: Sequence[str]) -> Release:
    """The release of a CPT file."""
    found = years([wish.name]) or years(names)
    if len(found) != 1:
        return _told(CodeSystem.CPT, wish, names, "2027")
    year = found[0]
    starts, ends = wish.starts or f"{year}-01-01", wish.ends or f"{year}-12-31"
    return _release(CodeSystem.CPT, wish.name or year, starts, ends, names)


def _told(system: CodeSystem, wish: Wish, names: Sequence[str], example: str) -> Release:
    if not (wish.name and wish.starts):
        raise CorpusError(
            f"{', '.join(names[:3])}: nothing says which release of {LABELS[system]} this is; "
            f"add --release, e.g. --release {example!r}" + (" and --from DATE" if wish.name else "")
        )
    return _release(system, wish.name, wish.starts, wish.ends, names)


def _release(system: CodeSystem, name: str, starts: str, ends: str, names: Sequence[str]) -> Release:
    if ends and ends < starts:
        raise CorpusError(f"{name} would end on {ends}, before it starts on {starts}; give both --from and --to")
    return Release(system, name, f"{LABELS[system]} {name}", ", ".join(names), starts, ends)
