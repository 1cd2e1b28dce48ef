"""Mentions to candidate codes: one batched search for the whole note, then what each mention may reach."""

import datetime as dt
import re
from collections.abc import Sequence, Set
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from assistant.chart.note import Assertion, Mention, Note
from assistant.suggest.clause import clauses
from assistant.suggest.gestation import trimester_of_note
from assistant.suggest.plausibility import Plausibility
from assistant.suggest.refinement import (
    Wording,
    block_of,
    compared,
    denied_in,
    fit_of,
    invents,
    meant,
    refiner_of,
    said_whole,
)
from assistant.suggest.resolution import resolve
from corpus.codes import Code
from corpus.index.search import Searcher, UnitHit
from corpus.index.words import terms, title_terms

_WORDINGS = Path(__file__).parent / "rules" / "wordings.tsv"
PER_MENTION = 12
GAIN = 0.15
"""Score for each word of the clause that a code says beyond the mention."""
LOSS = 0.03
"""Score lost for each word of a code's term that the note does not say there."""
SAID = 0.5
"""Score for a code all of whose words the mention and its clause say between them: as much as for one said word for word."""
_WITH_DISEASE = ("O99.0", "O99.1", "O99.2", "O99.3", "O99.4", "O99.5", "O99.6", "O99.7")
_IDLE = frozenset({"type", "unspecified", "nos", "unspec"})
"""Words of a title that nobody says."""
DISPLACED = 0.3
"""A fracture not said to be displaced or not is coded as displaced (OCG I.C.19.c)."""
_CURRENT = (Assertion.PRESENT, Assertion.POSSIBLE, Assertion.HISTORICAL)
CONTEXT = 120
"""Code points on each side of a mention that laterality and encounter may be read from."""
_SAYS_HISTORY = re.compile(r"\b(?:former|ex-|quit|status post|s/p|previous|prior)\b", re.I)
_HISTORY_WORDS = re.compile(r"\b(?:personal )?(?:history|hx|h/o) (?:of )?", re.I)
_LONG_AGO = re.compile(
    r"\b(?:in|circa|around|back in) (?P<year>(?:19|20)\d\d)\b|\byears? ago\b|"
    r"\bas a (?:child|teen|kid)|\bin (?:high school|college)\b",
    re.I,
)
"""An accident told with these is no reason of this visit, unless the year is the visit's own."""
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
    fit: float = 0.0
    """How well its words fit the mention and what stands around it, as log odds between the mention's candidates."""
    values: tuple[float, ...] = ()
    """What `fit` was made of (`refinement.FEATURES`)."""

    @property
    def score(self) -> float:
        """Search score; about 1.25 is a perfect match of words, 1.75 one said word for word."""
        return self.hit.score


@lru_cache(maxsize=1)
def _wordings() -> tuple[tuple[re.Pattern[str], str], ...]:
    """(what a mention holds, what is searched instead), from `rules/wordings.tsv`."""
    lines = _WORDINGS.read_text(encoding="utf-8").splitlines()
    listed = [line.split("\t") for line in lines if line and not line.startswith(("#", "pattern\t"))]
    return tuple((re.compile(pattern, re.I), query) for pattern, query in listed)


def query_for(mention: Mention, resolved_is_current: bool = False) -> str:
    """What is searched for a mention: its words, with history or family said as the code book says it."""
    text = " ".join(mention.text.split())
    if said := next((query for pattern, query in _wordings() if pattern.search(text)), ""):
        return said
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


def _paired(codes: Sequence[str]) -> int | None:
    """Where the second code stands that the words mean as much as the first: a disease of pregnancy is coded with the disease
    itself (note at O99: use additional code)."""
    if not codes or not codes[0].startswith(_WITH_DISEASE):
        return None
    return next((place for place, code in enumerate(codes[:5]) if code[0] not in "OZRST"), None)


Reached = tuple[float, UnitHit, Code, tuple[float, ...]]


def _word_for_word(ordered: list[Reached]) -> list[Reached]:
    """`ordered` with the best code that the mention says word for word first, when the one that stood there says what
    nobody said. It takes that one's fit."""
    at = next((place for place, item in enumerate(ordered) if said_whole(item[3])), 0)
    if not at or not invents(ordered[0][3]):
        return ordered
    first = (ordered[0][0], *ordered[at][1:])
    return [first, *ordered[:at], *ordered[at + 1 :]]


def _long_ago(text: str, date: dt.date) -> bool:
    return any(found["year"] != str(date.year) for found in _LONG_AGO.finditer(text))


