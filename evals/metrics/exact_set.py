"""Exact set: the share of notes whose whole code set is right.

Formula: mean of [gold set = predicted set]. Source: subset accuracy, scikit-learn `accuracy_score` on label sets.
Edge cases: order is not compared; two empty sets are equal, so a note with nothing to code counts when nothing is
coded.
"""

from collections.abc import Sequence

from evals.metrics.measure import Measure, mean_of


def measure(gold: Sequence[frozenset[str]], predicted: Sequence[frozenset[str]]) -> Measure:
    """exact_set over notes."""
    return mean_of("exact_set", [float(g == p) for g, p in zip(gold, predicted, strict=True)])
