"""Phrases that name codable things: the protocol a phrase book must offer, and our own small fallback."""

from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from typing import Protocol

from assistant.chart.rules import rows, word_class, word_classes
from assistant.chart.tokens import fold, singular, tokenize

NATURES = (
    "chronic",
    "acute",
    "symptom",
    "injury",
    "neoplasm",
    "finding",
    "status",
    "procedure",
    "vaccine",
    "screening",
)


class PhraseLexicon(Protocol):
    """A phrase book matched against words of a note."""

    def match(self, words: Sequence[str]) -> Iterable[tuple[int, int, str]]:
        """Matches in `words` as (first, last, term id), half-open word positions; they may overlap.

        `words` are one sentence's words as written: letters and digits stay together, every other mark stands alone,
        a hyphen inside a word separates two words and is left out (`COVID-19` gives `COVID`, `19`).
        """
        ...


class TrieLexicon:
    """Phrases held by first word; compared in lower case and singular. `=` before a phrase asks for its exact case."""

    def __init__(self, phrases: Iterable[tuple[str, str]]) -> None:
        self._by_first: dict[str, list[tuple[tuple[str, ...], tuple[str, ...], str]]] = {}
        for phrase, term in phrases:
            exact = phrase.startswith("=")
            written = tuple(token.text for token in tokenize(phrase[1:] if exact else phrase))
            if written:
                key = tuple(singular(fold(word)) for word in written)
                self._by_first.setdefault(key[0], []).append((key, written if exact else (), term))
        for group in self._by_first.values():
            group.sort(key=lambda entry: -len(entry[0]))

    def match(self, words: Sequence[str]) -> list[tuple[int, int, str]]:
        """Every phrase that starts at each position, longest first."""
        keys = [singular(fold(word)) for word in words]
        found = []
        for first, key in enumerate(keys):
            for phrase, written, term in self._by_first.get(key, ()):
                last = first + len(phrase)
                if tuple(keys[first:last]) == phrase and (not written or tuple(words[first:last]) == written):
                    found.append((first, last, term))
        return found


@cache
def fallback_lexicon() -> TrieLexicon:
    """The phrases of `rules/problems.tsv`; the term id is the nature (`chronic`, `symptom`, ...)."""
    return TrieLexicon((phrase, row["nature"]) for row in rows("problems.tsv") for phrase in row["phrases"].split("|"))


@lru_cache(maxsize=20000)
def head_nature(word: str) -> str:
    """Nature of a noun that can head a problem (`fracture` is `injury`), or an empty text."""
    base = singular(word)
    classes = word_classes()
    for nature in NATURES:
        if base in classes.get(f"head_{nature}", ()) or word in classes.get(f"head_{nature}", ()):
            return nature
    if len(base) < 6 or base in classes["suffix_exclude"] or word in classes["suffix_exclude"]:
        return ""
    for nature in NATURES:
        if base.endswith(tuple(classes.get(f"suffix_{nature}", ()))):
            return nature
    return ""


@lru_cache(maxsize=20000)
def nature(phrase: str) -> str:
    """Nature of a whole phrase: of the longest known phrase inside it, the last one deciding; else of its last head."""
    words = [token.text for token in tokenize(phrase)]
    if words and fold(words[-1]) in word_class("procedure_tail"):
        return "procedure"
    matches = fallback_lexicon().match(words)
    if matches:
        longest = max(last - first for first, last, _ in matches)
        if longest > 1 or not any(head_nature(fold(word)) for word in words):
            return next(term for first, last, term in matches if last - first == longest)
    heads = [found for word in words if (found := head_nature(fold(word)))]
    if not heads:
        return matches[0][2] if matches else ""
    for strong in ("neoplasm", "injury", "procedure"):
        if strong in heads:
            return strong
    return heads[-1]
