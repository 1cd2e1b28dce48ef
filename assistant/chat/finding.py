"""From the words of a question to codes: the frame of the question taken off, lay wording put into the words of the code book,
the search asked, and its hits weighed by what the words deny."""

import datetime as dt
import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.chat.turn import Stations
from assistant.chat.understanding import folded, language_of
from assistant.guidelines.tabular import tabular_of
from corpus.codes import CodeSystem, Hit, NoteKind
from corpus.index.words import stem, terms, words
from corpus.lexicon.words import rows

if TYPE_CHECKING:
    from corpus.index.search import Searcher

_FILE = Path(__file__).with_name("finding.toml")
_SPANISH = Path(__file__).with_name("spanish_terms.tsv")
_DENIED = re.compile(
    r"\b(?:no|not|without|w/o|denies|negative for|none|never)\s+((?:(?!(?:and|or|but|with|without|no|not)\b)[\w'-]+\s?){1,3})",
    re.I,
)
CLOSE = 0.2
"""Hits this far below the best are weighed again."""
_DENIAL = 0.12
_AMBIGUOUS = 0.03
WEAK = 0.55
"""Below this score nothing is called the code for the words."""


@dataclass(frozen=True, slots=True)
class Found:
    """What the words lead to: the codes to report in order, and those next to them."""

    query: str
    """The words that were searched."""
    codes: tuple[Hit, ...]
    near: tuple[Hit, ...]


@lru_cache(maxsize=1)
def _patterns() -> tuple[tuple[re.Pattern[str], ...], tuple[tuple[re.Pattern[str], str], ...], re.Pattern[str]]:
    data = tomllib.loads(_FILE.read_text("utf-8"))
    frames = tuple(re.compile(text, re.I) for text in data["frame"]["drop"])
    rewrites = tuple((re.compile(one["when"], re.I), one["to"]) for one in data["rewrite"])
    return frames, rewrites, re.compile("|".join(data["frame"]["several"]), re.I)


def bare(question: str, strict: bool = False) -> str:
    """The condition that a question is about: without `what do I code for`, `code?` and their like. When nothing is left the
    question itself, or with `strict` nothing.
    """
    text = question.replace("’", "'")
    for pattern in _patterns()[0]:
        text = pattern.sub(" ", text)
    text = re.sub(r"\s+([,.;:?!])", r"\1", " ".join(text.split()))
    return text.strip(" ,.;:?!¿¡-–\"'") or ("" if strict else question.strip())


def searchable(text: str, language: str = "") -> str:
    """`text` in the words of the code book: Spanish terms in English, lay wording of circumstances in index words.

    `language` is that of the question it was taken from, where that is known.
    """
    if language == "es" or language_of(text) == "es" or _spanish_in(text):
        text = _translated(text)
    for pattern, to in _patterns()[1]:
        text = pattern.sub(to, text)
    return " ".join(text.split())


def find_codes(
    stations: Stations,
    question: str,
    date: dt.date,
    system: CodeSystem = CodeSystem.ICD10CM,
    within: Sequence[str] = (),
    side: str = "",
    k: int = 12,
) -> Found:
    """The codes for the condition in `question`, `within` these beginnings of codes. Raises CorpusError for a date on which
    nothing is known.
    """
    from corpus.index.facets import Limits

    query = searchable(bare(question), language_of(question))
    searcher = stations.searcher_on(date, system)
    limits = Limits(chapters=tuple(within), side=side if side in ("right", "left", "bilateral") else "")
    parts = _parts(f"{question} {query}") if system is CodeSystem.ICD10CM and not within else ()
    hits = searcher.search(query, k, date, system, replace(limits, chapters=parts)) if parts else []
    if not hits or hits[0].score < WEAK:
        hits = searcher.search(query, k, date, system, limits)
    if system is not CodeSystem.ICD10CM or not hits:
        return Found(query, tuple(hits[:1]), tuple(hits[1:4]))
    hits = _weighed(query, hits, side)
    chosen: tuple[Hit, ...] = (hits[0],)
    if not within and _patterns()[2].search(query):
        chosen = _joined(searcher, query, hits, date, limits) or chosen
    named = {hit.code for hit in chosen}
    near = tuple(hit for hit in hits if hit.code not in named and hit.score >= hits[0].score - _AMBIGUOUS)
    return Found(query, chosen, near[:3])


