"""Two run files side by side: paired bootstrap on the cases they share."""

import dataclasses
from typing import Any

from assistant.errors import InputError
from evals.bootstrap import RESAMPLES, SEED, Difference, paired
from evals.metrics.measure import Measure
from evals.parts.part import Outcome
from evals.suites import PARTS

SIGNIFICANT = 0.05


def compare(
    a: dict[str, Any], b: dict[str, Any], tool_a: str | None = None, tool_b: str | None = None
) -> dict[str, Any]:
    """{parts: {part: {tools, n, metrics: {name: difference}, worse: [names], better: [names]}}, worse: bool}.

    The tool of each run is its first unless named. `worse` holds the headline metrics that fell with p below 0.05; with
    several headline metrics one in twenty would do so by chance, so read it with the table. Raises InputError when
    the runs share no part, or when a part's cases or gold differ.
    """
    parts: dict[str, Any] = {}
    for name in [name for name in a["parts"] if name in b["parts"] and name in PARTS]:
        part = PARTS[name]
        first, second = _tool(a, name, tool_a), _tool(b, name, tool_b)
        left, right = _aligned(name, a["parts"][name]["tools"][first], b["parts"][name]["tools"][second])
        metrics: dict[str, Difference] = {}
        for one, other in zip(part.measures(left), part.measures(right), strict=True):
            metrics[one.name] = _paired(one, other, a)
        moved = {
            metric: d.difference * (-1 if metric in part.lower_is_better else 1)
            for metric, d in metrics.items()
            if metric in part.headline and d.p_value is not None and d.p_value < SIGNIFICANT and d.difference
        }
        parts[name] = {
            "tools": [first, second],
            "n": len(left),
            "metrics": {metric: dataclasses.asdict(d) for metric, d in metrics.items()},
            "worse": [metric for metric, gain in moved.items() if gain < 0],
            "better": [metric for metric, gain in moved.items() if gain > 0],
        }
    if not parts:
        raise InputError("The two runs share no part; compare runs of the same suite.")
    return {"parts": parts, "worse": any(part["worse"] for part in parts.values())}


def _paired(a: Measure, b: Measure, run: dict[str, Any]) -> Difference:
    return paired(a, b, run.get("resamples", RESAMPLES), run.get("seed", SEED))


def _tool(run: dict[str, Any], part: str, wanted: str | None) -> str:
    tools = list(run["parts"][part]["tools"])
    if wanted is None:
        return str(tools[0])
    if wanted not in tools:
        raise InputError(f"The run has no tool {wanted} in part {part}; it has {', '.join(tools)}.")
    return wanted


def _aligned(part: str, a: dict[str, Any], b: dict[str, Any]) -> tuple[list[Outcome], list[Outcome]]:
    left = {item["id"]: item for item in a["outcomes"]}
    right = {item["id"]: item for item in b["outcomes"]}
    if left.keys() != right.keys():
        missing = len(left.keys() ^ right.keys())
        raise InputError(f"{missing} cases of part {part} are in only one of the runs; compare runs of the same cases.")
    ids = sorted(left)
    if any(_truth(left[i]) != _truth(right[i]) for i in ids):
        raise InputError(f"The gold of part {part} differs between the runs; run both again on the same cases.")
    return [left[i] for i in ids], [right[i] for i in ids]


def _truth(item: Outcome) -> Any:
    return [item.get(key) for key in ("gold", "must_not", "expected", "control", "clean", "required")]
