"""Order files, description files and addenda."""

import pytest

from corpus.codes import CodeSystem
from corpus.errors import CorpusError
from corpus.sources.addenda import Action, disagreements, read_addenda
from corpus.sources.order import order_nodes, read_descriptions, read_order, system_of
from tests.corpus.sources import miniature
from tests.corpus.sources.miniature import source


def test_an_order_file_gives_headers_codes_and_both_titles() -> None:
    long = "Wilting of leaves due to a drought that went on for much longer than anybody had thought it would"
    rows = read_order(source("o.txt", miniature.order([("A00", 0, "Wilting"), ("A000", 1, long)])))
    assert [(row.number, row.code, row.billable) for row in rows] == [(1, "A00", False), (2, "A000", True)]
    assert rows[1].long == long
    assert rows[1].short == long[:60].strip()


def test_codes_hang_from_their_longest_listed_beginning() -> None:
    nodes = {node.code: node for node in order_nodes(read_order(source("o.txt", miniature.order())))}
    assert nodes["A01.1XXA"].parent == nodes["A01.1XXA"].stem == "A01.1"
    assert nodes["A01.1"].parent == "A01"
    assert nodes["A01.1"].seventh == (("A", "first visit"), ("D", "later visit"), ("S", "sequela"))
    assert not nodes["A01.1"].billable
    assert nodes["A00.9"].stem == "A00.9"
    assert nodes["B20"].parent is None


def test_a_line_out_of_column_is_named() -> None:
    text = miniature.order().replace("A011XXD 1", "A011XXD 7")
    with pytest.raises(CorpusError, match=r"^o\.txt, line 7, is not a line of an order file"):
        read_order(source("o.txt", text))


def test_descriptions_list_codes_alone() -> None:
    rows = read_descriptions(source("d.txt", miniature.descriptions()))
    assert [row.code for row in rows] == ["A000", "A009", "A011XXA", "A011XXD", "A011XXS", "B20"]


def test_descriptions_with_dots_or_tabs_are_read() -> None:
    rows = read_descriptions(source("d.txt", "A00.0\tWilting of leaves\nA011XXA Broken stem\n"))
    assert [(row.code, row.long) for row in rows] == [("A000", "Wilting of leaves"), ("A011XXA", "Broken stem")]


def test_the_system_is_told_by_the_codes() -> None:
    assert system_of(row.code for row in read_order(source("o.txt", miniature.order()))) is CodeSystem.ICD10CM
    assert system_of(row.code for row in read_order(source("o.txt", miniature.pcs_order()))) is CodeSystem.ICD10PCS


ADDENDA = """Delete          B20     Blight
Add             B200    Blight of leaves
Revise from     A009    Wilting, unspecified
Revise to       A009    Wilting of leaves, unspecified
No change       A01     Broken stem
Add             Includes: drooping
Add: 00012 A012    1 Broken stem, lower                                           Broken stem, lower
"""


def test_addenda_are_read_in_their_three_writings() -> None:
    found = read_addenda(source("a.txt", ADDENDA))
    assert found.codes(Action.ADD) == ("B200", "A012")
    assert found.codes(Action.DELETE) == ("B20",)
    assert found.codes(Action.REVISE_TO) == ("A009",)
    assert found.others == 1
    assert found.changes[-1].title == "Broken stem, lower"
    assert found.system is CodeSystem.ICD10CM


def test_addenda_are_held_against_a_release() -> None:
    found = read_addenda(source("a.txt", ADDENDA))
    agreeing = {"B200": "Blight of leaves", "A009": "Wilting of leaves, unspecified", "A012": "Broken stem, lower"}
    assert list(disagreements(found, agreeing.get)) == []
    old = {"B20": "Blight", "A009": "Wilting, unspecified"}
    assert list(disagreements(found, old.get)) == [
        "line 1 deletes B20, which the release still has",
        "line 2 adds B20.0, which the release does not have",
        "line 7 adds A01.2, which the release does not have",
    ]


def test_a_code_that_becomes_a_header_is_no_disagreement() -> None:
    found = read_addenda(source("a.txt", "Delete 00001 B20 1 Blight\nAdd 00001 B20 0 Blight\n"))
    assert list(disagreements(found, {"B20": "Blight"}.get)) == []


def test_addenda_of_procedures_are_known_by_their_codes() -> None:
    found = read_addenda(source("a.txt", "Add 0DTJ0ZZ Removal of Leaf\nDelete XW033A1 Feed\n"))
    assert found.system is CodeSystem.ICD10PCS
    assert next(disagreements(found, {}.get)) == "line 1 adds 0DTJ0ZZ, which the release does not have"


def test_a_text_without_changes_is_no_addenda() -> None:
    with pytest.raises(CorpusError, match="no line that begins with Add"):
        read_addenda(source("a.txt", "Nothing to see\n"))
