"""The ledger on both databases: whole whatever is recorded and purged, by however many; every tampering found."""

import datetime as dt
import multiprocessing
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import Engine, text

from assistant.errors import StoreError
from assistant.review.ledger import Ledger
from assistant.settings import Settings
from assistant.store.engine import open_store, reading, transaction
from tests.review.test_ledger import DECISIONS

NOW = dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC)


def unlock(engine: Engine) -> None:
    """Take the triggers away, as someone with the database's own rights could."""
    names = (
        ("decisions_no_update", "decisions_no_delete")
        if engine.dialect.name == "sqlite"
        else ("decisions_append_only ON decisions",)
    )
    with transaction(engine) as connection:
        for name in names:
            connection.execute(text(f"DROP TRIGGER {name}"))


@pytest.fixture
def ledger(engine: Engine) -> Ledger:
    made = Ledger(engine)
    for number in range(5):
        made.record(f"visit-{number}", DECISIONS, patient=f"p{number % 3}", actor="coder")
    made.purge("p1")
    return made


def rows(engine: Engine, table: str) -> list[dict[str, Any]]:
    with reading(engine) as connection:
        return [dict(row) for row in connection.execute(text(f"SELECT * FROM {table} ORDER BY 1")).mappings()]


def put(engine: Engine, table: str, row: dict[str, Any]) -> None:
    names = ", ".join(row)
    with transaction(engine) as connection:
        connection.execute(text(f"INSERT INTO {table} ({names}) VALUES ({', '.join(f':{name}' for name in row)})"), row)


def do(engine: Engine, statement: str, **values: Any) -> None:
    with transaction(engine) as connection:
        connection.execute(text(statement), values)


@pytest.mark.parametrize("table", ["decisions", "decision_contents", "decision_head"])
def test_every_column_of_every_row_counts(engine: Engine, ledger: Ledger, table: str) -> None:
    unlock(engine)
    tried = 0
    for row in rows(engine, table):
        key = next(iter(row))
        for column, value in row.items():
            if (table, column) == ("decision_head", "id"):
                continue
            other = value + 40 if isinstance(value, int) else value[:-1] + ("0" if value[-1:] != "0" else "1")
            do(engine, f"UPDATE {table} SET {column} = :new WHERE {key} = :key", new=other, key=row[key])
            faults = ledger.verify().faults
            moved = other if column == key else row[key]
            do(engine, f"UPDATE {table} SET {column} = :old WHERE {key} = :key", old=value, key=moved)
            assert faults, (column, row[key])
            tried += 1
    assert tried >= 2 and ledger.verify().faults == ()


@pytest.mark.parametrize("table", ["decisions", "decision_contents", "decision_head"])
def test_every_row_counts(engine: Engine, ledger: Ledger, table: str) -> None:
    unlock(engine)
    for row in rows(engine, table):
        key = next(iter(row))
        do(engine, f"DELETE FROM {table} WHERE {key} = :key", key=row[key])
        assert ledger.verify().faults, row[key]
        put(engine, table, row)
    assert ledger.verify().faults == ()


def test_entries_that_changed_places_are_found(engine: Engine, ledger: Ledger) -> None:
    unlock(engine)
    for table in ("decisions", "decision_contents"):
        for old, new in ((1, 90), (3, 1), (90, 3)):
            do(engine, f"UPDATE {table} SET number = :new WHERE number = :old", new=new, old=old)
        assert ledger.verify().faults, table


def test_a_tail_cut_off_with_its_head_row_set_back_is_found_by_its_digest(engine: Engine, ledger: Ledger) -> None:
    """Whoever can rewrite the whole store can cut its end off: a head noted elsewhere shows it."""
    unlock(engine)
    noted = ledger.verify().head
    last = rows(engine, "decisions")[-2]
    do(engine, "DELETE FROM decisions WHERE number = 6")
    do(engine, "DELETE FROM decision_contents WHERE number = 6")
    do(engine, "UPDATE decision_head SET number = 5, digest = :digest", digest=last["digest"])
    verdict = ledger.verify()
    assert verdict.head != noted
    assert verdict.faults, "the content that was purged is now gone without a purge"


