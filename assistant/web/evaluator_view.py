"""What the Evaluator tab shows, as HTML. Numbers come with their intervals; plots are the report's own."""

from functools import cache
from typing import Any

from markupsafe import Markup

from assistant.errors import InputError
from assistant.web.evaluator_run import BASELINE, FILE, OWN, EvaluatorSitting
from assistant.web.views import empty, metric_name, render
from assistant.web.words import say, spoken, texts
from evals import plots
from evals.compare import compare
from evals.suites import PARTS, suite
from evals.table import interval_text, number

SYNTHETIC = ("first", "notes", "all")
"""Suites whose notes are synthetic, which is said wherever their numbers are shown."""
CLOSED = ("test", "report")
"""Splits whose cases are not shown: whoever reads them can no longer measure with them."""
MOST_WORST = 12


def shell_html(sitting: EvaluatorSitting) -> str:
    """The tab with what was run so far."""
    panels = {"sb-tools": tools_html(sitting), **controls(sitting), **results(sitting)}
    marked = {key: Markup(html) for key, html in panels.items()}
    return render("evaluator", suites=suite_choices(), chosen=sitting.suite, panels=marked)


def tools_html(sitting: EvaluatorSitting) -> str:
    """What can be measured, to tick."""
    choices = [(OWN, say("evaluator.tool_superbill")), (BASELINE, say("evaluator.tool_baseline"))]
    if sitting.loaded:
        choices.append((FILE, say("evaluator.tool_file", name=sitting.loaded.name)))
    return render("tools", choices=choices, chosen=sitting.chosen)


def controls(sitting: EvaluatorSitting) -> dict[str, str]:
    """How far a run is, and the buttons that fit."""
    running = sitting.running
    shown = render("progress", label=running.label, done=running.done, total=running.total) if running else ""
    return {"sb-eval-progress": shown, "sb-eval-buttons": render("run_buttons", running=bool(running))}


def results(sitting: EvaluatorSitting) -> dict[str, str]:
    """The run that is shown, and the choice of two to compare."""
    if sitting.shown is None:
        return {"sb-run-result": empty("evaluator.empty"), "sb-runs": ""}
    names = [
        (f"{place}:{tool}", say("evaluator.run_named", number=place + 1, suite=run["suite"], tool=tool))
        for place, run in enumerate(sitting.runs)
        for tool in dict.fromkeys(tool for part in run["parts"].values() for tool in part["tools"])
    ]
    runs = [
        (place, say("evaluator.run_listed", number=place + 1, suite=run["suite"], tools=", ".join(tools)))
        for place, run in enumerate(sitting.runs)
        for tools in [dict.fromkeys(tool for part in run["parts"].values() for tool in part["tools"])]
    ]
    last = next(key for key, _ in names if key.startswith(f"{len(sitting.runs) - 1}:"))
    before = [key for key, _ in names if key != last]
    pair = (before[-1] if before else "", last)
    return {
        "sb-run-result": run_html(run_of(sitting)),
        "sb-runs": render("runs", runs=runs, shown=sitting.shown, names=names if len(names) > 1 else [], pair=pair),
    }


def run_of(sitting: EvaluatorSitting) -> dict[str, Any]:
    """The run that is shown. Raises InputError when there is none."""
    if sitting.shown is None:
        raise InputError(say("evaluator.empty"))
    return sitting.runs[sitting.shown]


def compared_html(sitting: EvaluatorSitting, a: str, b: str) -> str:
    """Run A against run B, each `place:tool`. Raises InputError when they cannot be compared."""
    first, second = _chosen(sitting, a), _chosen(sitting, b)
    result = compare(first[0], second[0], first[1], second[1])
    rows = [
        {
            "part": name,
            "metric": metric,
            "a": number(row["a"]),
            "b": number(row["b"]),
            "change": _interval(row["difference"], row),
            "p": number(row["p_value"]),
            "verdict": "worse" if metric in part["worse"] else "better" if metric in part["better"] else "same",
        }
        for name, part in result["parts"].items()
        for metric, row in part["metrics"].items()
        if metric in PARTS[name].headline
    ]
    cases = sum(part["n"] for part in result["parts"].values())
    return render("compared", rows=rows, cases=cases)


