"""Where right codes are lost when a model helps to choose: `python -m evals.choosing --model NAME [--notes N]`.

Prints the recall of the codes of our training notes after each step (read, retrieved and shown, chosen, verified), beside
that of the set without a model. Never run on the test notes: a prompt may be changed after looking at it.
"""

import argparse
from collections import Counter

from evals.cases.lines import CASES
from evals.cases.note import load_notes


def main() -> None:
    """Measure and print."""
    from assistant.chat.choosing import traced
    from assistant.services import Services
    from assistant.suggest.lines import read_line

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", metavar="NAME", help="provider/model; the site's when not given")
    parser.add_argument("--notes", type=int, default=20, metavar="N", help="how many notes (default 20)")
    args = parser.parse_args()
    services = Services.open()
    found: Counter[str] = Counter()
    total = failed = 0
    cases = [case for path in sorted((CASES / "notes").glob("train*.jsonl")) for case in load_notes(path)]
    for case in cases[: args.notes]:
        request = read_line(case.line(), services.settings)
        answer, stages = traced(
            request, services.suggester_on(request.date_of_service), services.model(args.model, "eval"), 50
        )
        right = set(case.codes)
        total += len(right)
        failed += bool(stages.failure)
        plain = services.suggest_line(case.line(), 50)
        for step, codes in (
            ("without a model: in the set", [one.code for one in plain.suggestions if one.selected]),
            ("shown to the model", stages.retrieved),
            ("chosen by it", stages.chosen),
            ("left by the rules", stages.verified),
            ("in the set", [one.code for one in answer.suggestions if one.selected]),
        ):
            found[step] += len(right & set(codes))
            found[f"{step}: codes"] += len(set(codes))
    print(f"{min(args.notes, len(cases))} notes, {total} codes; the model had no part in {failed}")
    for step in [name for name in found if not name.endswith(": codes")]:
        given = found[f"{step}: codes"]
        print(f"  {step:<30} recall {found[step] / total:6.1%}   {given} codes, {found[step]} of them right")


if __name__ == "__main__":
    main()
