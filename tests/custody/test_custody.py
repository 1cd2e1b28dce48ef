"""Purge, retention and export reach every station."""

import csv
import datetime as dt
import hashlib
import json
import os
import zipfile
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from assistant.accounts.principal import Role
from assistant.accounts.trail import Trail
from assistant.accounts.users import Users
from assistant.claim.history import ClaimHistory, SentClaim
from assistant.custody import holders as registry
from assistant.custody.export import export_store
from assistant.custody.purge import purge_patient
from assistant.custody.retention import apply_retention
from assistant.errors import InputError, StoreError
from assistant.remit.archive import Archive
from assistant.remit.payments import PaymentLedger
from assistant.review.ledger import Ledger
from assistant.settings import Settings, load_settings
from assistant.store.schema import all_tables
from tests.remit.kept import DENIED, FIRST, answer
from tests.review.test_ledger import DECISIONS

NOW = dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC)


def sent(number: str, encounter: str) -> SentClaim:
    return SentClaim(number, encounter, "837p", "PAY", 1, 1, "0001", "drafted", "", NOW.isoformat())


@pytest.fixture
def filled(engine: Engine) -> Engine:
    """Two patients, of whom one has a claim with an answer, a payment of their own and a work item."""
    ledger = Ledger(engine)
    ledger.record("visit-1", DECISIONS, patient="p1", at=NOW - dt.timedelta(days=100))
    ledger.record("visit-2", DECISIONS, patient="p2", at=NOW - dt.timedelta(days=10))
    ClaimHistory(engine).add(sent("C1", "visit-1"))
    ClaimHistory(engine).add(sent("C2", "visit-2"))
    payments = PaymentLedger(engine)
    payments.post(answer("0", *DENIED), at=NOW - dt.timedelta(days=100))
    payments.post(answer("70", *FIRST, trace="T2"), at=NOW - dt.timedelta(days=10))
    payments.receive("C1", Decimal("5.00"), NOW.date(), note="at the desk")
    return engine


class Kept:
    """A station of its own, as one would register."""

    forgotten: tuple[str, ...] = ()
    expired: tuple[dt.date, ...] = ()

    def forget(self, patient: str) -> int:
        Kept.forgotten += (patient,)
        return 2

    def expire(self, before: dt.date) -> int:
        Kept.expired += (before,)
        return 3


@pytest.fixture
def station(monkeypatch: pytest.MonkeyPatch) -> type[Kept]:
    Kept.forgotten, Kept.expired = (), ()
    monkeypatch.setattr(registry, "HOLDERS", {"precedents": lambda *_: Kept(), "notes": lambda *_: None})
    return Kept


def test_a_purge_reaches_every_station(settings: Settings, filled: Engine, station: type[Kept]) -> None:
    purged = purge_patient(settings, filled, "p1")
    assert (purged.entries, purged.answers, purged.claims, purged.others) == (1, 2, 1, {"precedents": 2})
    assert station.forgotten == ("p1",)
    verdict = Ledger(filled).verify()
    assert (verdict.entries, verdict.purged, verdict.faults) == (3, 1, ())
    assert Archive(filled).all_claims() == [] and PaymentLedger(filled).entries("C1") == []
    kept = ClaimHistory(filled).get("C1")
    assert kept is not None and kept.encounter == "", "the number stays used"
    assert [entry.content is None for entry in Ledger(filled).entries()] == [True, False, False]
    line = Trail(filled).lines(1)[0]
    assert (line.action, line.about) == ("purge", "entries 1, answers 2, claims 1")


def test_a_purge_that_was_cut_off_is_finished_by_the_next(
    settings: Settings, filled: Engine, station: type[Kept], monkeypatch: pytest.MonkeyPatch
) -> None:
    def off(*_: object) -> int:
        raise KeyboardInterrupt

    for place in ("forget", "purge"):
        with monkeypatch.context() as patch:
            patch.setattr(ClaimHistory if place == "forget" else Ledger, place, off)
            with pytest.raises(KeyboardInterrupt):
                purge_patient(settings, filled, "p1")
    assert purge_patient(settings, filled, "p1").entries == 1
    assert Ledger(filled).verify().faults == ()
    assert ClaimHistory(filled).numbers_of(["visit-1"]) == frozenset()


def test_a_patient_nobody_knows_is_told(settings: Settings, filled: Engine) -> None:
    for patient in ("p9", ""):
        with pytest.raises(StoreError, match=r"nothing about this patient|needs the patient"):
            purge_patient(settings, filled, patient)


def with_days(settings: Settings, **days: int) -> Settings:
    return replace(settings, trust=replace(settings.trust, retention=days))


