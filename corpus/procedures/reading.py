"""What the words of a procedure say: which tables and body parts, by which approach, with which device, on which side.

Our lists are matched as sets of words in any order; a match inside a longer one is dropped. What the words do not say stays
open: nothing is filled in by guess.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from corpus.index.words import fold, stem
from corpus.procedures import words
from corpus.procedures.words import Procedure
from corpus.sources import pcs

_TOKEN = re.compile(r"[a-z0-9]+|&")
_FILLERS = frozenset(
    (
        *(
            "a",
            "an",
            "the",
            "of",
            "to",
            "in",
            "on",
            "for",
            "and",
            "with",
            "by",
            "via",
            "from",
            "at",
            "or",
            "w",
            "s",
            "p",
        ),
        *("status", "post", "procedure", "left", "right", "bilateral", "r", "l"),
    )
)
_SIDES = (
    ("bilateral", re.compile(r"\b(bilat(eral(ly)?)?|b/l|both)\b", re.I)),
    ("left", re.compile(r"\b(left|lt)\b|\bL\b(?!\d)|\(l\)", re.I)),
    ("right", re.compile(r"\b(right|rt)\b|\bR\b(?!/)|\(r\)", re.I)),
)
_WITHOUT = re.compile(r"\b(?:without|no|w/o)\b", re.I)


@dataclass(frozen=True, slots=True)
class Reading:
    """What was understood. `procedures` and `operations` come with the share of the query's words that named them."""

    tokens: frozenset[str]
    procedures: tuple[tuple[Procedure, float], ...]
    operations: tuple[tuple[Procedure, float], ...]
    hints: tuple[Procedure, ...]
    parts: frozenset[str]
    """Words of body part labels that the query says or means, stemmed."""
    side: str

    @property
    def named(self) -> tuple[Procedure, ...]:
        """Rows of whole procedures."""
        return tuple(found for found, _ in self.procedures)

    @property
    def operating(self) -> tuple[Procedure, ...]:
        """Rows of root operations."""
        return tuple(found for found, _ in self.operations)

    @property
    def said(self) -> tuple[Procedure, ...]:
        """Everything that may choose an approach, device or qualifier."""
        return (*self.named, *self.operating, *self.hints)


def tokens_of(text: str) -> tuple[str, ...]:
    """Words of `text`, folded, plural endings off."""
    return tuple(stem(word) for word in _TOKEN.findall(fold(text)))


def content(text: str) -> frozenset[str]:
    """Words of `text` without fillers; all of them when nothing else is there."""
    found = frozenset(tokens_of(text))
    return found - _FILLERS or found


class _Phrases:
    """Finds the phrases of a list in a text. A phrase of one-letter words must stand together."""

    def __init__(self, rows: Iterable[Procedure]) -> None:
        self._by_word: dict[str, list[tuple[frozenset[str], tuple[str, ...], Procedure]]] = {}
        for row in rows:
            for phrase in row.words:
                spelt = tokens_of(phrase)
                wanted = content(phrase)
                key = max(sorted(wanted), key=len)
                strict = spelt if any(len(word) == 1 for word in spelt) else ()
                self._by_word.setdefault(key, []).append((wanted, strict, row))

    def match(self, tokens: Sequence[str]) -> list[tuple[frozenset[str], Procedure]]:
        """(words, row) of every phrase found, longest first, none inside a longer one."""
        present = frozenset(tokens)
        found: list[tuple[frozenset[str], Procedure]] = []
        for word in present:
            for wanted, strict, row in self._by_word.get(word, ()):
                if wanted <= present and (not strict or _together(strict, tokens)):
                    found.append((wanted, row))
        found.sort(key=lambda match: (-len(match[0]), -sum(map(len, match[0]))))
        kept: list[tuple[frozenset[str], Procedure]] = []
        for wanted, row in found:
            if not any(wanted < longer for longer, _ in kept) and not any(row is other for _, other in kept):
                kept.append((wanted, row))
        return kept


def _together(phrase: tuple[str, ...], tokens: Sequence[str]) -> bool:
    return any(tuple(tokens[start : start + len(phrase)]) == phrase for start in range(len(tokens)))


@lru_cache(maxsize=1)
def _procedures() -> _Phrases:
    return _Phrases(words.procedures())


@lru_cache(maxsize=1)
def _operations() -> _Phrases:
    return _Phrases(words.operations())


@lru_cache(maxsize=1)
def _hints() -> _Phrases:
    return _Phrases(words.hints())


@lru_cache(maxsize=1)
def _parts() -> _Phrases:
    """Our words for body parts and those of the official key, as rows whose one device stands for the label's words."""
    own = [Procedure((word,), (), "", (label,), ()) for word, label in words.part_words().items()]
    known = {frozenset(tokens_of(row.words[0])) for row in own}
    key = [
        Procedure((term,), (), "", (words.sideless(labels[0])[0],), ())
        for term, labels in pcs.key_terms().items()
        if content(term) and frozenset(tokens_of(term)) not in known and " in " not in labels[0]
    ]
    return _Phrases((*own, *key))


def side_in(text: str) -> str:
    """left, right, bilateral or "": a letter alone counts when it is written as one."""
    return next((side for side, pattern in _SIDES if pattern.search(text)), "")


@lru_cache(maxsize=4096)
def read(text: str) -> Reading:
    """Read the words of one query."""
    tokens = tokens_of(text)
    size = max(len(content(text)), 1)
    procedures = [(row, len(found) / size) for found, row in _procedures().match(tokens)]
    parts = set(content(text))
    for _, row in _parts().match(tokens):
        parts.update(tokens_of(row.devices[0]))
    return Reading(
        frozenset(tokens),
        tuple(procedures),
        tuple((row, len(found) / size) for found, row in _operations().match(tokens)),
        tuple(row for _, row in _hints().match(tokens)),
        frozenset(parts) - _FILLERS,
        side_in(text),
    )
