"""Intervals and comparisons by resampling cases (notes, queries), never single codes: codes of one note go together.

Percentile bootstrap: Efron & Tibshirani, An Introduction to the Bootstrap (1993), chapter 13; paired test as in Koehn,
"Statistical Significance Tests for Machine Translation Evaluation" (EMNLP 2004), two-sided.
Edge: a metric that every case agrees on (0 of 12 invalid codes) gives an interval of zero width. That is a statement
about resampling, not certainty: with 0 of n seen, the true rate may still be up to about 3 / n.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from evals.metrics.measure import Array, Measure

RESAMPLES = 2000
SEED = 20260202
LEVEL = 0.95


@dataclass(frozen=True, slots=True)
class Interval:
    """A value with its percentile interval over `n` cases; all None when the metric is undefined."""

    value: float | None
    low: float | None
    high: float | None
    n: int


@dataclass(frozen=True, slots=True)
class Difference:
    """B minus A on the same cases, with a two-sided p-value for "no difference"."""

    a: float | None
    b: float | None
    difference: float | None
    low: float | None
    high: float | None
    p_value: float | None
    n: int


@lru_cache(maxsize=8)
def draws(n: int, resamples: int = RESAMPLES, seed: int = SEED) -> Array:
    """(resamples, n), read-only: how often each of `n` cases is drawn; each row sums to n. Same arguments, same array."""
    generator = np.random.default_rng(seed)
    drawn = generator.multinomial(n, np.full(n, 1.0 / n), size=resamples) if n else np.zeros((resamples, 0))
    weights = drawn.astype(float)
    weights.flags.writeable = False
    return weights


def interval(measure: Measure, resamples: int = RESAMPLES, seed: int = SEED, level: float = LEVEL) -> Interval:
    """The measure's value and percentile interval. Draws that leave it undefined are left out."""
    value = measure.value
    if np.isnan(value):
        return Interval(None, None, None, measure.n)
    sampled = measure.under(draws(measure.n, resamples, seed))
    low, high = _percentiles(sampled, level)
    return Interval(_rounded(value), low, high, measure.n)


def paired(a: Measure, b: Measure, resamples: int = RESAMPLES, seed: int = SEED, level: float = LEVEL) -> Difference:
    """`b - a` where case i of both is the same case. p = 2 min(P(d <= 0), P(d >= 0)), one draw added to each count.

    Raises ValueError when the two differ in their number of cases.
    """
    if a.n != b.n:
        raise ValueError(f"{a.name}: {a.n} cases against {b.n}; a paired comparison needs the same cases")
    first, second = a.value, b.value
    if np.isnan(first) or np.isnan(second):
        return Difference(_rounded(first), _rounded(second), None, None, None, None, a.n)
    weights = draws(a.n, resamples, seed)
    gaps = b.under(weights) - a.under(weights)
    gaps = gaps[~np.isnan(gaps)]
    low, high = _percentiles(gaps, level)
    tolerance = 1e-12
    below = (int((gaps <= tolerance).sum()) + 1) / (len(gaps) + 1)
    above = (int((gaps >= -tolerance).sum()) + 1) / (len(gaps) + 1)
    p_value = min(1.0, 2 * min(below, above))
    return Difference(_rounded(first), _rounded(second), _rounded(second - first), low, high, _rounded(p_value), a.n)


def _percentiles(sampled: Array, level: float) -> tuple[float | None, float | None]:
    known = sampled[~np.isnan(sampled)]
    if not len(known):
        return None, None
    tail = (1 - level) / 2
    low, high = np.quantile(known, [tail, 1 - tail])
    return _rounded(low), _rounded(high)


def _rounded(value: float) -> float | None:
    return None if np.isnan(value) else round(float(value), 6)
