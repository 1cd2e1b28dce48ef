"""What is checked: the codes of one encounter in order, and what is known about it."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from assistant.guidelines.pattern import undotted
from corpus.codes import Code, TabularNote, Window, dotted

Date = dt.date | str


class CodeBook(Protocol):
    """What the checks need of the ICD-10-CM library. Codes are dotted; an unknown code gives None or an empty result."""

    def __hash__(self) -> int:
        """What is learnt from a book is kept per book."""

    def on(self, date: dt.date) -> "CodeBook":
        """The library of the release in force on the day."""

    def get(self, code: str) -> Code | None:
        """The code, billable or header, or None."""

    def title(self, code: str) -> str:
        """Its official title."""

    def notes(self, code: str, inherited: bool = True) -> tuple[TabularNote, ...]:
        """Its instructional lines, and those of the headings above it."""

    def ancestors(self, code: str) -> tuple[str, ...]:
        """The headings above it, nearest first, up to the chapter."""

    def children(self, code: str) -> tuple[Code, ...]:
        """The codes directly below it."""

    def seventh_characters(self, stem: str) -> tuple[tuple[str, str], ...]:
        """The 7th characters the code must be completed with, each with its meaning."""

    def complete(self, stem: str, character: str) -> Code | None:
        """The stem with this 7th character, placeholders filled in."""

    def billable(self, code: str) -> bool:
        """Whether it is complete."""

    def valid_on(self, code: str, date: dt.date) -> bool | None:
        """Whether it is valid on the day; None when the validity data does not reach that day."""

    def windows(self, code: str) -> tuple[Window, ...]:
        """The days on which the code itself may be reported, oldest first; of a header, the days when it was a code."""


@dataclass(frozen=True, slots=True)
class Case:
    """One set of codes to check. Order matters only when `ordered`."""

    codes: tuple[str, ...]
    book: CodeBook
    date: dt.date
    """Date of service (of discharge for an inpatient stay)."""
    setting: str = "outpatient"
    sex: str | None = None
    """`F`, `M` or None when unknown."""
    age: float | None = None
    """Years, or None when unknown."""
    ordered: bool = True
    uncertain: frozenset[str] = frozenset()
    """Codes whose evidence in the note is only possible, probable or suspected."""
    words: Mapping[str, str] = field(default_factory=dict)
    """Code to the words of the note that support it."""
    poa: Mapping[str, str] = field(default_factory=dict)
    """Code to its present-on-admission indicator, when the claim has them."""
    bare: tuple[str, ...] = ()
    """`codes` without dots; filled by `case_of`."""

    @property
    def first(self) -> str | None:
        """The first-listed or principal code, when the order is meaningful."""
        return self.codes[0] if self.ordered and self.codes else None


def case_of(
    codes: Sequence[str],
    book: CodeBook,
    date: Date,
    *,
    setting: str = "outpatient",
    sex: str | None = None,
    age: float | None = None,
    ordered: bool = True,
    uncertain: Collection[str] = (),
    words: Mapping[str, str] | None = None,
    poa: Mapping[str, str] | None = None,
) -> Case:
    """A case with codes dotted, upper case, in the order given; `sex` may be any usual spelling of female or male.

    Raises ValueError when `date` is a text that is not an ISO date.
    """
    listed = tuple(dotted(code) for code in codes)
    return Case(
        listed,
        book,
        date if isinstance(date, dt.date) else dt.date.fromisoformat(date),
        setting,
        known_sex(sex),
        age,
        ordered,
        frozenset(map(dotted, uncertain)),
        {dotted(code): text for code, text in (words or {}).items()},
        {dotted(code): flag.strip().upper() for code, flag in (poa or {}).items()},
        tuple(map(undotted, listed)),
    )


def known_sex(sex: str | None) -> str | None:
    """`F` or `M`, or None for anything that is not clearly one of them."""
    letter = (sex or "").strip().upper()[:1]
    return letter if letter in ("F", "M") else None
