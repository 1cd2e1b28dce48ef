"""`superbill confirm`."""

import argparse
import getpass
import json
from pathlib import Path

from assistant.commands import wiring
from assistant.commands.output import check_target, print_json, whole_file
from assistant.errors import InputError
from assistant.review.confirmation import confirm as decide_all
from assistant.review.confirmation import read_suggestions, record
from assistant.review.decision import DecisionAction, undescribed
from assistant.review.encounter import encounter_json, read_text


def confirm(args: argparse.Namespace) -> int:
    """Record the decisions in the ledger and write the encounter."""
    source, target = Path(args.suggestions), Path(args.out)
    suggestion_set = read_suggestions(read_text(source), source.name)
    details = _details(Path(args.details)) if args.details else None
    check_target(target)
    codebook = wiring.codebook()
    confirmation = decide_all(
        suggestion_set,
        codebook,
        accept=args.accept,
        reject=args.reject,
        add=args.add,
        details=details,
        name=Path(args.details).name if args.details else source.name,
    )
    encounter = record(confirmation, wiring.ledger(), actor=_actor(), precedents=wiring.precedents())
    with whole_file(target) as file:
        file.write(encounter_json(encounter))
    confirmed = [item.code for item in confirmation.decisions if item.action is not DecisionAction.REJECT]
    rejected = [item.code for item in confirmation.decisions if item.action is DecisionAction.REJECT]
    date = suggestion_set["date_of_service"]
    notes = [note for code in confirmed if (note := undescribed(code, date, codebook))]
    if args.json:
        said = {
            "encounter": str(target),
            "confirmed": confirmed,
            "rejected": rejected,
            "undecided": list(confirmation.undecided),
            **({"notes": notes} if notes else {}),
            "confirmation": encounter.confirmation,
        }
        print_json(said)
    else:
        print(f"Confirmed: {', '.join(confirmed) or 'nothing'}.")
        if rejected:
            print(f"Rejected: {', '.join(rejected)}.")
        if confirmation.undecided:
            print(f"Left undecided: {', '.join(confirmation.undecided)}.")
        for note in notes:
            print(f"Note: {note}.")
        print(f"Wrote {target}. Next: superbill claim draft {target} --out CLAIM.837")
    return 0


def _details(path: Path) -> dict[str, object]:
    try:
        details = json.loads(read_text(path))
    except (ValueError, RecursionError):
        raise InputError(f"{path.name} is not JSON.") from None
    if not isinstance(details, dict):
        raise InputError(f"{path.name} is not a JSON object; `superbill schema encounter` describes its fields.")
    return details


def _actor() -> str:
    """The account that runs the command; accounts of the web app name themselves."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return ""
