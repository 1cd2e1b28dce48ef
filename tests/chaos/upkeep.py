"""Two more kinds of work that are killed: taking an older store up to this program's tables, and changing the store's key."""

import contextlib
import json
import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from assistant.settings import Settings, load_settings
from tests.chaos.station import Promise, Station, chains, settings_of, unprepared

BEFORE = Path(__file__).parents[1] / "store" / "before_migrations.sql"
HEAD_OF_LEDGER = "c35f4d6125dc"

# an older store


def _older(folder: Path, number: int) -> Settings:
    """A store from before migrations in a home of its own; it appears there whole."""
    home, part = folder / f"home{number}", folder / "part.db"
    for left in folder.glob("part.db*"):
        left.unlink()
    home.mkdir(mode=0o700, exist_ok=True)
    with contextlib.closing(sqlite3.connect(part)) as connection:
        connection.executescript(f"PRAGMA synchronous = OFF;{BEFORE.read_text(encoding='utf-8')}")
    part.replace(home / "superbill.db")
    return load_settings({"SUPERBILL_HOME": str(home)})


def _bring_up(folder: Path, number: int) -> Promise:
    from assistant.store.engine import open_store

    open_store(_older(folder, number)).dispose()
    return number


def _brought_up(folder: Path, promised: Sequence[Promise]) -> list[str]:
    from assistant.claim.control_numbers import ControlNumbers
    from assistant.remit.payments import PaymentLedger
    from assistant.review.ledger import Ledger
    from assistant.store.engine import open_store

    faults = [f"store {number} is gone" for number in promised if not (folder / f"home{number}/superbill.db").exists()]
    for file in sorted(folder.glob("home*/superbill.db")):
        faults += _half_way(file, int(file.parent.name.removeprefix("home")) in promised)
        engine = open_store(load_settings({"SUPERBILL_HOME": str(file.parent)}))
        try:
            verdict = Ledger(engine).verify()
            if (verdict.entries, verdict.purged) != (4, 1) or not verdict.head.startswith(HEAD_OF_LEDGER):
                faults.append(f"{file.parent.name}: the ledger is another one")
            if ControlNumbers(engine).used() != {"claim": 7, "interchange": 3}:
                faults.append(f"{file.parent.name}: control numbers are gone")
            if [str(item.paid) for item in PaymentLedger(engine).balances("C1")] != ["70.00"]:
                faults.append(f"{file.parent.name}: a payment is gone")
            faults += chains(engine)
        finally:
            engine.dispose()
    return faults


def _half_way(file: Path, promised: bool) -> list[str]:
    """A store is as it was or as it should be, and nothing between."""
    from assistant.store.versions import HEAD

    with contextlib.closing(sqlite3.connect(file)) as connection:
        there = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        if "alembic_version" in there:
            steps = connection.execute("SELECT version_num FROM alembic_version").fetchall()
            return [] if steps == [(HEAD,)] else [f"{file.parent.name} stands at {steps}"]
        said = "\n".join(connection.iterdump()) + "\n"
    if promised:
        return [f"{file.parent.name} was brought up and is not"]
    return [] if said == BEFORE.read_text(encoding="utf-8") else [f"{file.parent.name} was brought up in part"]


# the key


def _keys() -> list[str]:
    import base64

    return ["", *(base64.b64encode(bytes([at]) * 32).decode() for at in (1, 2))]


def _with_key(folder: Path, at: int) -> Settings:
    settings = settings_of(folder)
    return replace(settings, trust=replace(settings.trust, key=_keys()[at]))


def _opened(folder: Path) -> list[tuple[int, Any]]:
    """With which keys the store can be opened, and the opened stores."""
    from assistant.errors import StoreError
    from assistant.store.engine import open_store

    found = []
    for at in range(len(_keys())):
        with contextlib.suppress(StoreError):
            found.append((at, open_store(_with_key(folder, at))))
    return found


def _decision(engine: Any, name: str) -> str:
    from assistant.review.decision import Decision, DecisionAction
    from assistant.review.ledger import Ledger
    from corpus.codes import CodeSystem

    said = (Decision(DecisionAction.ACCEPT, "I10", CodeSystem.ICD10CM, rank=1),)
    return Ledger(engine).record(name, said, patient=f"MARKED-{name}", note="MARKED" * 50)


def _fill(folder: Path) -> None:
    from assistant.store.engine import open_store

    engine = open_store(_with_key(folder, 0))
    for number in range(20):
        _decision(engine, f"first-{number}")
    engine.dispose()


def _change(folder: Path, number: int) -> Promise:
    """To the next of: no key, one key, another key."""
    from assistant.store.engine import open_store
    from assistant.store.keys import change_key, parsed

    ((now, engine),) = _opened(folder)
    to = (now + 1) % len(_keys())
    (folder / "asked.part").write_text(json.dumps([number, now, to]))
    (folder / "asked.part").replace(folder / "asked")
    change_key(engine, parsed(_keys()[to], "key") if to else None)
    engine.dispose()
    again = open_store(_with_key(folder, to))
    digest = _decision(again, f"visit-{number}")
    again.dispose()
    return [number, to, digest]


def _changed(folder: Path, promised: Sequence[Promise]) -> list[str]:
    from assistant.review.ledger import Ledger

    opened = _opened(folder)
    try:
        if len(opened) != 1:
            return [f"{len(opened)} of the keys open the store"]
        ((now, engine),) = opened
        entries = Ledger(engine).entries()
        faults = chains(engine)
    finally:
        for _, engine in opened:
            engine.dispose()
    if (folder / "asked").exists():
        number, before, to = json.loads((folder / "asked").read_text())
        sure = bool(promised) and promised[-1][0] == number
        if now not in ((to,) if sure else (before, to)):
            faults.append("the store has neither the key from before nor the one that was asked for")
    kept = {entry.digest for entry in entries}
    faults += [f"decision {digest[:8]} was confirmed and is gone" for _, _, digest in promised if digest not in kept]
    faults += [
        f"entry {entry.number} cannot be read"
        for entry in entries
        if entry.content is None or entry.content["note"] != "MARKED" * 50
    ]
    if len(entries) < 20:
        faults.append("decisions from before are gone")
    if now and any(b"MARKED" in file.read_bytes() for file in (folder / "home").glob("superbill.db*")):
        faults.append("words lie readable in the file of an encrypted store")
    return faults


STATIONS = (
    Station("bringing up an older store", unprepared, _bring_up, _brought_up, ("alembic.command", "sqlalchemy")),
    Station("changing the key", _fill, _change, _changed, ("sqlalchemy",)),
)
