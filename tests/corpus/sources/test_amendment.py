"""Addenda applied to a release: what fits is done, what does not fit refuses the whole."""

import csv
from collections.abc import Iterable
from pathlib import Path

import pytest

from corpus.codes import CodeSystem, Node
from corpus.errors import CorpusError
from corpus.sources.addenda import read_addenda
from corpus.sources.amendment import amended
from corpus.sources.scrutiny import against_validity, sift
from corpus.sources.tabular_xml import read_tabular_xml
from corpus.sources.validity import CodeValidity
from tests.corpus.sources import miniature
from tests.corpus.sources.miniature import source

CM = CodeSystem.ICD10CM
DELTAS = Path(__file__).resolve().parents[4] / "shared" / "data" / "codesets" / "fy2027_dx_deltas_codes_only.csv"
BASE = read_tabular_xml(
    source("t.xml", miniature.tabular()), frozenset({"A000", "A009", "A011XXA", "A011XXD", "A011XXS", "B20"})
).nodes


def line(action: str, code: str, flag: int, title: str) -> str:
    return f"{action}: 00001 {code:<7} {flag} {title[:60]:<60} {title}\n"


def changed(text: str, base: Iterable[Node] = BASE) -> dict[str, Node]:
    nodes = amended(CM, lambda: base, [("add.txt", read_addenda(source("add.txt", text)))], "ICD-10-CM FY2030")
    seen: set[str | None] = {None}
    for node in nodes:
        assert node.parent in seen, "a parent comes before its children"
        seen.add(node.code)
    assert len(nodes) > 1000 or sift(CM, nodes).doubts == ()
    return {node.code: node for node in nodes}


def test_codes_are_added_where_they_stand() -> None:
    found = changed(line("Add", "A005", 1, "Wilting of leaves due to frost"))
    assert list(found).index("A00.5") == list(found).index("A00.0") + 1
    new = found["A00.5"]
    assert (new.parent, new.stem, new.billable) == ("A00", "A00.5", True)
    assert found["A00.0"].notes and found["A00"].notes, "notes stay"


def test_a_code_becomes_a_header() -> None:
    text = line("Delete", "B20", 1, "Blight") + line("Add", "B20", 0, "Blight")
    found = changed(text + line("Add", "B200", 1, "Blight of leaves") + line("Add", "B209", 1, "Blight, unspecified"))
    assert not found["B20"].billable and found["B20"].notes
    assert [code for code in found if code.startswith("B20.")] == ["B20.0", "B20.9"]
    assert found["B20.0"].billable


def test_a_title_is_revised_only_from_what_it_was() -> None:
    text = line("Revise from", "A009", 1, "Wilting of leaves, unspecified") + line(
        "Revise to", "A009", 1, "Wilting NOS"
    )
    assert changed(text)["A00.9"].title == "Wilting NOS"
    assert changed(text)["A00.9"].parent == "A00"


def test_stems_take_the_characters_of_their_category() -> None:
    stem = line("Add", "A012", 0, "Broken stem, lower")
    text = stem + "".join(line("Add", f"A012XX{char}", 1, f"Broken stem, lower, {char}") for char in "AD")
    found = changed(text)
    assert found["A01.2"].seventh == (("A", "first visit"), ("D", "later visit"))
    assert found["A01.2XXA"].stem == "A01.2" and found["A01.2XXA"].billable and not found["A01.2"].billable


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (line("Add", "A000", 1, "Twice"), "add.txt, line 1, adds A00.0, which ICD-10-CM FY2030 has already"),
        (line("Delete", "A008", 1, "None"), "deletes A00.8, which ICD-10-CM FY2030 does not have"),
        (line("Delete", "A009", 1, "Another name"), "deletes A00.9, which ICD-10-CM FY2030 calls otherwise"),
        (line("Revise to", "C77", 1, "Moss"), "revises C77, which"),
        (line("Add", "C771", 1, "Moss"), "no header for it to stand under"),
        (line("Add", "C77", 1, "Moss"), "stands in no block"),
        (line("Delete", "A00", 0, "Wilting of leaves"), "take away what A00.0 stands under"),
        (line("Add", "B200", 0, "Blight of leaves"), "is a header, but has no code below it"),
        (
            "".join(
                line("Delete", node.code.replace(".", ""), 1, node.title)
                for node in BASE
                if node.stem == "A01.1" and node.billable
            ),
            "take away all that stands below A01.1",
        ),
    ],
)
def test_what_does_not_fit_refuses_the_whole(text: str, words: str) -> None:
    with pytest.raises(CorpusError, match=words):
        changed(text)


def test_procedures_are_changed_too() -> None:
    base = [
        Node("0DT", "Gastrointestinal System, Resection", "code", None, "0DT", False),
        Node("0DTJ", "Gastrointestinal System, Resection, Appendix", "code", "0DT", "0DTJ", False),
        Node("0DTJ0ZZ", "Resection of Appendix, Open Approach", "code", "0DTJ", "0DTJ", True),
        Node("0DTJ4ZZ", "Resection of Appendix, Percutaneous Endoscopic Approach", "code", "0DTJ", "0DTJ", True),
    ]
    text = "Delete 0DTJ0ZZ Resection of Appendix, Open Approach\n"
    text += "Add 0DTJ7ZZ Resection of Appendix, Via Natural or Artificial Opening\n"
    addenda = [("a.txt", read_addenda(source("a.txt", text)))]
    found = [node.code for node in amended(CodeSystem.ICD10PCS, lambda: base, addenda, "ICD-10-PCS FY2030")]
    assert found == ["0DT", "0DTJ", "0DTJ4ZZ", "0DTJ7ZZ"]


@pytest.mark.skipif(not DELTAS.is_file(), reason="needs the list of FY2027 changes, which is not shipped")
def test_the_changes_of_a_real_year_give_the_codes_of_the_next(tabular: tuple[Node, ...]) -> None:
    """Addenda made of the published changes of FY2027 (titles made up, headers filled in) give what the tables call valid."""
    base = tabular
    titles = {node.code.replace(".", ""): node.title for node in base if node.kind == "code"}
    with DELTAS.open(newline="") as stream:
        rows = [(row["code"].replace(".", ""), row["change"].startswith("valid")) for row in csv.DictReader(stream)]
    gone, new = {code for code, valid in rows if not valid}, {code for code, valid in rows if valid}
    heads = {code[:size] for code in new for size in range(3, len(code))} - new
    text = "".join(line("Delete", code, 1, titles[code]) for code in sorted(gone))
    left = {code.replace(".", "") for code in (node.code for node in base if node.billable)} - gone | new
    emptied = set(titles) - {code[:size] for code in left for size in range(3, 8)} - gone
    text += "".join(line("Delete", code, 0, titles[code]) for code in sorted(emptied))
    added = sorted((heads - titles.keys()) | (heads & gone))
    text += "".join(line("Add", code, 0, f"Header {code}") for code in added)
    text += "".join(line("Add", code, 1, f"Code {code}") for code in sorted(new))
    found = changed(text, base)
    billable = {code.replace(".", "") for code, node in found.items() if node.billable}
    assert billable == left
    validity = CodeValidity()
    assert against_validity(found.values(), base, "2026-10-01", validity.valid_on) == ((), ())
    assert found["M86.8X11"].stem == "M86.8X11", "a seventh place that is no 7th character"
    assert found["Z87.8901"].parent == "Z87.890" and not found["Z87.890"].billable
    assert "S23.420" not in found and found["S23.429A"].stem == "S23.429"
