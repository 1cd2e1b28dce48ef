"""Chapters, blocks and sides of hits, and rows that a limit lets through."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from corpus.codes import CodeSystem, Node, Release
from corpus.errors import CorpusError
from corpus.index.facets import Limits, Outline, RowLimits, facets, fits
from corpus.index.terms import SearchTerm, TermKind
from corpus.library import CodeBook, write_library

if TYPE_CHECKING:
    from assistant.services import Services

CODES = ("E11.22", "E11.9", "I10", "S72.001", "S72.001A")


@pytest.fixture(scope="module")
def outline(services: "Services") -> Outline:
    return Outline(services.codebook)


def test_codes_are_counted(outline: Outline) -> None:
    counted = facets([code for one in CODES if (code := outline.book.get(one))], outline)
    assert [(facet.value, facet.count) for facet in counted.chapters] == [("19", 2), ("4", 2), ("9", 1)]
    assert counted.chapters[1].title.startswith("Endocrine")
    assert ("E08-E13", 2) in [(facet.value, facet.count) for facet in counted.blocks]
    assert [(facet.value, facet.count) for facet in counted.billable] == [("billable", 4), ("header", 1)]
    assert [(facet.value, facet.count) for facet in counted.sides] == [("none", 3), ("right", 2)]


@pytest.mark.parametrize(
    ("chapters", "expected"),
    [
        (("4",), ["E11.22", "E11.9"]),
        (("E08-E13",), ["E11.22", "E11.9"]),
        (("E11.2",), ["E11.22"]),
        (("E11.2", "9"), ["E11.22", "I10"]),
        (("19",), ["S72.001"]),
    ],
)
def test_rows_of_a_place(outline: Outline, chapters: tuple[str, ...], expected: list[str]) -> None:
    units = ("E11.22", "E11.9", "I10", "S72.001")
    limits = RowLimits([SearchTerm(unit, unit, TermKind.TITLE) for unit in units], outline)
    mask = limits.rows(Limits(chapters))
    assert mask is not None
    assert [unit for unit, inside in zip(units, mask, strict=True) if inside] == expected


def test_where_codes_have_no_categories_a_place_is_its_codes(tmp_path: Path) -> None:
    nodes = [
        Node("canes", "Canes", "chapter", None, "", False),
        Node("E0100", "Cane", "code", "canes", "E0100", True),
        Node("beds", "Beds", "chapter", None, "", False),
        Node("E0101", "Bed", "code", "beds", "E0101", True),
    ]
    write_library(tmp_path / "codes.db", nodes)
    book = CodeBook(tmp_path / "codes.db", Release(CodeSystem.HCPCS, "made up", "made up", "test", "", ""))
    outline = Outline(book)
    assert [outline.place(code)[0] for code in ("E0100", "E0101")] == ["canes", "beds"]
    rows = [SearchTerm(unit, unit, TermKind.TITLE) for unit in ("E0100", "E0101")]
    mask = RowLimits(rows, outline).rows(Limits(("canes",)))
    assert mask is not None and mask.tolist() == [True, False]


def test_no_place_is_no_limit(outline: Outline) -> None:
    assert RowLimits([], outline).rows(Limits(billable=True)) is None
    assert not Limits() and Limits(side="left")


def test_a_place_that_is_not_there_is_said(outline: Outline) -> None:
    with pytest.raises(CorpusError, match="'99' is no chapter"):
        RowLimits([], outline).rows(Limits(("99",)))


def test_billable_and_side(outline: Outline) -> None:
    header, code = outline.book.get("S72.001"), outline.book.get("S72.001A")
    assert header and code
    assert fits(code, Limits(billable=True)) and not fits(header, Limits(billable=True))
    assert fits(code, Limits(side="right")) and not fits(code, Limits(side="left"))
