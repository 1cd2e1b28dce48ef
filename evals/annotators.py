"""Two annotators against each other. `python -m evals.annotators A.jsonl B.jsonl [--json]` prints agreement with
intervals; without files, that of every batch of `cases/annotations/` (`BATCH.1.jsonl`, `BATCH.2.jsonl`) and of the
synthetic batches together.

Both files are note cases over the same ids (with or without text); each annotator saw the note only. What is printed
is how alike two readers are. Where both are language models this is no human ceiling.
"""

import argparse
import dataclasses
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from assistant.errors import InputError
from evals.bootstrap import Interval, interval
from evals.cases.lines import CASES, read_jsonl
from evals.metrics import agreement, exact_set, hierarchical
from evals.metrics.measure import Measure, mean_of
from evals.table import columns, interval_text

ANNOTATIONS = CASES / "annotations"
Coded = Mapping[str, Sequence[str]]
"""Codes in claim order by case id."""


def read_codes(path: Path) -> dict[str, list[str]]:
    """The codes of every case of a file of note cases. Raises InputError naming the line."""
    coded: dict[str, list[str]] = {}
    for number, record in read_jsonl(path):
        try:
            case_id, codes = str(record["id"]), [gold["code"] for gold in record["gold"]]
        except (KeyError, TypeError) as error:
            raise InputError(f"{path.name} line {number} has no id and gold; annotators write note cases.") from error
        if case_id in coded:
            raise InputError(f"{path.name} line {number} repeats the id of an earlier line; ids must be unique.")
        coded[case_id] = codes
    return coded


OUTSIDE = "visit_notes"
"""The batch of notes that we did not write."""


def shipped(folder: Path = ANNOTATIONS) -> dict[str, tuple[Coded, Coded]]:
    """Both annotators' codes of every batch by its name, then of all synthetic batches together as `synthetic`."""
    batches = sorted(path.name.removesuffix(".1.jsonl") for path in folder.glob("*.1.jsonl"))
    pairs: dict[str, tuple[Coded, Coded]] = {
        name: (read_codes(folder / f"{name}.1.jsonl"), read_codes(folder / f"{name}.2.jsonl")) for name in batches
    }
    ours = [pair for name, pair in pairs.items() if name != OUTSIDE]
    if ours:
        pairs["synthetic"] = (
            {case_id: codes for first, _ in ours for case_id, codes in first.items()},
            {case_id: codes for _, second in ours for case_id, codes in second.items()},
        )
    return pairs


def agreement_of(first: Coded, second: Coded) -> dict[str, Interval]:
    """Every agreement measure with its interval. Raises InputError unless both coded the same cases."""
    if first.keys() != second.keys() or not first:
        apart = len(first.keys() ^ second.keys())
        raise InputError(f"{apart} cases were coded by only one of the annotators; both must code the same cases.")
    ids = sorted(first)
    a, b = [frozenset(first[i]) for i in ids], [frozenset(second[i]) for i in ids]
    category = next(measure for measure in hierarchical.measures(a, b) if measure.name == "category_f1")
    measures: list[Measure] = [
        *agreement.measures(a, b),
        category,
        exact_set.measure(a, b),
        mean_of("same_first_listed", [_same_first(first[i], second[i]) for i in ids]),
    ]
    return {measure.name: interval(measure) for measure in measures}


def differences(first: Coded, second: Coded) -> list[dict[str, Any]]:
    """What has to be settled: {id, only_first, only_second, order} of each case that differs, most codes apart
    first.
    """
    rows = []
    for case_id in sorted(first):
        a, b = first[case_id], second[case_id]
        if list(a) != list(b):
            only_a, only_b = sorted(set(a) - set(b)), sorted(set(b) - set(a))
            order = _same_first(a, b) == 0
            rows.append({"id": case_id, "only_first": only_a, "only_second": only_b, "other_first_listed": order})
    return sorted(rows, key=lambda row: -len(row["only_first"]) - len(row["only_second"]))


def _print_shipped(as_json: bool) -> int:
    measured = {name: (len(pair[0]), agreement_of(*pair)) for name, pair in shipped().items()}
    if as_json:
        table = {
            name: {"n": n, "agreement": {key: dataclasses.asdict(value) for key, value in values.items()}}
            for name, (n, values) in measured.items()
        }
        print(json.dumps(table, ensure_ascii=False, indent=1))
        return 0
    print("Two blind annotators before settlement, 95 % intervals by bootstrap over cases. Both are language models.")
    for name, (n, values) in measured.items():
        print(f"{name}: {n} cases")
        print(columns([[key, interval_text(dataclasses.asdict(value))] for key, value in values.items()]))
    return 0


def _same_first(a: Sequence[str], b: Sequence[str]) -> float | None:
    return float(a[:1] == b[:1]) if a or b else None


def main(argv: list[str] | None = None) -> int:
    """Print agreement and, for two files, what differs; 2 when the files cannot be compared."""
    parser = argparse.ArgumentParser(prog="python -m evals.annotators", description="Agreement of two annotators.")
    parser.add_argument("first", type=Path, nargs="?")
    parser.add_argument("second", type=Path, nargs="?")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args(argv)
    if args.first is None:
        return _print_shipped(args.json)
    if args.second is None:
        parser.error("name both files, or none for the shipped annotations")
    try:
        first, second = read_codes(args.first), read_codes(args.second)
        measured = agreement_of(first, second)
    except InputError as error:
        print(error, file=sys.stderr)
        return 2
    apart = differences(first, second)
    if args.json:
        table = {name: dataclasses.asdict(value) for name, value in measured.items()}
        print(json.dumps({"n": len(first), "agreement": table, "differences": apart}, ensure_ascii=False, indent=1))
        return 0
    print(f"{len(first)} cases, 95 % intervals by bootstrap over cases.")
    print(columns([[name, interval_text(dataclasses.asdict(value))] for name, value in measured.items()]))
    print(f"{len(apart)} cases differ.")
    for row in apart:
        order = ", other first-listed" if row["other_first_listed"] else ""
        print(f"{row['id']}: only first {row['only_first']}, only second {row['only_second']}{order}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
