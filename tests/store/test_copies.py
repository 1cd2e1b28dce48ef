"""Backup and restore on both databases and across them: everything comes back, a failure changes nothing."""

import contextlib
import datetime as dt
import json
import sqlite3
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import Engine

from assistant.accounts.trail import Event, Trail
from assistant.claim.control_numbers import ControlNumbers
from assistant.errors import StoreError
from assistant.remit.payments import PaymentLedger
from assistant.review.ledger import Ledger
from assistant.settings import Settings, load_settings
from assistant.store import copies, transfer
from assistant.store.engine import open_store, transaction
from tests.remit.kept import DENIED, FIRST, answer
from tests.review.test_ledger import DECISIONS
from tests.store.cluster import Cluster
from tests.store.conftest import Open, outside
from tests.store.test_keys import KEY, exported, keyed, lying
from tests.store.test_versions import from_before

Elsewhere = Callable[[], Settings]


def fill(engine: Engine) -> None:
    ledger = Ledger(engine)
    for number in range(3):
        ledger.record(f"visit-{number}", DECISIONS, patient=f"p{number}", note="MARKED")
    ledger.purge("p1")
    payments = PaymentLedger(engine)
    payments.post(answer("0", *DENIED))
    payments.post(answer("70", *FIRST, trace="T2"))
    payments.receive("C1", Decimal("5.00"), dt.date(2026, 3, 1), note="at the desk")
    ControlNumbers(engine).reserve("interchange")
    Trail(engine).note(Event.IMPORT, "2 files")


