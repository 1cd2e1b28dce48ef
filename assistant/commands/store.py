"""`superbill audit`, `backup`, `restore`, `export`, `purge`, `retention` and `store`: the store as a whole."""

import argparse
import dataclasses
from pathlib import Path

from assistant.commands import wiring
from assistant.commands.output import print_json
from assistant.errors import InputError, StoreError
from assistant.settings import load_settings


def verify(args: argparse.Namespace) -> int:
    """Check the store's file, the ledger's hash chain and the trail's; 1 when one was tampered with."""
    from assistant.accounts.trail import Trail
    from assistant.store.engine import check_integrity

    engine = wiring.store()
    check_integrity(engine)
    verdict = wiring.ledger().verify()
    verdict = dataclasses.replace(verdict, faults=(*verdict.faults, *Trail(engine).faults()))
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


def trail(args: argparse.Namespace) -> int:
    """Who did what: the last lines of the trail."""
    from assistant.accounts.trail import Trail

    if args.last < 1:
        raise InputError("--last needs a number of at least 1.")
    lines = Trail(wiring.store()).lines(args.last)
    if args.json:
        print_json([dataclasses.asdict(line) for line in lines])
    else:
        for line in lines:
            print(f"{line.at[:19]}  {line.who or '-':<16} {line.action}  {line.about}".rstrip())
        if not lines:
            print("The trail is empty.")
    return 0


def backup(args: argparse.Namespace) -> int:
    """Copy the store to a new file, even while it is in use."""
    from assistant.accounts.principal import Role, require
    from assistant.accounts.trail import Event, Trail
    from assistant.store.copies import backup as copy

    require(Role.ADMINISTRATOR)
    copy(load_settings(), Path(args.out))
    Trail(wiring.store()).note(Event.BACKUP)
    return _said(args, {"backup": args.out}, f"Copied the store to {args.out}. It holds patient data: keep it safe.")


def restore(args: argparse.Namespace) -> int:
    """Put a backup in the store's place. Control numbers used since the backup stay used."""
    from assistant.accounts.principal import Role, require
    from assistant.accounts.trail import Event, Trail
    from assistant.claim.control_numbers import ControlNumbers
    from assistant.review.ledger import Ledger
    from assistant.store.copies import restore as bring_back
    from assistant.store.engine import open_store

    require(Role.ADMINISTRATOR)
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
    Trail(engine).note(Event.RESTORE, f"{verdict.entries} ledger entries")
    text = f"Restored {args.file}: {verdict.entries} ledger entries, {len(verdict.faults)} fault(s)."
    said: dict[str, object] = {"restored": args.file, "entries": verdict.entries, "faults": list(verdict.faults)}
    return _said(args, said, text) or (1 if verdict.faults else 0)


def export(args: argparse.Namespace) -> int:
    """Write everything the store holds as JSON lines, decrypted, with a manifest."""
    from assistant.custody.export import export_store

    manifest = export_store(wiring.store(), Path(args.out))
    rows = sum(table["rows"] for table in manifest["tables"].values())
    text = f"Wrote {rows} rows of {len(manifest['tables'])} tables to {args.out}. It holds patient data: keep it safe."
    return _said(args, {"export": args.out, **manifest}, text)


def purge(args: argparse.Namespace) -> int:
    """Remove a patient's content from every station; the ledger's chain stays whole."""
    from assistant.custody.purge import purge_patient

    if bool(args.patient) == bool(args.patient_id):
        raise InputError("Name one patient: superbill purge ID.")
    found = purge_patient(load_settings(), wiring.store(), args.patient or args.patient_id, args.member or "")
    others = "".join(f", {count} {kind}" for kind, count in found.others.items())
    text = f"Purged the content of {found.entries} ledger entries and {found.answers} remittance answer(s){others}."
    said: dict[str, object] = {"purged_entries": found.entries, "purged_answers": found.answers}
    return _said(args, said | {"claims": found.claims, "others": found.others}, text)


def retention(args: argparse.Namespace) -> int:
    """Remove what is older than the settings say."""
    from assistant.custody.retention import apply_retention

    settings = load_settings()
    removed = apply_retention(settings, wiring.store())
    kept = settings.trust.retention
    lines = [f"{kind}: kept {days} days, {removed.get(kind, 0)} removed" for kind, days in kept.items()]
    text = "\n".join(lines) or "Everything is kept for good; SUPERBILL_RETENTION_DAYS sets a time."
    return _said(args, {"days": dict(kept), "removed": removed}, text)


