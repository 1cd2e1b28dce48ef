"""The check of a set of diagnosis codes: validity, tabular notes, sides, edits and our own guideline rules."""

from collections.abc import Collection, Iterator, Mapping, Sequence

from assistant.guidelines.case import Case, CodeBook, Date, case_of
from assistant.guidelines.edits import edit_findings
from assistant.guidelines.finding import Finding, Severity
from assistant.guidelines.laterality import laterality_findings
from assistant.guidelines.notes import note_findings
from assistant.guidelines.relation_rules import Conflict
from assistant.guidelines.rulebook import rulebook
from assistant.guidelines.unspecified import unspecified_findings
from assistant.guidelines.validity import usable, validity_findings

_RANK = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.INFO: 2}
_EXCLUDES1 = ("TB-0010", "TB-0011")


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

    `date` is the date of service (ISO or a date), `setting` is `outpatient` or `inpatient`, `age` is in years, `sex` `F` or
    `M`. With `first_listed` false the order of the codes means nothing and is not checked. `uncertain` are the codes that
    the note gives only as possible; `words` maps a code to the words of the note behind it; `poa` maps a code to its
    present-on-admission indicator. Raises ValueError when `date` is not a date. Never raises on a code: an unknown one is
    a finding.
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
    return findings_on(case)


def findings_on(case: Case) -> tuple[Finding, ...]:
    """Every finding on `case`, in the order `check_codes` promises."""
    real = usable(case)
    own = tuple(rulebook().findings(case))
    conflicts = [set(finding.codes) for finding in own if finding.rule in _conflict_ids()]
    found = [*validity_findings(case), *own, *_not_said(note_findings(case, real), conflicts)]
    found += laterality_findings(case, real)
    found += unspecified_findings(case, real)
    found += edit_findings(case, real)
    place = {code: position for position, code in reversed(list(enumerate(case.codes)))}
    unique = dict.fromkeys(found)
    return tuple(sorted(unique, key=lambda one: (_RANK[one.severity], _place(one, place), one.rule, one.message)))


def _conflict_ids() -> frozenset[str]:
    return frozenset(rule.id for rule in rulebook().rules if isinstance(rule, Conflict))


def _not_said(findings: Iterator[Finding], conflicts: list[set[str]]) -> Iterator[Finding]:
    """Leave out an Excludes1 finding on codes that one of our own conflict rules already explains."""
    for finding in findings:
        if finding.rule not in _EXCLUDES1 or not any(set(finding.codes) <= codes for codes in conflicts):
            yield finding


def _place(finding: Finding, place: Mapping[str, int]) -> int:
    return min((place.get(code, 0) for code in finding.codes), default=0)
