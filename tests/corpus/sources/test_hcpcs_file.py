"""HCPCS Level II: the fixed-width file and the workbook of CMS, and the plain table."""

import datetime as dt
import textwrap
from pathlib import Path

import pytest

from corpus.errors import CorpusError
from corpus.sources.files import open_files
from corpus.sources.hcpcs_file import is_fixed_width, read_fixed_width, read_hcpcs_sheet
from tests.corpus.sources import miniature
from tests.corpus.sources.miniature import hcpcs_line, source, workbook

HEADER = (
    "HCPC",
    "SEQNUM",
    "RECID",
    "LONG DESCRIPTION",
    "SHORT DESCRIPTION",
    "XREF1",
    "COV",
    "ADD DT",
    "ACT EFF DT",
    "TERM DT",
    "ACTION CD",
)


def test_continuation_lines_are_joined_and_dates_read() -> None:
    rows = {row.code: row for row in read_fixed_width(source("h.txt", miniature.hcpcs()))}
    assert list(rows) == ["A0001", "E0001", "K0001", "X1", "ZZ"]
    can = rows["E0001"]
    assert can.long == "Watering can, galvanised, with a rose and a long neck, for non-commercial gardens"
    assert (can.short, can.added, can.effective, can.terminated, can.action) == (
        "Can",
        "2010-01-01",
        "2031-01-01",
        "",
        "C",
    )
    rake = rows["K0001"]
    assert (rake.terminated, rake.references) == ("2030-12-31", ("E0001",))
    assert rows["ZZ"].modifier and rows["ZZ"].long == "Rented for a season of one year"
    assert not can.modifier


def test_a_description_of_all_eighty_columns_keeps_its_last_letter() -> None:
    long = "x" * 79 + "y"
    assert read_fixed_width(source("h.txt", hcpcs_line("A0001", 100, "3", long)))[0].long == long


def test_a_line_that_continues_another_code_is_named() -> None:
    text = hcpcs_line("A0001", 100, "3", "Cart") + hcpcs_line("A0002", 200, "4", "more")
    with pytest.raises(CorpusError, match=r"h\.txt, line 2, continues another code"):
        read_fixed_width(source("h.txt", text))


def test_a_line_out_of_column_is_named() -> None:
    with pytest.raises(CorpusError, match=r"h\.txt, line 3, is not a HCPCS record"):
        read_fixed_width(source("h.txt", miniature.hcpcs().replace("E0001002004", "E000100200 4")))


def test_a_date_that_is_none_is_named() -> None:
    with pytest.raises(CorpusError, match=r"line 1: a date is not YYYYMMDD"):
        read_fixed_width(source("h.txt", hcpcs_line("A0001", 100, "3", "Cart", added="20201301")))


def test_other_texts_are_not_taken_for_it() -> None:
    assert is_fixed_width(miniature.hcpcs())
    assert not is_fixed_width(miniature.order())
    assert not is_fixed_width("")


def test_a_workbook_gives_the_same_as_the_text_file() -> None:
    rows = [
        ("HCPCS 2031 January",),
        HEADER,
        ("A0001", 100, 3, "Garden cart, per mile", "Cart", None, "C", 20200101, 20230101, None, "N"),
        (
            "E0001",
            100,
            3,
            "Watering can, galvanised, with a rose and a",
            "Can",
            None,
            "C",
            dt.date(2010, 1, 1),
            "20310101",
            None,
            "C",
        ),
        ("E0001", 200, 4, "long neck, for non-", None, None, None, None, None, None, None),
        ("E0001", 300, 4, "commercial gardens", None, None, None, None, None, None, None),
        ("K0001", "00100", "3", "Rake, old kind", "Rake", "E0001", "C", "2000-01-01", "12/31/2030", 20301231.0, "D"),
        (None,) * 11,
        ("X1", 100, 7, "Left bed", "Left", None, "C", 20000101, 20000101, None, "N"),
        ("ZZ", 100, 7, "Rented for a season of", "Rent", None, "C", 20000101, 20000101, None, "N"),
        ("ZZ", 200, 8, "one year", None, None, None, None, None, None, None),
    ]
    ours = [_values(row) for row in read_hcpcs_sheet(source("h.xlsx", workbook(rows)))]
    assert ours == [_values(row) for row in read_fixed_width(source("h.txt", miniature.hcpcs()))]


def _values(row: object) -> dict[str, object]:
    return {name: getattr(row, name) for name in row.__slots__ if name != "line"}  # type: ignore[attr-defined]


def test_a_workbook_without_record_ids_is_read() -> None:
    rows = [
        ("HCPC", "LONG DESCRIPTION", "SHORT DESCRIPTION", "ADD DT"),
        ("A0001", "Cart", "C", 20200101),
        ("LT", "Left", "L", ""),
    ]
    found = read_hcpcs_sheet(source("h.xlsx", workbook(rows)))
    assert [(row.code, row.modifier, row.added) for row in found] == [("A0001", False, "2020-01-01"), ("LT", True, "")]


def test_a_damaged_workbook_is_named() -> None:
    data = bytearray(workbook([HEADER, ("A0001", 100, 3, "Cart", "C")]))
    place = data.find(b"PK\x03\x04", 2000)
    data[place + 60 : place + 120] = b"\0" * 60
    with pytest.raises(CorpusError, match=r"h\.xlsx"):
        read_hcpcs_sheet(source("h.xlsx", bytes(data)))


def test_a_table_without_the_columns_is_refused() -> None:
    with pytest.raises(CorpusError, match="lacks the columns HCPC"):
        read_hcpcs_sheet(source("h.csv", "code,words\nA0001,Cart\n"))


CODESETS = Path("/work/shared/data/codesets")


@pytest.mark.skipif(not CODESETS.is_dir(), reason="needs the development code sets, which are no part of the project")
def test_every_real_description_comes_through_the_fixed_columns() -> None:
    table = read_hcpcs_sheet(open_files([CODESETS / "hcpcs_level2_2025_oct.csv"])[0][0])
    assert (sum(not row.modifier for row in table), sum(row.modifier for row in table)) == (8_463, 383)
    lines = []
    for row in table:
        first, further = ("7", "8") if row.modifier else ("3", "4")
        pieces = textwrap.wrap(row.long, 80, break_on_hyphens=False)
        lines.append(hcpcs_line(row.code, 100, first, pieces[0], row.short))
        lines.extend(hcpcs_line(row.code, 100 * place, further, piece) for place, piece in enumerate(pieces[1:], 2))
    found = read_fixed_width(source("h.txt", "".join(lines)))
    assert [(row.code, row.modifier, row.short) for row in found] == [
        (row.code, row.modifier, row.short) for row in table
    ]
    # a hyphen or slash at the end of a wrapped line is taken to join what it stands between
    spaced = [(row.long, other.long) for row, other in zip(found, table, strict=True) if row.long != other.long]
    assert len(spaced) < 20
    assert all(ours.replace(" ", "") == theirs.replace(" ", "") for ours, theirs in spaced)
