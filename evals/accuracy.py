"""The accuracy tables of a README, each made from a run and bound to it. `python -m evals.accuracy RUN.json README.md`
writes the one of the run's suite and split.

A table stands between two marks; the opening one carries the sha256 of the cases and of the predictions. `stale`
says what no longer fits: cases that changed since the run, or a table that was edited by hand.
"""

import argparse
import hashlib
import re
import sys
from pathlib import Path
from typing import Any

from assistant.errors import InputError
from evals.cases.lines import CASES, digest
from evals.runner import read
from evals.suites import PARTS, shown, suite
from evals.table import SYNTHETIC, interval_text

_BLOCK = re.compile(
    r"<!-- accuracy suite=(?P<suite>\w+) split=(?P<split>\w+) cases=(?P<cases>[0-9a-f]{64}) "
    r"predictions=(?P<predictions>[0-9a-f]{64}) "
    r"table=(?P<table>[0-9a-f]{64}) -->\n(?P<body>.*?)<!-- accuracy end -->",
    re.DOTALL,
)
_EMPTY = re.compile(r"<!-- accuracy -->\n(?:.*?)<!-- accuracy end -->", re.DOTALL)


PROVENANCE = {
    "visits": (
        "Scripted, role-played visit notes (ACI-Bench, CC BY 4.0), coded by two language models blind to each other and settled "
        "by a third; no certified coder has checked them."
    ),
    "search": (
        "Queries and codes written by us, those of `search_blind`, `procedures` and `supplies` by an author who had not seen the "
        "word lists; no certified coder has checked them."
    ),
}


def table_of(record: dict[str, Any]) -> str:
    """The headline metrics as a Markdown table, with what they were measured on."""
    lines = []
    for name, entry in record["parts"].items():
        part, tools = PARTS[name], entry["tools"]
        lines += [
            f"**{name}**, {entry['n']} cases",
            "",
            f"| metric | {' | '.join(tools)} |",
            "| --- " * (len(tools) + 1) + "|",
        ]
        for metric in shown(record["suite"], name, next(iter(tools.values()))["metrics"]):
            mark = " (lower is better)" if metric in part.lower_is_better else ""
            cells = [interval_text(tool["metrics"][metric]) for tool in tools.values()]
            lines.append(f"| {metric.replace('_', ' ')}{mark} | {' | '.join(cells)} |")
        lines.append("")
    run = record["run"]
    lines.append(
        f"Suite {record['suite']}, split {record['split']}, 95 % bootstrap intervals over cases, {run['started'][:10]}, "
        f"commit {(run['commit'] or 'unknown')[:10]}, {run['hardware']['cpu']}. {PROVENANCE.get(record['suite'], SYNTHETIC)}"
    )
    return "\n".join(lines) + "\n"


def written(text: str, record: dict[str, Any]) -> str:
    """`text` with the block of the run's suite and split replaced, else its first empty one filled. Raises InputError when
    it has neither."""
    body = table_of(record)
    cases = _cases_sha256("visits") if record["suite"] == "visits" else record["cases_sha256"]
    block = (
        f"<!-- accuracy suite={record['suite']} split={record['split']} cases={cases} "
        f"predictions={record['predictions_sha256']} table={_sha256(body)} -->\n{body}<!-- accuracy end -->"
    )
    for match in _BLOCK.finditer(text):
        if (match["suite"], match["split"]) == (record["suite"], record["split"]):
            return text[: match.start()] + block + text[match.end() :]
    if _EMPTY.search(text):
        return _EMPTY.sub(lambda _: block, text, count=1)
    raise InputError(
        "The file has no accuracy block; add '<!-- accuracy -->' and '<!-- accuracy end -->' on two lines."
    )


def stale(text: str) -> list[str]:
    """Why tables in `text` may not be shown; empty when all fit, or when there is no filled table."""
    problems = []
    for match in _BLOCK.finditer(text):
        if _sha256(match["body"]) != match["table"]:
            problems.append(
                f"the accuracy table of suite {match['suite']} was edited by hand; make it again from a run"
            )
        if _cases_sha256(match["suite"]) != match["cases"]:
            problems.append(f"the cases of suite {match['suite']} changed since the run; run it again")
    return problems


def _cases_sha256(name: str) -> str:
    """Digest of a suite's cases; of the shipped codes where the texts stay outside."""
    if name == "visits":
        return digest([CASES / "visit_notes.jsonl"])
    return digest([path for block in suite(name) for path in block.files])


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def main(argv: list[str] | None = None) -> int:
    """Write the table of a run into a file; 2 when it cannot be done."""
    parser = argparse.ArgumentParser(prog="python -m evals.accuracy", description="A run's table into a README.")
    parser.add_argument("run", type=Path)
    parser.add_argument("readme", type=Path)
    args = parser.parse_args(argv)
    try:
        text = args.readme.read_text(encoding="utf-8")
        args.readme.write_text(written(text, read(args.run)), encoding="utf-8", newline="\n")
    except (InputError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
