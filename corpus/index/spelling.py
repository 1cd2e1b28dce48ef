"""Word-level spelling repair against the words of the corpus, with rapidfuzz."""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable
from functools import lru_cache

CUTOFF = 82.0
SHORTEST = 5
"""Words shorter than this are left alone: too many of them are abbreviations."""

DECIDING = ("right", "left", "other", "bilateral", "specified", "unspecified", "without", "initial", "subsequent")
"""Words that decide between neighbouring codes: one slip in them is repaired whatever their length."""
_LIKE = """
    let lift loft leftover felt heft deft weft cleft lent lest light night might sight tight fight eight bright
    wright rights lefts others mother bother ether otter father either
"""
_LIKE_DECIDING = frozenset(_LIKE.split())


class Speller:
    """Repairs words that the corpus does not know. Deterministic; known words are never touched."""

    def __init__(self, vocabulary: Iterable[str]) -> None:
        """`vocabulary` may name a word many times: what is common is preferred as an ending."""
        self._counts = Counter(vocabulary)
        by_length: dict[int, list[str]] = defaultdict(list)
        for word in sorted(self._counts):
            if word.isalpha() and len(word) >= SHORTEST - 1:
                by_length[len(word)].append(word)
        self._by_length = dict(by_length)
        self._known = frozenset(word for words in by_length.values() for word in words)
        self._sorted = sorted(self._known)
        self._repair = lru_cache(maxsize=50_000)(self._nearest)

    def repair(self, word: str) -> str:
        """The nearest corpus word, or `word` itself when it is known, short, numeric or like nothing else."""
        if len(word) < SHORTEST - 2 or not word.isalpha() or word in self._counts:
            return word
        return self._deciding(word) or (self._repair(word) if len(word) >= SHORTEST else word)

    @staticmethod
    @lru_cache(maxsize=50_000)
    def _deciding(word: str) -> str:
        from rapidfuzz.distance import OSA

        if word in _LIKE_DECIDING:
            return ""
        near = (target for target in DECIDING if OSA.distance(word, target, score_cutoff=1) <= 1)
        return next(near, "")

    def finish(self, word: str) -> str:
        """The commonest corpus word that an unknown `word` of some length begins, cut short: `incont`; else ""."""
        if len(word) < SHORTEST or not word.isalpha() or word in self._known:
            return ""
        for cut in (word, word.removesuffix("s")):
            first = bisect_left(self._sorted, cut)
            begun = self._sorted[first : bisect_left(self._sorted, cut + "\uffff", first)]
            longer = [one for one in begun if len(one) > len(cut) + 2]
            if longer:
                return max(longer, key=lambda one: (self._counts[one], -len(one), one))
        return ""

    def _nearest(self, word: str) -> str:
        from rapidfuzz import distance, fuzz, process

        choices = [
            choice for length in range(len(word) - 2, len(word) + 3) for choice in self._by_length.get(length, ())
        ]
        found = process.extract(word, choices, scorer=fuzz.ratio, score_cutoff=CUTOFF, limit=5)
        if not found:
            return word
        # among equals prefer fewest edits with transpositions counted once, then the same first letter
        best = min(
            found,
            key=lambda hit: (
                distance.OSA.distance(word, hit[0]),
                hit[0][0] != word[0],
                -hit[1],
                hit[0],
            ),
        )
        return str(best[0])
