"""`superbill corpus import`: what it shows, what it refuses, and that a failed one leaves everything as it was."""

import datetime as dt
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from assistant import cli
from corpus.catalog import Catalog
from corpus.codes import CodeSystem
from corpus.editions import Edition
from corpus.index.search import Searcher, UnitHit
from corpus.sources import scrutiny
from corpus.sources.tabular_xml import read_tabular_xml
from tests.commands import importing
from tests.corpus import small
from tests.corpus.sources import miniature
from tests.corpus.sources.miniature import Term, source, write, zipped

ROOT = Path(__file__).resolve().parents[2]
CM = CodeSystem.ICD10CM
IN_2030 = dt.date(2030, 12, 1)


@pytest.fixture(autouse=True)
def stand_ins(monkeypatch: pytest.MonkeyPatch) -> None:
    nodes = read_tabular_xml(source("t.xml", miniature.tabular())).nodes
    packaged = small.edition(name="FY2030", starts="2029-10-01", ends="2030-09-30", nodes=nodes)
    importing.stand_ins(monkeypatch, packaged, small.FakeEncoder())


def run(*arguments: str | Path) -> int:
    return cli.main(["corpus", "import", *map(str, arguments)])


STORE = "superbill.db"
"""Its trail notes each import; opening it moves its own log."""


def tree(folder: Path) -> dict[str, bytes]:
    """Every file below `folder` but locks, with its bytes."""
    paths = [path for path in folder.rglob("*") if path.is_file() and path.suffix != ".lock" and STORE not in path.name]
    return {str(path.relative_to(folder)): path.read_bytes() for path in paths}


def titles(home: Path, date: dt.date = IN_2030, system: CodeSystem = CM) -> dict[str, str]:
    return {node.code: node.title for node in Catalog(home).edition(system, date).nodes() if node.kind != "block"}


def search(home: Path, words: str) -> UnitHit:
    """The best unit of the release of 2030, from the index that the import built."""
    catalog = Catalog(home)
    searcher = Searcher(catalog.index_root, small.FakeEncoder(), catalog.edition(CM, IN_2030))
    return searcher.find_units([words], 1)[0][0]


