"""Words near a mention that decide between its codes: side, degree, course, stage, type, control, cause, episode."""

from collections.abc import Iterable, Sequence
from functools import cache

from assistant.chart.patterns import Pattern, at_place, by_opener, compile_pattern
from assistant.chart.rules import rows
from assistant.chart.tokens import Token


@cache
def _index() -> dict[str, list[tuple[Pattern, str]]]:
    found = rows("qualifiers.tsv")
    classes = {row["name"]: frozenset(row["pattern"].split()) for row in found if row["axis"] == "class"}
    return by_opener((compile_pattern(row["pattern"], classes), row["axis"]) for row in found if row["axis"] != "class")


def find_qualifiers(tokens: Sequence[Token]) -> list[tuple[int, int, str]]:
    """(first, last, axis) of the qualifiers in `tokens`; the longest stand where they overlap."""
    index = _index()
    found: list[tuple[int, int, str]] = []
    for place in range(len(tokens)):
        best = max(((end, axis) for end, axis in at_place(index, tokens, place)), default=None)
        if best and not (found and found[-1][1] > place):
            found.append((place, best[0], best[1]))
    return found


def axes(found: Iterable[tuple[int, int, str]]) -> set[str]:
    """The axes present."""
    return {axis for _, _, axis in found}
