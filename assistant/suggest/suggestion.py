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
class Precedent:
    """One earlier decision of this site about this code on a passage like one of this note."""

    encounter: str
    date_of_service: str
    action: str
    """`confirmed` or `rejected`."""
    passage: str
    """The sentence of that note, blanks run together."""
    similarity: float
    """Cosine of the two passages, 0 to 1."""


@dataclass(frozen=True, slots=True)
class Billing:
    """What a line of the claim needs beside a HCPCS code."""

    units: int | None
    """None when the note does not decide them."""
    unit: str = ""
    """What one unit stands for, e.g. `15 mg`."""
    arithmetic: str = ""
    """How the units follow from the note's words."""
    questions: tuple[str, ...] = ()
    """What the coder must find out before the line is billed."""


@dataclass(frozen=True, slots=True)
class AxisChoice:
    """One value that an axis of a procedure table still allows."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class TableAxis:
    """One character of an ICD-10-PCS code. `value` is empty while it is open; then `choices` are what the table allows."""

    position: int
    """1 to 7."""
    name: str
    value: str
    label: str
    why: str = ""
    """How it was decided when no words of the note say so."""
    evidence: tuple[Evidence, ...] = ()
    choices: tuple[AxisChoice, ...] = ()


@dataclass(frozen=True, slots=True)
class ProcedureTable:
    """An inpatient procedure as its ICD-10-PCS table: axes that the note fills, and axes left to the coder."""

    table: str
    """Characters 1 to 3."""
    title: str
    code: str
    """All seven characters when every axis is decided, else empty."""
    evidence: tuple[Evidence, ...]
    axes: tuple[TableAxis, ...]
    citations: tuple[Citation, ...]


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
    passages: tuple[str, ...] = ()
    """The sentences or lines around the first evidence: what a precedent is made of when this is decided on."""
    precedents: tuple[Precedent, ...] = ()
    """Earlier decisions about this code on passages like these, most alike first."""
    sequence: int | None = None
    """Place, from 1, in the proposed order of the selected codes; None for the others. `rank` is by probability."""
    billing: Billing | None = None
    """Units of a HCPCS code; None for a diagnosis."""


@dataclass(frozen=True, slots=True)
class Indicator:
    """Words of the note that a query quotes; `text` equals the note at `start:end`."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Query:
    """A question to the physician, for a person to send or to drop."""

    id: str
    topic: str
    question: str
    options: tuple[str, ...]
    """Choices, the last two always `other` and `unable to determine`."""
    indicators: tuple[Indicator, ...]
    about: tuple[str, ...] = ()
    """The suggested codes that the answer may change: for the coder, never part of the question."""


@dataclass(frozen=True, slots=True)
class FirstListed:
    """The code proposed to stand first."""

    code: str
    why: str
    rule: str
    """`OCG` and the section of the Official Guidelines."""
    kind: str
    """`first_listed`, or `principal` on a facility inpatient claim."""


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
    queries: tuple[Query, ...] = ()
    """Questions to the physician, most useful first."""
    first_listed: FirstListed | None = None
    """Which selected code is proposed to stand first; None when none may."""
    notice: str = ""
    """What the coder should know of the note first: another language, no clinical note, pages without text."""
    procedure_tables: tuple[ProcedureTable, ...] = ()
    """Procedures of a facility inpatient stay; those with a whole code stand among the suggestions too."""
