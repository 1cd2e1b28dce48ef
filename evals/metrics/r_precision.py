"""R-precision: precision at the number of gold codes.

Formula: |gold ∩ first |gold|| / |gold|, averaged over notes. Source: Manning, Raghavan, Schütze (2008), chapter 8.
Edge cases: a note without gold is undefined and left out; a list shorter than |gold| counts its missing places as
wrong.
"""

from collections.abc import Sequence

from evals.metrics.measure import Measure, mean_of
from evals.metrics.recall_at_k import found


def r_precision(gold: frozenset[str], ranked: Sequence[str]) -> float | None:
    """R-precision of one note; None without gold."""
    return found(gold, ranked, len(gold)) / len(gold) if gold else None


def measure(gold: Sequence[frozenset[str]], ranked: Sequence[Sequence[str]]) -> Measure:
    """r_precision over notes."""
    return mean_of("r_precision", [r_precision(g, r) for g, r in zip(gold, ranked, strict=True)])
