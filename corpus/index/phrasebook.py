"""Which runs of words in a text are terms of the code book or of our lexicon, found by look-up."""

from collections.abc import Iterable, Sequence
from itertools import islice

from corpus.index.terms import SearchTerm, TermKind
from corpus.index.words import fold, stem

LONGEST = 8
"""Words in the longest phrase that is looked up."""
_ORDER = {
    TermKind.PHRASE: 0,
    TermKind.LAY: 1,
    TermKind.VARIANT: 2,
    TermKind.TITLE: 3,
    TermKind.INCLUSION: 4,
    TermKind.HEADER: 5,
}


class PhraseBook:
    """Terms by their stemmed words in order. Immutable; safe to share between threads.

    Lines of an imported alphabetic index are left out: its main terms are too bare to find conditions in running text.
    """

    def __init__(self, rows: Iterable[SearchTerm], abbreviations: Iterable[str] = ()) -> None:
        best: dict[tuple[str, ...], tuple[int, str]] = {}
        for row in rows:
            if row.kind not in _ORDER:
                continue
            phrase = _phrase(row.text)
            if phrase and len(phrase) <= LONGEST and (len(phrase) > 1 or len(phrase[0]) > 3):
                entry = (_ORDER[row.kind], row.unit)
                if phrase not in best or entry < best[phrase]:
                    best[phrase] = entry
        self._unit = {phrase: unit for phrase, (_, unit) in best.items()}
        longest: dict[str, int] = {}
        for phrase in self._unit:
            longest[phrase[0]] = max(longest.get(phrase[0], 0), len(phrase))
        self._longest = longest
        self._written = frozenset(word for word in abbreviations if word.isalnum())
        """Abbreviations found only as they are written: `MS` is a disease, `Ms` a lady."""

    def __len__(self) -> int:
        return len(self._unit)

    def match(self, words: Sequence[str]) -> list[tuple[int, int, str]]:
        """(first, last, unit) for every term among `words`, half-open, the longest at each position first."""
        keys = [stem(fold(word)) for word in words]
        found = []
        for first, key in enumerate(keys):
            for length in range(min(self._longest.get(key, 0), len(keys) - first), 0, -1):
                unit = self._unit.get(tuple(islice(keys, first, first + length)))
                if unit is not None:
                    found.append((first, first + length, unit))
            if words[first] in self._written:
                found.append((first, first + 1, ""))
        return found


def _phrase(text: str) -> tuple[str, ...]:
    cleaned = "".join(char if char.isalnum() else " " for char in fold(text))
    return tuple(stem(word) for word in cleaned.split())
