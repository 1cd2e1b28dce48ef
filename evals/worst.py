"""The notes of a run that went worst: `python -m evals.worst RUN.json [--first 10] [--least 4]`.

Names ids and codes alone; notes of the splits `test` and `report` are left out, so that nobody steers by them. The
worst are those of the lowest F1 among notes with at least `--least` gold codes. `superbill eval run notes --out` writes
a run file.
"""

import argparse
from pathlib import Path

from evals import runner
from evals.metrics.set_scores import note_f1
from evals.parts.notes import gold_of, ranked_of, selected_of
from evals.parts.part import Outcome

_CLOSED = ("test", "report")


def worst(items: list[Outcome], first: int = 10, least: int = 4) -> list[tuple[float, Outcome]]:
    """(F1, outcome), the lowest first."""
    looked = [item for item in items if len(item["gold"]) >= least and item["slices"].get("split") not in _CLOSED]
    return sorted(
        ((note_f1(gold_of(i), selected_of(i)), i) for i in looked), key=lambda pair: (pair[0], pair[1]["id"])
    )[:first]


def line(f1: float, item: Outcome) -> str:
    """One note: missed codes with the rank they were listed at (`-` when not listed), and false ones."""
    gold, chosen, ranked = gold_of(item), selected_of(item), ranked_of(item)
    missed = [f"{code}@{ranked.index(code) + 1 if code in ranked else '-'}" for code in sorted(gold - chosen)]
    return f"{item['id']:14} {f1:.2f}  missed {' '.join(missed) or 'none'}  false {' '.join(sorted(chosen - gold)) or 'none'}"


def main(argv: list[str] | None = None) -> int:
    """Print the worst notes of a run file."""
    parser = argparse.ArgumentParser(prog="evals.worst", description="The notes of a run that went worst.")
    parser.add_argument("run", type=Path)
    parser.add_argument("--first", type=int, default=10)
    parser.add_argument("--least", type=int, default=4, help="gold codes that a note must have")
    args = parser.parse_args(argv)
    tools = runner.read(args.run)["parts"]["notes"]["tools"]
    for f1, item in worst(next(iter(tools.values()))["outcomes"], args.first, args.least):
        print(line(f1, item))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
