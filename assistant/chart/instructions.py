"""Sentences in a note that speak to the program that reads it. They tell nothing of a patient and are not read."""

import re
from collections.abc import Iterator
from functools import cache

from assistant.chart.note import Span
from assistant.chart.rules import rows

_SENTENCE = re.compile(r"(?:[^.!?\r\n\f]|[.!?](?!\s|$)|\r?\n(?=[ \t]*[a-z]))+[.!?]*")
_PARAGRAPH = re.compile(r"\r?\n[ \t]*(?:\r?\n|\Z)|\f")


@cache
def _patterns(role: str) -> re.Pattern[str]:
    return re.compile(
        "|".join(f"(?:{row['pattern']})" for row in rows("instructions.tsv") if row["role"] == role), re.I
    )


@cache
def _openings() -> re.Pattern[str]:
    return re.compile(r"ignore|disregard|forget|override|bypass|you are|prompt|as an ai|dear ", re.IGNORECASE)


def instructions(text: str) -> tuple[Span, ...]:
    """Spans of sentences that instruct a program, with the imperatives that follow them in the same paragraph."""
    found: list[Span] = []
    done = 0
    for opening in _openings().finditer(text):
        if opening.start() < done:
            continue
        start = max((gap.end() for gap in _PARAGRAPH.finditer(text, done, opening.start())), default=done)
        gap = _PARAGRAPH.search(text, opening.end())
        done = gap.end() if gap else len(text)
        found.extend(_found(text, start, done))
    return tuple(found)


def _found(text: str, start: int, end: int) -> Iterator[Span]:
    running = False
    for match in _SENTENCE.finditer(text, start, end):
        sentence = match.group()
        if not sentence.strip():
            continue
        running = bool(_patterns("begins").search(sentence) or (running and _patterns("goes_on").search(sentence)))
        if running:
            yield Span(match.start(), match.end())
