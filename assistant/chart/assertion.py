"""What the note says of a mention: present, negated, possible, conditional, historical, family, planned, resolved."""

from bisect import bisect_left
from collections.abc import Sequence
from typing import NamedTuple

from assistant.chart.cues import Cue, find_cues
from assistant.chart.lexicon import nature
from assistant.chart.note import Assertion, Note, Section, Span
from assistant.chart.rules import word_class
from assistant.chart.sections import sections
from assistant.chart.sentences import Sentence, sentences
from assistant.chart.tokens import Token

_NEAR_TOKENS = 5
_PHRASE_TOKENS = 12
_LIST_TOKENS = 60
_BREAKS = frozenset({";"})
_PHRASE_BREAKS = frozenset({",", ";", ":", "(", ")"})
_NEAR_BREAKS = _PHRASE_BREAKS | word_class("near_break")
_VERBS = word_class("verb_break")
_ONGOING = frozenset({"chronic", "status"})
_ONE_TIME = frozenset({"acute", "injury", "procedure", "neoplasm", "symptom"})
_SILENT = frozenset({"pseudo", "stop", "negation_stop", "onset", "then"})
_SAYS = {"dated": Assertion.HISTORICAL, "had": Assertion.HISTORICAL, "worry": Assertion.POSSIBLE}
_YIELDING = frozenset({"done", "had", "historical", "dated", "planned", "resolved"})
_DOABLE = frozenset({"procedure", "vaccine", "screening"})
_EVENTS = frozenset({"acute", "injury", "procedure", "neoplasm"})
_NEVER = frozenset({"non", "never", "nonsmoker", "nonsmokers"})
_LIST_LEADS = word_class("list_lead")
_SECTION_OF_PROCEDURES = "past_surgical_history"


class Verdict(NamedTuple):
    """An assertion and the words that decided it (empty when nothing did)."""

    assertion: Assertion
    cue: str = ""


