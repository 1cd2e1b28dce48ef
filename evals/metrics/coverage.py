"""Coverage at precision: how much of the gold can be taken unseen while precision stays at a promised level.

Formula: over thresholds t in steps of 0.01, take every suggestion with probability >= t; coverage at precision q =
the largest (right taken / gold) among thresholds whose (right taken / taken) >= q.
Source: selective classification, El-Yaniv & Wiener (JMLR 2010), with recall in place of the answered share, because a
note has several codes.
Edge cases: no threshold reaches q -> 0. A threshold that takes nothing reaches no precision. No gold -> undefined.
"""

from collections.abc import Sequence

import numpy as np

from evals.metrics.calibration import Stated
from evals.metrics.measure import Array, Measure, of_sums, ratio

STEPS = 101
_THRESHOLDS = np.arange(STEPS) / (STEPS - 1)


def measure(notes: Sequence[Stated], gold_sizes: Sequence[int], precision: float) -> Measure:
    """coverage_at_{precision in percent}, resampled by note."""
    rows = []
    for note, size in zip(notes, gold_sizes, strict=True):
        stated = np.array([p for p, _ in note], dtype=float)
        right = np.array([r for _, r in note], dtype=float)
        # 1e-9: 0.29 stated must pass the threshold 0.29 whatever the binary fractions are.
        kept = stated[None, :] >= _THRESHOLDS[:, None] - 1e-9
        rows.append([*kept.sum(axis=1), *(kept * right).sum(axis=1), size])

    def value(sums: Array) -> Array:
        taken, right, gold = sums[:, :STEPS], sums[:, STEPS : 2 * STEPS], sums[:, -1]
        good = (taken > 0) & (right >= precision * taken - 1e-9)
        return ratio(np.where(good, right, 0.0).max(axis=1), gold)

    return of_sums(f"coverage_at_{precision * 100:.0f}", rows, value)
