"""The ledger: appended whole, verified, purged without breaking the chain, and every tampering found."""

import contextlib
import os
import signal
import sqlite3
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from assistant.errors import StoreError, SuperbillError
from assistant.review.decision import Decision, DecisionAction
from assistant.review.ledger import Ledger
from assistant.settings import Settings, load_settings
from assistant.store.copies import backup, restore
from assistant.store.engine import open_store
from corpus.codes import CodeSystem

DECISIONS = (Decision(DecisionAction.ACCEPT, "E11.22", CodeSystem.ICD10CM, rank=1),)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load_settings({"SUPERBILL_HOME": str(tmp_path / "home")})


@pytest.fixture
def ledger(settings: Settings) -> Ledger:
    made = Ledger(open_store(settings))
    for number in range(4):
        made.record(f"visit-{number}", DECISIONS, patient=f"p{number % 2}", actor="coder")
    return made


def raw(settings: Settings, *statements: str) -> None:
    with contextlib.closing(sqlite3.connect(settings.home / "superbill.db")) as connection, connection:
        for statement in statements:
            connection.execute(statement)


UNLOCK = ("DROP TRIGGER decisions_no_update", "DROP TRIGGER decisions_no_delete")


def test_home_and_store_are_the_owners_alone(settings: Settings, ledger: Ledger) -> None:
    assert settings.home.stat().st_mode & 0o777 == 0o700
    assert (settings.home / "superbill.db").stat().st_mode & 0o777 == 0o600


def test_a_whole_ledger_verifies_and_gives_its_entries_back(ledger: Ledger) -> None:
    verdict = ledger.verify()
    assert (verdict.entries, verdict.purged, verdict.faults) == (4, 0, ())
    (entry,) = ledger.entries("visit-2")
    assert entry.content is not None and entry.content["decisions"][0]["code"] == "E11.22"
    assert ledger.entry(entry.digest) == entry
    assert ledger.entry("0" * 64) is None


def test_purge_removes_content_and_leaves_the_chain_whole(settings: Settings, ledger: Ledger) -> None:
    assert ledger.purge("p1") == 2
    assert ledger.purge("p1") == 0
    verdict = ledger.verify()
    assert (verdict.entries, verdict.purged, verdict.faults) == (5, 2, ())
    assert [entry.content is None for entry in ledger.entries()] == [False, True, False, True, False]
    for file in settings.home.iterdir():
        assert b"visit-1" not in file.read_bytes(), file.name


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        ("UPDATE decision_contents SET content = replace(content, 'E11.22', 'E11.9') WHERE number = 2", "was changed"),
        ("DELETE FROM decision_contents WHERE number = 2", "gone without a purge"),
        ("UPDATE decisions SET at = '2020-01-01' WHERE number = 2", "does not follow"),
        ("UPDATE decisions SET content_digest = previous WHERE number = 3", "does not follow"),
        ("DELETE FROM decisions WHERE number = 2", "entry 2 is missing"),
        ("DELETE FROM decisions WHERE number = 4", "cut off"),
        ("DELETE FROM decision_head", "cut off"),
        ("INSERT INTO decision_contents VALUES (9, 'x', 'x', 'x', '{}')", "belongs to no entry"),
    ],
)
def test_tampering_is_found(settings: Settings, ledger: Ledger, statement: str, fault: str) -> None:
    raw(settings, *UNLOCK, statement)
    assert any(fault in said for said in ledger.verify().faults)


def test_the_database_itself_refuses_changes(settings: Settings, ledger: Ledger) -> None:
    for statement in ("UPDATE decisions SET kind = 'x'", "DELETE FROM decisions"):
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            raw(settings, statement)


def test_backup_and_restore(settings: Settings, ledger: Ledger, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    backup(settings, copy)
    assert copy.stat().st_mode & 0o777 == 0o600
    ledger.record("visit-9", DECISIONS)
    restore(settings, copy)
    verdict = Ledger(open_store(settings)).verify()
    assert (verdict.entries, verdict.faults) == (4, ())
    with pytest.raises(StoreError, match="exists already"):
        backup(settings, copy)


def test_a_file_that_is_no_backup_is_refused_and_changes_nothing(
    settings: Settings, ledger: Ledger, tmp_path: Path
) -> None:
    strange = tmp_path / "strange.db"
    strange.write_bytes(b"not a database at all" * 100)
    with pytest.raises(StoreError, match="not a Superbill backup"):
        restore(settings, strange)
    assert ledger.verify().entries == 4


def test_a_damaged_store_is_told_in_one_sentence(settings: Settings) -> None:
    settings.home.mkdir(mode=0o700)
    (settings.home / "superbill.db").write_bytes(b"rubbish" * 1000)
    with pytest.raises(StoreError, match="store"):
        Ledger(open_store(settings))


def test_a_store_in_an_unwritable_place_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    settings = load_settings({"SUPERBILL_HOME": str(tmp_path / "file" / "home")})
    with pytest.raises(SuperbillError, match="cannot be"):
        open_store(settings)


def test_errors_never_show_content(settings: Settings, ledger: Ledger) -> None:
    raw(settings, "DROP TABLE decision_contents")
    with pytest.raises(StoreError) as told:
        ledger.record("visit-secret", DECISIONS, patient="secret-patient")
    assert "secret" not in str(told.value)


def test_a_kill_while_appending_loses_nothing_confirmed(settings: Settings, tmp_path: Path) -> None:
    """A child appends and prints each digest; it is killed in mid-flight, several times."""
    script = tmp_path / "append.py"
    script.write_text(
        textwrap.dedent(
            """
            from assistant.review.decision import Decision, DecisionAction
            from assistant.review.ledger import Ledger
            from assistant.store.engine import open_store
            from assistant.settings import load_settings
            from corpus.codes import CodeSystem

            ledger = Ledger(open_store(load_settings()))
            while True:
                said = (Decision(DecisionAction.ACCEPT, "E11.22", CodeSystem.ICD10CM),)
                print(ledger.record("visit", said), flush=True)
            """
        )
    )
    root = Path(__file__).resolve().parents[2]
    env = {**os.environ, "SUPERBILL_HOME": str(settings.home), "PYTHONPATH": str(root)}
    promised: list[str] = []
    for count in (3, 7, 5):
        child = subprocess.Popen([sys.executable, str(script)], env=env, stdout=subprocess.PIPE, text=True)
        assert child.stdout is not None
        promised += [child.stdout.readline().strip() for _ in range(count)]
        child.send_signal(signal.SIGKILL)
        rest, _ = child.communicate()
        promised += [line for line in rest.splitlines() if len(line) == 64]
    ledger = Ledger(open_store(settings))
    kept = {entry.digest for entry in ledger.entries()}
    assert len(promised) >= 15
    assert set(promised) <= kept
    assert ledger.verify().faults == ()