def find_candidates(
    note: Note,
    mentions: Sequence[Mention],
    searcher: Searcher,
    date: dt.date,
    resolved_is_current: bool = False,
    sex: str | None = None,
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
    asked = {query: query for query in queries.values()}
    for mention, clause in wider.items():
        asked.setdefault(clause, queries[mention])  # a clause is ranked among the rows near to its mention
    found = searcher.find_in_note(asked, PER_MENTION)
    search = _Search(note, searcher, date, sex)
    return {
        mention: search.candidates(mention, query, around[mention], found[query], found.get(wider.get(mention, ""), []))
        for mention, query in queries.items()
    }


def _adds_words(mention: Mention, clause: str, query: str) -> bool:
    return mention.assertion in _CURRENT and clause != query and bool(set(terms(clause)) - set(terms(query)))


class _Search:
    """What the candidates of one note's mentions share."""

    def __init__(self, note: Note, searcher: Searcher, date: dt.date, sex: str | None) -> None:
        self._note = note
        self._searcher = searcher
        self._date = date
        self._plausible = Plausibility(note.text)
        self._trimester = trimester_of_note(note.text)
        self._refiner = refiner_of(searcher)
        self._sex = {"F": frozenset({"female"}), "M": frozenset({"male"})}.get(sex or "", frozenset())
        self._words = meant(terms(note.text)) | self._sex
        self._said: dict[str, set[str]] = {}

    def candidates(
        self, mention: Mention, query: str, clause: str, own: Sequence[UnitHit], wide: Sequence[UnitHit]
    ) -> tuple[Candidate, ...]:
        """The candidates of one mention, the best fitting first."""
        context = context_of(self._note, mention)
        reached: dict[str, tuple[float, UnitHit, Code, tuple[float, ...]]] = {}
        for hit, values in self._fitted(mention, query, clause, own, wide):
            if not self._plausible.allows(hit.unit, mention, query):
                continue
            if hit.unit[0] in "VWXY" and _long_ago(context, self._date):
                continue
            code = resolve(hit.unit, query, (clause, context), self._trimester, self._searcher, self._date)
            fit = fit_of(values)
            if code is not None and (code.code not in reached or fit > reached[code.code][0]):
                reached[code.code] = (fit, hit, code, values)
        ordered = sorted(reached.values(), key=lambda item: (-item[0], -item[1].score, item[2].code))
        ordered = _word_for_word(ordered)
        fits = [item[0] for item in ordered]
        share = line_share(self._note, mention)
        paired = _paired([item[2].code for item in ordered])
        return tuple(
            Candidate(
                mention,
                code,
                hit,
                0 if place == paired else place,
                round((fit - fits[place + 1]) / 10, 5) if place + 1 < len(fits) else 0.5,
                share,
                round(fit, 5),
                values,
            )
            for place, (fit, hit, code, values) in enumerate(ordered)
        )

    def _fitted(
        self, mention: Mention, query: str, clause: str, own: Sequence[UnitHit], wide: Sequence[UnitHit]
    ) -> list[tuple[UnitHit, tuple[float, ...]]]:
        """Every hit of the mention, of its clause and among their siblings, with the values its fit is made of."""
        said = self._terms(query)
        around = set(terms(clause)) - said
        mine = meant(said) | self._sex
        stated = meant(said | around) | self._sex
        text = block_of(self._note, mention)
        block = meant(set(terms(text)) | said | around) | self._sex
        wording = Wording(mine, stated, block | stated, self._words | block | stated, denied_in(f"{clause}. {text}"))
        best: dict[str, UnitHit] = {}
        for hit in (*own, *wide):
            if hit.unit not in best or hit.score > best[hit.unit].score:
                best[hit.unit] = hit
        mentioned = {hit.unit for hit in own}
        hands = {unit: self._hand(hit, said, around, clause) for unit, hit in best.items()}
        ranked = sorted(best.values(), key=lambda hit: (-hit.score - hands[hit.unit], hit.unit))
        extra = self._refiner.expanded(ranked, wording)
        made = []
        for hit in (*ranked, *extra):
            hand = hands.get(hit.unit, 0.0)
            values = self._refiner.features(
                hit, wording, hand=hand, wide=hit.unit not in mentioned, extra=hit.unit not in best
            )
            made.append((replace(hit, score=round(hit.score + hand, 5)), values))
        return compared(made)

    def _terms(self, query: str) -> set[str]:
        if query not in self._said:
            self._said[query] = set(terms(query)) | set(terms(self._searcher.read(query).repaired))
        return self._said[query]

    def _hand(self, hit: UnitHit, said: set[str], around: set[str], clause: str) -> float:
        """A hit gains by each word of the clause that its code says beyond the mention, and loses by each that nobody says."""
        title = self._searcher.codebook.title(hit.unit)
        worded = max(_balance(title_terms(text), said, around) for text in (hit.matched_term, title))
        if title.lower().startswith("nondisplaced") and "nondisplaced" not in clause.lower().replace("non-", "non"):
            worded -= DISPLACED
        return worded


def _balance(worded: Set[str], said: set[str], around: set[str]) -> float:
    if not worded & (said | around):
        return 0.0
    gain = GAIN * min(3, len(worded & around)) - LOSS * min(4, len(worded - said - around))
    whole = bool(worded & around) and len(worded) > 1 and not worded - said - around - _IDLE
    return gain + SAID * whole
