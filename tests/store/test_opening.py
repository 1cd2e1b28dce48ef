"""How the store is opened: safe settings, a check of the file, and what becomes of a damaged one."""

from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from assistant.cli import main
from assistant.errors import StoreError
from assistant.review.ledger import Ledger
from assistant.settings import Settings, load_settings
from assistant.store import copies
from assistant.store import engine as engine_module
from assistant.store.engine import open_store, reading, transaction
from tests.review.test_ledger import DECISIONS
from tests.store.conftest import Open


def test_sqlite_runs_with_safe_settings(tmp_path: Path, opened: Open) -> None:
    with reading(opened(load_settings({"SUPERBILL_HOME": str(tmp_path / "home")}))) as connection:
        said = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "secure_delete")
        }
    assert said == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "secure_delete": 1}


def test_references_are_held_to(engine: Engine) -> None:
    lost = "INSERT INTO sessions (token, name, started, seen) VALUES ('t', 'nobody', '', '')"
    with pytest.raises(StoreError), transaction(engine) as connection:
        connection.execute(text(lost))


@pytest.fixture
def damaged(home: Path, tmp_path: Path) -> Settings:
    """A store of whose file one page was overwritten; `copy.db` is a backup from before."""
    settings = load_settings({"SUPERBILL_HOME": str(home)})
    engine = open_store(settings)
    ledger = Ledger(engine)
    for number in range(40):
        ledger.record(f"visit-{number}", DECISIONS, note="x" * 1500)
    engine.dispose()
    copies.backup(settings, tmp_path / "copy.db")
    file = home / "superbill.db"
    content = bytearray(file.read_bytes())
    at = content.index(b"x" * 1000) // 4096 * 4096
    content[at : at + 4096] = b"\xa5" * 4096
    file.write_bytes(content)
    return settings


def test_a_damaged_store_is_told_when_it_is_opened_and_comes_back_from_a_backup(
    damaged: Settings, opened: Open, tmp_path: Path
) -> None:
    with pytest.raises(StoreError, match="damaged; bring a backup back"):
        open_store(damaged)
    copies.restore(damaged, tmp_path / "copy.db")
    verdict = Ledger(opened(damaged)).verify()
    assert (verdict.entries, verdict.faults) == (40, ())


def test_a_large_damaged_store_is_found_by_the_audit(
    damaged: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(engine_module, "CHECKED_ON_OPENING", 0)
    assert main(["audit", "verify"]) == 2
    assert "is damaged" in capsys.readouterr().err
    assert main(["serve", "--port", "1"]) == 2
    assert "is damaged" in capsys.readouterr().err
