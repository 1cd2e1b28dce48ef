"""A licensed CPT file: columns told by the site, nothing of its content in errors. All texts here are invented."""

import pytest

from corpus.errors import CorpusError
from corpus.sources.licensed import parse_columns, read_cpt
from tests.corpus.sources.miniature import source, workbook

COLUMNS = {"code": "CPT Code", "description": "Long Text", "short": "Short"}
TABLE = """Licensed copy
CPT Code\tLong Text\tShort
99999\tInvented service\tInvented
0001U\tInvented test\tTest
25\tInvented modifier\tMod
"""


def test_columns_are_taken_by_name_below_a_title_line() -> None:
    rows = read_cpt(source("c.txt", TABLE), COLUMNS)
    assert [(row.code, row.description, row.short) for row in rows] == [
        ("99999", "Invented service", "Invented"),
        ("0001U", "Invented test", "Test"),
        ("25", "Invented modifier", "Mod"),
    ]


def test_columns_are_taken_by_number_where_there_is_no_header() -> None:
    rows = read_cpt(source("c.csv", "99999,x,Invented service\n99998,y,Another\n"), {"code": "1", "description": "3"})
    assert [row.description for row in rows] == ["Invented service", "Another"]


def test_a_workbook_that_lost_its_leading_zeros_is_read() -> None:
    data = workbook([("CPT Code", "Long Text", "Short"), (123, "Invented", "I")])
    assert read_cpt(source("c.xlsx", data), COLUMNS)[0].code == "00123"


@pytest.mark.parametrize(
    "text",
    [
        "Code,Words\n99999,Invented; with; many; of; these; marks\n",
        "Code\tWords\n99999\tInvented; with, many, of, these, marks, here, and, there\n",
        'Code;Words\n99999;"Invented, with, many"\n',
        "Code|Words\n99999|Invented, with; others\n",
    ],
)
def test_marks_within_a_description_do_not_part_it(text: str) -> None:
    rows = read_cpt(source("c.txt", text), {"code": "Code", "description": "Words"})
    assert [row.code for row in rows] == ["99999"]
    assert rows[0].description.startswith("Invented")
    assert rows[0].description.endswith(("marks", "there", "many", "others"))


@pytest.mark.parametrize("text", ["code=A", "description=A", "code=A,description", "code=A,description=B,price=C", ""])
def test_columns_that_say_too_little_are_refused(text: str) -> None:
    with pytest.raises(CorpusError, match="--columns"):
        parse_columns(text)


def test_columns_are_parsed() -> None:
    assert parse_columns("code=CPT Code, description = Long Text") == {"code": "CPT Code", "description": "Long Text"}


@pytest.mark.parametrize(
    ("content", "columns"),
    [
        (TABLE, {"code": "Nummer", "description": "Long Text"}),
        (TABLE, {"code": "Short", "description": "Long Text"}),
        (TABLE.replace("25\tInvented modifier\tMod", "25\tInvented modifier\tnever"), COLUMNS | {"from": "Short"}),
    ],
)
def test_errors_do_not_show_what_stands_in_the_file(content: str, columns: dict[str, str]) -> None:
    with pytest.raises(CorpusError) as caught:
        read_cpt(source("c.txt", content), columns)
    assert "c.txt" in str(caught.value)
    assert "nvented" not in str(caught.value)
