"""A sample of the kills of `make chaos`, and that the trials would see what they look for."""

import contextlib
import json
import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.chaos import stations, upkeep
from tests.chaos.station import Promise, store_of

ROOT = Path(__file__).resolve().parents[2]


def test_nothing_confirmed_is_lost_and_nothing_half_done_is_seen(tmp_path: Path) -> None:
    """Two kills at each of some stations, in a process that has started no threads; the rest is `make chaos`."""
    results = tmp_path / "results.json"
    chosen = ("deciding", "writing claims", "suggesting for many notes", *(station.name for station in upkeep.STATIONS))
    command = [sys.executable, "-m", "tests.chaos", "--kills", "2", "--no-doors", "--results", str(results)]
    for name in chosen:
        command += ["--station", name]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=180, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    found = json.loads(results.read_text())["kills"]
    assert {name: row["kills"] for name, row in found.items()} == dict.fromkeys(chosen, 2)
    assert all(row["promised"] for row in found.values())


LOST: dict[str, Sequence[Promise]] = {
    "deciding": ["0" * 64],
    "posting": [[7, 3]],
    "writing claims": [["C7", "c7.837", 7]],
    "suggesting for many notes": ["out7.jsonl"],
    "bringing up an older store": [7],
    "changing the key": [[7, 0, "0" * 64]],
}


@pytest.mark.parametrize("name", LOST)
def test_a_promise_that_is_not_there_is_seen(name: str, tmp_path: Path) -> None:
    station = next(station for station in stations.STATIONS if station.name == name)
    station.prepare(tmp_path)
    assert any("gone" in fault for fault in station.verify(tmp_path, LOST[name]))


def test_half_a_piece_of_work_is_seen(tmp_path: Path) -> None:
    from assistant.remit.archive import Archive

    by_name = {station.name: station for station in stations.STATIONS}
    promise = by_name["posting"].step(tmp_path, 1)
    assert by_name["posting"].verify(tmp_path, [promise]) == []
    with store_of(tmp_path) as engine:
        Archive(engine).forget(["A1X1"])
    assert any("in part" in fault for fault in by_name["posting"].verify(tmp_path, []))
    (tmp_path / "out0.jsonl").write_text('{"id": "n0"}\n')
    assert by_name["suggesting for many notes"].verify(tmp_path, [])


def test_a_store_brought_up_in_part_is_seen(tmp_path: Path) -> None:
    station = upkeep.STATIONS[0]
    upkeep._older(tmp_path, 1)
    assert station.verify(tmp_path, []) == []
    upkeep._older(tmp_path, 2)
    assert any("2 was brought up and is not" in fault for fault in station.verify(tmp_path, [2]))
    settings = upkeep._older(tmp_path, 3)
    with contextlib.closing(sqlite3.connect(settings.home / "superbill.db")) as connection:
        connection.execute("CREATE TABLE trail_head (id INTEGER)")
        connection.commit()
        assert any("in part" in fault for fault in upkeep._half_way(settings.home / "superbill.db", False))


def test_words_that_lie_readable_after_an_encryption_are_seen(tmp_path: Path) -> None:
    station = upkeep.STATIONS[1]
    station.prepare(tmp_path)
    promise = station.step(tmp_path, 1)
    assert station.verify(tmp_path, [promise]) == []
    (tmp_path / "home" / "superbill.db-old").write_text("MARKED")
    assert any("readable" in fault for fault in station.verify(tmp_path, [promise]))
    (tmp_path / "asked").write_text("[2, 2, 0]")
    assert any("neither" in fault for fault in station.verify(tmp_path, [promise]))
