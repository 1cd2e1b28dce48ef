"""MAP: mean average precision of the ranking.

Formula: AP = (1 / |gold|) * sum over ranks i of right codes of (right codes in the first i) / i; MAP is the mean over
notes.
Source: Manning, Raghavan, Schütze, Introduction to Information Retrieval (2008), chapter 8; the CodiEsp tracks use it
over the whole list (see evals/adapters/codiesp.py for their conventions).
Edge cases: gold codes never ranked add 0. A note without gold is undefined and left out. Repeated codes count at
their best rank.
"""

from collections.abc import Sequence

from evals.metrics.measure import Measure, mean_of


def average_precision(gold: frozenset[str], ranked: Sequence[str]) -> float | None:
    """AP of one note; None without gold."""
    if not gold:
        return None
    right, total = 0, 0.0
    for rank, code in enumerate(dict.fromkeys(ranked), 1):
        if code in gold:
            right += 1
            total += right / rank
    return total / len(gold)


def measure(gold: Sequence[frozenset[str]], ranked: Sequence[Sequence[str]]) -> Measure:
    """map over notes."""
    return mean_of("map", [average_precision(g, r) for g, r in zip(gold, ranked, strict=True)])
