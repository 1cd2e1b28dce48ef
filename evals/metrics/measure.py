"""What every metric hands to the bootstrap: a value that can be recomputed under case weights."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Measure:
    """A metric over `n` cases. `under(weights)` takes a (draws, n) array that says how often each case was drawn and
    returns (draws,) values; nan where a draw leaves the metric undefined (nothing to divide by)."""

    name: str
    n: int
    under: Callable[[Array], Array]

    @property
    def value(self) -> float:
        """The metric over all cases, each counted once; nan when undefined."""
        return float(self.under(np.ones((1, self.n)))[0]) if self.n else float("nan")


def ratio(top: Array, bottom: Array) -> Array:
    """`top / bottom`, nan where the bottom is zero."""
    top, bottom = np.asarray(top, dtype=float), np.asarray(bottom, dtype=float)
    return np.divide(top, bottom, out=np.full(np.broadcast(top, bottom).shape, np.nan), where=bottom != 0)


def mean_of(name: str, values: Sequence[float | None]) -> Measure:
    """The mean of per-case values; None (undefined for that case) is left out of the mean."""
    known = np.array([value is not None for value in values], dtype=float)
    filled = np.array([0.0 if value is None else value for value in values], dtype=float)
    return Measure(name, len(values), lambda weights: ratio(weights @ filled, weights @ known))


def ratio_of(name: str, tops: Sequence[float], bottoms: Sequence[float]) -> Measure:
    """Sum of tops over sum of bottoms: the pooled (micro) form."""
    top, bottom = np.array(tops, dtype=float), np.array(bottoms, dtype=float)
    return Measure(name, len(tops), lambda weights: ratio(weights @ top, weights @ bottom))


def of_sums(name: str, rows: Sequence[Sequence[float]], value: Callable[[Array], Array]) -> Measure:
    """A metric that depends on the cases only through column sums; `value` maps (draws, columns) to (draws,)."""
    table = np.array(rows, dtype=float).reshape(len(rows), -1)
    return Measure(name, len(rows), lambda weights: value(weights @ table))
