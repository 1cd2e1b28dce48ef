"""Whether a note is in English, the one language that Superbill reads; negation in another would be taken for its contrary."""

import re
import unicodedata
from collections import Counter
from functools import cache

from assistant.chart.rules import rows

_WORD = re.compile(r"[^\W\d_]+")
_FEWEST = 3
_SHARE = 0.12
"""Share of the note's words that are another language's function words."""
_AHEAD = 2
"""Times the English function words that they outnumber."""
_FOREIGN_LETTERS = 0.3
_READ = 40_000
"""Words looked at; a language does not need more."""
_SCRIPTS = {"CJK": "Chinese or Japanese", "HIRAGANA": "Japanese", "KATAKANA": "Japanese", "HANGUL": "Korean"}


@cache
def _languages() -> dict[str, frozenset[str]]:
    found = {row["language"]: frozenset(row["words"].split()) for row in rows("languages.tsv")}
    english = found["English"]
    return {name: words if name == "English" else words - english for name, words in found.items()}


def other_language(text: str) -> str | None:
    """Name of the language or script that most of `text` is in, or None for English, shorthand and too short a text."""
    words = [match.group() for _, match in zip(range(_READ), _WORD.finditer(text), strict=False)]
    if script := _script(words):
        return script
    counts = Counter(word.casefold() for word in words)
    scores = {name: sum(counts[word] for word in known) for name, known in _languages().items()}
    english = scores.pop("English")
    name, most = max(scores.items(), key=lambda item: item[1])
    if most < max(_FEWEST, _SHARE * len(words)) or most <= _AHEAD * english:
        return None
    # Two kinds of word at least: `de novo` and a name with `van` in every line are no language.
    return name if sum(counts[word] > 0 for word in _languages()[name]) >= _FEWEST else None


def _script(words: list[str]) -> str | None:
    letters = sum(map(len, words))
    foreign = Counter(
        unicodedata.name(mark, "?").partition(" ")[0] for word in words if not word.isascii() for mark in word
    )
    foreign = Counter({name: count for name, count in foreign.items() if name not in ("LATIN", "?", "MICRO")})
    if letters < 4 or foreign.total() <= _FOREIGN_LETTERS * letters:
        return None
    name = foreign.most_common(1)[0][0]
    return _SCRIPTS.get(name, f"{name.capitalize()} script")