def test_what_is_past_its_time_goes(settings: Settings, filled: Engine, station: type[Kept]) -> None:
    site = with_days(settings, decisions=60, remittances=60, precedents=30)
    assert apply_retention(site, filled, NOW) == {"decisions": 1, "remittances": 1, "precedents": 3, "notes": 0}
    assert station.expired == (dt.date(2026, 1, 31),)
    assert len(Archive(filled).all_claims()) == 1
    assert PaymentLedger(filled).balances()[0].patient_paid == Decimal("5.00")
    assert Ledger(filled).verify().faults == ()
    assert apply_retention(site, filled, NOW)["decisions"] == 0
    assert [line.action for line in Trail(filled).lines()].count("retention") == 2, "the station's three again"


def test_without_settings_everything_stays(settings: Settings, filled: Engine, station: type[Kept]) -> None:
    assert apply_retention(settings, filled, NOW + dt.timedelta(days=36500)) == {"notes": 0}
    assert len(Archive(filled).all_claims()) == 2 and station.expired == ()


def test_uploads_that_a_killed_page_left_go(settings: Settings, engine: Engine) -> None:
    settings.home.mkdir(exist_ok=True)
    for name, age in (("uploads-old", 90_000), ("uploads-new", 10)):
        folder = settings.home / name
        folder.mkdir()
        (folder / "note.txt").write_text("words")
        stamp = dt.datetime.now(dt.UTC).timestamp() - age
        os.utime(folder, (stamp, stamp))
    assert apply_retention(settings, engine)["notes"] == 1
    assert [path.name for path in settings.home.glob("uploads-*")] == ["uploads-new"]


def test_settings_of_retention_are_read_and_checked() -> None:
    said = load_settings({"SUPERBILL_RETENTION_DAYS": "365", "SUPERBILL_RETENTION_NOTES_DAYS": "7"}).trust.retention
    assert said == {"decisions": 365, "remittances": 365, "notes": 7, "precedents": 365}
    for bad in ("0", "-1", "soon", "1.5"):
        with pytest.raises(InputError, match="SUPERBILL_RETENTION_DAYS"):
            load_settings({"SUPERBILL_RETENTION_DAYS": bad})


def lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


@pytest.mark.parametrize("name", ["out", "out.zip"])
def test_everything_is_exported(filled: Engine, tmp_path: Path, name: str) -> None:
    Users(filled).add("ada", "correct horse battery", [Role.ADMINISTRATOR])
    target = tmp_path / name
    manifest = export_store(filled, target, NOW)
    if target.suffix == ".zip":
        assert target.stat().st_mode & 0o777 == 0o600
        with zipfile.ZipFile(target) as archive:
            files = {each: archive.read(each).decode() for each in archive.namelist()}
    else:
        assert target.stat().st_mode & 0o777 == 0o700
        files = {path.name: path.read_text() for path in target.iterdir()}
    assert json.loads(files.pop("manifest.json")) == manifest
    assert {table.name for table in all_tables()} == {*manifest["tables"], *manifest["left_out"]}
    for said in manifest["tables"].values():
        text = files.pop(said["file"])
        assert said["rows"] == len(lines(text))
        assert said["sha256"] == hashlib.sha256(text.encode()).hexdigest()
    assert not files
    assert manifest["tables"]["remit_claims"]["rows"] == 2
    assert sorted(path.name for path in tmp_path.iterdir() if path.name.startswith(".")) == []


def test_an_export_holds_what_was_written_and_no_secret(filled: Engine, tmp_path: Path) -> None:
    Users(filled).add("ada", "correct horse battery", [Role.ADMINISTRATOR])
    export_store(filled, tmp_path / "out")
    (receipt,) = lines((tmp_path / "out" / "patient_receipts.jsonl").read_text())
    assert receipt["note"] == "at the desk"
    (user,) = lines((tmp_path / "out" / "users.jsonl").read_text())
    assert user["name"] == "ada" and "password" not in user
    assert not any(path.stem in ("sessions", "store_key") for path in (tmp_path / "out").iterdir())


def test_an_export_writes_over_nothing(filled: Engine, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    with pytest.raises(InputError, match="exists already"):
        export_store(filled, tmp_path / "out")
    with pytest.raises(InputError, match="cannot be written"):
        export_store(filled, tmp_path / "absent" / "out")
    assert [line.action for line in Trail(filled).lines() if line.action == "export"] == []


def test_a_cell_of_a_work_list_is_no_formula(tmp_path: Path) -> None:
    from assistant.remit.worklist import write_records

    with (tmp_path / "list.csv").open("w+", newline="") as file:
        write_records(["a", "b"], [{"a": "=HYPERLINK()", "b": "-5.00"}, {"a": "@x", "b": "\tx"}], file)
        file.seek(0)
        assert list(csv.reader(file))[1:] == [["'=HYPERLINK()", "-5.00"], ["'@x", "'\tx"]]
