"""Folders of shards, notes and remittances by command: one result an input, in order, also after a stop."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from assistant.cli import main

SAMPLES = Path(__file__).resolve().parents[2] / "corpus" / "samples"


def _lines(path: Path) -> list[Any]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.fixture
def remittances(tmp_path: Path) -> Path:
    folder = tmp_path / "in"
    (folder / "march").mkdir(parents=True)
    shutil.copy(SAMPLES / "office_visit.835", folder / "a.835")
    shutil.copy(SAMPLES / "remittance_reversal.835", folder / "march" / "a.835")
    (folder / "broken.835").write_text("not a remittance", encoding="utf-8")
    (folder / "read me.rtf").write_text("left alone", encoding="utf-8")
    return folder


def test_remittances_of_a_folder_are_explained_file_by_file(home: Path, remittances: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert main(["remit", "explain", str(remittances), "--out", str(out), "--audience", "patient"]) == 1
    assert sorted(str(path.relative_to(out)) for path in out.rglob("*.jsonl")) == [
        "a.835.jsonl",
        "broken.835.jsonl",
        "march/a.835.jsonl",
    ]
    assert all(line["file"] == "a.835" and "error" not in line for line in _lines(out / "a.835.jsonl"))
    assert [set(line) for line in _lines(out / "broken.835.jsonl")] == [{"file", "error"}]

    (out / "a.835.jsonl").write_text("kept\n", encoding="utf-8")
    (out / "march" / "a.835.jsonl").unlink()
    main(["remit", "explain", str(remittances), "--out", str(out), "--audience", "patient", "--resume"])
    assert (out / "a.835.jsonl").read_text(encoding="utf-8") == "kept\n"
    assert _lines(out / "march" / "a.835.jsonl")


def test_notes_of_a_folder_give_one_line_each(indexed_home: Path, tmp_path: Path) -> None:
    folder, out = tmp_path / "in", tmp_path / "out"
    (folder / "ward").mkdir(parents=True)
    notes = [
        {"id": str(number), "text": f"Assessment: {what}"} for number, what in enumerate(("gout", "asthma", "acne"))
    ]
    shard = "".join(json.dumps(note) + "\n" for note in notes) + "[1]\n{\n"
    (folder / "ward" / "one.jsonl").write_text(shard, encoding="utf-8")
    (folder / "b.txt").write_text("Assessment: essential hypertension.", encoding="utf-8")
    (folder / "a.pdf").write_bytes(b"%PDF-1.4 broken")
    assert main(["suggest", "--notes", str(folder), "--out", str(out)]) == 0
    whole = _lines(out / "ward" / "one.jsonl")
    assert [line.get("id") for line in whole] == ["0", "1", "2", None, None]
    assert ["error" in line for line in whole] == [False, False, False, True, True]
    documents = _lines(out / "notes.jsonl")
    assert [line["id"] for line in documents] == ["a.pdf", "b.txt"]
    assert "error" in documents[0] and "I10" in {one["code"] for one in documents[1]["suggestions"]}

    # a run stopped after the second line of the shard, in the midst of writing the third
    written = (out / "ward" / "one.jsonl").read_bytes().splitlines(keepends=True)
    (out / "ward" / "one.jsonl").unlink()
    (out / "ward" / "one.jsonl.partial").write_bytes(b"".join(written[:2]) + written[2][:40])
    assert main(["suggest", "--notes", str(folder), "--out", str(out), "--resume"]) == 0
    assert (out / "ward" / "one.jsonl").read_bytes().splitlines(keepends=True) == written


def test_folders_that_cannot_be_used_are_told(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    empty, file = tmp_path / "empty", tmp_path / "file.jsonl"
    empty.mkdir()
    file.touch()
    for argv, told in (
        (["suggest", "--notes", str(empty), "--out", str(tmp_path / "o")], "holds neither"),
        (["suggest", "--notes", str(tmp_path / "no"), "--out", str(tmp_path / "o")], "no such file or folder"),
        (["suggest", "--notes", str(file)], "needs --out"),
        (["suggest", "--notes", str(file), "--out", str(tmp_path / "o"), "--workers", "0"], "at least 1"),
        (["suggest", str(file), "--workers", "2"], "for many notes"),
        (["remit", "explain", str(empty)], "name a folder for the explanations"),
        (["remit", "explain", str(empty), "--out", str(tmp_path / "o")], "holds no remittance files"),
        (["remit", "explain", str(empty), "--out", str(file)], "is a file"),
        (["remit", "explain", str(file), "--workers", "2"], "for a folder"),
    ):
        assert main(argv) == 2
        assert told in capsys.readouterr().err
