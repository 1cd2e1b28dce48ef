"""Mentions to candidate codes: one batched search for the whole note, then what each mention may reach."""

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from assistant.chart.note import Assertion, Mention, Note
from assistant.suggest.clause import clauses
from assistant.suggest.plausibility import Plausibility
from assistant.suggest.resolution import resolve
from corpus.codes import Code
from corpus.index.search import Searcher, UnitHit
from corpus.index.sides import trimester_of
from corpus.index.words import terms

PER_MENTION = 12
GAIN = 0.15
"""Score for each word of the clause that a code says beyond the mention."""
LOSS = 0.03
"""Score lost for each word of a code's term that the note does not say there."""
SAID = 0.5
"""Score for a code all of whose words the mention and its clause say between them: as much as for one said word for word."""
_IDLE = frozenset({"type", "unspecified", "nos", "unspec"})
"""Words of a title that nobody says."""
DISPLACED = 0.3
"""A fracture not said to be displaced or not is coded as displaced (OCG I.C.19.c)."""
_CURRENT = (Assertion.PRESENT, Assertion.POSSIBLE, Assertion.HISTORICAL)
CONTEXT = 120
"""Code points on each side of a mention that laterality and encounter may be read from."""
_SAYS_HISTORY = re.compile(r"\b(?:former|ex-|quit|status post|s/p|previous|prior)\b", re.I)
_HISTORY_WORDS = re.compile(r"\b(?:personal )?(?:history|hx|h/o) (?:of )?", re.I)
_FIRST_SENTENCE = re.compile(r"[\r\n]|(?<=[a-z)\]])[.:;](?=\s)| - ")
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
    """How much of the first sentence of its line the mention fills, 0 to 1: a problem's heading fills it."""

    @property
    def score(self) -> float:
        """Search score; about 1.25 is a perfect match of words, 1.75 one said word for word."""
        return self.hit.score


def query_for(mention: Mention, resolved_is_current: bool = False) -> str:
    """What is searched for a mention: its words, with history or family said as the code book says it."""
    text = " ".join(mention.text.split())
    bare = _HISTORY_WORDS.sub("", text)
    if _SAYS_HISTORY.search(text):
        return text
    if mention.section == "allergies" and mention.assertion is Assertion.PRESENT:
        return f"allergy status to {bare}"
    if mention.assertion is Assertion.HISTORICAL or (
        mention.assertion is Assertion.RESOLVED and not resolved_is_current
    ):
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
    """Share of the letters of the first sentence of the mention's line that are the mention's own; 0 when it stands later."""
    start = max(note.text.rfind(mark, 0, mention.span.start) for mark in "\r\n") + 1
    end = _FIRST_SENTENCE.search(note.text, start)
    stop = end.start() if end else len(note.text)
    if mention.span.start > stop:
        return 0.0
    total = sum(map(str.isalpha, note.text[start : max(stop, mention.span.end)]))
    return min(1.0, sum(map(str.isalpha, mention.text)) / total) if total else 0.0


def find_candidates(
    note: Note, mentions: Sequence[Mention], searcher: Searcher, date: dt.date, resolved_is_current: bool = False
) -> dict[Mention, tuple[Candidate, ...]]:
    """Candidates of every mention, best first, all billable and valid on `date`. One encoder call.

    `resolved_is_current`: what resolved during a stay was treated in it, and is looked up as a current condition.
    """
    queries = {mention: query_for(mention, resolved_is_current) for mention in mentions}
    around = clauses(note, mentions)
    for mention in mentions:
        if mention.assertion is Assertion.HISTORICAL:
            around[mention] = f"{mention.cue or 'status post'} {' '.join(mention.text.split())}"
    wider = {
        mention: around[mention] for mention in mentions if _adds_words(mention, around[mention], queries[mention])
    }
    distinct = list(dict.fromkeys([*queries.values(), *wider.values()]))
    found = dict(zip(distinct, searcher.find_units(distinct, PER_MENTION), strict=True)) if distinct else {}
    said = {query: set(terms(query)) | set(terms(searcher.read(query).repaired)) for query in set(queries.values())}
    plausible = Plausibility(note.text)
    trimester = trimester_of(note.text)
    return {
        mention: _of_mention(
            note,
            mention,
            query,
            around[mention],
            _with_clause(found[query], found.get(wider.get(mention, ""), []), said[query], around[mention], searcher),
            searcher,
            date,
            plausible,
            trimester,
        )
        for mention, query in queries.items()
    }


def _adds_words(mention: Mention, clause: str, query: str) -> bool:
    return mention.assertion in _CURRENT and clause != query and bool(set(terms(clause)) - set(terms(query)))


def _with_clause(
    own: Sequence[UnitHit], wide: Sequence[UnitHit], said: set[str], clause: str, searcher: Searcher
) -> list[UnitHit]:
    """Hits of the mention and of its clause together: a hit gains by each word of the clause that its code says beyond the
    mention, and loses by each word that nobody says."""
    around = set(terms(clause)) - said
    best: dict[str, UnitHit] = {}
    for hit in (*own, *wide):
        if hit.unit not in best or hit.score > best[hit.unit].score:
            best[hit.unit] = hit
    ranked = []
    for hit in best.values():
        worded = max(
            _balance(set(terms(text)), said, around) for text in (hit.matched_term, searcher.codebook.title(hit.unit))
        )
        title = searcher.codebook.title(hit.unit).lower()
        if title.startswith("nondisplaced") and "nondisplaced" not in clause.lower().replace("non-", "non"):
            worded -= DISPLACED
        ranked.append(replace(hit, score=round(hit.score + worded, 5)))
    return sorted(ranked, key=lambda hit: (-hit.score, hit.unit))


def _balance(worded: set[str], said: set[str], around: set[str]) -> float:
    if not worded & (said | around):
        return 0.0
    gain = GAIN * min(3, len(worded & around)) - LOSS * min(4, len(worded - said - around))
    whole = bool(worded & around) and len(worded) > 1 and not worded - said - around - _IDLE
    return gain + SAID * whole


def _of_mention(
    note: Note,
    mention: Mention,
    query: str,
    clause: str,
    hits: Sequence[UnitHit],
    searcher: Searcher,
    date: dt.date,
    plausible: Plausibility,
    trimester: str,
) -> tuple[Candidate, ...]:
    context = context_of(note, mention)
    reached: list[tuple[UnitHit, Code]] = []
    seen: set[str] = set()
    for hit in hits:
        if not plausible.allows(hit.unit, mention, query):
            continue
        code = resolve(hit.unit, query, (clause, context), trimester, searcher, date)
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
