"""What checks share: the hit they yield, the context they see, and paths into a claim."""

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

from assistant.claim.claim import Claim, Party
from assistant.guidelines.finding import Finding

ICD10_START = dt.date(2015, 10, 1)
"""First date of service with ICD-10-CM in the United States (45 CFR 162.1002)."""

INPATIENT = ("11", "12", "18", "21", "41")
"""Types of bill for inpatient stays."""


class Limit(Protocol):
    """A medically unlikely edit: units at most, of a line or, `by_day`, of all lines of the code on one day."""

    @property
    def most(self) -> int: ...
    @property
    def by_day(self) -> bool: ...


class Edits(Protocol):
    """Procedure edits from imported CMS files. `hospital` asks for those of outpatient facility claims."""

    def pair(self, first: str, second: str, date: dt.date, hospital: bool = False) -> bool | None:
        """None when the two may be billed together; else whether a modifier may set the edit aside."""
        ...

    def most_units(self, code: str, date: dt.date, hospital: bool = False) -> Limit | None:
        """The unit limit of a code; None when there is none."""
        ...

    def parents(self, code: str, date: dt.date) -> frozenset[str] | None:
        """The codes an add-on code goes with, empty when any may do; None when the code is no add-on."""
        ...

    def filing_days(self, payer: str) -> int | None:
        """Within how many days of the service the payer wants its claims; None when the site has not said."""
        ...


@dataclass(slots=True)
class Context:
    """What a check may look at besides the claim. `seen` grows while a file is scrubbed."""

    today: dt.date
    codebook: Any = None
    """A `CodeBook`, or None: then diagnoses are not looked up."""
    edits: Edits | None = None
    sent_before: Callable[[str], bool] | None = None
    """Whether a claim control number went out earlier for another encounter."""
    billed_before: Callable[[Claim], Sequence[str]] | None = None
    """Other claims on which one of this claim's services went out, and was not rejected."""
    procedures: Callable[[str, dt.date], bool | None] | None = None
    """Whether a HCPCS or CPT code exists on a day, by the site's imported files; None when they do not say."""
    seen: set[str] = field(default_factory=set)


class Hit(NamedTuple):
    """A fault found: where, in words, and the codes it is about. `finding` replaces the rule's own words."""

    where: str
    codes: tuple[str, ...] = ()
    detail: str = ""
    finding: Finding | None = None


Check = Callable[[Claim, Context, str], Iterator[Hit]]
NOUNS = {
    "lines": "line",
    "others": "other payer",
    "diagnoses": "diagnosis",
    "providers": "provider",
    "decisions": "earlier decision",
    "adjustments": "adjustment",
    "modifiers": "modifier",
    "references": "reference",
    "dates": "date",
    "procedures": "procedure",
    "conditions": "condition code",
    "occurrences": "occurrence",
    "values": "value code",
}
HIDDEN = {"payer", "billing", "subscriber", "person", "patient", "address", "institutional"}
WORDS = {"id": "id", "birth_date": "date of birth", "facility_code": "place of service", "zip": "ZIP code"}


def walk(claim: Claim, path: str) -> Iterator[tuple[str, Any]]:
    """(where in words, value) for each value at a dotted path; `person` is the person treated.

    Steps through tuples, naming each item (`line 2`); nothing is yielded where something on the way is absent.
    """
    yield from _walk(claim, path.split("."), "")


def _walk(value: Any, steps: list[str], where: str) -> Iterator[tuple[str, Any]]:
    if not steps:
        yield where, value
        return
    step, rest = steps[0], steps[1:]
    found = patient_of(value) if step == "person" else getattr(value, step)
    if found is None and rest:
        return
    if isinstance(found, tuple):
        noun = NOUNS.get(step, step)
        for at, item in enumerate(found, start=1):
            yield from _walk(item, rest, f"{where}, {noun} {at}" if where else f"{noun} {at}")
        return
    if step in HIDDEN and rest:
        said = {"person": "patient"}.get(step, step)
        where = f"{where} {said}".strip() if step != "address" else where
    yield from _walk(found, rest, where)


def patient_of(claim: Claim) -> Party:
    """The person treated."""
    return claim.patient or claim.subscriber


def service_date(claim: Claim) -> dt.date | None:
    """The first day of service: of the lines, else the statement's (`434`)."""
    days = [line.start for line in claim.lines if line.start]
    days += [date.start for date in claim.dates if date.kind == "434" and date.start]
    return min(days, default=None)


def line_date(claim: Claim, at: int) -> dt.date | None:
    """The first day of line `at` (from 0), else the claim's."""
    return claim.lines[at].start or service_date(claim)
