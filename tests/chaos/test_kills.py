"""A sample of the kills of `make chaos`, and that the trials would see what they look for."""

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.chaos import stations
from tests.chaos.stations import Promise

ROOT = Path(__file__).resolve().parents[2]


def test_nothing_confirmed_is_lost_and_nothing_half_done_is_seen(tmp_path: Path) -> None:
    """Two kills at three stations, in a process that has started no threads; the rest is `make chaos`."""
    results = tmp_path / "results.json"
    chosen = ("deciding", "writing claims", "suggesting for many notes")
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
}


@pytest.mark.parametrize("name", LOST)
def test_a_promise_that_is_not_there_is_seen(name: str, tmp_path: Path) -> None:
    station = next(station for station in stations.STATIONS if station.name == name)
    assert any("gone" in fault for fault in station.verify(tmp_path, LOST[name]))


def test_half_a_piece_of_work_is_seen(tmp_path: Path) -> None:
    from assistant.remit.archive import Archive

    by_name = {station.name: station for station in stations.STATIONS}
    promise = by_name["posting"].step(tmp_path, 1)
    assert by_name["posting"].verify(tmp_path, [promise]) == []
    with stations._store(tmp_path) as engine:
        Archive(engine).forget(["A1X1"])
    assert any("in part" in fault for fault in by_name["posting"].verify(tmp_path, []))
    (tmp_path / "out0.jsonl").write_text('{"id": "n0"}\n')
    assert by_name["suggesting for many notes"].verify(tmp_path, [])
