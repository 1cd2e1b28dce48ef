"""Words near a mention that decide between its codes: side, degree, course, stage, type, control, cause, episode."""

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from assistant.chart.patterns import Pattern, at_place, by_opener, compile_pattern
from assistant.chart.rules import rows
from assistant.chart.tokens import Token


class Quality(NamedTuple):
    """Tokens `first` to `last` (half-open) that say something on one axis; `far` when it may stand below the title."""

    first: int
    last: int
    axis: str
    far: bool


@cache
def _index() -> dict[str, list[tuple[Pattern, tuple[str, bool]]]]:
    found = rows("qualifiers.tsv")
    classes = {row["reach"]: frozenset(row["pattern"].split()) for row in found if row["axis"] == "class"}
    return by_opener(
        (compile_pattern(row["pattern"], classes), (row["axis"], row["reach"] == "far"))
        for row in found
        if row["axis"] != "class"
    )


def find_qualifiers(tokens: Sequence[Token]) -> list[Quality]:
    """Qualifiers in `tokens` from left to right; the longest stands where they overlap."""
    index = _index()
    found: list[Quality] = []
    for place in range(len(tokens)):
        if found and found[-1].last > place:
            continue
        best = max(at_place(index, tokens, place), default=None)
        if best:
            found.append(Quality(place, best[0], *best[1]))
    return found
