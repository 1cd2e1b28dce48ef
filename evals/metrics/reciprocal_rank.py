"""MRR: mean reciprocal rank of the first right answer.

Formula: mean over queries of 1 / rank of the first right answer. Source: Voorhees, "The TREC-8 Question Answering
Track" (1999).
Edge cases: nothing right in the list gives 0 for that query.
"""

from collections.abc import Sequence

from evals.metrics.measure import Measure, mean_of


def first_right(gold: frozenset[str], ranked: Sequence[str]) -> int | None:
    """Rank, from 1, of the first code in `gold`; None when there is none."""
    return next((rank for rank, code in enumerate(ranked, 1) if code in gold), None)


def measure(ranks: Sequence[int | None]) -> Measure:
    """mrr over queries, from the rank of each one's first right answer."""
    return mean_of("mrr", [1 / rank if rank else 0.0 for rank in ranks])
