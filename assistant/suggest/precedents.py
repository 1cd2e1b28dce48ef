"""What was decided before about passages like this one, and how far that moves a code's probability.

The store of decisions is the review station's (`assistant/review/precedents.py`); this station only asks it. Without a
store, or with one that holds nothing alike, every probability is what it would have been.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Protocol

from assistant.chart.note import Note
from assistant.suggest.candidates import Candidate, context_of
from assistant.suggest.suggestion import Precedent

ALIKE = 0.6
"""Cosine of two passages from which one is a precedent for the other; with the code the same in both."""
LIMIT = 3.0
"""Largest shift, in log odds: precedents alone cannot raise a code at 0.18 above 0.82, nor the reverse. With `ALIKE` chosen on
the training notes (`python -m evals.precedents`)."""
SHOWN = 3
PASSAGES = 3
"""Passages of one suggestion that are kept and compared."""
_SURE = 0.9999


class Memory(Protocol):
    """What remembers earlier decisions."""

    def like(self, passages: Mapping[str, Sequence[str]]) -> Mapping[str, tuple[Precedent, ...]]:
        """For each code, given with the passages that support it here, the decisions about it, most alike first."""
        ...


def shift(found: Iterable[Precedent]) -> float:
    """Log odds to add: `LIMIT * (c - r) / (c + r + 1)`, c and r being the confirmed and rejected precedents.

    Each counts by how alike it is, from 0 at `ALIKE` to 1 for the same words. One confirmation on the same words gives
    half of `LIMIT`, three give three quarters; as many rejections as confirmations cancel out.
    """
    confirmed = rejected = 0.0
    for one in found:
        weight = max(0.0, min(1.0, (one.similarity - ALIKE) / (1 - ALIKE)))
        if one.action == "confirmed":
            confirmed += weight
        else:
            rejected += weight
    return LIMIT * (confirmed - rejected) / (confirmed + rejected + 1)


def shifted(probability: float, by: float) -> float:
    """`probability` moved by log odds, to four places; unchanged by 0."""
    if not by:
        return probability
    held = min(max(probability, 1 - _SURE), _SURE)
    return round(1 / (1 + math.exp(-(math.log(held / (1 - held)) + by))), 4)


def meant(candidates: Sequence[Candidate], by: float) -> tuple[Candidate, ...]:
    """`candidates` of a code that precedents speak for, as if their mentions meant it first: the coder said so before."""
    if by <= 0:
        return tuple(candidates)
    return tuple(replace(one, place=0) for one in candidates)


def passages(note: Note, candidates: Iterable[Candidate]) -> tuple[str, ...]:
    """The sentences or lines around the first mentions, without repeats, blanks run together."""
    found: dict[str, None] = {}
    for candidate in candidates:
        found.setdefault(" ".join(context_of(note, candidate.mention).split()))
        if len(found) == PASSAGES:
            break
    return tuple(found)
