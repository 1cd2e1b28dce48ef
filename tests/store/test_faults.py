"""When the machine fails: a full disk, a folder that cannot be written, a database that goes away and comes back."""

import json
import multiprocessing
import os
import pwd
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, suppress
from pathlib import Path
from typing import Any

import pytest

from assistant.errors import StoreError
from assistant.review.ledger import Ledger
from assistant.settings import Settings, load_settings
from assistant.store import engine as engine_module
from assistant.store.engine import open_store
from tests.review.test_ledger import DECISIONS
from tests.store.cluster import Cluster
from tests.store.conftest import Open

ROOT = Path(__file__).resolve().parents[2]


def elsewhere(target: Any, *arguments: Any) -> Any:
    """What `target` says, run in a process of its own."""
    with multiprocessing.get_context("fork").Pool(1) as pool:
        return pool.apply(target, arguments)


def until_full(settings: Settings) -> tuple[list[str], str]:
    """Append until the disk is full: the digests promised, and what was said."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    ledger = Ledger(open_store(settings))
    room = (settings.home / "superbill.db").stat().st_size + 40_000
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, resource.RLIM_INFINITY))
    promised: list[str] = []
    try:
        for number in range(2000):
            promised.append(ledger.record(f"visit-{number}", DECISIONS, note="x" * 500))
    except StoreError as error:
        return promised, str(error)
    return promised, ""


def test_a_full_disk_loses_nothing_that_was_confirmed(tmp_path: Path, opened: Open) -> None:
    settings = load_settings({"SUPERBILL_HOME": str(tmp_path / "home")})
    open_store(settings).dispose()
    promised, said = elsewhere(until_full, settings)
    assert "disk of the store" in said and promised
    ledger = Ledger(opened(settings))
    assert {entry.digest for entry in ledger.entries()} == set(promised)
    assert ledger.verify().faults == ()
    assert ledger.record("visit-after", DECISIONS)


def test_a_disk_that_fills_up_and_one_that_becomes_read_only(tmp_path: Path) -> None:
    """A real one, mounted for this test alone: nothing confirmed is lost, and the program goes on without a restart."""
    unshare = shutil.which("unshare")
    tried = [unshare or "", "-m", "sh", "-c", f"mount -t tmpfs -o size=1m tmpfs {tmp_path}"]
    if unshare is None or subprocess.run(tried, capture_output=True, check=False).returncode:
        pytest.skip("only root of a whole machine can mount a disk")
    command = [unshare, "-m", sys.executable, "-m", "tests.store.small_disk", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    said = found["said"]
    assert "disk of the store is full" in said["full"] and "failed (database or disk is full)" in said["backup"]
    assert "read-only" in said["read-only"] and "Read-only file system" in said["opening"]
    assert said["freed"] == said["writable"] == ""
    assert len(found["promised"]) > 20 and found["kept"] == found["promised"] and found["faults"] == []
    assert found["left"] == ["home"], "no half of a backup stays"


def as_nobody(home: str, work: Any) -> str:
    nobody = pwd.getpwnam("nobody")
    os.setgroups([])
    os.setgid(nobody.pw_gid)
    os.setuid(nobody.pw_uid)
    try:
        work(load_settings({"SUPERBILL_HOME": home}))
    except StoreError as error:
        return str(error)
    return ""


def opens(settings: Settings) -> None:
    open_store(settings)


def records(settings: Settings) -> None:
    Ledger(open_store(settings)).record("visit", DECISIONS)


@pytest.fixture
def for_nobody() -> Iterator[Path]:
    """A folder that an account without any rights can reach."""
    if os.geteuid() != 0:
        pytest.skip("only root can become another account")
    folder = Path(tempfile.mkdtemp(prefix="sb-ro-", dir="/tmp"))
    nobody = pwd.getpwnam("nobody")
    os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    yield folder
    shutil.rmtree(folder)


def test_a_folder_that_cannot_be_written_is_told(for_nobody: Path) -> None:
    home = for_nobody / "home"
    home.mkdir()
    assert "cannot be opened (Permission denied)" in elsewhere(as_nobody, str(home), opens)


def test_a_store_that_may_only_be_read_is_told_and_left_alone(for_nobody: Path) -> None:
    assert elsewhere(as_nobody, str(for_nobody), records) == ""
    before = (for_nobody / "superbill.db").read_bytes()
    (for_nobody / "superbill.db").chmod(0o400)
    for_nobody.chmod(0o500)
    assert "cannot be" in elsewhere(as_nobody, str(for_nobody), records)
    assert (for_nobody / "superbill.db").read_bytes() == before


def test_a_busy_store_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, opened: Open) -> None:
    monkeypatch.setattr(engine_module, "BUSY_SECONDS", 0.1)
    settings = load_settings({"SUPERBILL_HOME": str(tmp_path / "home")})
    ledger = Ledger(opened(settings))
    with closing(sqlite3.connect(settings.home / "superbill.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="busy with another program"):
            ledger.record("visit", DECISIONS)
        assert ledger.entries() == (), "reading goes on"
    assert ledger.record("visit", DECISIONS)


def test_a_database_that_goes_away_and_comes_back(cluster: Cluster, tmp_path: Path, opened: Open) -> None:
    environ = {"SUPERBILL_HOME": str(tmp_path), "SUPERBILL_DATABASE": cluster.url()}
    ledger = Ledger(opened(load_settings(environ)))
    before = ledger.record("visit-1", DECISIONS)
    cluster.stop()
    try:
        with pytest.raises(StoreError, match="cannot be reached; nothing was changed"):
            ledger.record("visit-2", DECISIONS)
        with pytest.raises(StoreError, match="cannot be reached"):
            open_store(load_settings(environ))
    finally:
        cluster.start()
    after = ledger.record("visit-3", DECISIONS)
    assert [entry.digest for entry in ledger.entries()] == [before, after]
    assert ledger.verify().faults == ()


def test_a_database_that_crashes_under_many_writers(cluster: Cluster, tmp_path: Path, opened: Open) -> None:
    """Everyone is told, everyone goes on without a restart, and all that was confirmed before and after is there."""
    ledger = Ledger(opened(load_settings({"SUPERBILL_HOME": str(tmp_path), "SUPERBILL_DATABASE": cluster.url()})))
    promised, told, back = list[str](), list[str](), threading.Event()

    def writer(who: int) -> None:
        left = 5
        while left:
            try:
                promised.append(ledger.record(f"visit-{who}-{left}", DECISIONS))
                left -= back.is_set()
            except StoreError as error:
                told.append(str(error))
                back.wait(30)

    writers = [threading.Thread(target=writer, args=(who,)) for who in range(8)]
    for one in writers:
        one.start()
    time.sleep(0.3)
    cluster.stop()
    try:
        time.sleep(0.1)
        before = len(promised)
    finally:
        cluster.start()
    back.set()
    for one in writers:
        one.join(30)
    assert before and len(promised) == before + 8 * 5
    assert len(told) >= 8 and all("cannot be reached" in one for one in told), set(told)
    kept = [entry.digest for entry in ledger.entries()]
    # what was written in the moment of the crash may be there although nobody was told so; nothing may be missing
    assert set(promised) <= set(kept) and len(kept) <= len(promised) + len(told)
    assert ledger.verify().faults == ()


def test_a_database_without_a_free_connection_is_told(cluster: Cluster, tmp_path: Path, opened: Open) -> None:
    import psycopg

    settings = load_settings({"SUPERBILL_HOME": str(tmp_path), "SUPERBILL_DATABASE": cluster.url()})
    opened(settings).dispose()
    with ExitStack() as others, pytest.raises(StoreError, match=r"Too many programs .*max_connections"):
        with suppress(psycopg.OperationalError):
            for _ in range(200):
                others.enter_context(psycopg.connect(host=str(cluster.folder), user="superbill", dbname="postgres"))
        open_store(settings)
    assert Ledger(opened(settings)).record("visit", DECISIONS)


def test_a_file_that_is_no_store_is_told(tmp_path: Path) -> None:
    (tmp_path / "superbill.db").write_bytes(b"rubbish" * 1000)
    with pytest.raises(StoreError, match="store"):
        open_store(load_settings({"SUPERBILL_HOME": str(tmp_path)}))


def test_a_store_others_may_read_is_taken_from_them(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir(mode=0o755)
    (home / "superbill.db").touch(mode=0o644)
    open_store(load_settings({"SUPERBILL_HOME": str(home)})).dispose()
    assert (home / "superbill.db").stat().st_mode & 0o777 == 0o600
    assert home.stat().st_mode & 0o007 == 0


def test_a_database_of_another_kind_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="use SQLite or PostgreSQL"):
        open_store(load_settings({"SUPERBILL_HOME": str(tmp_path), "SUPERBILL_DATABASE": "mysql://host/name"}))


def test_a_database_that_is_not_there_is_told_without_its_password(tmp_path: Path) -> None:
    address = "postgresql://someone:hidden-word@127.0.0.1:1/none"
    with pytest.raises(StoreError) as told:
        open_store(load_settings({"SUPERBILL_HOME": str(tmp_path), "SUPERBILL_DATABASE": address}))
    assert "hidden-word" not in str(told.value)
