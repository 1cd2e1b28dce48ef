"""Hostile and damaged files at every door: an answer or one plain sentence, soon, and nothing written elsewhere."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from assistant.errors import InputError
from tests.chaos.attacks import ATTACKS, ISA, packed
from tests.chaos.doors import Outcome, doors, try_one
from tests.chaos.station import store_of

if TYPE_CHECKING:
    from assistant.services import Services

SLOW = ("PDF bomb", "zip bomb beside Word", "a cell far away", "heads of every kind")
"""Tried in `make chaos` only; the others, one door an attack in turn, in every run of the tests."""


def tried(folder: Path, everything: bool) -> Iterator[Outcome]:
    """Every attack at every door; with `everything` false, the quick attacks at three doors each, in turn."""
    all_doors = doors(folder)
    names = list(all_doors)
    file = folder / "input.bin"
    for number, (attack, make) in enumerate(ATTACKS.items()):
        if not everything and attack in SLOW:
            continue
        file.write_bytes(make())
        chosen = names if everything else [names[(number + step) % len(names)] for step in (0, 5, 9)]
        for name in chosen:
            yield try_one(name, all_doors[name], attack, file)


def test_what_comes_in_by_any_door_is_answered_or_refused_in_a_sentence(tmp_path: Path) -> None:
    outcomes = list(tried(tmp_path, everything=False))
    assert [(one.door, one.attack, one.fault) for one in outcomes if one.fault] == []
    assert sum(bool(one.said) for one in outcomes) > len(outcomes) / 2, "most of them are refused"
    assert {path.name for path in tmp_path.iterdir()} <= {"input.bin", "home", "restored"}


def test_a_fault_at_a_door_is_seen(tmp_path: Path) -> None:
    """The trial itself: another error, and a refusal that is no sentence."""

    def breaks(path: Path) -> None:
        raise KeyError(path)

    def rambles(path: Path) -> None:
        raise InputError("one\ntwo")

    assert "KeyError" in try_one("door", breaks, "attack", tmp_path).fault
    assert "sentence" in try_one("door", rambles, "attack", tmp_path).fault
    assert try_one("door", lambda path: None, "attack", tmp_path).fault == ""


def test_members_of_an_archive_never_become_paths(tmp_path: Path) -> None:
    from corpus.sources.files import open_files

    file = tmp_path / "a.zip"
    file.write_bytes(packed([("../../../climbed.txt", b"x"), ("/etc/climbed.txt", b"y")]))
    found, _ = open_files([file])
    assert [one.name for one in found] == ["a.zip/climbed.txt", "a.zip/climbed.txt"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.zip"]


@pytest.mark.parametrize("blanks", ["\n" * 300_000, " " * 300_000, "\r\n \t" * 80_000])
def test_runs_of_blanks_in_x12_cost_no_more_than_their_length(blanks: str, tmp_path: Path) -> None:
    from assistant.remit.file import read_file

    for text in (f"{ISA}GS*HP~ST*835*1~CLP*A1{blanks}*1~SE*2*1~", f"ST*835*1{blanks}~SE*1*1~", f"{blanks}{ISA}"):
        file = tmp_path / "a.835"
        file.write_text(text, newline="")
        outcome = try_one("remit read", read_file, "blanks", file)
        assert (outcome.fault, outcome.seconds < 3) == ("", True), outcome


@pytest.mark.parametrize("cell", ["=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1+1", "=HYPERLINK(1)"])
def test_no_cell_of_a_sheet_we_write_is_a_formula(cell: str) -> None:
    import csv
    import io

    from assistant.remit.worklist import write_records

    out = io.StringIO()
    write_records(["a", "b", "c"], [{"a": cell, "b": [cell, "x"], "c": "-12.50"}], out)
    rows = list(csv.reader(io.StringIO(out.getvalue(), newline="")))
    said = cell.replace("\r", "\n")
    assert rows[1:] == [[f"'{said}", f"'{said} x", "-12.50"]], "an amount stays an amount"


def test_a_carriage_return_in_a_cell_begins_no_row(tmp_path: Path) -> None:
    import csv

    from assistant.remit.worklist import write_records

    with (tmp_path / "a.csv").open("w", encoding="utf-8", newline="") as out:
        write_records(["a"], [{"a": "Fern\r=1+1"}], out)
    with (tmp_path / "a.csv").open(encoding="utf-8", newline="") as found:
        assert list(csv.reader(found))[1:] == [["Fern\n=1+1"]]


def test_only_one_place_writes_sheets() -> None:
    """A further writer of CSV must neutralise too: it goes through `write_records`, or this test names it."""
    root = Path(__file__).resolve().parents[2]
    writers = {
        str(path.relative_to(root))
        for package in ("assistant", "corpus")
        for path in (root / package).rglob("*.py")
        if "csv.writer(" in (text := path.read_text(encoding="utf-8")) or "DictWriter(" in text or ".to_csv(" in text
    }
    assert writers == {"assistant/remit/worklist.py"}


@pytest.mark.parametrize(
    "name",
    [
        "..",
        ".",
        "/",
        "../../etc/passwd",
        "..\\..\\a.txt",
        "a\x00b.csv",
        "\ud800.txt",
        "é" * 300 + ".xml",
        "a\n.csv",
        "",
    ],
)
def test_an_uploads_name_never_leaves_its_folder(name: str, tmp_path: Path) -> None:
    from assistant.settings import load_settings
    from assistant.web.uploads import as_files

    with as_files([(name, b"x"), (name, b"y")], load_settings({"SUPERBILL_HOME": str(tmp_path / "home")})) as paths:
        assert [path.read_bytes() for path in paths] == [b"x", b"y"]
        assert all((tmp_path / "home") in path.resolve().parents and path.name.isprintable() for path in paths)
    assert list((tmp_path / "home").iterdir()) == []


@pytest.mark.parametrize("name", ["..", "../../x", "/etc", "a\x00b", "." * 40])
def test_a_releases_name_never_leaves_its_folder(name: str) -> None:
    from corpus.editions import slug

    assert slug(name).strip(".") and not set(slug(name)) & {"/", "\x00", "\\"}


def test_half_a_character_stops_nothing(services: "Services", tmp_path: Path) -> None:
    """JSON, browsers and file names can hold half a pair; UTF-8, the tokenizer and the store cannot."""
    from assistant.commands.output import resumable_file, whole_file

    lines = [
        {"id": "a\ud800", "text": "Assessment: gout \udfff of the left foot."},
        {"id": "b", "text": "Assessment: gout."},
    ]
    found = list(services.suggest_lines(lines, top=5))
    assert all("error" not in line for line in found), found
    assert services.search("gout \ud800", k=1)
    with whole_file(tmp_path / "a.jsonl") as stream:
        stream.write(json.dumps(found[0], ensure_ascii=False) + "\n")
    with resumable_file(tmp_path / "b.jsonl", resume=False) as (stream, _):
        stream.write(json.dumps(found[0], ensure_ascii=False) + "\n")
    for name in ("a.jsonl", "b.jsonl"):
        assert json.loads((tmp_path / name).read_text("utf-8"))["id"] == "a\ud800"


def test_a_remittance_whose_files_name_is_not_utf8_is_kept(tmp_path: Path) -> None:
    from assistant.remit.file import read_bytes
    from assistant.remit.payments import PaymentLedger
    from tests.chaos import stations

    with store_of(tmp_path) as engine:
        ledger = PaymentLedger(engine)
        assert ledger.post(read_bytes(stations._remittance(1), "caf\udce9.835")).new == 3
        assert len(ledger.balances()) == 3
