"""Migrations: every store reaches the same tables, older ones without loss, newer ones are refused."""

import contextlib
import datetime as dt
import multiprocessing
import sqlite3
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import Engine, inspect, text

from assistant.claim.control_numbers import ControlNumbers
from assistant.claim.history import ClaimHistory
from assistant.errors import StoreError
from assistant.remit.payments import PaymentLedger
from assistant.remit.queue import STATUSES, WorkQueue
from assistant.review.ledger import Ledger
from assistant.settings import Settings, load_settings
from assistant.store import versions
from assistant.store.engine import open_store, transaction
from assistant.store.schema import all_tables, metadata
from tests.store.conftest import Open, outside

BEFORE = Path(__file__).with_name("before_migrations.sql")


def from_before(home: Path) -> Settings:
    """A SQLite store that the last version without migrations made: three decisions, one purged; a claim; answers."""
    home.mkdir(mode=0o700)
    with contextlib.closing(sqlite3.connect(home / "superbill.db")) as connection:
        connection.executescript(BEFORE.read_text(encoding="utf-8"))
    return load_settings({"SUPERBILL_HOME": str(home)})


def test_the_steps_are_the_files() -> None:
    from alembic.script import ScriptDirectory

    folder = Path(versions.__file__).with_name("migrations")
    steps = [step.revision for step in ScriptDirectory(str(folder)).walk_revisions()]
    assert tuple(reversed(steps)) == versions.REVISIONS


def test_the_tables_are_the_declared_ones(engine: Engine) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    all_tables()
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata()) == []


def test_a_store_from_before_is_adopted_without_loss(tmp_path: Path, opened: Open) -> None:
    settings = from_before(tmp_path / "home")
    engine = opened(settings)
    verdict = Ledger(engine).verify()
    assert (verdict.entries, verdict.purged, verdict.faults) == (4, 1, ())
    assert verdict.head.startswith("c35f4d6125dc")
    assert ControlNumbers(engine).used() == {"claim": 7, "interchange": 3}
    sent = ClaimHistory(engine).get("C1")
    assert sent is not None and sent.encounter == "visit-0"
    (balance,) = PaymentLedger(engine).balances("C1")
    assert (balance.paid, balance.patient_paid) == (Decimal("70.00"), Decimal("20.00"))
    (item,) = WorkQueue(engine).items(dt.date(2026, 3, 1), statuses=STATUSES)
    assert (item.status, item.notes[0].note) == ("in_progress", "called the payer")
    with engine.connect() as connection:
        assert versions.version(connection) == versions.HEAD


def test_an_adopted_store_has_the_same_tables_as_a_new_one(tmp_path: Path, opened: Open) -> None:
    old = inspect(opened(from_before(tmp_path / "old")))
    new = inspect(opened(load_settings({"SUPERBILL_HOME": str(tmp_path / "new")})))
    assert set(old.get_table_names()) == set(new.get_table_names())
    for table in new.get_table_names():
        said = [{column["name"]: str(column["type"]) for column in side.get_columns(table)} for side in (old, new)]
        assert said[0] == said[1], table
        assert {index["name"] for index in old.get_indexes(table)} == {
            index["name"] for index in new.get_indexes(table)
        }, table


def test_an_upgrade_that_fails_leaves_the_store_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = from_before(tmp_path / "home")

    def half(connection: object) -> None:
        real(connection)  # type: ignore[arg-type]
        raise StoreError("the machine went off")

    real = versions._upgrade
    monkeypatch.setattr(versions, "_upgrade", half)
    with pytest.raises(StoreError, match="went off"):
        open_store(settings)
    with contextlib.closing(sqlite3.connect(settings.home / "superbill.db")) as connection:
        said = "\n".join(connection.iterdump())
    assert said + "\n" == BEFORE.read_text(encoding="utf-8")


def test_a_newer_store_is_refused_and_left_alone(settings: Settings, engine: Engine) -> None:
    outside(settings, "UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StoreError, match=r"newer Superbill .*9999.* install that version"):
        open_store(settings)


def test_an_open_store_is_opened_without_the_migrations(engine: Engine, settings: Settings, opened: Open) -> None:
    def refuse(connection: object) -> None:
        raise AssertionError("nothing to migrate")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(versions, "_upgrade", refuse)
        opened(settings)


def opening(settings: Settings) -> int:
    engine = open_store(settings)
    try:
        return ControlNumbers(engine).reserve("claim")
    finally:
        engine.dispose()


def test_a_new_store_opened_by_several_at_once_is_made_once(settings: Settings) -> None:
    with multiprocessing.get_context("fork").Pool(4) as pool:
        said = pool.map(opening, [settings] * 8, chunksize=1)
    assert sorted(said) == list(range(1, 9))


def test_appended_only_on_both_databases(engine: Engine, settings: Settings) -> None:
    from assistant.accounts.trail import Event, Trail

    Trail(engine).note(Event.SERVED)
    statements = [
        f"{verb} {table}{rest}"
        for table in ("decisions", "trail")
        for verb, rest in (("UPDATE", " SET at = ''"), ("DELETE FROM", ""))
    ]
    from tests.review.test_ledger import DECISIONS

    Ledger(engine).record("visit", DECISIONS)
    for statement in statements:
        with pytest.raises(StoreError), transaction(engine) as connection:
            connection.execute(text(statement))
    assert Ledger(engine).verify().faults == ()
