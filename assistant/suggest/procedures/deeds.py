"""Whether a clause says that a thing was done in this encounter, is meant to be, or was not."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

from assistant.chart.assertion import Reader
from assistant.chart.note import Assertion, Note
from assistant.chart.sentences import Sentence
from assistant.chart.tokens import Token
from assistant.suggest.procedures.rules import cues

ELSEWHERE = frozenset(
    {"allergies", "family_history", "medications", "past_medical_history", "past_surgical_history", "social_history"}
)
"""Sections that never tell what was done in the encounter."""
_BREAKS = frozenset(
    {",", ";", "and", "but", "then", "because", "since", "so", "while", "who", "which", "after", "before", ":"}
)
_YEAR = re.compile(r"(?:19|20)\d\d")
_GOVERNED = frozenset(
    {Assertion.NEGATED, Assertion.CONDITIONAL, Assertion.OTHER_PERSON, Assertion.FAMILY, Assertion.PLANNED}
)


class Deed(IntEnum):
    """What is said of a thing, weakest first."""

    NOT_DONE = 0
    SILENT = 1
    MAYBE = 2
    DONE = 3


@dataclass(frozen=True, slots=True)
class Clauses:
    """A sentence cut where a new thought may begin. `ends` are token positions, `deeds` what each clause says."""

    ends: tuple[int, ...]
    deeds: tuple[Deed, ...]

    def deed(self, token: int) -> Deed:
        """What is said of the thing at `token`: by its clause, else by the one before, else by the one after it."""
        at = next(number for number, end in enumerate(self.ends) if token < end)
        if self.deeds[at] is not Deed.SILENT:
            return self.deeds[at]
        around = (*reversed(self.deeds[:at]), *self.deeds[at + 1 :])
        return next((deed for deed in around if deed is not Deed.SILENT), Deed.SILENT)


def clauses(tokens: Sequence[Token], year: int) -> Clauses:
    """The clauses of a sentence; `year` is that of the encounter: another one makes a clause tell of the past."""
    found = sorted(cues().match([token.text for token in tokens]), key=lambda match: (match[0], -match[1]))
    kinds: list[tuple[int, Deed]] = []
    taken = 0
    for first, last, kind in found:
        if first >= taken:
            kinds.append((first, Deed[kind.upper()]))
            taken = last
    kinds += [
        (at, Deed.NOT_DONE)
        for at, token in enumerate(tokens)
        if _YEAR.fullmatch(token.text) and int(token.text) != year
    ]
    ends = [at for at, token in enumerate(tokens) if at and token.word in _BREAKS]
    ends = [*dict.fromkeys((*ends, len(tokens)))]
    deeds, start = [], 0
    for end in ends:
        said = [deed for at, deed in kinds if start <= at < end]
        deeds.append(Deed.NOT_DONE if Deed.NOT_DONE in said else max(said, default=Deed.SILENT))
        start = end
    return Clauses(tuple(ends), tuple(deeds))


def denied(note: Note, sentence: Sentence, first: int, last: int) -> bool:
    """Whether the chart's own reading says the tokens are negated, planned, conditional or someone else's."""
    return Reader(note, sentence).verdict(first, last).assertion in _GOVERNED
