"""What the Evaluator tab shows, as HTML. Numbers come with their intervals; plots are the report's own."""

from typing import Any

from markupsafe import Markup

from assistant.errors import InputError
from assistant.web.views import render
from evals import plots, report, runner
from evals.compare import compare
from evals.suites import PARTS
from evals.table import interval_text, number

SYNTHETIC = ("first", "notes", "all")
"""Suites whose notes are synthetic, which is said wherever their numbers are shown."""
FOLDS_JS = "superbill.keepOpen(element);"


def progress_html(label: str, done: int, total: int) -> str:
    """How far a run is; without a total, that it is under way."""
    return render("progress", label=label, done=done, total=total)


def run_html(run: dict[str, Any], before: dict[str, Any] | None) -> str:
    """The whole result: tables, plots, slices, what changed, what it ran on."""
    versions = {"python": run["run"]["python"], **run["run"]["packages"]}
    return render(
        "run",
        run=run,
        synthetic=run["suite"] in SYNTHETIC and "notes" in run["parts"],
        parts=[_part(name, entry) for name, entry in run["parts"].items()],
        changes=_changes(before, run),
        versions=versions,
        report=report.page(run),
        run_file=runner.text_of(run),
    )


def _part(name: str, entry: dict[str, Any]) -> dict[str, Any]:
    part, tools = PARTS[name], entry["tools"]
    metrics = list(dict.fromkeys(metric for scored in tools.values() for metric in scored["metrics"]))
    return {
        "name": name,
        "n": entry["n"],
        "tools": list(tools),
        "headline": [_row(metric, tools, part.lower_is_better) for metric in part.headline],
        "rest": [_row(metric, tools, part.lower_is_better) for metric in metrics if metric not in part.headline],
        "plots": [(tool, _plots(scored)) for tool, scored in tools.items() if _plots(scored)],
        "slices": [
            (tool, key, _slice(values, part.headline[0]))
            for tool, scored in tools.items()
            for key, values in scored.get("slices", {}).items()
        ],
    }


def _row(metric: str, tools: dict[str, Any], lower: frozenset[str]) -> dict[str, Any]:
    cells = [scored["metrics"].get(metric) for scored in tools.values()]
    return {"name": metric, "lower": metric in lower, "cells": [_cell(cell) for cell in cells]}


def _cell(cell: dict[str, Any] | None) -> dict[str, Any]:
    if cell is None or cell["value"] is None:
        return {"text": None}
    share = all(cell[key] is not None and 0 <= cell[key] <= 1 for key in ("value", "low", "high"))
    return {"text": number(cell["value"]), "whole": interval_text(cell), "n": cell["n"], **cell, "share": share}


def _plots(scored: dict[str, Any]) -> list[Markup]:
    # Built from numbers and escaped labels, so they may pass through unescaped.
    extras, found = scored.get("extras", {}), []
    if stages := extras.get("stages"):
        rows = [plots.Bar(stage, value, None, None) for stage, value in stages.items()]
        found.append(Markup(plots.bars("Recall after each stage", rows)))
    if bins := extras.get("reliability"):
        found.append(Markup(plots.reliability(bins)))
    return found


def _slice(values: dict[str, Any], metric: str) -> Markup:
    rows = []
    for label, table in values.items():
        row = table.get(metric) or next(iter(table.values()))
        rows.append(plots.Bar(f"{label} (n {row['n']})", row["value"], row["low"], row["high"]))
    return Markup(plots.bars(metric.replace("_", " "), rows))


def _changes(before: dict[str, Any] | None, run: dict[str, Any]) -> list[dict[str, Any]]:
    """Headline metrics of the first tool against the run before; empty where the two cannot be compared."""
    if before is None:
        return []
    try:
        result = compare(before, run)
    except InputError:
        return []
    return [
        {
            "part": name,
            "metric": metric,
            "a": number(row["a"]),
            "b": number(row["b"]),
            "change": interval_text({**row, "value": row["difference"]}),
            "p": number(row["p_value"]),
            "verdict": "worse" if metric in part["worse"] else "better" if metric in part["better"] else "same",
        }
        for name, part in result["parts"].items()
        for metric in PARTS[name].headline
        if metric in part["metrics"]
        for row in [part["metrics"][metric]]
    ]
