"""What the coder is shown: suggestions with two citations each, and what was not coded and why."""

from dataclasses import dataclass
from enum import StrEnum

from assistant.chart.note import Assertion
from assistant.guidelines.finding import Finding
from corpus.codes import Citation, CodeSystem


class Setting(StrEnum):
    """The claim's setting. `inpatient` means a facility inpatient claim."""

    OUTPATIENT = "outpatient"
    INPATIENT = "inpatient"


@dataclass(frozen=True, slots=True)
class Evidence:
    """Words of the note that support a code; `text` equals the note at `start:end`."""

    start: int
    end: int
    text: str
    section: str
    assertion: Assertion
    page: int | None = None
    """Page of a document that has pages, from 1."""


@dataclass(frozen=True, slots=True)
class Alternative:
    """A near miss and what keeps it from being chosen."""

    code: str
    why_not: str
    description: str = ""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One proposed code. `selected` marks the set the assistant would code."""

    rank: int
    code: str
    system: CodeSystem
    description: str
    selected: bool
    probability: float
    evidence: tuple[Evidence, ...]
    citations: tuple[Citation, ...]
    findings: tuple[Finding, ...] = ()
    alternatives: tuple[Alternative, ...] = ()


class NotCodedReason(StrEnum):
    """Why a mention was not coded: an assertion other than present, or one of the last five."""

    POSSIBLE = "possible"
    NEGATED = "negated"
    CONDITIONAL = "conditional"
    HISTORICAL = "historical"
    FAMILY = "family"
    OTHER_PERSON = "other_person"
    PLANNED = "planned"
    RESOLVED = "resolved"
    DUPLICATE = "duplicate"
    INTEGRAL_SYMPTOM = "integral_symptom"
    EXCLUDED = "excluded"
    INCIDENTAL = "incidental"
    NO_CODE = "no_code"


@dataclass(frozen=True, slots=True)
class NotCoded:
    """A mention found and left out. `text` equals the note at `start:end`."""

    text: str
    start: int
    end: int
    reason: NotCodedReason


@dataclass(frozen=True, slots=True)
class SuggestionSet:
    """The answer for one note: the line of `suggest --notes`."""

    id: str
    release: str
    date_of_service: str
    setting: Setting
    suggestions: tuple[Suggestion, ...]
    not_coded: tuple[NotCoded, ...]
    notice: str = ""
    """What the coder should know of the note first: another language, no clinical note, pages without text."""
