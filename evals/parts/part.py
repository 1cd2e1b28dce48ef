"""The shape every part has."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evals.metrics.measure import Measure
from evals.tool import Tool

Outcome = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Part:
    """One kind of case."""

    name: str
    load: Callable[[Path], Sequence[Any]]
    able: Callable[[Tool], bool]
    """Whether the tool has the callable this part needs."""
    ask: Callable[[Tool, Sequence[Any]], Iterator[Outcome]]
    """One outcome per case, same order."""
    measures: Callable[[Sequence[Outcome]], list[Measure]]
    headline: tuple[str, ...]
    """The metrics that are printed, and that `compare` judges by."""
    lower_is_better: frozenset[str] = frozenset()
    slices: Callable[[Sequence[Outcome]], dict[str, dict[str, list[Measure]]]] | None = None
    """Slice name -> value -> measures."""
    extras: Callable[[Sequence[Outcome]], dict[str, Any]] | None = None
    """Further JSON for the report (reliability bins, stages)."""
