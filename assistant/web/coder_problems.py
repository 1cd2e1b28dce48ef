"""Suggestions by problem: those whose evidence stands in the same item or sentence of the note belong together."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

_ITEM = re.compile(r"\s*(?:#\s*)?(?:\d{1,2}[.)]|[-*•#])\s+")
_LABEL = re.compile(r"\s*[A-Z][A-Za-z/&, ]{2,40}:\s+")
_SECTION = re.compile(r"[^a-z]{3,60}|.{3,60}:")
"""A line of its own that heads a section: capitals alone, or a colon at its end."""
_SENTENCE_END = re.compile(r"(?<=[a-z0-9)%][.;!?])\s+(?=[A-Z])")
SHORT = 70
"""A line of fewer characters ends where it ends; a longer one may have been wrapped."""
HEADING = 96
"""Characters of a problem's heading."""


@dataclass(slots=True)
class Problem:
    """One thing the note speaks of, in the note's words, with the suggestions for it by rank."""

    heading: str
    """The first sentence of the item; empty for suggestions without words of their own."""
    start: int | None
    """Where the item stands in the note, with its heading's end; None without words."""
    end: int | None
    selected: list[dict[str, Any]] = field(default_factory=list)
    others: list[dict[str, Any]] = field(default_factory=list)


def problems(text: str, suggestions: Sequence[dict[str, Any]]) -> tuple[list[Problem], list[dict[str, Any]]]:
    """Problems in the order of their best suggestion, and the suggestions below the cut that belong to none of them."""
    blocks = list(_blocks(text))
    found: dict[int | None, Problem] = {}
    for item in suggestions:
        if item["selected"]:
            place = _place(blocks, item["evidence"][0]["start"]) if item["evidence"] else None
            if place not in found:
                heading, start, end = _heading(text, blocks, place)
                found[place] = Problem(heading, start, end)
            found[place].selected.append(item)
    elsewhere = []
    for item in suggestions:
        if not item["selected"]:
            places = (_place(blocks, words["start"]) for words in item["evidence"])
            home = next((place for place in places if place in found), -1)
            found[home].others.append(item) if home in found else elsewhere.append(item)
    return list(found.values()), elsewhere


def _blocks(text: str) -> Iterator[tuple[int, int]]:
    """Numbered or bulleted items with the lines that run on, and single sentences or short lines of anything else."""
    start, item, short, at = 0, False, False, 0
    for line in text.splitlines(keepends=True):
        words = line.strip()
        begins, heads = bool(_ITEM.match(line)), bool(_SECTION.fullmatch(words))
        own_line = short and not item and words[:1].isupper()
        if begins or heads or own_line or not words:
            yield from _cut(text, start, at, item)
            start, item = at, begins
        at += len(line)
        if heads and not begins:
            yield start, at
            start = at
        short = 0 < len(words) < SHORT
    yield from _cut(text, start, at, item)


def _cut(text: str, start: int, end: int, item: bool) -> Iterator[tuple[int, int]]:
    if start == end:
        return
    edges = [] if item else [start + found.end() for found in _SENTENCE_END.finditer(text[start:end])]
    yield from zip([start, *edges], [*edges, end], strict=True)


def _place(blocks: Sequence[tuple[int, int]], place: int) -> int | None:
    return next((number for number, (start, end) in enumerate(blocks) if start <= place < end), None)


def _heading(text: str, blocks: Sequence[tuple[int, int]], place: int | None) -> tuple[str, int | None, int | None]:
    """The first sentence of the item without its number and label, shortened, and where it stands."""
    if place is None:
        return "", None, None
    start, end = blocks[place]
    for lead in (_ITEM, _LABEL):
        if found := lead.match(text, start, end):
            start = found.end()
    words = _SENTENCE_END.split(text[start:end], maxsplit=1)[0].rstrip()
    first = " ".join(words.split())
    shown = first if len(first) <= HEADING else first[: HEADING - 1].rsplit(" ", 1)[0] + "…"
    return shown, start, start + len(words)
