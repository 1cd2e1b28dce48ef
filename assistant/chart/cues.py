"""Cue phrases of `rules/cues.tsv`: compiled once, found in a sentence's tokens."""

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from assistant.chart.patterns import Pattern, at_place, by_opener, compile_pattern
from assistant.chart.rules import rows
from assistant.chart.tokens import Token


class Cue(NamedTuple):
    """A cue phrase found: tokens `first` to `last` (half-open) of a sentence."""

    first: int
    last: int
    category: str
    direction: str
    scope: str


@cache
def _index() -> dict[str, list[tuple[Pattern, tuple[str, str, str]]]]:
    found = rows("cues.tsv")
    classes = {row["direction"]: frozenset(row["pattern"].split()) for row in found if row["category"] == "class"}
    return by_opener(
        (compile_pattern(row["pattern"], classes), (row["category"], row["direction"], row["scope"]))
        for row in found
        if row["category"] != "class"
    )


def find_cues(tokens: Sequence[Token]) -> list[Cue]:
    """Cues in `tokens`, left to right. A longer cue swallows those inside it: `no history of` hides `history of`."""
    index = _index()
    raw: list[Cue] = []
    for place in range(len(tokens)):
        longest: dict[tuple[str, str], Cue] = {}
        for end, (category, direction, scope) in at_place(index, tokens, place):
            known = longest.get((category, direction))
            if known is None or end > known.last:
                longest[category, direction] = Cue(place, end, category, direction, scope)
        if longest:
            top = max(cue.last for cue in longest.values())
            raw.extend(cue for cue in longest.values() if cue.last == top)
    raw = [cue for cue in raw if cue.scope != "end" or _closes(cue, tokens)]
    return [cue for cue in raw if not any(_swallows(other, cue) for other in raw)]


def _closes(cue: Cue, tokens: Sequence[Token]) -> bool:
    """Whether `: no` ends its item (`Fever: no`) and does not begin a finding (`Chest: no nodule`)."""
    following = tokens[cue.last : cue.last + 2]
    return not following or not following[0].word.isalnum() or following[-1].word == ":"


def _swallows(other: Cue, cue: Cue) -> bool:
    if other is cue or other.first > cue.first or cue.last > other.last:
        return False
    return other.last - other.first > cue.last - cue.first or (other.category == "pseudo" != cue.category)
