"""The check of a set of diagnosis codes: validity, tabular notes, sides, edits and our own guideline rules."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

from assistant.guidelines.case import Case, CodeBook, Date, case_of
from assistant.guidelines.edits import edit_findings
from assistant.guidelines.finding import Finding, Severity
from assistant.guidelines.laterality import laterality_findings
from assistant.guidelines.notes import note_findings
from assistant.guidelines.order_rules import FirstOnly, Leads, NotFirst
from assistant.guidelines.order_rules import Sequence as Sequence_
from assistant.guidelines.patient_rules import Age, Sex
from assistant.guidelines.relation_rules import Combination, Conflict, Integral, Single
from assistant.guidelines.rule import Rule
from assistant.guidelines.rulebook import rulebook
from assistant.guidelines.unspecified import unspecified_findings
from assistant.guidelines.validity import usable, validity_findings

_RANK = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.INFO: 2}
_TOGETHER = (Conflict, Combination, Integral, Single)
_ORDER = (Sequence_, NotFirst, FirstOnly, Leads)
_SAID_BY: Mapping[str, tuple[type[Rule], ...]] = {
    **dict.fromkeys(("TB-0010", "TB-0011", "TB-0052", "TB-0054"), _TOGETHER),
    **dict.fromkeys(("TB-0020", "TB-0021", "TB-0024", "TB-0031", "ED-0003"), _ORDER),
    "ED-0001": (Sex,),
    "ED-0002": (Age,),
}
"""General finding to the engines whose rules may say the same, better."""


def check_codes(
    codes: Sequence[str],
    *,
    codebook: CodeBook,
    date: Date,
    setting: str = "outpatient",
    sex: str | None = None,
    age: float | None = None,
    first_listed: bool = True,
    uncertain: Collection[str] = (),
    words: Mapping[str, str] | None = None,
    poa: Mapping[str, str] | None = None,
) -> tuple[Finding, ...]:
    """Every finding on ICD-10-CM `codes` (dotted or not), errors first, then by place of the code and rule id.

    `date` is the date of service (ISO or a date): codes are looked up in the release in force on it. `setting` is
    `outpatient` or `inpatient`, `age` is in years, `sex` `F` or `M`. With `first_listed` false the order of the codes
    means nothing and is not checked. `uncertain` are the codes that the note gives only as possible; `words` maps a
    code to the words of the note behind it; `poa` maps a code to its present-on-admission indicator. Raises ValueError
    when `date` is not a date. Never raises on a code: an unknown one is a finding.
    """
    case = case_of(
        codes,
        codebook,
        date,
        setting=setting,
        sex=sex,
        age=age,
        ordered=first_listed,
        uncertain=uncertain,
        words=words,
        poa=poa,
    )
    return findings_on(replace(case, book=codebook.on(case.date)))


def findings_on(case: Case) -> tuple[Finding, ...]:
    """Every finding on `case`, in the order `check_codes` promises."""
    real = usable(case)
    own = tuple(rulebook().findings(case))
    general = [
        *note_findings(case, real),
        *laterality_findings(case, real),
        *unspecified_findings(case, real),
        *edit_findings(case, real),
    ]
    found = [*validity_findings(case), *own, *_not_said(general, own)]
    place = {code: position for position, code in reversed(list(enumerate(case.codes)))}
    unique = dict.fromkeys(found)
    return tuple(sorted(unique, key=lambda one: (_RANK[one.severity], _place(one, place), one.rule, one.message)))


@lru_cache(maxsize=1)
def _engines() -> Mapping[str, type[Rule]]:
    return {rule.id: type(rule) for rule in rulebook().rules}


def _not_said(general: Iterable[Finding], own: Sequence[Finding]) -> Iterator[Finding]:
    """Leave out a general finding that one of our own rules already explains, on the same codes and as severely."""
    for finding in general:
        engines = _SAID_BY.get(finding.rule, ())
        if not any(
            issubclass(_engines()[one.rule], engines)
            and _RANK[one.severity] <= _RANK[finding.severity]
            and set(finding.codes) <= set(one.codes)
            for one in own
        ):
            yield finding


def _place(finding: Finding, place: Mapping[str, int]) -> int:
    return min((place.get(code, 0) for code in finding.codes), default=0)
