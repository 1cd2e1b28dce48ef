"""Running heads and feet of a document's pages: lines that stand at the same place of several pages."""

import re
from collections import defaultdict
from collections.abc import Sequence

from assistant.chart.note import Note
from assistant.chart.sections import sections

_NUMBER = re.compile(r"\d+")
_PLACE = 3.0
"""Points by which the height of a running line may differ."""
_EDGE = 8
"""Lines from the top or the foot of the page, by height, that can be running lines."""


def without_running_lines(
    pages: Sequence[Sequence[tuple[float, str]]],
) -> tuple[list[str], list[list[int]], list[str]]:
    """Heads, per page the places of the lines that are its own, and feet; lines are (height, text).

    A running line has the same words at the same height on at least two pages and on half of them; numbers in it are the
    same or count the pages. It belongs to an unbroken run from the page's edge. A bare section heading next to the text
    is the text's own, even when every page has it.
    """
    edges = [_edges(page) for page in pages]
    heads, feet = _running(pages, [top for top, _ in edges]), _running(pages, [foot for _, foot in edges])
    bodies: list[list[int]] = []
    kept_heads: dict[str, str] = {}
    kept_feet: dict[str, str] = {}
    for number, (page, (top, foot)) in enumerate(zip(pages, edges, strict=True)):
        gone: set[int] = set()
        for order, running, kept in ((top, heads, kept_heads), (foot, feet, kept_feet)):
            run = []
            for at in order:
                if (number, at) not in running or at in gone:
                    break
                run.append(at)
            while run and _bare_heading(page[run[-1]][1]):
                run.pop()
            gone.update(run)
            for at in run:
                kept.setdefault(_pattern(page[at][1]), page[at][1])
        bodies.append([at for at in range(len(page)) if at not in gone])
    return list(kept_heads.values()), bodies, list(kept_feet.values())[::-1]


def _edges(page: Sequence[tuple[float, str]]) -> tuple[list[int], list[int]]:
    """Places of the lines nearest the top, from the top down, and nearest the foot, from the foot up."""
    by_height = sorted(range(len(page)), key=lambda at: -page[at][0])
    return by_height[:_EDGE], by_height[::-1][:_EDGE]


def _running(pages: Sequence[Sequence[tuple[float, str]]], edges: list[list[int]]) -> set[tuple[int, int]]:
    if len(pages) < 2:
        return set()
    groups: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for number, order in enumerate(edges):
        for at in order:
            groups[_pattern(pages[number][at][1])].append((number, at))
    found: set[tuple[int, int]] = set()
    for group in groups.values():
        heights = [pages[number][at][0] for number, at in group]
        numbers = {number for number, _ in group}
        if len(numbers) < max(2, len(pages) / 2) or len(numbers) < len(group):
            continue
        if max(heights) - min(heights) <= _PLACE and _counts([(n, pages[n][at][1]) for n, at in group]):
            found.update(group)
    return found


def _pattern(text: str) -> str:
    return _NUMBER.sub("#", " ".join(text.split())).casefold()


def _counts(lines: list[tuple[int, str]]) -> bool:
    """Whether each number in the lines is the same on every page or counts the pages."""
    rows = [[int(found) - page for found in _NUMBER.findall(text)] for page, text in lines]
    same = [[int(found) for found in _NUMBER.findall(text)] for _, text in lines]
    return all(
        len(set(counted)) == 1 or len(set(fixed)) == 1
        for counted, fixed in zip(zip(*rows, strict=True), zip(*same, strict=True), strict=True)
    )


def _bare_heading(text: str) -> bool:
    parts = sections(Note("", text))
    return any(part.kind != "other" and not text[part.body.start : part.body.end].strip() for part in parts)
