"""The chart's values: an immutable note, and everything later points into it by offsets in code points."""

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Half-open range of code points in the note's original text."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start <= self.end:
            raise ValueError(f"span {self.start}:{self.end} is not a range")

    def overlaps(self, other: "Span") -> bool:
        """Whether the two share at least one code point."""
        return self.start < other.end and other.start < self.end

    def contains(self, other: "Span") -> bool:
        """Whether `other` lies wholly inside."""
        return self.start <= other.start and other.end <= self.end


@dataclass(frozen=True, slots=True)
class Note:
    """One chart note. `text` is never changed after reading; no newline translation."""

    id: str
    text: str
    remarks: tuple[str, ...] = ()
    """Sentences on what of the file was not read."""

    def at(self, span: Span) -> str:
        """The words at `span`."""
        return self.text[span.start : span.end]

    def page_at(self, place: int) -> int | None:
        """The page, from 1, that the code point at `place` stands on; None when the note has no page ends (form feeds)."""
        return self.text.count("\f", 0, place) + 1 if "\f" in self.text else None


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a note. `kind` is a stable id such as `assessment_and_plan`; `heading` its words in the note."""

    kind: str
    heading: str
    span: Span
    """The whole section, heading included."""
    body: Span


class Assertion(StrEnum):
    """What the note says about a mention. The values are part of the JSON contract."""

    PRESENT = "present"
    POSSIBLE = "possible"
    NEGATED = "negated"
    CONDITIONAL = "conditional"
    HISTORICAL = "historical"
    FAMILY = "family"
    OTHER_PERSON = "other_person"
    PLANNED = "planned"
    RESOLVED = "resolved"


@dataclass(frozen=True, slots=True)
class Mention:
    """One codable thing the note speaks of."""

    span: Span
    text: str
    """The note's words at `span`, verbatim."""
    section: str
    assertion: Assertion
    cue: str = ""
    """The words that decided the assertion, for the reviewer (`denies`, `mother had`)."""
    qualifiers: tuple[str, ...] = ()
    """Laterality, acuity, stage and the like found near the mention, in the note's words."""