@pytest.fixture(params=["sqlite", "postgresql"])
def elsewhere(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """Settings of another site's empty store."""
    environ = {"SUPERBILL_HOME": str(tmp_path / "elsewhere")}
    if request.param == "postgresql":
        environ["SUPERBILL_DATABASE"] = request.getfixturevalue("cluster").url()
    return load_settings(environ)


def test_a_backup_comes_back_on_either_database(
    settings: Settings, opened: Open, elsewhere: Settings, tmp_path: Path
) -> None:
    engine = opened(settings)
    fill(engine)
    before, copy = exported(engine, tmp_path / "before"), tmp_path / "copy.db"
    copies.backup(settings, copy)
    Ledger(engine).record("visit-later", DECISIONS)
    assert copy.stat().st_mode & 0o777 == 0o600 and [path.name for path in tmp_path.glob(".superbill-*")] == []
    other = opened(elsewhere)
    Ledger(other).record("another site's visit", DECISIONS)
    other.dispose()
    copies.restore(elsewhere, copy)
    back = opened(elsewhere)
    assert exported(back, tmp_path / "after") == before
    verdict = Ledger(back).verify()
    assert (verdict.entries, verdict.purged, verdict.faults) == (4, 1, ())
    assert list(Trail(back).faults()) == []
    assert [path.name for path in elsewhere.home.glob(".superbill-*")] == []
    Ledger(back).record("visit-4", DECISIONS)
    posted = PaymentLedger(back).post(answer("70", *FIRST, trace="T3"))
    assert posted.new + posted.known == 1, "rows are numbered on from those that came back"


def test_what_is_encrypted_stays_so_in_a_backup(settings: Settings, opened: Open, tmp_path: Path) -> None:
    site, copy = keyed(settings, KEY), tmp_path / "copy.db"
    engine = opened(site)
    fill(engine)
    copies.backup(site, copy)
    assert b"MARKED" not in copy.read_bytes()
    Ledger(engine).record("visit-later", DECISIONS)
    engine.dispose()
    copies.restore(site, copy)
    assert len(Ledger(opened(site)).entries()) == 4
    with pytest.raises(StoreError, match="set SUPERBILL_KEY"):
        open_store(settings)


def test_an_older_backup_is_brought_up(elsewhere: Settings, opened: Open, tmp_path: Path) -> None:
    old = from_before(tmp_path / "old").home / "superbill.db"
    before = old.read_bytes()
    copies.restore(elsewhere, old)
    assert Ledger(opened(elsewhere)).verify().head.startswith("c35f4d6125dc")
    assert old.read_bytes() == before


def test_a_restore_that_breaks_off_leaves_the_store_as_it_was(
    cluster: Cluster, tmp_path: Path, opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = load_settings({"SUPERBILL_HOME": str(tmp_path / "home"), "SUPERBILL_DATABASE": cluster.url()})
    engine, copy = opened(site), tmp_path / "copy.db"
    fill(engine)
    copies.backup(site, copy)
    Ledger(engine).record("visit-later", DECISIONS)
    before = lying(site)

    def off(*_: object) -> None:
        raise StoreError("the machine went off")

    monkeypatch.setattr(transfer, "_count_on", off)
    with pytest.raises(StoreError, match="went off"):
        copies.restore(site, copy)
    assert lying(site) == before and Ledger(engine).verify().faults == ()
    with contextlib.closing(sqlite3.connect(copy)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StoreError, match="newer Superbill"):
        copies.restore(site, copy)
    assert lying(site) == before


def test_a_backup_is_one_view_of_the_store(
    cluster: Cluster, tmp_path: Path, opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is written while it is made is in none of its tables."""
    site = load_settings({"SUPERBILL_HOME": str(tmp_path / "home"), "SUPERBILL_DATABASE": cluster.url()})
    engine, copy = opened(site), tmp_path / "copy.db"
    fill(engine)
    real, raised = transfer._raw, []

    def meanwhile(table: object) -> object:
        if getattr(table, "name", "") == "decisions" and not raised:
            raised.append(Ledger(engine).record("visit-meanwhile", DECISIONS))
        return real(table)

    monkeypatch.setattr(transfer, "_raw", meanwhile)
    copies.backup(site, copy)
    assert raised
    there = load_settings({"SUPERBILL_HOME": str(tmp_path / "there")})
    copies.restore(there, copy)
    verdict = Ledger(opened(there)).verify()
    assert (verdict.entries, verdict.faults) == (4, ())


def test_the_commands_say_the_same_on_postgresql(
    cluster: Cluster,
    home: Path,
    opened: Open,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    from assistant.cli import main

    monkeypatch.setattr("assistant.store.engine.open_store", opened)  # a command's engines end with its process
    monkeypatch.setenv("SUPERBILL_DATABASE", cluster.url())
    settings = load_settings()
    engine = opened(settings)
    fill(engine)
    copy = str(tmp_path / "copy.db")
    assert main(["backup", copy]) == 0 and "keep it safe" in capsys.readouterr().out
    assert main(["backup", copy]) == 2 and "exists already" in capsys.readouterr().err
    given = ControlNumbers(engine).reserve("interchange")
    assert main(["restore", copy, "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"restored": copy, "entries": 4, "faults": []}
    assert ControlNumbers(engine).reserve("interchange") > given, "no number is given twice after a restore"
    assert main(["audit", "verify"]) == 0
    (tmp_path / "rubbish").write_bytes(b"rubbish" * 1000)
    assert main(["restore", str(tmp_path / "rubbish")]) == 2
    assert main(["backup", "/absent/folder/copy.db"]) == 2
    assert capsys.readouterr().err.count("\n") == 2


def test_rows_already_there_do_not_mix_with_those_that_come_back(
    settings: Settings, opened: Open, tmp_path: Path
) -> None:
    engine, copy = opened(settings), tmp_path / "copy.db"
    fill(engine)
    copies.backup(settings, copy)
    with transaction(engine) as connection:
        connection.exec_driver_sql("DELETE FROM patient_receipts")
    outside(settings, "UPDATE decision_contents SET content = '{}'")
    assert Ledger(engine).verify().faults
    engine.dispose()
    copies.restore(settings, copy)
    back = opened(settings)
    assert Ledger(back).verify().faults == () and PaymentLedger(back).balances("C1")[0].patient_paid == Decimal("5.00")
