"""Mentions to candidate codes: one batched search for the whole note, then what each mention may reach."""

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.chart.note import Assertion, Mention, Note
from assistant.suggest.plausibility import Plausibility
from assistant.suggest.resolution import resolve
from corpus.codes import Code
from corpus.index.search import Searcher, UnitHit

PER_MENTION = 12
CONTEXT = 120
"""Code points on each side of a mention that laterality and encounter may be read from."""
_SAYS_HISTORY = re.compile(r"\b(?:former|ex-|quit|status post|s/p|previous|prior)\b", re.I)
_HISTORY_WORDS = re.compile(r"\b(?:personal )?(?:history|hx|h/o) (?:of )?", re.I)
_SENTENCE_END = re.compile(r"[.;\r\n]")


@dataclass(frozen=True, slots=True)
class Candidate:
    """One code that one mention may mean. `place` counts from 0 among the mention's candidates."""

    mention: Mention
    code: Code
    hit: UnitHit
    place: int
    margin: float
    """Search score over the next different candidate of the mention."""
    share: float
    """How much of its line the mention fills, 0 to 1: a problem's heading fills it."""

    @property
    def score(self) -> float:
        """Search score; about 1.25 is a perfect match of words, 1.75 one said word for word."""
        return self.hit.score


def query_for(mention: Mention) -> str:
    """What is searched for a mention: its words, with history or family said as the code book says it."""
    text = " ".join(mention.text.split())
    bare = _HISTORY_WORDS.sub("", text)
    if _SAYS_HISTORY.search(text):
        return text
    if mention.assertion in (Assertion.HISTORICAL, Assertion.RESOLVED):
        return f"personal history of {bare}"
    if mention.assertion is Assertion.FAMILY:
        return f"family history of {bare}"
    extra = [word for word in mention.qualifiers if word.lower() not in text.lower()]
    return " ".join([text, *extra])


def context_of(note: Note, mention: Mention) -> str:
    """The sentence or line around a mention, at most `CONTEXT` code points each way."""
    before = note.text[max(0, mention.span.start - CONTEXT) : mention.span.start]
    after = note.text[mention.span.end : mention.span.end + CONTEXT]
    ends = list(_SENTENCE_END.finditer(before))
    cut = _SENTENCE_END.search(after)
    return (before[ends[-1].end() :] if ends else before) + mention.text + (after[: cut.start()] if cut else after)


def line_share(note: Note, mention: Mention) -> float:
    """Share of the letters and digits of the mention's line that are the mention's own."""
    start = max(note.text.rfind(mark, 0, mention.span.start) for mark in "\r\n") + 1
    ends = [end for mark in "\r\n" if (end := note.text.find(mark, mention.span.end)) >= 0]
    line = note.text[start : min(ends, default=len(note.text))]
    total = sum(map(str.isalpha, line))
    return min(1.0, sum(map(str.isalpha, mention.text)) / total) if total else 0.0


def find_candidates(
    note: Note, mentions: Sequence[Mention], searcher: Searcher, date: dt.date
) -> dict[Mention, tuple[Candidate, ...]]:
    """Candidates of every mention, best first, all billable and valid on `date`. One encoder call."""
    queries = {mention: query_for(mention) for mention in mentions}
    distinct = list(dict.fromkeys(queries.values()))
    found = dict(zip(distinct, searcher.find_units(distinct, PER_MENTION), strict=True)) if distinct else {}
    plausible = Plausibility(note.text)
    return {
        mention: _of_mention(note, mention, query, found[query], searcher, date, plausible)
        for mention, query in queries.items()
    }


def _of_mention(
    note: Note,
    mention: Mention,
    query: str,
    hits: Sequence[UnitHit],
    searcher: Searcher,
    date: dt.date,
    plausible: Plausibility,
) -> tuple[Candidate, ...]:
    context = context_of(note, mention)
    reached: list[tuple[UnitHit, Code]] = []
    seen: set[str] = set()
    for hit in hits:
        if not plausible.allows(hit.unit, mention, query):
            continue
        code = resolve(hit.unit, query, context, searcher, date)
        if code is not None and code.code not in seen:
            seen.add(code.code)
            reached.append((hit, code))
    scores = [hit.score for hit, _ in reached]
    share = line_share(note, mention)
    return tuple(
        Candidate(
            mention,
            code,
            hit,
            place,
            hit.score - scores[place + 1] if place + 1 < len(scores) else hit.score,
            share,
        )
        for place, (hit, code) in enumerate(reached)
    )
