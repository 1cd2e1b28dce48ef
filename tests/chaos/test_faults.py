"""Disk full, a folder that cannot be written, a clock set back: told in a sentence, and nothing half written.

The store's own faults (its disk full, PostgreSQL gone and back) are in tests/store; a model server that goes away in tests/chat.
"""

import datetime as dt
import json
import multiprocessing
import os
import pwd
import resource
import shutil
import signal
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from assistant.accounts.trail import Event, Trail
from assistant.errors import USER_ERRORS, InputError
from assistant.review.ledger import Ledger
from assistant.settings import load_settings
from assistant.store.engine import open_store
from tests.chaos import stations
from tests.review.test_ledger import DECISIONS


def elsewhere(target: Callable[..., Any], *arguments: Any) -> Any:
    """What `target` says, run in a process of its own."""
    with multiprocessing.get_context("fork").Pool(1) as pool:
        return pool.apply(target, arguments)


def on_a_full_disk(work: str, folder: str, room: int) -> str:
    """Do one piece of work while no file may grow beyond `room` bytes; what was said."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))
    return _told(work, folder)


def _told(work: str, folder: str) -> str:
    place = Path(folder)
    try:
        WORK[work](place)
    except USER_ERRORS as error:
        return str(error)
    return ""


def _claim_file(folder: Path) -> None:
    from assistant.commands.output import whole_file

    with whole_file(folder / "c.837") as stream:
        stream.writelines("SEGMENT*OF*A*CLAIM~\n" for _ in range(20_000))


def _lines(folder: Path) -> None:
    from assistant.commands.output import resumable_file

    with resumable_file(folder / "out.jsonl", resume=True) as (stream, done):
        for number in range(done, 20_000):
            stream.write(json.dumps({"id": number}) + "\n")
            stream.flush()


def _fee_schedule(folder: Path) -> None:
    stations._load(folder, 2)


WORK: dict[str, Callable[[Path], None]] = {"claim": _claim_file, "lines": _lines, "fees": _fee_schedule}


def test_a_full_disk_leaves_the_earlier_claim_file_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "c.837").write_text("what was there")
    said = elsewhere(on_a_full_disk, "claim", str(tmp_path), 50_000)
    assert "cannot write" in said and "c.837" in said and "\n" not in said
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"c.837": "what was there"}


def test_many_notes_go_on_where_a_full_disk_stopped_them(tmp_path: Path) -> None:
    said = elsewhere(on_a_full_disk, "lines", str(tmp_path), 50_000)
    assert "cannot write" in said and not (tmp_path / "out.jsonl").exists()
    _lines(tmp_path)
    ids = [json.loads(line)["id"] for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    assert ids == list(range(20_000))


def test_a_fee_schedule_is_loaded_whole_or_not_at_all_on_a_full_disk(tmp_path: Path) -> None:
    stations._load(tmp_path, 1)
    said = elsewhere(on_a_full_disk, "fees", str(tmp_path), 60_000)
    assert "disk" in said and "\n" not in said
    assert stations._loaded(tmp_path, [1]) == []
    stations._load(tmp_path, 2)
    assert stations._loaded(tmp_path, [2]) == []


def as_nobody(folder: str) -> list[str]:
    nobody = pwd.getpwnam("nobody")
    os.setgroups([])
    os.setgid(nobody.pw_gid)
    os.setuid(nobody.pw_uid)
    return [_told(work, folder) for work in ("claim", "lines")]


@pytest.fixture
def read_only() -> Iterator[Path]:
    if os.geteuid() != 0:
        pytest.skip("only root can become another account")
    folder = Path(tempfile.mkdtemp(prefix="sb-ro-", dir="/tmp"))
    folder.chmod(0o555)
    yield folder
    shutil.rmtree(folder)


def test_a_folder_that_cannot_be_written_is_told_before_any_work(read_only: Path) -> None:
    said = elsewhere(as_nobody, str(read_only))
    assert all("cannot write" in one and "\n" not in one for one in said), said
    assert list(read_only.iterdir()) == []


def test_a_clock_set_back_neither_breaks_the_chains_nor_repeats_a_number(tmp_path: Path) -> None:
    from assistant.claim.control_numbers import ControlNumbers
    from assistant.remit.file import read_bytes
    from assistant.remit.payments import PaymentLedger

    engine = open_store(load_settings({"SUPERBILL_HOME": str(tmp_path / "home")}))
    try:
        ledger, trail, numbers = Ledger(engine), Trail(engine), ControlNumbers(engine)
        given = []
        for number, year in enumerate((2030, 2026, 2019)):
            at = dt.datetime(year, 1, 1, tzinfo=dt.UTC)
            ledger.record(f"visit-{number}", DECISIONS, at=at)
            trail.note(Event.BACKUP, f"number {number}", at=at)
            PaymentLedger(engine).post(read_bytes(stations._remittance(number), "a.835"), at=at)
            given.append(numbers.reserve("interchange"))
        assert ledger.verify().faults == () and list(trail.faults()) == []
        assert given == sorted(set(given))
        assert len(PaymentLedger(engine).balances()) == 9
    finally:
        engine.dispose()


def test_a_pipe_and_a_device_are_read_no_further_than_allowed(tmp_path: Path) -> None:
    from assistant.chart.readers import read_note

    settings = load_settings({"SUPERBILL_HOME": str(tmp_path), "SUPERBILL_MAX_NOTE_BYTES": "2000"})
    with pytest.raises(InputError, match="bytes allowed"):
        read_note(Path("/dev/zero"), settings)