def status(args: argparse.Namespace) -> int:
    """Where the store is, its step, whether it is encrypted, and how many rows its tables have."""
    from sqlalchemy import func, select

    from assistant.store.engine import database, reading
    from assistant.store.schema import all_tables
    from assistant.store.versions import HEAD

    engine = wiring.store()
    with reading(engine) as connection:
        rows = {
            table.name: int(connection.execute(select(func.count()).select_from(table)).scalar() or 0)
            for table in all_tables()
        }
    encrypted = getattr(engine.dialect, "superbill_cipher", None) is not None
    place = database(load_settings()).render_as_string(hide_password=True)
    said: dict[str, object] = {"store": place, "step": HEAD, "encrypted": encrypted, "rows": rows}
    text = f"{place}\nTables at step {HEAD}, {'encrypted' if encrypted else 'not encrypted'}.\n"
    text += "\n".join(f"{name:<22} {count:>9}" for name, count in sorted(rows.items()))
    return _said(args, said, text)


def upgrade(args: argparse.Namespace) -> int:
    """Bring the store's tables up to this program's; opening the store does so anyway."""
    from assistant.store.versions import HEAD

    wiring.store()
    return _said(args, {"step": HEAD}, f"The store's tables are at step {HEAD}.")


def key(args: argparse.Namespace) -> int:
    """Print a new key, or write it to a file that only its owner can read."""
    import os

    from assistant.store.keys import new_site_key

    made = new_site_key()
    if not args.out:
        return _said(args, {"key": made}, made)
    try:
        with os.fdopen(os.open(args.out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
            file.write(made + "\n")
    except OSError as error:
        raise InputError(
            f"{args.out} cannot be written ({error.strerror}); a key file is never written over."
        ) from None
    text = f"Wrote a new key to {args.out}. Keep a copy apart from the store and its backups: without it nothing can be read."
    return _said(args, {"key_file": args.out}, text)


def encrypt(args: argparse.Namespace) -> int:
    """Encrypt a store that is not, with the key that is set."""
    from assistant.store.keys import site_key

    settings = load_settings()
    made = site_key(settings)
    if made is None:
        raise StoreError(
            "No key is set; make one with `superbill store key --out FILE` and set SUPERBILL_KEY_FILE to it."
        )
    return _convert(args, made, "Encrypted {} values. Old backups are not encrypted: delete what you do not need.")


def rotate(args: argparse.Namespace) -> int:
    """Encrypt everything anew with another key; the store is opened with the one that is set."""
    from assistant.store.keys import parsed, site_key

    if site_key(load_settings()) is None:
        raise StoreError("The store is not encrypted; `superbill store encrypt` does that.")
    try:
        text = Path(args.new_key_file).read_text(encoding="ascii")
    except (OSError, ValueError):
        raise InputError(f"The key file {args.new_key_file} cannot be read.") from None
    made = parsed(text, f"The key file {args.new_key_file}")
    return _convert(
        args, made, "Encrypted {} values with the new key. Set SUPERBILL_KEY or SUPERBILL_KEY_FILE to it now."
    )


def decrypt(args: argparse.Namespace) -> int:
    """Take the encryption away again."""
    return _convert(args, None, "Decrypted {} values. Unset SUPERBILL_KEY and SUPERBILL_KEY_FILE now.")


def _convert(args: argparse.Namespace, made: bytes | None, text: str) -> int:
    from assistant.accounts.principal import Role, require
    from assistant.accounts.trail import Event, Trail
    from assistant.store.engine import open_store
    from assistant.store.keys import change_key

    require(Role.ADMINISTRATOR)
    engine = open_store(load_settings(), convert=True)
    encrypted = getattr(engine.dialect, "superbill_cipher", None) is not None
    if args.store_command == "encrypt" and encrypted:
        return _said(args, {"values": 0}, "The store is encrypted with this key already.")
    if args.store_command != "encrypt" and not encrypted:
        raise StoreError("The store is not encrypted.")
    count = change_key(engine, made)
    Trail(engine).note(Event.KEY_CHANGED, args.store_command)
    return _said(args, {"values": count}, text.format(count))


def _said(args: argparse.Namespace, said: dict[str, object], text: str) -> int:
    if args.json:
        print_json(said)
    else:
        print(text)
    return 0
