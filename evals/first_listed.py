"""How often the proposed first-listed (or principal) code is the gold's: `python -m evals.first_listed [--texts NOTES.jsonl]`.

Training and development notes whose gold names a first code; test and report splits are never read. Three rates, each with
its n: over all notes; over notes where the gold's first code is among those selected (what the ordering itself can get
right); and, beside it, what the plain order of the selected codes by rank would give on the same notes.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from assistant.services import Services
from assistant.settings import load_settings
from assistant.suggest.suggestion import Setting
from evals.bootstrap import interval
from evals.metrics.measure import mean_of
from evals.precedents import KEPT_SPLITS, cases


def main(argv: Sequence[str] | None = None) -> int:
    """Print the rates by setting, and the misses with `--misses`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--texts", type=Path, help="visit notes that lie outside (id, text, ...)")
    parser.add_argument("--split", choices=KEPT_SPLITS, help="only the notes of this split")
    parser.add_argument("--misses", action="store_true", help="list the notes where it differs")
    args = parser.parse_args(argv)
    services = Services.open(load_settings(), quiet=True)
    rows: list[tuple[str, str, str, str, bool]] = []
    reasons: Counter[tuple[str, bool]] = Counter()
    for case in cases(args.texts):
        gold = next((one.code for one in case.gold if one.first_listed), "")
        if not gold or args.split not in (None, case.split):
            continue
        answer = services.suggest_line(case.line(), 20)
        selected = [one.code for one in answer.suggestions if one.selected]
        said = answer.first_listed.code if answer.first_listed else ""
        rows.append((case.setting.value, gold, said, selected[0] if selected else "", gold in selected))
        if answer.first_listed and gold in selected:
            reasons[answer.first_listed.why.split(",")[0], said == gold] += 1
        if args.misses and said != gold and gold in selected:
            assert answer.first_listed
            print(f"{case.id}: {said} ({answer.first_listed.rule}: {answer.first_listed.why}) instead of {gold}")
    for name, kept in (
        ("all", rows),
        *((setting.value, [row for row in rows if row[0] == setting.value]) for setting in Setting),
    ):
        able = [row for row in kept if row[4]]
        for label, part, place in (
            ("of all notes", kept, 2),
            ("where the gold's first code is selected", able, 2),
            ("there, by rank alone", able, 3),
        ):
            if part:
                found = interval(mean_of("first", [float(row[1] == row[place]) for row in part]))
                print(f"{name}: {label}: {found.value:.3f} [{found.low:.3f}, {found.high:.3f}], n {found.n}")
    if args.misses:
        for (reason, right), count in sorted(reasons.items()):
            print(f"  {count:3} {'right' if right else 'wrong'}  {reason}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