def test_an_entry_put_in_is_found(engine: Engine, ledger: Ledger) -> None:
    forged = rows(engine, "decisions")[-1] | {"number": 7, "previous": "1" * 64, "digest": "2" * 64}
    put(engine, "decisions", forged)
    assert any("does not follow" in said for said in ledger.verify().faults)


@hypothesis_settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.one_of(
            st.tuples(st.just("record"), st.sampled_from("abc"), st.integers(-90, 90)),
            st.tuples(st.just("purge"), st.sampled_from("abc"), st.integers(-90, 90)),
            st.tuples(st.just("expire"), st.just(""), st.integers(-90, 90)),
        ),
        max_size=8,
    )
)
def test_whatever_is_done_in_order_leaves_the_chain_whole(engine: Engine, steps: list[tuple[str, str, int]]) -> None:
    ledger = Ledger(engine)
    for step, patient, minutes in steps:
        at = NOW + dt.timedelta(minutes=minutes)
        if step == "record":
            ledger.record(f"visit-{patient}", DECISIONS, patient=patient, at=at)
        elif step == "purge":
            ledger.purge(patient, at)
        else:
            ledger.expire(at, at)
    assert ledger.verify().faults == ()
    times = [entry.at for entry in ledger.entries()]
    assert times == sorted(times)


def test_old_content_goes_by_age(engine: Engine) -> None:
    ledger = Ledger(engine)
    for days in (400, 200, 1):
        ledger.record(f"visit-{days}", DECISIONS, patient="p", at=NOW - dt.timedelta(days=days))
    assert ledger.expire(NOW - dt.timedelta(days=365), NOW) == 1
    assert [entry.content is None for entry in ledger.entries()] == [True, False, False, False]
    assert ledger.expire(NOW - dt.timedelta(days=365), NOW) == 0
    verdict = ledger.verify()
    assert (verdict.purged, verdict.faults) == (1, ())


def appending(task: tuple[Settings, int]) -> list[str]:
    engine = open_store(task[0])
    try:
        ledger = Ledger(engine)
        return [ledger.record(f"visit-{task[1]}-{count}", DECISIONS) for count in range(10)]
    finally:
        engine.dispose()


def test_several_processes_append_to_one_chain(settings: Settings, opened: Any) -> None:
    """The store is new: the very first entry is contended too."""
    with multiprocessing.get_context("fork").Pool(4) as pool:
        said = [digest for digests in pool.map(appending, [(settings, n) for n in range(4)]) for digest in digests]
    ledger = Ledger(opened(settings))
    assert len(set(said)) == 40 and set(said) == {entry.digest for entry in ledger.entries()}
    assert ledger.verify().faults == ()


def test_a_clock_set_back_leaves_the_order(engine: Engine) -> None:
    ledger = Ledger(engine)
    for hours in (0, -5, 1):
        ledger.record("visit", DECISIONS, at=NOW + dt.timedelta(hours=hours))
    first, second, third = (entry.at for entry in ledger.entries())
    assert first == second < third
    assert ledger.verify().faults == ()


def test_a_fault_in_the_middle_leaves_nothing_half_done(engine: Engine) -> None:
    ledger = Ledger(engine)
    ledger.record("visit-1", DECISIONS)
    stop = "CREATE TRIGGER stop BEFORE INSERT ON decision_contents "
    sqlite = engine.dialect.name == "sqlite"
    do(
        engine,
        stop + ("BEGIN SELECT RAISE(ABORT, 'no'); END" if sqlite else "EXECUTE FUNCTION superbill_append_only()"),
    )
    with pytest.raises(StoreError):
        ledger.record("visit-2", DECISIONS)
    do(engine, "DROP TRIGGER stop" + ("" if sqlite else " ON decision_contents"))
    ledger.record("visit-3", DECISIONS)
    assert ledger.verify().entries == 2 and ledger.verify().faults == ()