def test_a_release_is_shown_installed_and_found_by_date(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    changed = miniature.tabular().replace("Wilting of leaves due to drought", "Wilting of leaves due to dry soil")
    changed = changed.replace("<name>B20</name>", "<name>B21</name>")
    release = write(
        tmp_path,
        "as downloaded.zip",
        zipped(
            {
                "tabular.xml": changed,
                "order.txt": miniature.order(
                    [(code.replace("B20", "B21"), flag, title) for code, flag, title in miniature.ORDER_ROWS]
                ),
                "index.xml": miniature.index("diseases", miniature.WILTING),
                "guide.pdf": b"%PDF",
            }
        ),
    )
    assert run(release) == 0
    said = capsys.readouterr().out
    assert "ICD-10-CM FY2031, in force from 2030-10-01 to 2031-09-30" in said
    assert "Against ICD-10-CM FY2030: 1 added, 1 removed, 1 with another title" in said
    assert "    + B21       Blight" in said
    assert "    - B20       Blight" in said
    assert "~ A00.0     Wilting of leaves due to drought -> Wilting of leaves due to dry soil" in said
    assert "Installed ICD-10-CM FY2031" in said
    catalog = Catalog(home)
    assert catalog.edition(CM, IN_2030).release.name == "FY2031"
    assert catalog.edition(CM, dt.date(2030, 3, 1)).release.name == "FY2030"
    book = catalog.codebook(CM, IN_2030)
    assert book.title("A00.0") == "Wilting of leaves due to dry soil"
    assert [line.term for line in book.index_terms("A00.0")] == ["drought"]


def test_what_the_dry_run_shows_is_what_json_says_and_nothing_is_written(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write(tmp_path, "t.xml", miniature.tabular("2031"))
    assert run("--dry-run", "--json", path) == 0
    record = json.loads(capsys.readouterr().out)
    assert record["installed"] is False
    assert record["dry_run"] is True
    one = record["imports"][0]
    assert one["system"] == "icd10cm"
    assert one["release"]["starts"] == "2030-10-01"
    assert one["counts"] == {"codes": 9, "billable": 6, "modifiers": 0, "notes": 7, "index_terms": 0}
    assert one["differences"]["added"] == one["differences"]["removed"] == one["differences"]["changed"] == 0
    assert one["files"][0]["sha256"] == source("t.xml", miniature.tabular("2031")).sha256
    assert not list(home.rglob("codes.db"))
    assert run("--dry-run", path) == 0
    assert capsys.readouterr().out.endswith("Nothing was installed.\n")


def test_an_index_alone_is_added_to_the_release_of_its_year(home: Path, tmp_path: Path) -> None:
    assert run(write(tmp_path, "t.xml", miniature.tabular())) == 0
    assert run(write(tmp_path, "i.xml", miniature.index("diseases", miniature.WILTING))) == 0
    drugs = [Term("Tea", cells=("A00.0", "-", "-", "-", "A00.9", "-"))]
    assert run(write(tmp_path, "d.xml", miniature.index("drugs", drugs))) == 0
    edition = Catalog(home).edition(CM, IN_2030)
    assert edition.release.name == "FY2031"
    assert {line.source for line in edition.index()} == {"diseases", "drugs"}
    assert len(titles(home)) == 10
    assert set(edition.sources) >= {"t.xml", "i.xml", "d.xml"}
    hit = search(home, "wilting due to drought")
    assert (hit.unit, hit.matched_term) == ("A00.0", "Wilting due to drought")
    assert run(write(tmp_path, "i2.xml", miniature.index("diseases", miniature.WILTING[:1]))) == 0
    assert [line.term for line in Catalog(home).edition(CM, IN_2030).index() if line.source == "diseases"] == [
        "Abandonment"
    ]


def test_an_index_of_another_year_goes_to_the_release_in_use_and_says_so(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(write(tmp_path, "i.xml", miniature.index("diseases", miniature.WILTING, "2025"))) == 0
    assert "the index is of 2025, the codes it is added to are of ICD-10-CM FY2030" in capsys.readouterr().out
    assert Catalog(home).edition(CM, IN_2030).release.name == "FY2030"
    assert run("--release", "FY1999", write(tmp_path, "j.xml", miniature.index("diseases", miniature.WILTING))) == 2
    assert "no release 'FY1999'" in capsys.readouterr().err


def test_a_fall_in_codes_needs_a_word(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(tmp_path, "o_2031.txt", miniature.order(miniature.ORDER_ROWS[:-2]))
    assert run(path) == 2
    out = capsys.readouterr()
    assert "Doubt: 4 codes where the release in use has 6: 33 % fewer" in out.out
    assert "say it with --yes" in out.err
    assert not Catalog(home).editions(CM)[-1].folder
    assert run("--dry-run", path) == 1
    assert run("--yes", path) == 0
    assert Catalog(home).edition(CM, IN_2030).release.name == "FY2031"


def test_what_cannot_stand_in_a_release_is_left_out_only_when_told(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [
        *miniature.ORDER_ROWS,
        ("B20", 1, "Blight, again"),
        ("AAAA", 1, "No such shape"),
        ("C90", 1, "More"),
        ("C91", 1, "x"),
    ]
    path = write(tmp_path, "o_2031.txt", miniature.order(rows))
    assert run(path) == 2
    said = capsys.readouterr().out
    assert "Doubt: 1 code of a shape this system does not have; left out: AAA.A" in said
    assert "Doubt: 1 code given twice with different titles; the first is kept: B20" in said
    assert run("--yes", path) == 0
    found = titles(home)
    assert found["B20"] == "Blight"
    assert "AAA.A" not in found


def test_the_order_file_and_the_tabular_list_are_held_against_each_other(
    tmp_path: Path, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [row for row in miniature.ORDER_ROWS if row[0] not in ("A011XXS", "A009")] + [("C01", 1, "Moss")]
    files = [write(tmp_path, "t.xml", miniature.tabular()), write(tmp_path, "o.txt", miniature.order(rows))]
    assert run("--dry-run", *files) == 1
    said = capsys.readouterr().out
    assert "1 codes of the order file are not in the tabular list: C01" in said
    assert "1 codes of the tabular list are not in the order file: A009" in said
    assert "8 codes, 5 billable" in said  # A01.1XXS is left out: no list of codes has it


def test_addenda_are_counted_and_checked(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    addenda = write(tmp_path, "addenda.txt", "Add B20 Blight\nAdd C77 Moss\nDelete A05 Rot\n")
    assert run(addenda) == 1
    said = capsys.readouterr().out
    assert "the addenda hold: 2 add, 1 delete, 0 revise to, 0 other lines" in said
    assert "differ in 1 places, e.g. line 2 adds C77, which the release does not have" in said
    assert run("--dry-run", addenda, write(tmp_path, "t.xml", miniature.tabular())) == 1
    assert "addenda.txt does not agree with the codes in 1 places" in capsys.readouterr().out


def test_addenda_make_the_next_release_when_it_is_named(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    addenda = write(tmp_path, "addenda.txt", "Delete B20 Blight\nAdd B20 0 Blight\nAdd B200 1 Blight of leaves\n")
    assert run(addenda) == 1, "checked only: the release in use does not show the changes"
    assert "name the new one, e.g. --release FY2027" in capsys.readouterr().out
    assert run("--release", "FY2031", addenda) == 0
    said = capsys.readouterr().out
    assert "ICD-10-CM FY2031 by addenda to FY2030, in force from 2030-10-01 to 2031-09-30" in said
    assert "notes, inclusion terms and index lines are those of ICD-10-CM FY2030" in said
    assert "B20.0" in titles(home) and "B20.0" not in titles(home, dt.date(2030, 9, 1))
    assert search(home, "blight of leaves").unit == "B20.0"
    release = [write(tmp_path, "t.xml", miniature.tabular()), write(tmp_path, "o.txt", miniature.order())]
    assert run("--release", "FY2031", *release) == 0
    assert "B20.0" not in titles(home), "the release's own files come before addenda"


def test_addenda_that_do_not_fit_change_nothing(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    addenda = write(tmp_path, "addenda.txt", "Delete B20 Rust\n")
    before = tree(home) if home.exists() else {}
    assert run("--release", "FY2031", addenda) == 2
    assert "addenda.txt, line 1, deletes B20, which ICD-10-CM FY2030 calls otherwise" in capsys.readouterr().err
    assert {name for name in tree(home) if "corpus" in name} == {name for name in before if "corpus" in name}


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("cut.xml", miniature.tabular()[:900], r"cut.xml, line \d+, is not whole XML"),
        ("notes.txt", "Nothing here.\n", "nothing to import in notes.txt"),
        ("codes_2031.txt", miniature.descriptions(), "lists codes without their headers"),
        ("order.txt", miniature.order(), "nothing says which release of ICD-10-CM this is"),
        ("cut.zip", zipped({"t.xml": miniature.tabular()})[:300], "damaged"),
    ],
)
def test_what_cannot_be_used_is_told_in_one_sentence_and_changes_nothing(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, content: str | bytes, words: str
) -> None:
    assert run(write(tmp_path, "t.xml", miniature.tabular())) == 0
    before = tree(home)
    capsys.readouterr()
    assert run(write(tmp_path, name, content)) == 2
    said = capsys.readouterr().err.removeprefix("Checking against the release in use\n")
    assert said.startswith("superbill: ")
    assert said.count("\n") == 1
    import re

    assert re.search(words, said)
    after = tree(home)
    assert {name for name in {*before, *after} if before.get(name) != after.get(name)} == set()


def test_validity_tables_are_a_second_opinion() -> None:
    nodes = [small.node(f"A{number:02}", "x", None) for number in range(50)]
    day = "2030-10-01"
    against = scrutiny.against_validity
    assert against(nodes, nodes, day, lambda code, date: True) == ((), ())
    assert against(nodes, nodes, day, lambda code, date: None) == ((), ())
    assert against(nodes, nodes, "", lambda code, date: False) == ((), ())
    rejected = "codes not valid on 2030-10-01 by the validity tables; is this the release you mean?"
    assert against(nodes, [], day, lambda code, date: code > "A44")[0] == (
        f"45 {rejected}: A00, A01, A02, A03, A04 ...",
    )
    assert against(nodes, [], day, lambda code, date: code > "A01") == ((), (f"2 {rejected}: A00, A01",))
    lacking = "codes valid on 2030-10-01 by the validity tables but not in the files: A40, A41, A42, A43, A44 ..."
    assert against(nodes[:40], nodes, day, lambda code, date: True) == ((f"10 {lacking}",), ())


def test_seventh_characters_that_the_validity_tables_reject_are_not_offered() -> None:
    nodes = read_tabular_xml(source("t.xml", miniature.tabular())).nodes
    assert scrutiny.confirmed(nodes, lambda code: None) == nodes
    found = {node.code: node for node in scrutiny.confirmed(nodes, lambda code: code != "A01.1XXS")}
    assert len(found) == len(nodes) - 1
    assert found["A01.1"].seventh == (("A", "first visit"), ("D", "later visit"))
    assert "A00.0" in {node.code for node in scrutiny.confirmed(nodes, lambda code: False)}


def test_last_years_files_under_this_years_name_are_doubted(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = (ROOT / "corpus" / "sources" / "replacements.tsv").read_text(encoding="utf-8").split("\n")
    ended = sorted(line.split("\t")[0].replace(".", "") for line in lines if line.split("\t")[1:2] == ["2026-09-30"])
    assert len(ended) > 10
    path = write(tmp_path, "order.txt", miniature.order([(code, 1, f"Ended {code}") for code in ended]))
    assert run("--dry-run", "--release", "FY2027", path) == 1
    said = capsys.readouterr().out
    assert f"{len(ended)} codes not valid on 2026-10-01 by the validity tables; is this the release you mean?" in said
    run("--dry-run", "--release", "FY2026", path)
    assert "not valid on" not in capsys.readouterr().out


def test_hcpcs_brings_its_days_and_modifiers(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(tmp_path, "HCPC2031_JAN_ANWEB.txt", miniature.hcpcs())
    assert run("--yes", "--json", path) == 0
    record = json.loads(capsys.readouterr().out)
    counts = record["imports"][0]["counts"]
    assert (counts["codes"], counts["billable"]) == (3, 3)
    edition = Catalog(home).edition(CodeSystem.HCPCS, dt.date(2031, 2, 1))
    assert (edition.release.name, edition.release.starts, edition.release.ends) == (
        "2031 January",
        "2031-01-01",
        "2031-03-31",
    )
    nodes = {node.code: node for node in edition.nodes()}
    assert (nodes["K0001"].valid_from, nodes["K0001"].valid_to) == ("2000-01-01", "2030-12-31")
    assert (nodes["ZZ"].kind, nodes["ZZ"].parent) == ("modifier", "modifier")
    assert nodes["K0001"].detail.endswith("refers to E0001")
    assert (nodes["E0001"].parent, nodes["E codes"].kind) == ("E codes", "chapter")
    assert nodes["25"].title.startswith("Modifier 25")  # CPT's, in no file of CMS, kept in our words
    book = Catalog(home).codebook(CodeSystem.HCPCS, dt.date(2031, 2, 1))
    assert book.valid_on("E0001", dt.date(2031, 2, 1)) is True
    assert book.valid_on("K0001", dt.date(2031, 2, 1)) is False


def test_procedure_tables_and_their_order_file(home: Path, tmp_path: Path) -> None:
    tables = write(tmp_path, "tables.xml", miniature.pcs_tables(miniature.LEAF_TABLES))
    order = write(tmp_path, "order.txt", miniature.pcs_order())
    assert run("--yes", tables, order) == 0
    nodes = {node.code: node for node in Catalog(home).edition(CodeSystem.ICD10PCS, IN_2030).nodes()}
    assert sum(node.billable for node in nodes.values()) == 7
    assert nodes["0DTJ"].title == "Gardening, Leaves, Removal, Leaf"
    assert nodes["0DTJ0ZZ"].title == "Removal of 0DTJ0ZZ"
    assert (nodes["0DTJ0ZZ"].parent, nodes["0DTJ0ZZ"].stem, nodes["0DTJ"].parent) == ("0DTJ", "0DTJ", "0DT")
    assert nodes["0DT"].notes[0].text == "Taking it out"


def test_cpt_stays_out_of_what_is_printed(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(tmp_path, "cpt.txt", "CPT Code\tLong\n99999\tInvented service\nabc99\tInvented and odd\n")
    columns = "code=CPT Code,description=Long"
    assert run("--system", "cpt", path) == 2
    assert run("--columns", columns, "--system", "hcpcs", path) == 2
    assert run("--columns", columns, "--release", "2031", path) == 2
    assert run("--columns", columns, "--release", "2031", "--json", "--yes", path) == 0
    out = capsys.readouterr()
    assert "nvented" not in out.out + out.err
    assert "licence" in out.out
    found = titles(home, dt.date(2031, 2, 1), CodeSystem.CPT)
    assert found == {"others": "Other codes", "99999": "Invented service"}
    path.write_text("CPT Code\tLong\n99998\tInvented service\n", encoding="utf-8")
    assert run("--columns", columns, "--release", "2032", path) == 0
    out = capsys.readouterr()
    assert "+ 99998" in out.out
    assert "nvented" not in out.out + out.err


def process(what: str, folder: Path, home: Path, *arguments: str | Path) -> "subprocess.Popen[str]":
    environment = {**os.environ, "SUPERBILL_HOME": str(home), "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "tests.commands.importing", what, *map(str, arguments)]
    return subprocess.Popen(
        command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


@pytest.fixture
def imported(home: Path, tmp_path: Path) -> Path:
    """A data folder with FY2031 installed; gives the path of files that would make FY2031 anew."""
    assert run(write(tmp_path, "t.xml", miniature.tabular())) == 0
    assert titles(home)["B20"] == "Blight"
    return write(tmp_path, "new.xml", miniature.tabular().replace("<desc>Blight</desc>", "<desc>Leaf blight</desc>"))


def test_a_killed_import_leaves_the_old_release_working(home: Path, tmp_path: Path, imported: Path) -> None:
    work = tmp_path / "work"
    work.mkdir()
    running = process("slow", work, home, imported)
    try:
        deadline = time.monotonic() + 90
        while not (work / "encoding").exists() and time.monotonic() < deadline and running.poll() is None:
            time.sleep(0.05)
        assert (work / "encoding").exists(), running.communicate()[1] if running.poll() is not None else "not begun"
        assert list((home / "corpus" / "icd10cm").glob(".staging-*"))
    finally:
        running.send_signal(signal.SIGKILL)
        running.communicate()
    assert titles(home)["B20"] == "Blight"
    assert search(home, "blight").matched_term == "Blight"
    assert run(imported) == 0
    assert titles(home)["B20"] == "Leaf blight"
    assert not list((home / "corpus" / "icd10cm").glob(".staging-*"))


@pytest.mark.parametrize("size", [12_000, 120_000])
def test_a_full_disk_is_told_and_leaves_the_old_release_working(
    home: Path, tmp_path: Path, imported: Path, size: int
) -> None:
    running = process(f"full-{size}", tmp_path, home, imported)
    _, said = running.communicate(timeout=90)
    assert running.returncode == 2, said
    assert "was not installed, what was there stays: " in said
    assert said.count("\n") == 2
    assert titles(home)["B20"] == "Blight"
    assert not [path for path in (home / "corpus" / "icd10cm").glob(".staging-*") if any(path.iterdir())]


def test_an_import_that_fails_halfway_leaves_the_old_release_working(
    home: Path, imported: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def failing(catalog: Catalog, edition: Edition, force: bool = False, quiet: bool = False) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Catalog, "build", failing)
    assert run(imported) == 2
    assert "No space left on device" in capsys.readouterr().err
    assert titles(home)["B20"] == "Blight"
