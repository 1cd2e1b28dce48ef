"""Turning the pages of a small code book that has an alphabetic index, and of the real one."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from corpus.browse import contents, find, index_lines, index_page, page
from corpus.codes import CodeSystem, IndexTerm, Node, NoteKind, Release, TabularNote
from corpus.errors import CorpusError
from corpus.library import CodeBook, write_library

if TYPE_CHECKING:
    from assistant.services import Services

NODES = [
    Node("1", "Colours (A00-A09)", "chapter", None, "", False, notes=(TabularNote("1", NoteKind.EXCLUDES1, "shapes"),)),
    Node("A00-A01", "Warm (A00-A01)", "block", "1", "", False),
    Node(
        "A00", "Red", "code", "A00-A01", "A00", False, notes=(TabularNote("A00", NoteKind.INCLUSION_TERM, "scarlet"),)
    ),
    Node("A00.0", "Bright red", "code", "A00", "A00.0", True),
    Node("A00.1", "Dark red", "code", "A00", "A00.1", True),
    Node("A01", "Orange", "code", "A00-A01", "A01", True),
]
LINES = [
    IndexTerm(0, None, "diseases", "Red", see_also="Pink", codes=(("", "A00.-"),)),
    IndexTerm(1, 0, "diseases", "bright", codes=(("", "A00.0"),)),
    IndexTerm(2, None, "diseases", "Vermilion", see="Red, bright"),
    IndexTerm(3, None, "drugs", "Carmine", codes=(("adverse_effect", "A00.1"), ("underdosing", "A01"))),
]


@pytest.fixture
def small(tmp_path: Path) -> CodeBook:
    path = tmp_path / "codes.db"
    write_library(path, NODES, LINES)
    return CodeBook(path, Release(CodeSystem.ICD10CM, "made up", "made up", "test", "", ""))


def test_a_code_with_all_that_stands_around_it(small: CodeBook) -> None:
    shown = page(small, "a000")
    assert shown.place.code == "A00.0" and shown.place.billable
    assert [place.code for place in shown.above] == ["1", "A00-A01", "A00"]
    assert [place.code for place in shown.beside] == ["A00.1"]
    assert shown.below == () and shown.notes == ()
    assert [(note.node, note.text) for note in shown.inherited] == [("1", "shapes")]


def test_a_block_and_a_chapter_are_places_too(small: CodeBook) -> None:
    assert [place.code for place in contents(small)] == ["1"]
    chapter = page(small, "1")
    assert [place.code for place in chapter.below] == ["A00-A01"]
    assert [note.text for note in chapter.notes] == ["shapes"] and chapter.above == ()
    block = page(small, "A00 – A01")
    assert [place.code for place in block.below] == ["A00", "A01"]
    assert [note.text for note in block.inherited] == ["shapes"]
    assert [note.text for note in page(small, "A00").notes] == ["scarlet"]


def test_from_a_code_to_its_index_lines_and_back(small: CodeBook) -> None:
    (line,) = index_lines(small, "A00.0")
    assert (line.path, line.code) == (("Red", "bright"), "A00.0")
    (header,) = page(small, "A00").index
    assert (header.path, header.code, header.see_also) == (("Red",), "A00.-", "Pink")
    (drug,) = index_lines(small, "A00.1")
    assert drug.path == ("Carmine", "adverse effect")
    red, vermilion = index_page(small)
    assert red.path == ("Red",) and vermilion.see == "Red, bright"
    assert [below.path for below in index_page(small, 0)] == [("Red", "bright")]


def test_a_place_that_is_not_there_is_said(small: CodeBook) -> None:
    assert find(small, "Z99") is None
    with pytest.raises(CorpusError, match="'Z99' is no chapter, block or code of made up"):
        page(small, "Z99")


def test_the_real_book(services: "Services") -> None:
    book = services.codebook
    assert len(contents(book)) == 22
    shown = page(book, "E11.22")
    assert [place.code for place in shown.above] == ["4", "E08-E13", "E11", "E11.2"]
    assert {note.kind for note in shown.notes} == {NoteKind.USE_ADDITIONAL}
    assert {note.node for note in shown.inherited} >= {"4", "E11"}
    assert page(book, "S72.001").seventh[0] == ("A", "initial encounter for closed fracture")
    assert page(book, "B20").place.kind == "code"  # a block of the same name is the category
