"""Runs a suite and makes the run file.

Run file: {format, suite, split, seed, resamples, cases_sha256, predictions_sha256, parts: {part: {n, files, tools:
{tool: {metrics: {name: {value, low, high, n}}, slices, extras, outcomes}}}}, run}. Two runs of the same tool and
cases with one seed differ only in `run` (time, hardware, versions, commit).
"""

import dataclasses
import hashlib
import json
import re
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from assistant.errors import InputError
from evals.bootstrap import RESAMPLES, SEED, interval
from evals.cases.lines import digest
from evals.machine import surroundings
from evals.metrics.measure import Measure
from evals.parts.part import Outcome, Part
from evals.suites import Block
from evals.tool import Tool

FORMAT = 1
Progress = Callable[[Iterable[Any], int, str], Iterable[Any]]


def run(
    name: str,
    blocks: Sequence[Block],
    tools: Sequence[Tool],
    *,
    split: str = "all",
    seed: int = SEED,
    resamples: int = RESAMPLES,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Ask every tool everything it can answer and score it. `split` keeps the cases of one split where a part has
    splits.

    Raises InputError when no case is left or no tool can answer any part.
    """
    started, clock = time.time(), time.perf_counter()
    watch = progress or show_progress
    parts: dict[str, Any] = {}
    seconds: dict[str, float] = {}
    for block in blocks:
        cases = [case for path in block.files for case in block.part.load(path)]
        cases = [case for case in cases if split == "all" or (getattr(case, "split", "") or split) == split]
        able = [tool for tool in tools if block.part.able(tool)]
        if not cases or not able:
            continue
        entry: dict[str, Any] = {"n": len(cases), "files": [path.name for path in block.files], "tools": {}}
        for tool in able:
            begun = time.perf_counter()
            label = f"{block.part.name} · {tool.name}"
            outcomes = list(watch(block.part.ask(tool, cases), len(cases), label))
            seconds[label] = round(time.perf_counter() - begun, 3)
            entry["tools"][tool.name] = scored(block.part, outcomes, seed, resamples)
        parts[block.part.name] = entry
    if not parts:
        raise InputError(f"Nothing to measure in {name} with split {split}; choose another suite or split.")
    return {
        "format": FORMAT,
        "suite": name,
        "split": split,
        "seed": seed,
        "resamples": resamples,
        "cases_sha256": digest(path for block in blocks for path in block.files),
        "predictions_sha256": _sha256(
            {part: {tool: t["outcomes"] for tool, t in entry["tools"].items()} for part, entry in parts.items()}
        ),
        "parts": parts,
        "run": surroundings(started, time.perf_counter() - clock, seconds, {t.name: t.versions for t in tools}),
    }


def scored(part: Part, outcomes: Sequence[Outcome], seed: int = SEED, resamples: int = RESAMPLES) -> dict[str, Any]:
    """The entry of one tool: metrics with intervals, slices, extras, and the outcomes they came from."""

    def table(measures: Sequence[Measure]) -> dict[str, Any]:
        return {m.name: dataclasses.asdict(interval(m, resamples, seed)) for m in measures}

    entry: dict[str, Any] = {"metrics": table(part.measures(outcomes))}
    if part.slices:
        entry["slices"] = {
            key: {value: table(measures) for value, measures in values.items()}
            for key, values in part.slices(outcomes).items()
        }
    if part.extras:
        entry["extras"] = part.extras(outcomes)
    entry["outcomes"] = list(outcomes)
    return entry


def show_progress(items: Iterable[Any], total: int, label: str) -> Iterator[Any]:
    """A progress bar on stderr, when that is a terminal; otherwise one line per part."""
    from tqdm import tqdm

    if not sys.stderr.isatty():
        print(f"{label}: {total} cases", file=sys.stderr)
    yield from tqdm(items, total=total, desc=label, file=sys.stderr, disable=not sys.stderr.isatty())


def write(record: dict[str, Any], path: Path) -> None:
    """Write the run file whole or not at all, one outcome a line. Raises InputError when the folder cannot be
    written.
    """
    partial = path.with_name(path.name + ".part")
    try:
        partial.write_text(text_of(record), encoding="utf-8", newline="\n")
        partial.replace(path)
    except OSError as error:
        raise InputError(f"{path.name} cannot be written; choose a folder that exists and can be written.") from error


def text_of(record: dict[str, Any]) -> str:
    """The run file as text: indented, but each outcome on one line, so that two files can be compared by eye."""
    outcomes: list[str] = []

    def shortened(value: Any) -> Any:
        if isinstance(value, dict):
            if "outcomes" in value:
                value = {**value, "outcomes": [_stored(item) for item in value["outcomes"]]}
                return {key: item if key == "outcomes" else shortened(item) for key, item in value.items()}
            return {key: shortened(item) for key, item in value.items()}
        return value

    def _stored(item: Outcome) -> str:
        outcomes.append(json.dumps(item, ensure_ascii=False, allow_nan=False, separators=(",", ":")))
        return f"\x00{len(outcomes) - 1}\x00"

    text = json.dumps(shortened(record), ensure_ascii=False, indent=1, allow_nan=False)
    return re.sub(r'"\\u0000(\d+)\\u0000"', lambda match: outcomes[int(match[1])], text) + "\n"


def read(path: Path) -> dict[str, Any]:
    """A run file; raises InputError when it is none."""
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(
            f"{path.name} cannot be read as a run file; write one with 'superbill eval run --out'."
        ) from error
    if not isinstance(record, dict) or record.get("format") != FORMAT or "parts" not in record:
        raise InputError(f"{path.name} is not a run file of this version; write one with 'superbill eval run --out'.")
    return record


def _sha256(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
