"""Encryption at rest: nothing readable in the file, one sentence for a wrong key, nothing lost by a change of it."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text

from assistant.custody.export import export_store
from assistant.errors import StoreError
from assistant.remit.archive import Archive
from assistant.remit.finding import find
from assistant.remit.payments import PaymentLedger
from assistant.review.ledger import Ledger
from assistant.settings import Settings
from assistant.store import keys
from assistant.store.cipher import Cipher
from assistant.store.engine import open_store, reading
from assistant.store.keys import change_key, new_site_key, parsed
from tests.remit.kept import FIRST, answer
from tests.review.test_ledger import DECISIONS
from tests.store.conftest import Open, outside

KEY, OTHER = new_site_key(), new_site_key()


def keyed(settings: Settings, key: str) -> Settings:
    return replace(settings, trust=replace(settings.trust, key=key))


def fill(engine: Engine) -> None:
    Ledger(engine).record("visit-MARKED", DECISIONS, patient="patient-MARKED", note="MARKED note")
    ledger = PaymentLedger(engine)
    ledger.post(answer("70", *FIRST, name="MARKED.835"))
    ledger.receive("C1", Decimal("5.00"), dt.date(2026, 3, 1), note="MARKED said so")


def exported(engine: Engine, folder: Path) -> dict[str, str]:
    export_store(engine, folder)
    return {
        path.name: path.read_text() for path in folder.iterdir() if path.stem not in ("trail", "trail_head", "manifest")
    }


def lying(settings: Settings) -> str:
    """Everything the database has of the tables, as it lies there."""
    if settings.database_url.startswith("sqlite"):
        return "".join(path.read_bytes().decode("latin-1") for path in settings.home.glob("superbill.db*"))
    from sqlalchemy import create_engine

    from assistant.store.engine import database
    from assistant.store.schema import all_tables

    engine = create_engine(database(settings))
    with engine.connect() as connection:
        said = "".join(str(connection.execute(text(f"SELECT * FROM {table.name}")).all()) for table in all_tables())
    engine.dispose()
    return said


def test_a_new_store_with_a_key_is_encrypted(settings: Settings, opened: Open) -> None:
    engine = opened(keyed(settings, KEY))
    fill(engine)
    assert "MARKED" not in lying(settings) and "DOE" not in lying(settings)
    again = opened(keyed(settings, KEY))
    (entry,) = Ledger(again).entries("visit-MARKED")
    assert entry.content is not None and entry.content["note"] == "MARKED note"
    assert [item.control_number for item in find(again, "pat doe").claims] == ["C1"]
    assert PaymentLedger(again).entries("C1")[1].note == "MARKED said so"
    assert Ledger(again).verify().faults == ()


def test_what_is_encrypted_can_be_purged(settings: Settings, opened: Open) -> None:
    engine = opened(keyed(settings, KEY))
    fill(engine)
    assert Archive(engine).forget(people=[("m1", "pat doe")]) == 1
    assert Ledger(engine).purge("patient-MARKED") == 1


def test_another_key_and_no_key_are_told_and_change_nothing(settings: Settings, opened: Open) -> None:
    fill(opened(keyed(settings, KEY)))
    before = lying(settings)
    with pytest.raises(StoreError, match="not the one this store was encrypted with") as told:
        open_store(keyed(settings, OTHER))
    assert KEY not in str(told.value) and OTHER not in str(told.value)
    with pytest.raises(StoreError, match="set SUPERBILL_KEY"):
        open_store(settings)
    with pytest.raises(StoreError, match="32 bytes"):
        open_store(keyed(settings, "a passphrase"))
    assert lying(settings) == before
    assert Ledger(opened(keyed(settings, KEY))).verify().faults == ()


def test_a_key_beside_a_plain_store_is_told(settings: Settings, opened: Open) -> None:
    fill(opened(settings))
    with pytest.raises(StoreError, match="superbill store encrypt"):
        open_store(keyed(settings, KEY))


def test_the_key_may_lie_in_a_file(settings: Settings, opened: Open, tmp_path: Path) -> None:
    file = tmp_path / "key"
    with_file = replace(settings, trust=replace(settings.trust, key_file=file))
    with pytest.raises(StoreError, match="cannot be read"):
        open_store(with_file)
    file.write_text(KEY + "\n")
    fill(opened(with_file))
    opened(keyed(settings, KEY))


def test_encrypting_rotating_and_decrypting_lose_nothing(settings: Settings, opened: Open, tmp_path: Path) -> None:
    engine = opened(settings)
    fill(engine)
    plain = exported(engine, tmp_path / "plain")
    assert change_key(engine, parsed(KEY, "key")) >= 8
    assert "MARKED" not in lying(settings)
    once = lying(settings)
    engine = opened(keyed(settings, KEY))
    assert exported(engine, tmp_path / "encrypted") == plain
    change_key(engine, parsed(OTHER, "key"))
    assert exported(opened(keyed(settings, OTHER)), tmp_path / "rotated") == plain
    assert not set(sealed(once)) & set(sealed(lying(settings))), "every value was encrypted anew"
    with pytest.raises(StoreError, match="not the one"):
        open_store(keyed(settings, KEY))
    engine = opened(keyed(settings, OTHER))
    change_key(engine, None)
    assert exported(opened(settings), tmp_path / "decrypted") == plain


def sealed(text: str) -> list[str]:
    import re

    return re.findall(r"sb1[sf]:[A-Za-z0-9+/=]{20,}", text)


def test_a_change_of_key_that_breaks_off_changes_nothing(
    settings: Settings, opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = opened(keyed(settings, KEY))
    fill(engine)
    before = sorted(sealed(lying(settings)))
    real, done = keys._anew, []

    def breaking(*arguments: Any) -> int:
        done.append(real(*arguments))
        if sum(done) > 3:
            raise StoreError("the machine went off")
        return done[-1]

    monkeypatch.setattr(keys, "_anew", breaking)
    with pytest.raises(StoreError, match="went off"):
        change_key(engine, parsed(OTHER, "key"))
    engine.dispose()
    monkeypatch.undo()
    again = opened(keyed(settings, KEY))
    assert Ledger(again).verify().faults == ()
    assert PaymentLedger(again).entries("C1")[1].note == "MARKED said so"
    assert set(before) <= set(sealed(lying(settings)))


def test_a_program_with_the_old_key_writes_nothing_more(settings: Settings, opened: Open) -> None:
    running, other = opened(settings), opened(settings)
    fill(running)
    change_key(other, parsed(KEY, "key"))
    with pytest.raises(StoreError, match="changed while this program ran"):
        Ledger(running).record("visit-2", DECISIONS)
    Ledger(other).record("visit-2", DECISIONS)


def test_a_value_moved_to_another_place_is_not_read(settings: Settings, opened: Open) -> None:
    engine = opened(keyed(settings, KEY))
    fill(engine)
    outside(settings, "UPDATE decision_contents SET patient = encounter")
    with pytest.raises(StoreError, match=r"decision_contents\.patient"):
        Ledger(engine).verify()


def test_values_are_bound_to_their_column_and_key() -> None:
    cipher = Cipher.new()
    assert cipher.open(cipher.seal("words", "a", True), "a") == "words"
    assert cipher.seal("words", "a", True) == cipher.seal("words", "a", True)
    assert cipher.seal("words", "a", False) != cipher.seal("words", "a", False)
    for value in (cipher.seal("words", "a", True), cipher.seal("words", "a", False)):
        for broken, label, by in (
            (value, "b", cipher),
            (value, "a", Cipher.new()),
            (value[:-6] + "AAAAA=", "a", cipher),
            ("sb1s:not base64", "a", cipher),
            ("words", "a", cipher),
        ):
            with pytest.raises(StoreError, match="not encrypted with the store's key"):
                by.open(broken, label)
    assert KEY not in repr(cipher) and "key=" not in repr(cipher)


def test_keys_are_in_no_message(settings: Settings) -> None:
    assert KEY not in repr(keyed(settings, KEY)) and KEY not in str(keyed(settings, KEY))


def test_reading_takes_no_key_check(engine: Engine) -> None:
    with reading(engine) as connection:
        assert connection.execute(text("SELECT 1")).scalar() == 1