def _interval(value: float | None, row: dict[str, Any]) -> str:
    return say("evaluator.undefined") if value is None else interval_text({**row, "value": value})


def _chosen(sitting: EvaluatorSitting, which: str) -> tuple[dict[str, Any], str]:
    place, _, tool = which.partition(":")
    if not place.isdecimal() or int(place) >= len(sitting.runs) or not tool:
        raise InputError(say("evaluator.choose_two"))
    return sitting.runs[int(place)], tool


def run_html(run: dict[str, Any]) -> str:
    """The whole result: tables, plots, slices, worst cases, what it ran on."""
    versions = {"python": run["run"]["python"], **run["run"]["packages"]}
    return render(
        "run",
        run=run,
        synthetic=run["suite"] in SYNTHETIC and "notes" in run["parts"],
        parts=[_part(name, entry) for name, entry in run["parts"].items()],
        versions=versions,
    )


def suite_choices() -> list[tuple[str, str]]:
    """(name, words) of the suites whose cases are shipped."""
    found = []
    for name in ("first", *PARTS, "all"):
        try:
            count = _cases_in(name)
        except InputError:
            continue
        known = texts(spoken())["evaluator"]
        title = known.get(f"suite_{name}", name.replace("_", " "))
        found.append((name, say("evaluator.suite_named", name=title, count=count)))
    return found


@cache
def _cases_in(name: str) -> int:
    return sum(len(block.part.load(path)) for block in suite(name) for path in block.files)


def _worst(entry: dict[str, Any]) -> tuple[list[dict[str, Any]], int]:
    """The cases of the first tool with the most missed and wrong codes, and how many were kept back as held out."""
    outcomes = next(iter(entry["tools"].values()))["outcomes"]
    found, kept_back = [], 0
    for item in outcomes:
        gold = [one["code"] for one in item["gold"]]
        coded = [one["code"] for one in item["suggestions"] if one["selected"]]
        missed, wrong = [one for one in gold if one not in coded], [one for one in coded if one not in gold]
        if not missed and not wrong:
            continue
        if item["slices"].get("split") in CLOSED:
            kept_back += 1
            continue
        hit = len(gold) - len(missed)
        score = 2 * hit / (len(gold) + len(coded)) if gold or coded else 1.0
        found.append({"id": item["id"], "score": score, "missed": missed, "wrong": wrong, "error": item.get("error")})
    found.sort(key=lambda one: (one["score"], -len(one["missed"]) - len(one["wrong"]), one["id"]))
    return found[:MOST_WORST], kept_back


def _part(name: str, entry: dict[str, Any]) -> dict[str, Any]:
    part, tools = PARTS[name], entry["tools"]
    metrics = list(dict.fromkeys(metric for scored in tools.values() for metric in scored["metrics"]))
    worst, kept_back = _worst(entry) if name == "notes" else ([], 0)
    return {
        "worst": worst,
        "kept_back": kept_back,
        "name": name,
        "title": texts(spoken())["evaluator"].get(f"suite_{name}", name.replace("_", " ")),
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
    return {"text": number(cell["value"]), **cell, "share": share}


def _plots(scored: dict[str, Any]) -> list[Markup]:
    # Built from numbers and escaped labels, so they may pass through unescaped.
    extras, found = scored.get("extras", {}), []
    if stages := extras.get("stages"):
        rows = [plots.Bar(metric_name(stage), value, None, None) for stage, value in stages.items()]
        found.append(Markup(plots.bars(say("evaluator.plot_stages"), rows)))
    if bins := extras.get("reliability"):
        found.append(Markup(plots.reliability(bins, _labels())))
    return found


def _labels() -> plots.Labels:
    return plots.Labels(
        head=say("evaluator.plot_calibration"),
        title=say("evaluator.plot_title"),
        stated=say("evaluator.plot_stated"),
        right=say("evaluator.plot_right"),
        dot=texts(spoken())["evaluator"]["plot_dot"],
    )


def _slice(values: dict[str, Any], metric: str) -> Markup:
    rows = []
    for label, table in values.items():
        row = table.get(metric) or next(iter(table.values()))
        rows.append(plots.Bar(f"{label} (n {row['n']})", row["value"], row["low"], row["high"]))
    return Markup(plots.bars(metric_name(metric), rows))
