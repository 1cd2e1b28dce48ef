"""Calibration: does a stated probability of 0.8 come true eight times in ten?

ECE = sum over bins of (n_bin / n) * |mean stated probability - share right|, ten bins of equal width, the last one
closed at 1.
Source: Naeini, Cooper, Hauskrecht, "Obtaining Well Calibrated Probabilities Using Bayesian Binning" (AAAI 2015);
Brier score = mean of (p - right)^2 beside it, since ECE alone can be gamed by saying the base rate.
Edge cases: empty bins add nothing; suggestions without a probability are left out; ECE is biased upwards on few cases.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from evals.metrics.measure import Array, Measure, of_sums, ratio, ratio_of

BINS = 10
Stated = Sequence[tuple[float, bool]]
"""(probability, right) of each suggestion of one note."""


@dataclass(frozen=True, slots=True)
class Bin:
    """One bar of the reliability diagram; `stated` and `right` are None where nothing fell in."""

    low: float
    high: float
    n: int
    stated: float | None
    right: float | None


def measures(notes: Sequence[Stated], bins: int = BINS) -> list[Measure]:
    """ece and brier, resampled by note."""

    def ece(sums: Array) -> Array:
        n, stated, right = sums[:, :bins], sums[:, bins : 2 * bins], sums[:, 2 * bins :]
        return ratio(np.abs(stated - right).sum(axis=1), n.sum(axis=1))

    return [
        of_sums("ece", [_row(note, bins) for note in notes], ece),
        ratio_of("brier", [sum((p - right) ** 2 for p, right in note) for note in notes], [len(n) for n in notes]),
    ]


def reliability(notes: Sequence[Stated], bins: int = BINS) -> list[Bin]:
    """The bins of the reliability diagram over all notes."""
    total = np.sum([_row(note, bins) for note in notes], axis=0) if notes else np.zeros(3 * bins)
    result = []
    for i in range(bins):
        n, stated, right = total[i], total[bins + i], total[2 * bins + i]
        result.append(
            Bin(
                low=i / bins,
                high=(i + 1) / bins,
                n=int(n),
                stated=round(float(stated / n), 6) if n else None,
                right=round(float(right / n), 6) if n else None,
            )
        )
    return result


def _row(note: Stated, bins: int) -> list[float]:
    row = [0.0] * (3 * bins)
    for probability, right in note:
        place = min(int(probability * bins), bins - 1)
        row[place] += 1
        row[bins + place] += probability
        row[2 * bins + place] += right
    return row
