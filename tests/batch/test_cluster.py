"""A real Ray cluster of two nodes on this machine: a worker is killed in mid-run, and every input has its one result."""

import importlib.util
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from assistant.cli import main
from tests.batch.nodes import two_nodes

NOTES = 12
MARK = "ZQXNAME"
"""A name that no log of ours or of Ray's may hold."""


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the cluster answers. Skipped where Ray is absent, except in CI, which must have it."""
    if importlib.util.find_spec("ray") is None:
        if os.environ.get("CI") == "true":
            pytest.fail("Ray is not installed; CI must have the extra `cluster`")
        pytest.skip("Ray is not installed (extra `cluster`)")
    with two_nodes(tmp_path_factory.mktemp("ray")) as found:
        yield found


def _codes(line: dict[str, Any]) -> list[str]:
    return [one["code"] for one in line["suggestions"] if one["selected"]]


def test_two_nodes_and_a_killed_worker_give_what_one_process_gives(
    address: str,
    indexed_home: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    from assistant.batch import cluster
    from assistant.batch.work import Chunk

    conditions = ("gout", "asthma", "essential hypertension", "acne", "hypothyroidism", "migraine")
    notes = tmp_path / "notes.jsonl"
    with notes.open("w", encoding="utf-8") as stream:
        for number in range(NOTES):
            text = f"Mrs {MARK} came alone.\nAssessment: {conditions[number % len(conditions)]}."
            day = "2026-02-02" if number else f"the day of {MARK}"
            stream.write(json.dumps({"id": str(number), "text": text, "date_of_service": day}) + "\n")
    main(["suggest", "--notes", str(notes), "--out", str(tmp_path / "one.jsonl")])

    killed: list[int] = []
    submit = cluster.Cluster.submit

    def deadly(self: Any, chunk: Chunk) -> None:
        submit(self, chunk)
        if chunk.number == 1:
            # the other worker has work under way; its process dies without a word
            self._ray.kill(self._workers[1], no_restart=False)
            killed.append(chunk.number)

    monkeypatch.setattr(cluster.Cluster, "submit", deadly)
    monkeypatch.setattr("assistant.batch.order.CHUNK", 2)
    argv = ["suggest", "--notes", str(notes), "--out", str(tmp_path / "two.jsonl"), "--ray", address, "--workers", "2"]
    assert main(argv) == 0
    assert killed == [1]
    one, two = ((tmp_path / name).read_bytes() for name in ("one.jsonl", "two.jsonl"))
    assert len(two.splitlines()) == NOTES and [b'"error"' in line for line in two.splitlines()].count(True) == 1
    assert one == two
    logs = list(Path("/tmp/ray/session_latest/logs").resolve().rglob("*.*"))
    assert any("worker" in path.name for path in logs)
    assert [path.name for path in logs if path.is_file() and MARK.encode() in path.read_bytes()] == []
    said = capfd.readouterr()
    assert MARK not in said.out + said.err


def test_no_cluster_is_told_in_a_sentence(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.835").write_text("x", encoding="utf-8")
    argv = ["remit", "explain", str(tmp_path / "in"), "--out", str(tmp_path / "out"), "--ray", "ray://x:1"]
    assert main(argv) == 2
    assert "run on one of its nodes" in capsys.readouterr().err
