"""Sentences of a section, as tokens, with what the layout says of each: bullet, label, problem item, leading cue."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from assistant.chart.note import Note, Section, Span
from assistant.chart.rules import RULES, rows
from assistant.chart.sections import BULLET, LINE
from assistant.chart.tokens import Token, tokenize

MAX_TOKENS = 150
"""A longer run without an end is cut here, so that work stays linear in the note's length."""
_END = re.compile(r"[.!?]+[)\"'’”\]]*(?=\s)")
_TAIL = re.compile(r"[\w.]+$")
_LABEL = re.compile(r"[^\W\d_][\w/&,' -]{0,48}?[ \t]*(?::|[ \t][-–—](?=[ \t]))")
_WRAP = 55
_JOINING = (
    ",",
    " of",
    " and",
    " or",
    " with",
    " the",
    " a",
    " to",
    " for",
    " in",
    " no",
    " is",
    " was",
    " on",
    " his",
    " her",
)


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence or list item of a section."""

    span: Span
    tokens: tuple[Token, ...]
    section: str
    block: int
    """Running number of the line, bullet or paragraph it stands in."""
    bullet: str = ""
    """Bullet or number before the block, e.g. `1.`; only on the block's first sentence."""
    label: str = ""
    """Known sub-heading before it, folded (`cardiovascular`); its words are not in `tokens`."""
    lead: tuple[Token, ...] = ()
    """Tokens of a line such as `Denies:` that governs the list below it."""
    first: bool = True
    """Whether it opens its block."""
    last: bool = True
    """Whether it closes its block."""


@cache
def _abbreviations() -> frozenset[str]:
    lines = (RULES / "abbreviations.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())


@cache
def labels() -> frozenset[str]:
    """Known sub-headings, folded."""
    return frozenset(label for row in rows("labels.tsv") for label in row["labels"].split("|"))


def sentences(note: Note, parts: tuple[Section, ...]) -> list[Sentence]:
    """Every sentence of every section, in order. Lines broken by a line length are joined; bullets are not."""
    found: list[Sentence] = []
    number = 0
    for part in parts:
        lead: tuple[Token, ...] = ()
        for begin, end, gap in _blocks(note.text, part.body.start, part.body.end):
            if gap:
                lead = ()
            number += 1
            made = _block_sentences(note.text, begin, end, part.kind, number, lead)
            found.extend(made)
            if len(made) == 1 and note.text[begin:end].rstrip().endswith(":") and len(made[0].tokens) <= 8:
                lead = made[0].tokens
            elif made and not made[0].bullet:
                lead = ()
    return found


def _blocks(text: str, start: int, end: int) -> Iterator[tuple[int, int, bool]]:
    """(start, end, blank line before) of each line, bullet or hard-wrapped paragraph."""
    open_start, open_end, open_gap = -1, -1, False
    longest = 0
    for line in LINE.finditer(text, start, end):
        begin, stop = line.span()
        while begin < stop and text[begin].isspace():
            begin += 1
        if begin == stop:
            continue
        gap = open_end < 0 or _blank_between(text, open_end, line.start())
        if open_end >= 0 and not gap and _continues(text, open_start, open_end, begin, stop, longest):
            open_end = stop
        else:
            if open_end >= 0:
                yield open_start, open_end, open_gap
            open_start, open_end, open_gap = begin, stop, gap
            longest = 0
        longest = max(longest, stop - begin)
    if open_end >= 0:
        yield open_start, open_end, open_gap


def _blank_between(text: str, end: int, start: int) -> bool:
    between = text[end:start].replace("\r\n", "\n")
    return sum(mark in "\n\r\v\f\x85\u2028\u2029" for mark in between) > 1


def _continues(text: str, start: int, end: int, begin: int, stop: int, longest: int) -> bool:
    """Whether the line at `begin` goes on with the one that ends at `end`."""
    mark = BULLET.match(text, begin, stop)
    if mark and text[begin : mark.end()].strip() and mark.end() > begin:
        return False
    tail = text[max(start, end - 12) : end].rstrip()
    if not tail or tail[-1] in ".:;!?":
        return False
    if tail.endswith(_JOINING) and tail[-1] != ":":
        return True
    wide = longest >= _WRAP
    return wide and (text[begin].islower() or text[begin].isdigit() or longest >= 65)


def _block_sentences(
    text: str, begin: int, end: int, kind: str, number: int, lead: tuple[Token, ...]
) -> list[Sentence]:
    mark = BULLET.match(text, begin, end)
    bullet = text[begin : mark.end()].strip() if mark else ""
    first = mark.end() if mark else begin
    label = ""
    found = _LABEL.match(text, first, end)
    while found:
        words = " ".join(found.group().rstrip(":-–— \t").casefold().split())
        if words not in labels():
            break
        label, first = words, found.end()
        while first < end and text[first] in " \t":
            first += 1
        found = _LABEL.match(text, first, end)
    pieces = [piece for piece in _pieces(text, first, end) if piece]
    return [
        Sentence(
            Span(piece[0].start, piece[-1].end),
            tuple(piece),
            kind,
            number,
            bullet if index == 0 else "",
            label,
            lead,
            index == 0,
            index == len(pieces) - 1,
        )
        for index, piece in enumerate(pieces)
    ]


def _pieces(text: str, begin: int, end: int) -> Iterator[list[Token]]:
    start = begin
    for mark in _END.finditer(text, begin, end):
        if not _ends(text, start, mark.start(), mark.end(), end):
            continue
        yield from _cut(tokenize(text, start, mark.end()))
        start = mark.end()
    yield from _cut(tokenize(text, start, end))


def _cut(tokens: list[Token]) -> Iterator[list[Token]]:
    for first in range(0, len(tokens), MAX_TOKENS):
        yield tokens[first : first + MAX_TOKENS]


def _ends(text: str, start: int, dot: int, after: int, end: int) -> bool:
    """Whether the mark at `dot` closes a sentence: not after an abbreviation, an initial or inside a dose."""
    if text[dot] != ".":
        return True
    while after < end and text[after].isspace():
        after += 1
    following = text[after : after + 1]
    word = _TAIL.search(text, max(start, dot - 12), dot)
    before = word.group().casefold() if word else ""
    if before in _abbreviations() and not (before in {"no", "etc"} and following.isupper()):
        return before in {"etc", "a.m", "p.m"} and following.isupper()
    if len(before) == 1 and before.isalpha() and following.islower():
        return False
    return not (following.islower() and text[after : after + 12].split(" ")[0].casefold() in {"and", "or", "of"})
