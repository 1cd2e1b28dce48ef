"""A run as one self-contained HTML page: headline numbers, recall by stage, calibration, slices, worst cases. No
script, no network.

It holds ids, codes and numbers, never a word of a note. For cases of the test split the worst cases are left out, so
that nobody tunes on them by reading.
"""

from pathlib import Path
from typing import Any

from assistant.errors import InputError
from evals import plots
from evals.suites import PARTS
from evals.table import interval_text, number

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Superbill evaluation: {{ run.suite }}</title>
<style>
:root { color-scheme: light dark; --ink: #1b2430; --soft: #5b6673; --line: #d5dbe2; --paper: #ffffff; --mark: #2458a6;
--other: #b4590f; } @media (prefers-color-scheme: dark) {
  :root { --ink: #e6ebf1; --soft: #9fabb8; --line: #39434f; --paper: #14191f; --mark: #7fb0ff; --other: #f0a35c; }
}
body { font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); max-width: 62rem; margin:
2rem auto; padding: 0 1rem; } h1 { font-size: 1.6rem; } h2 { font-size: 1.25rem; border-top: 1px solid var(--line);
padding-top: 1.2rem; margin-top: 2rem; } h3 { font-size: 1rem; } table { border-collapse: collapse;
font-variant-numeric: tabular-nums; margin: .5rem 0 1rem; } th, td { text-align: left; padding: .25rem .9rem .25rem 0;
border-bottom: 1px solid var(--line); vertical-align: top; } .soft { color: var(--soft); } .scroll { overflow-x: auto;
} .pair { display: flex; flex-wrap: wrap; gap: 2rem; } svg { max-width: 100%; height: auto; } svg text { fill:
var(--ink); font: 12px system-ui, sans-serif; } summary { cursor: pointer; margin: .6rem 0; }
</style>
</head>
<body>
<h1>Evaluation: suite {{ run.suite }}</h1>
<p class="soft">Split {{ run.split }}, seed {{ run.seed }}, {{ run.resamples }} bootstrap draws over cases, 95 %
intervals. Started {{ run.run.started }}, {{ "%.1f"|format(run.run.seconds) }} s on {{ run.run.hardware.cpu }}
({{ run.run.hardware.cores }} cores). Commit {{ run.run.commit or "unknown" }}. Cases {{ run.cases_sha256[:12] }},
predictions {{ run.predictions_sha256[:12] }}.</p>
{% if synthetic %}<p><strong>These notes are synthetic and were annotated by language models. No certified coder has
checked them.</strong></p>{% endif %} {% for part in parts %}
<h2>{{ part.name }}: {{ part.n }} cases</h2>
<div class="scroll"><table>
<tr><th>metric</th>{% for tool in part.tools %}<th>{{ tool.name }}</th>{% endfor %}</tr>
{% for row in part.headline %}<tr><td>{{ row[0] }}</td>{% for cell in row[1:] %}<td>{{ cell }}</td>{% endfor %}</tr>
{% endfor %}</table></div>
<details><summary>All metrics</summary><div class="scroll"><table>
<tr><th>metric</th>{% for tool in part.tools %}<th>{{ tool.name }}</th>{% endfor %}</tr>
{% for row in part.all %}<tr><td>{{ row[0] }}</td>{% for cell in row[1:] %}<td>{{ cell }}</td>{% endfor %}</tr>
{% endfor %}</table></div></details>
{% for tool in part.tools %}
{% if tool.stages or tool.reliability %}<h3>{{ tool.name }}</h3><div class="pair">{{ tool.stages }}{{ tool.reliability
}}</div>{% endif %} {% for name, plot in tool.slices %}<details><summary>{{ tool.name }}: by {{ name.replace("_", " ")
}}</summary>{{ plot }}</details> {% endfor %}
{% if tool.worst %}<details><summary>{{ tool.name }}: worst cases</summary><div class="scroll"><table>
<tr>{% for key in tool.worst[0] %}<th>{{ key.replace("_", " ") }}</th>{% endfor %}</tr>
{% for case in tool.worst %}<tr>{% for value in case.values() %}<td>{{ value }}</td>{% endfor %}</tr>
{% endfor %}</table></div></details>{% endif %}
{% endfor %}
{% endfor %}
<h2>What it ran on</h2>
<table>{% for name, version in versions %}<tr><td>{{ name }}</td><td>{{ version }}</td></tr>{% endfor %}</table>
</body>
</html>
"""


def page(record: dict[str, Any]) -> str:
    """The HTML page of a run file."""
    from jinja2 import Environment

    template = Environment(autoescape=True).from_string(_PAGE)
    tools = {f"{tool} · {key}": value for tool, of in record["run"]["tools"].items() for key, value in of.items()}
    versions = {"python": record["run"]["python"], **record["run"]["packages"], **tools}
    return template.render(
        run=record,
        parts=[_part(name, entry, record["split"]) for name, entry in record["parts"].items()],
        synthetic=record["suite"] in ("first", "notes", "all"),
        versions=list(versions.items()),
    )


def write_page(record: dict[str, Any], path: Path) -> None:
    """Write the page. Raises InputError when the folder cannot be written."""
    try:
        path.write_text(page(record), encoding="utf-8", newline="\n")
    except OSError as error:
        raise InputError(f"{path.name} cannot be written; choose a folder that exists and can be written.") from error


def _part(name: str, entry: dict[str, Any], split: str) -> dict[str, Any]:
    part, tools = PARTS[name], entry["tools"]
    metrics = list(dict.fromkeys(metric for scored in tools.values() for metric in scored["metrics"]))

    def row(metric: str) -> list[str]:
        label = metric.replace("_", " ") + (" (lower is better)" if metric in part.lower_is_better else "")
        return [label, *(interval_text(scored["metrics"][metric]) for scored in tools.values())]

    return {
        "name": name,
        "n": entry["n"],
        "headline": [row(metric) for metric in part.headline],
        "all": [row(metric) for metric in metrics],
        "tools": [_tool(tool, scored, part.headline[0], split) for tool, scored in tools.items()],
    }


def _tool(name: str, scored: dict[str, Any], metric: str, split: str) -> dict[str, Any]:
    from markupsafe import Markup

    extras = scored.get("extras", {})
    stages = extras.get("stages", {})
    # The plots are built from numbers and escaped labels, so they may pass through unescaped.
    return {
        "name": name,
        "stages": Markup(plots.bars("Recall after each stage", _bars_of(stages))) if stages else "",
        "reliability": Markup(plots.reliability(extras["reliability"])) if extras.get("reliability") else "",
        "slices": [
            (key, Markup(plots.bars(f"{metric.replace('_', ' ')} by {key}", _slice_bars(values, metric))))
            for key, values in scored.get("slices", {}).items()
        ],
        "worst": [_shown(case) for case in _visible(extras.get("worst", []), scored, split)],
    }


def _bars_of(stages: dict[str, float | None]) -> list[plots.Bar]:
    return [plots.Bar(stage, value, None, None) for stage, value in stages.items()]


def _slice_bars(values: dict[str, Any], metric: str) -> list[plots.Bar]:
    bars = []
    for label, table in values.items():
        row = table.get(metric) or next(iter(table.values()))
        bars.append(plots.Bar(f"{label} (n {row['n']})", row["value"], row["low"], row["high"]))
    return bars


def _visible(worst: list[dict[str, Any]], scored: dict[str, Any], split: str) -> list[dict[str, Any]]:
    held_out = {item["id"] for item in scored["outcomes"] if item.get("slices", {}).get("split") in ("test", "report")}
    return [case for case in worst if split not in ("test", "report") and case["id"] not in held_out]


def _shown(case: dict[str, Any]) -> dict[str, str]:
    def text(value: Any) -> str:
        if isinstance(value, list):
            return ", ".join(map(str, value))
        return number(value) if isinstance(value, float) else str(value)

    return {key: text(value) for key, value in case.items()}
