"""What a row says against a query: another stage than asked for, or a disease where a history of it was asked for."""

import re
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt

_ROMAN = {"i": "1", "ii": "2", "iii": "3", "iv": "4", "v": "5", "vi": "6"}
_ORDINAL = {"first": "1", "second": "2", "third": "3", "fourth": "4", "1st": "1", "2nd": "2", "3rd": "3", "4th": "4"}
_NUMBERED = re.compile(
    r"\b(stage|grade|type|class|level|category|phase)s? (\d|[ivx]+|one|two|three|four)([a-c])?\b", re.I
)
_DEGREE = re.compile(r"\b(first|second|third|fourth|[1-4](?:st|nd|rd|th))[- ](degree)\b", re.I)
_SPELT = {"one": "1", "two": "2", "three": "3", "four": "4"}
_STANDINGS = {
    "family": re.compile(r"\bfamily history|\bfh(?:x)?\b|\bfamily hx\b", re.I),
    "personal": re.compile(r"\bhistory\b|\bh/o\b|\bhx\b|\bold\b|\bprevious\b|\bhealed\b", re.I),
    "after": re.compile(
        r"\bstatus\b|\bs/p\b|\bacquired absence\b|\bpresence of\b|\bpostproc|\bpost[- ]|\bhistory of\b|\bsequela", re.I
    ),
}

Shares = npt.NDArray[np.float32]


@lru_cache(maxsize=50_000)
def numbers_of(text: str) -> frozenset[tuple[str, str]]:
    """(what is counted, which one): `CKD stage 3b` gives `stage 3` and `stage 3b`."""
    found: set[tuple[str, str]] = set()
    for counted, number, letter in _NUMBERED.findall(text.lower()):
        value = _ROMAN.get(number) or _SPELT.get(number) or number
        found.add((counted, value))
        if letter:
            found.add((f"{counted} letter", letter))
    found.update(("degree", _ORDINAL[number]) for number, _ in _DEGREE.findall(text.lower()))
    return frozenset(found)


def conflicts(query: str, texts: Sequence[str]) -> Shares:
    """1 for each text that counts the same thing otherwise than `query`: stage 2 where stage 3 was asked for; else 0."""
    asked: dict[str, set[str]] = {}
    for counted, value in numbers_of(query):
        asked.setdefault(counted, set()).add(value)
    if not asked:
        return np.zeros(len(texts), np.float32)
    return np.array([_conflict(asked, text) for text in texts], np.float32)


def _conflict(asked: dict[str, set[str]], text: str) -> bool:
    said: dict[str, set[str]] = {}
    for counted, value in numbers_of(text):
        said.setdefault(counted, set()).add(value)
    return any(counted in said and not said[counted] & values for counted, values in asked.items())


def fits(standing: str, texts: Sequence[str]) -> Shares:
    """1 for each text that says a `standing` as `Query.standing` gives it, else 0."""
    pattern = _STANDINGS[standing]
    return np.array([pattern.search(text) is not None for text in texts], np.float32)
