"""`superbill eval run` and `superbill eval compare`."""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from assistant.errors import InputError

DONE, CONTENT_ERROR = 0, 1


def run(args: argparse.Namespace) -> int:
    """Run a suite, print its headline numbers with intervals, write the run file and the report when asked."""
    from evals import runner
    from evals.suites import suite

    name = args.suite or "first"
    blocks = suite(name, data=Path(args.data) if args.data else None)
    tools = [_predictions(args.predictions)] if args.predictions else _tools(args)
    record = runner.run(name, blocks, tools, split=args.split, seed=args.seed, resamples=args.resamples)
    if args.out:
        runner.write(record, Path(args.out))
    if args.report:
        from evals.report import write_page

        write_page(record, Path(args.report))
    if args.json:
        print(json.dumps(_without_outcomes(record), ensure_ascii=False, indent=1))
    else:
        from evals.table import run_table

        print(run_table(record, stages=args.stages))
    return DONE


def compare(args: argparse.Namespace) -> int:
    """Compare two run files; exit status 1 when a headline metric fell significantly."""
    from evals import runner
    from evals.compare import compare as compare_runs
    from evals.table import compare_table

    result = compare_runs(runner.read(Path(args.a)), runner.read(Path(args.b)), args.tool_a, args.tool_b)
    print(json.dumps(result, ensure_ascii=False, indent=1) if args.json else compare_table(result))
    return CONTENT_ERROR if result["worse"] else DONE


def _without_outcomes(record: dict[str, Any]) -> dict[str, Any]:
    parts = {
        name: {
            **part,
            "tools": {
                tool: {key: value for key, value in entry.items() if key != "outcomes"}
                for tool, entry in part["tools"].items()
            },
        }
        for name, part in record["parts"].items()
    }
    return {**record, "parts": parts}


def _predictions(path: str) -> Any:
    from evals.adapters.predictions import tool_from_file

    return tool_from_file(Path(path))


def _tools(args: argparse.Namespace) -> list[Any]:
    """Superbill, with the named model beside it, and the baseline."""
    from assistant.services import Services
    from evals.superbill import superbill

    services = Services.open()
    with_model = [superbill(services, args.model)] if args.model else []
    return [superbill(services), *with_model, *_baseline(args.no_baseline)]


def _baseline(skipped: bool) -> list[Any]:
    """The naive baseline beside the tool; left out, and said so, where its encoder cannot be opened."""
    if skipped:
        return []
    from assistant.settings import load_settings
    from evals.baseline import open_baseline

    try:
        return [open_baseline(load_settings().index_dir)]
    except InputError as error:
        print(f"The baseline is left out: {error}", file=sys.stderr)
        return []
