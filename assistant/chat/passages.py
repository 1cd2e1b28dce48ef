"""Passages of the open note for a question: by its words and their synonyms, by topics that people ask about, and by meaning
through the encoder where words alone do not decide."""

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.chart.note import Note
from assistant.chart.sections import sections
from assistant.chart.sentences import sentences
from assistant.chat.understanding import folded
from corpus.index.words import STOP_WORDS, terms

if TYPE_CHECKING:
    from corpus.index.search import Searcher

_FILE = Path(__file__).with_name("topics.toml")
_NUMBER = re.compile(r"\d")
_HOW_MUCH = re.compile(  # a question for a figure
    r"\bwhat (?:was|is|were|are) (?:the|her|his|their|my|its)\b|"
    r"\bhow (?:many|much|old|long|often|high|far)\b|\bwhat (?:was|is|were|are) (?:\w+ ){1,3}(?:level|value|"
    r"result|pressure|a1c|weight|height|bmi|rate)\b|\bcuant"
)
_ALIKE = 0.42
"""Cosine from which a passage without a common word is shown."""
_NEAR = 0.6
"""Share of the best passage's points that another needs to be shown beside it."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A sentence of the note. `text` equals the note at `start:end`."""

    start: int
    end: int
    text: str
    score: float


@dataclass(frozen=True, slots=True)
class Topic:
    """Something people ask about a patient, and how notes say it."""

    name: str
    asked: re.Pattern[str]
    said: re.Pattern[str]


@lru_cache(maxsize=1)
def topics() -> tuple[Topic, ...]:
    """Every topic of `topics.toml`."""
    data = tomllib.loads(_FILE.read_text("utf-8"))
    return tuple(
        Topic(one["name"], re.compile(one["asked"], re.I), re.compile(one["said"], re.I)) for one in data["topic"]
    )


@lru_cache(maxsize=1)
def _framing() -> frozenset[str]:
    data = tomllib.loads(_FILE.read_text("utf-8"))
    return frozenset(term for word in data["framing"]["words"].split() for term in terms(word))


def asked_terms(question: str) -> list[str]:
    """The words of a question that say what it is about."""
    return [term for term in dict.fromkeys(terms(question)) if term not in STOP_WORDS and term not in _framing()]


def split(note: Note) -> list[tuple[int, int, str]]:
    """(start, end, text) of every sentence, list item or line of the note, in order."""
    found = []
    for one in sentences(note, sections(note)):
        start, end = one.span.start, one.span.end
        if one.tokens or one.label:
            begin = note.text.rfind("\n", 0, start) + 1
            if one.first and one.label and start - begin < 60:
                start = begin + (len(note.text[begin:start]) - len(note.text[begin:start].lstrip()))
            found.append((start, end, note.text[start:end]))
    return found


def passages(note: Note, question: str, searcher: "Searcher | None", most: int = 3) -> list[Passage]:
    """The passages that answer `question`, best first; empty when none does. `searcher` lends spelling, synonyms and the
    encoder; without it words alone decide.
    """
    pieces = split(note)
    plain = folded(question)
    matched = [topic for topic in topics() if topic.asked.search(plain)]
    wanted = asked_terms(question)
    if searcher is not None and wanted:
        opened = searcher.read(" ".join(wanted), typed=True).repaired
        wanted = list(dict.fromkeys((*wanted, *(term for term in terms(opened) if term not in STOP_WORDS))))
    numeric = bool(_HOW_MUCH.search(plain))
    scored: list[Passage] = []
    for start, end, text in pieces:
        said = set(terms(text))
        points = sum(1.0 for term in wanted if term in said or _part(term, said))
        for topic in matched:
            if topic.said.search(text):
                points += 1.5
        if points and numeric and _NUMBER.search(text):
            points += 1.0
        if points:
            scored.append(Passage(start, end, text, points / (1 + len(said) / 200)))
    scored.sort(key=lambda one: (-one.score, one.start))
    if not scored and searcher is not None and not matched and pieces:
        scored = _alike(question, pieces, searcher)
    if not scored:
        return []
    best = scored[0].score
    return sorted([one for one in scored if one.score >= _NEAR * best][:most], key=lambda one: -one.score)


def _part(term: str, said: set[str]) -> bool:
    return len(term) > 4 and any(
        word.startswith(term[:-1]) or (len(word) > 4 and term.startswith(word)) for word in said
    )


def _alike(question: str, pieces: Sequence[tuple[int, int, str]], searcher: "Searcher") -> list[Passage]:
    import numpy as np

    chosen = [piece for piece in pieces if len(piece[2]) > 8][:400]
    if not chosen:
        return []
    vectors = searcher.encoder.encode([question, *(text for _, _, text in chosen)])
    near = vectors[1:] @ vectors[0]
    order = np.argsort(-near)[:3]
    return [Passage(*chosen[int(at)], float(near[int(at)])) for at in order if near[int(at)] >= _ALIKE]
