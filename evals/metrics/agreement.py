"""Agreement of two annotators on sets of codes.

F1: each annotator's set scored against the other's, counts pooled (symmetric, so no one is "gold"). Source: Hripcsak
& Rothschild, "Agreement, the F-measure, and Reliability in Information Retrieval" (JAMIA 2005): with a huge space of
possible codes Cohen's kappa tends to F1, and the number of true negatives is arbitrary; that is why Cohen is not used.
Krippendorff's alpha with the MASI distance for sets: alpha = 1 - observed / expected disagreement, distance = 1 -
Jaccard * monotonicity (1 equal, 2/3 one inside the other, 1/3 overlapping, 0 disjoint). Source: Passonneau,
"Measuring Agreement on Set-valued Items" (LREC 2006); Krippendorff, Content Analysis (2004), chapter 11.
Edge cases: two empty sets agree fully; empty against non-empty is distance 1. All values equal: expected disagreement
0, alpha undefined. Intervals come from resampling notes.
"""

from collections.abc import Sequence

import numpy as np

from evals.metrics.measure import Array, Measure, of_sums, ratio
from evals.metrics.set_scores import counts, f1_of_sums

Sets = Sequence[frozenset[str]]


def masi_distance(a: frozenset[str], b: frozenset[str]) -> float:
    """Passonneau's distance between two sets, 0 to 1."""
    if a == b:
        return 0.0
    shared = len(a & b)
    if not shared:
        return 1.0
    monotonicity = 2 / 3 if a <= b or b <= a else 1 / 3
    return 1 - shared / len(a | b) * monotonicity


def f1(first: Sets, second: Sets) -> Measure:
    """agreement_f1, pooled over notes."""
    return of_sums("agreement_f1", counts(first, second), f1_of_sums)


def alpha(first: Sets, second: Sets) -> Measure:
    """agreement_alpha: Krippendorff's alpha with MASI, two annotators, no missing values."""
    n = len(first)
    values = [*first, *second]
    distances = np.array([[masi_distance(a, b) for b in values] for a in values]).reshape(2 * n, 2 * n)
    within = np.array([masi_distance(a, b) for a, b in zip(first, second, strict=True)])

    def under(weights: Array) -> Array:
        pairs = weights.sum(axis=1)
        both = np.concatenate([weights, weights], axis=1)
        total = both.sum(axis=1)
        observed = ratio(weights @ within, pairs)
        expected = ratio(np.einsum("bi,ij,bj->b", both, distances, both, optimize=True), total * (total - 1))
        return 1 - ratio(observed, expected)

    return Measure("agreement_alpha", n, under)


def measures(first: Sets, second: Sets) -> list[Measure]:
    """agreement_f1 and agreement_alpha."""
    return [f1(first, second), alpha(first, second)]
