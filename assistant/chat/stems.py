"""Words by their beginnings: those that carry something, and those that mean the same here."""

import re
from functools import cache
from pathlib import Path

from assistant.chat.guard_words import guard_data
from assistant.chat.spelling import figure_words, folded

_WORD = re.compile(r"[^\W\d_]{4,}")


def stems(text: str) -> set[str]:
    """The beginnings of the words of a text that carry something."""
    plain_words = _plain_words()
    return {_stem(word) for word in _WORD.findall(folded(text)) if word not in plain_words}


def _stem(word: str) -> str:
    if len(word) > 4 and word.endswith("s") and not word.endswith(("ss", "is", "us")):
        word = word[:-1]
    return word[:6]


def with_same(words: set[str]) -> frozenset[str]:
    """`words` with the stems of those that mean the same here (`guard.toml`) or are their Spanish (`spanish_terms.tsv`)."""
    found = set(words)
    for group in _same():
        if group & words:
            found |= group
    for english, spanish in _spanish():
        if english <= words:
            found |= spanish
    return frozenset(found)


@cache
def _same() -> tuple[frozenset[str], ...]:
    return tuple(frozenset(map(_stem, map(folded, group))) for group in guard_data()["same"]["groups"])


@cache
def _spanish() -> tuple[tuple[frozenset[str], frozenset[str]], ...]:
    """(stems of an English term, those of its Spanish)."""
    lines = Path(__file__).with_name("spanish_terms.tsv").read_text(encoding="utf-8").splitlines()
    rows = (line.split("\t") for line in lines if "\t" in line and not line.startswith("#"))
    pairs = ((frozenset(stems(row[1])), frozenset(stems(row[0]))) for row in rows)
    return tuple((english, spanish) for english, spanish in pairs if english and spanish)


@cache
def _plain_words() -> frozenset[str]:
    data = guard_data()
    reckoning = (part for words in data["arithmetic"]["words"] for part in words.split())
    return frozenset((*data["plain"]["words"], *data["plain"]["more"], *reckoning)) | figure_words()
