"""`superbill audit verify`, `backup`, `restore`, `purge`: the store."""

import argparse
import dataclasses
from pathlib import Path

from assistant.commands import wiring
from assistant.commands.output import print_json
from assistant.errors import StoreError
from assistant.settings import load_settings


def verify(args: argparse.Namespace) -> int:
    """Check the ledger's hash chain; 1 when it was tampered with."""
    verdict = wiring.ledger().verify()
    if args.json:
        print_json(dataclasses.asdict(verdict))
    else:
        for fault in verdict.faults:
            print(f"Fault: {fault}.")
        state = "is damaged" if verdict.faults else "is whole"
        print(
            f"The ledger {state}: {verdict.entries} entries, content of {verdict.purged} purged, head {verdict.head}."
        )
    return 1 if verdict.faults else 0


def backup(args: argparse.Namespace) -> int:
    """Copy the store to a new file, even while it is in use."""
    from assistant.review.store import backup as copy

    copy(load_settings(), Path(args.out))
    return _said(args, {"backup": args.out}, f"Copied the store to {args.out}. It holds patient data: keep it safe.")


def restore(args: argparse.Namespace) -> int:
    """Put a backup in the store's place. Control numbers used since the backup stay used."""
    from assistant.claim.control_numbers import ControlNumbers
    from assistant.review.ledger import Ledger
    from assistant.review.store import open_store
    from assistant.review.store import restore as bring_back

    settings = load_settings()
    used: dict[str, int] = {}
    try:
        used = ControlNumbers(open_store(settings)).used()
    except StoreError:
        # The store that is replaced may be damaged: that is what backups are for.
        print("The store in place cannot be read; check with your payers which control numbers were used last.")
    bring_back(settings, Path(args.file))
    engine = open_store(settings)
    ControlNumbers(engine).raise_to(used)
    verdict = Ledger(engine).verify()
    text = f"Restored {args.file}: {verdict.entries} ledger entries, {len(verdict.faults)} fault(s)."
    said: dict[str, object] = {"restored": args.file, "entries": verdict.entries, "faults": list(verdict.faults)}
    return _said(args, said, text) or (1 if verdict.faults else 0)


def purge(args: argparse.Namespace) -> int:
    """Remove a patient's content from the ledger and from the kept remittances; the ledger's chain stays whole.

    Remittances are found by the claim numbers of the patient's encounters, then by member number and name of those
    claims, so that answers to claims written elsewhere go too; `--member` names a member number outright.
    """
    from assistant.claim.history import ClaimHistory
    from assistant.remit.archive import Archive

    ledger, engine = wiring.ledger(), wiring.store()
    contents = [entry.content for entry in ledger.entries() if entry.content]
    encounters = {content["encounter"] for content in contents if content.get("patient") == args.patient}
    claims, archive = ClaimHistory(engine).numbers_of(encounters), Archive(engine)
    named = [(args.member, "")] if args.member else []
    answers = archive.forget(claims, [*archive.people(claims), *named])
    removed = ledger.purge(args.patient)
    if not removed and not answers:
        raise StoreError("The store holds nothing about this patient id.")
    text = f"Purged the content of {removed} ledger entries and {answers} remittance answer(s)."
    return _said(args, {"purged_entries": removed, "purged_answers": answers}, text)


def _said(args: argparse.Namespace, said: dict[str, object], text: str) -> int:
    if args.json:
        print_json(said)
    else:
        print(text)
    return 0
