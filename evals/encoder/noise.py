"""What people do to words when they type: orders, gaps, slips, abbreviations. All of it drawn from one seeded generator."""

import random
from collections.abc import Mapping

from corpus.lexicon.words import abbreviations


def short_forms() -> dict[str, list[str]]:
    """Expansion in lower case -> the abbreviations people write for it (conditions, symptoms and anatomy)."""
    forms: dict[str, list[str]] = {}
    for senses in abbreviations().values():
        for sense in senses:
            if sense.kind in ("diagnosis", "symptom", "anatomy"):
                forms.setdefault(sense.expansion.lower(), []).append(sense.abbreviation)
    return forms


class Noise:
    """Changes about half of the texts it is given, each in one way."""

    def __init__(self, seed: int, forms: Mapping[str, list[str]] | None = None) -> None:
        self._random = random.Random(seed)
        self._forms = forms if forms is not None else short_forms()
        self._by_word: dict[str, list[str]] = {}
        for expansion in self._forms:
            self._by_word.setdefault(expansion.split()[0], []).append(expansion)

    def __call__(self, text: str) -> str:
        """`text`, perhaps changed."""
        draw = self._random.random()
        words = text.replace(",", "").split()
        if draw < 0.45 or len(words) < 2:
            return text
        if draw < 0.62:
            self._random.shuffle(words)
            return " ".join(words)
        if draw < 0.72 and len(words) > 3:
            del words[self._random.randrange(len(words))]
            return " ".join(words)
        if draw < 0.85:
            return self._shorten(text)
        return self._slip(words)

    def _slip(self, words: list[str]) -> str:
        long = [index for index, word in enumerate(words) if len(word) > 4]
        if not long:
            return " ".join(words)
        index = self._random.choice(long)
        word = words[index]
        at = self._random.randrange(1, len(word) - 1)
        kind = self._random.randrange(4)
        letter = self._random.choice("abcdefghijklmnopqrstuvwxyz")
        words[index] = (
            word[:at] + word[at + 1 :],
            word[:at] + word[at + 1] + word[at] + word[at + 2 :],
            word[:at] + letter + word[at + 1 :],
            word[:at] + word[at] + word[at:],
        )[kind]
        return " ".join(words)

    def _shorten(self, text: str) -> str:
        lowered = text.lower()
        fitting = [
            expansion
            for word in lowered.replace(",", " ").split()
            for expansion in self._by_word.get(word, ())
            if expansion in lowered
        ]
        if not fitting:
            return text
        expansion = self._random.choice(fitting)
        at = lowered.index(expansion)
        return text[:at] + self._random.choice(self._forms[expansion]) + text[at + len(expansion) :]