class Reader:
    """The cues of one sentence, found once for all its mentions."""

    def __init__(self, note: Note, sentence: Sentence) -> None:
        self._note = note
        self._sentence = sentence
        self._tokens: Sequence[Token] = (*sentence.lead, *sentence.tokens)
        self._shift = len(sentence.lead)
        self._cues = find_cues(self._tokens)
        self._stops = sorted((cue.first, cue.last) for cue in self._cues if cue.category == "stop")
        self._negation_stops = sorted(
            (cue.first, cue.last) for cue in self._cues if cue.category in {"stop", "negation_stop"}
        )

    def verdict(self, first: int, last: int) -> Verdict:
        """Assertion of the tokens `first` to `last` (half-open) of the sentence."""
        first, last = first + self._shift, last + self._shift
        text = self._note.text[self._tokens[first].start : self._tokens[last - 1].end]
        kind = nature(text)
        if kind == "status" and self._tokens[first].word in _NEVER:
            return Verdict(Assertion.NEGATED, self._tokens[first].text)
        governing = [cue for cue in self._cues if self._governs(cue, first, last)]
        chosen = self._choose(governing, kind, first, last)
        if chosen:
            return chosen
        return self._prior(kind)

    def _choose(self, governing: list[Cue], kind: str, first: int, last: int) -> Verdict | None:
        near = sorted(governing, key=lambda cue: (self._distance(cue, first, last), cue.first - cue.last))
        if kind == "vaccine" and _first(near, "done") and not _first(near, "negated"):
            return Verdict(Assertion.PRESENT)
        if kind in _DOABLE and (cue := _first(near, "planned")) and not _first(near, "negated"):
            return self._say(cue)
        decisive = [
            cue
            for cue in near
            if cue.category not in _YIELDING
            and not (cue.category == "worry" and kind == "symptom")
            and not (cue.category == "other_person" and cue.first >= last and kind == "injury")
        ]
        if decisive:
            behind = next((cue for cue in decisive if cue.category == "negated" and cue.first >= last), None)
            if behind and decisive[0].category == "possible" and decisive[0].last <= first:
                return self._say(behind)
            return self._say(self._negated_cue(decisive[0], decisive) or decisive[0])
        over = [cue for cue in near if cue.category in {"resolved", "historical"}]
        if kind != "chronic" and over:
            return self._say(min(over, key=lambda cue: cue.first))
        if cue := _first(near, "resolved"):
            return self._say(cue)
        if kind == "procedure" and (cue := _first(near, "had")):
            return self._say(cue)
        if kind in _EVENTS and (cue := _first(near, "dated")) and not self._has("onset"):
            return self._say(cue)
        return None

    def _has(self, category: str) -> bool:
        return any(cue.category == category for cue in self._cues)

    def _negated_cue(self, cue: Cue, others: list[Cue]) -> Cue | None:
        """The negation that stands right before another cue: `no suspected`, `denies family history of`."""
        if cue.category == "negated":
            return None
        for other in others:
            if other.category == "negated" and other.direction == "before" and 0 <= cue.first - other.last <= 1:
                return other
        return None

    def _governs(self, cue: Cue, first: int, last: int) -> bool:
        if cue.category in _SILENT:
            return False
        if cue.first < first and last < cue.last:
            return cue.direction == "after"
        if cue.first >= first and cue.last <= last:
            return cue.category == "historical" and cue.first == first and cue.last < last
        if cue.direction != "after" and cue.last <= first:
            return self._open_before(cue, first)
        if cue.direction != "before" and cue.first >= last:
            return self._open_after(cue, last)
        return cue.direction == "before" and cue.first < first < cue.last <= last

    def _open_before(self, cue: Cue, first: int) -> bool:
        between = self._tokens[cue.last : first]
        if len(between) > {"near": _NEAR_TOKENS, "phrase": _PHRASE_TOKENS}.get(cue.scope, _LIST_TOKENS):
            return False
        breaks = {"near": _NEAR_BREAKS, "phrase": _PHRASE_BREAKS}.get(cue.scope, _BREAKS)
        if any(token.word in breaks for token in between):
            return False
        if cue.category == "negated" and self._ends_at_colon(cue.last, first):
            return False
        return not self._stopped(cue, cue.last, first)

    def _ends_at_colon(self, start: int, end: int) -> bool:
        """Whether what is denied ends in a conclusion (`no pain: conjunctivitis`), not in a list (`the following: pain`)."""
        return any(
            self._tokens[at].word == ":" and self._tokens[at - 1].word not in _LIST_LEADS
            for at in range(start + 1, end)
        )

    def _open_after(self, cue: Cue, last: int) -> bool:
        between = self._tokens[last : cue.first]
        if len(between) > (3 if cue.scope in {"near", "end"} else _PHRASE_TOKENS):
            return False
        clause = bool(between) and between[0].word in {"that", "which"}
        breaks = _PHRASE_BREAKS if clause or cue.category == "dated" else _PHRASE_BREAKS | _VERBS
        if any(token.word in breaks for token in between):
            return False
        return not self._stopped(cue, last, cue.first)

    def _stopped(self, cue: Cue, start: int, end: int) -> bool:
        if cue.scope == "sentence":
            return any(other.category == "then" and start <= other.first < end for other in self._cues)
        stops = self._negation_stops if cue.category == "negated" else self._stops
        at = bisect_left(stops, (start, start))
        return at < len(stops) and stops[at][1] <= end

    def _distance(self, cue: Cue, first: int, last: int) -> int:
        return first - cue.last if cue.last <= first else max(0, cue.first - last)

    def _say(self, cue: Cue) -> Verdict:
        words = self._note.text[self._tokens[cue.first].start : self._tokens[cue.last - 1].end]
        return Verdict(_SAYS.get(cue.category) or Assertion(cue.category), words)

    def _prior(self, kind: str) -> Verdict:
        section = self._sentence.section
        if section == "family_history":
            return Verdict(Assertion.FAMILY, "")
        if section == _SECTION_OF_PROCEDURES and kind not in _ONGOING:
            return Verdict(Assertion.HISTORICAL, "")
        if section == "past_medical_history" and kind in _ONE_TIME:
            return Verdict(Assertion.HISTORICAL, "")
        if section == "instructions" and kind in {"symptom", "acute"}:
            return Verdict(Assertion.CONDITIONAL, "")
        if section in {"plan", "orders"} and kind == "vaccine":
            return Verdict(Assertion.PLANNED, "")
        return Verdict(Assertion.PRESENT, "")


def _first(cues: list[Cue], category: str) -> Cue | None:
    return next((cue for cue in cues if cue.category == category), None)


def classify(text: str, start: int, end: int, parts: tuple[Section, ...] | None = None) -> Verdict:
    """Assertion of the words at `text[start:end]`, read in their sentence and section.

    `parts` are the note's sections when already known. Words outside any sentence are `present`.
    """
    note = Note("", text)
    span = Span(start, end)
    for sentence in sentences(note, sections(note) if parts is None else parts):
        if sentence.span.overlaps(span):
            inside = [at for at, token in enumerate(sentence.tokens) if token.start < end and token.end > start]
            if inside:
                return Reader(note, sentence).verdict(inside[0], inside[-1] + 1)
    return Verdict(Assertion.PRESENT)