def _weighed(query: str, hits: list[Hit], side: str) -> list[Hit]:
    """Hits close to the best, ordered anew by what the query denies and by the side it names."""
    denied = {stem(word) for match in _DENIED.finditer(query) for word in words(match[1])[:3]}
    asked = set(terms(query))

    def score(hit: Hit) -> float:
        title = hit.description.lower()
        points = hit.score
        absent = {stem(word) for match in _DENIED.finditer(title) for word in words(match[1])[:3]}
        said = set(terms(title))
        for word in denied & said:
            points += _DENIAL if word in absent else -_DENIAL
        points -= _DENIAL / 2 * len((asked - denied) & absent)
        if side == "bilateral" and ("bilateral" in title or "both" in title):
            points += _DENIAL
        return points

    best = hits[0].score
    close = [hit for hit in hits if hit.score >= best - CLOSE]
    return [*sorted(close, key=lambda hit: -score(hit)), *hits[len(close) :]]


def _joined(searcher: "Searcher", query: str, hits: list[Hit], date: dt.date, limits: object) -> tuple[Hit, ...]:
    """Two codes of which one asks for the other, when the words name both: the one that goes first in front."""
    tabular = tabular_of(searcher.codebook)
    best: dict[str, Hit] = {}
    pieces = [
        piece
        for piece in re.split(r"\b(?:with|and|due to|from|w/|in|plus|by)\b|[,;/]", query)
        if len(piece.strip()) > 3
    ]
    extra = [found[0] for found in searcher.search_many(pieces, 3, date) if found and found[0].score > 0.9]
    for hit in (*hits, *extra):
        if hit.score >= hits[0].score - 0.3:
            best.setdefault(hit.code[:3], hit)
    chosen: tuple[float, tuple[Hit, Hit]] | None = None
    asked = set(terms(query))
    for first in best.values():
        for second in best.values():
            if first.code[:3] == second.code[:3] or not first.billable or not second.billable:
                continue
            leads = any(
                one.kind is NoteKind.USE_ADDITIONAL and one.local for one in tabular.pointing(first.code, second.code)
            ) or any(
                one.kind is NoteKind.CODE_FIRST and one.local and one.firm_about(first.code.replace(".", ""))
                for one in tabular.pointing(second.code, first.code)
            )
            if not leads:
                continue
            covered = asked & (set(terms(first.description)) | set(terms(second.description)))
            points = len(covered) + first.score + second.score
            own = asked & set(terms(second.description)) - set(terms(first.description))
            if own and (chosen is None or points > chosen[0]):
                chosen = (points, (first, second))
    return chosen[1] if chosen else ()


@lru_cache(maxsize=1)
def _named_parts() -> tuple[tuple[re.Pattern[str], tuple[str, ...]], ...]:
    listed = tomllib.loads(_FILE.read_text("utf-8"))["part"]
    return tuple((re.compile(one["when"], re.I), tuple(one["codes"])) for one in listed)


def _parts(text: str) -> tuple[str, ...]:
    """The part of the book that the words name, as limits of a search."""
    return next((codes for when, codes in reversed(_named_parts()) if when.search(text)), ())


@lru_cache(maxsize=1)
def _glossary() -> tuple[dict[str, str], re.Pattern[str]]:
    listed = {folded(spanish): english for spanish, english in rows(_SPANISH, ("spanish", "english"))}
    longest = sorted(listed, key=len, reverse=True)
    return listed, re.compile(r"(?<!\w)(?:" + "|".join(map(re.escape, longest)) + r")(?!\w)")


def _spanish_in(text: str) -> bool:
    """Whether more than half of the words are Spanish terms and small words, one of them unlike its English."""
    plain = folded(text)
    listed, pattern = _glossary()
    terms_found = [match.group() for match in pattern.finditer(plain)]
    found = sum(len(term.split()) for term in terms_found)
    found += sum(word in _SPANISH_SMALL for word in plain.split()) if found else 0
    return found * 2 > len(plain.split()) and any(listed[term] != term for term in terms_found)


_SPANISH_SMALL = frozenset(["de", "del", "la", "las", "el", "los", "en", "con", "sin", "por", "y", "un", "una"])


def _translated(text: str) -> str:
    listed, pattern = _glossary()
    return pattern.sub(lambda match: listed[match.group()], folded(text))
