"""Words of a note with their offsets, and the one way to fold a word for comparison."""

import re
from functools import lru_cache
from typing import NamedTuple

_WORD = re.compile(r"\d+(?:[.,]\d+)+|[^\W_]+(?:['’][^\W_]+)*|[^\s\W]|[^\s\w]", re.UNICODE)
_MINUS = "-−–"
MINUS = "<minus>"
"""The folded form of a minus that says a finding is absent."""
_KEEP_S = ("ss", "us", "is", "as", "os")


class Token(NamedTuple):
    """One word, number or mark. `start` and `end` are code points in the note; `word` is the folded form."""

    start: int
    end: int
    text: str
    word: str


def tokenize(text: str, start: int = 0, end: int | None = None) -> list[Token]:
    """Tokens of `text[start:end]`. A hyphen inside a word (`COVID-19`) separates two tokens and is none itself."""
    stop = len(text) if end is None else end
    tokens = []
    for match in _WORD.finditer(text, start, stop):
        first, last = match.span()
        written = match.group()
        if written in "-‐‑" and _inside_word(text, first, last, start, stop):
            continue
        minus = written in _MINUS and _is_minus(text, first, last, start, stop)
        tokens.append(Token(first, last, written, MINUS if minus else fold(written)))
    return tokens


def _is_minus(text: str, first: int, last: int, start: int, stop: int) -> bool:
    """A mark of absence, as in `+cough, -fever`: right before a word, behind a comma, a colon or nothing."""
    before = text[max(start, first - 3) : first].rstrip(" ")
    return last < stop and text[last].isalpha() and (not before or before[-1] in ",;:(/")


def _inside_word(text: str, first: int, last: int, start: int, stop: int) -> bool:
    return first > start and last < stop and text[first - 1].isalnum() and text[last].isalnum()


@lru_cache(maxsize=65536)
def fold(word: str) -> str:
    """`word` in lower case, with one kind of apostrophe."""
    return word.casefold().replace("’", "'")


@lru_cache(maxsize=65536)
def singular(word: str) -> str:
    """A rough singular of a folded word, the same for every writer: `allergies` and `allergy` meet."""
    word = word.removesuffix("'s") if len(word) > 3 else word
    if len(word) < 4 or not word.endswith("s") or word.endswith(_KEEP_S):
        return word
    if word.endswith("ies") and len(word) > 5:
        return word[:-3] + "y"
    return word[:-1]
