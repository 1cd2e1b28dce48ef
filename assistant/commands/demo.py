"""`superbill demo`: the whole chain on the shipped samples, printed so that a stranger can follow it."""

import argparse
import json
import tempfile
from pathlib import Path
from typing import Any

from assistant.commands.output import print_json
from assistant.commands.suggest import print_suggestion

SAMPLES = Path(__file__).resolve().parents[2] / "corpus" / "samples"
NOTE = SAMPLES / "office_visit.txt"
DETAILS = SAMPLES / "office_visit.details.json"
REMITTANCE = SAMPLES / "office_visit.835"
DATE = "2026-11-09"


def demo(args: argparse.Namespace) -> int:
    """Note -> cited codes -> accepted -> claim (837P) -> its remittance -> explanation."""
    with tempfile.TemporaryDirectory(prefix="superbill-demo-") as folder:
        return _chain(Path(folder), bool(args.json))


def _chain(folder: Path, as_json: bool) -> int:
    from assistant.chart.readers import read_note
    from assistant.record import to_record
    from assistant.services import Services

    say = _silent if as_json else print
    services = Services.open()
    say("Superbill, on sample data: everything below is synthetic and was computed on this machine.\n")
    say(f"1. THE NOTE  ({NOTE.name})\n")
    note = read_note(NOTE, services.settings)
    for line in note.text.splitlines():
        say(f"   | {line}")

    say(
        f"\n2. THE CODES  (what would be coded on {DATE}; each with the words in the note and the line of the code book)\n"
    )
    answer: dict[str, Any] = to_record(
        services.suggest_line({"id": "office_visit", "text": note.text, "date_of_service": DATE, "sex": "F", "age": 65})
    )
    selected = [item for item in answer["suggestions"] if item["selected"]]
    if not as_json:
        for item in selected:
            print_suggestion(item)
    say("\n   Found in the note and not coded:")
    reasons: dict[str, list[str]] = {}
    for mention in answer["not_coded"]:
        reasons.setdefault(mention["reason"], []).append(" ".join(mention["text"].split()))
    for reason, texts in reasons.items():
        say(f"   {reason.replace('_', ' ')}: {', '.join(dict.fromkeys(texts))}")

    say("\n3. THE DECISION  (a coder would look at each; the demo accepts what is selected)\n")
    suggestions, encounter, claim = folder / "suggestions.json", folder / "encounter.json", folder / "claim.837"
    suggestions.write_text(json.dumps(answer), encoding="utf-8")
    _run(
        ["confirm", str(suggestions), "--accept", "selected", "--details", str(DETAILS), "--out", str(encounter)],
        folder,
    )
    confirmed = json.loads(encounter.read_text(encoding="utf-8"))
    say(
        f"   {len(selected)} codes confirmed and recorded in the decision ledger: {', '.join(i['code'] for i in selected)}"
    )

    say("\n4. THE CLAIM  (837P, 005010X222A1, one segment a line)\n")
    _run(["claim", "draft", str(encounter), "--out", str(claim)], folder)
    claim_text = claim.read_text(encoding="utf-8")
    for segment in claim_text.replace("\n", "").split("~"):
        if segment:
            say(f"   {segment}~")

    say(f"\n5. THE REMITTANCE  ({REMITTANCE.name}: what the payer answered)\n")
    for segment in REMITTANCE.read_text(encoding="utf-8").replace("\n", "").split("~"):
        if segment:
            say(f"   {segment}~")

    say("\n6. THE EXPLANATION, for the biller  (numbers in brackets are segments of the file)\n")
    biller = _run(["remit", "explain", str(REMITTANCE)], folder)
    say(_indent(biller))
    say("\n7. THE EXPLANATION, for the patient\n")
    patient = _run(["remit", "explain", str(REMITTANCE), "--audience", "patient"], folder)
    say(_indent(patient))
    if as_json:
        print_json(
            {
                "suggestions": answer,
                "encounter": confirmed,
                "claim_837p": claim_text,
                "explanation": {"biller": biller, "patient": patient},
            }
        )
    say("\nNow try it on your own files:")
    say('   superbill search "pink eye"              find a code by words, typo or abbreviation')
    say("   superbill suggest NOTE.txt               codes for one of your notes")
    say("   superbill remit explain FILE.835         what a payer's file says, line by line")
    say("   superbill serve                          all of it as a web page on this machine")
    return 0


def _run(arguments: list[str], folder: Path) -> str:
    """One command of this program with the demo's own store, its output captured; an error ends the demo."""
    import contextlib
    import io
    import os

    from assistant.cli import UNUSABLE, build_parser
    from assistant.errors import SuperbillError
    from assistant.settings import load_settings

    args = build_parser().parse_args(arguments)
    module, function = args.handler.split(":")
    import importlib

    captured = io.StringIO()
    before = os.environ.get("SUPERBILL_DATABASE")
    os.environ["SUPERBILL_HOME"] = str(load_settings().home)
    os.environ["SUPERBILL_DATABASE"] = f"sqlite:///{folder / 'demo.db'}"
    try:
        with contextlib.redirect_stdout(captured):
            status = getattr(importlib.import_module(f"assistant.commands.{module}"), function)(args)
    finally:
        if before is None:
            del os.environ["SUPERBILL_DATABASE"]
        else:
            os.environ["SUPERBILL_DATABASE"] = before
    if status == UNUSABLE:
        raise SuperbillError(f"the demo stopped at `superbill {' '.join(arguments[:2])}`")
    return captured.getvalue()


def _indent(text: str) -> str:
    return "\n".join(f"   {line}".rstrip() for line in text.rstrip().splitlines())


def _silent(_: str) -> None:
    return None
