"""The words around a mention that may make its code more specific: `recurrent, moderate` after a depressive disorder.

A clause runs from the mention to the end of its sentence or line and stops before the next mention, unless only a joining word
(`with`, `due to`) stands between the two.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from assistant.chart.note import Mention, Note, Span

AFTER = 90
"""Code points a clause may run on behind its mention."""
BEFORE = 40
_END = re.compile(
    r"[.:](?!\d)|[;\r\n]|\b(?:but|however|who|which|continue|start|will|denies|is|was|has|had|patient|she|he|they|we|i)\b",
    re.I,
)
_JOINING = re.compile(r"^[\s,(]*(?:with|w/|due to|secondary to|from|in|of|and)?[\s,(]*$", re.I)
_WORDS = re.compile(r"[\w/%-]+")


def clauses(note: Note, mentions: Sequence[Mention]) -> dict[Mention, str]:
    """For each mention its clause, one line of words; the mention's own text when nothing is around it."""
    ordered = sorted(mentions, key=lambda mention: (mention.span.start, -mention.span.end))
    starts = [mention.span.start for mention in ordered]
    ends = sorted(mention.span.end for mention in ordered)
    return {mention: _clause(note, mention, ordered, starts, ends) for mention in ordered}


def _clause(
    note: Note, mention: Mention, ordered: Sequence[Mention], starts: Sequence[int], ends: Sequence[int]
) -> str:
    """`starts` are those of `ordered`, `ends` the sorted ends of the same."""
    start, end = mention.span.start, mention.span.end
    stop = min(len(note.text), end + AFTER)
    found = _END.search(note.text, end, stop)
    stop = found.start() if found else stop
    for other in ordered[bisect_left(starts, end) :]:
        if other.span.start >= stop:
            break
        if other.span.start >= end:
            if _JOINING.match(note.text[end : other.span.start]) and note.text[end : other.span.start].strip() != ",":
                end = max(end, min(other.span.end, stop))
                continue
            stop = other.span.start
            break
    behind = bisect_right(ends, start)
    floor = max(0, start - BEFORE, ends[behind - 1] if behind else 0)
    before = [match.end() for match in _END.finditer(note.text, floor, start)]
    lead = note.text[(before[-1] if before else floor) : start]
    lead = " ".join(_WORDS.findall(lead)[-3:]) if not re.search(r"[,(]\s*$", lead) else ""
    return " ".join(f"{lead} {note.at(Span(start, stop))}".split()).strip(" ,-")
