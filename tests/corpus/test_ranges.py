"""Lists and ranges of codes, open places, and codes that do not exist."""

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.index.ranges import CodesAsked, categories, read_codes
from corpus.library import CodeBook

if TYPE_CHECKING:
    from assistant.services import Services


@pytest.fixture(scope="module")
def book(services: "Services") -> CodeBook:
    return services.codebook


def codes(item: CodesAsked) -> list[str]:
    return [code.code for code in item.codes]


@pytest.mark.parametrize(
    "text", ["E11.2-E11.4", "e112-e114", "E11.2 to E11.4", "E11.2–E11.4", "E11.2 thru E11.4", "E11.2-.4", "E11.4-E11.2"]
)
def test_a_range_is_written_in_many_ways(book: CodeBook, text: str) -> None:
    (item,) = read_codes(text, book, 5)
    assert codes(item) == ["E11.2", "E11.3", "E11.4"]
    assert item.exists


def test_a_range_opens_what_fits(book: CodeBook) -> None:
    (item,) = read_codes("E11.2-E11.4", book, 20)
    assert codes(item)[:5] == ["E11.2", "E11.21", "E11.22", "E11.29", "E11.3"]
    assert codes(item)[-1] == "E11.49"


@pytest.mark.parametrize(
    ("text", "first", "last", "count"),
    [
        ("I20-I25", "I20", "I25", 6),
        ("i20-25", "I20", "I25", 6),
        ("E11.21-E11.3", "E11.21", "E11.3", 4),
        ("C43-C44", "C43", "C44", 3),  # C4A stands between them
        ("Z3A.12-Z3A.14", "Z3A.12", "Z3A.14", 3),
        ("B20-B20", "B20", "B20", 1),
        ("E11.99-E12.3", "E11.9", "E11.A", 2),  # neither end exists
    ],
)
def test_a_range_covers_what_lies_between(book: CodeBook, text: str, first: str, last: str, count: int) -> None:
    (item,) = read_codes(text, book, count)
    assert (codes(item)[0], codes(item)[-1], len(item.codes)) == (first, last, count)


def test_a_list(book: CodeBook) -> None:
    for text in ("E11.9, I10", "e119 i10", "E11.9 and I10", "E11.9;I10", "E11.9/I10"):
        assert [codes(item) for item in read_codes(text, book)] == [["E11.9"], ["I10"]]
    mixed = read_codes("E11.9, I20-I22, S93.40xA", book, 3)
    assert [len(item.codes) for item in mixed] == [1, 3, 3]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("S72.00xA", ["S72.001A", "S72.002A", "S72.009A"]),
        ("s93.40xd", ["S93.401D", "S93.402D", "S93.409D"]),
        ("W19A", ["W19.XXXA"]),
        ("T14.8A", ["T14.8XXA"]),
        ("E11.2x", ["E11.2", "E11.21", "E11.22", "E11.29"]),
        ("M54.5-", ["M54.5", "M54.50", "M54.51", "M54.59"]),
        ("E11.2.", ["E11.2"]),
    ],
)
def test_open_places(book: CodeBook, text: str, expected: list[str]) -> None:
    (item,) = read_codes(text, book)
    assert codes(item) == expected
    assert item.exists


@pytest.mark.parametrize(
    ("text", "near"),
    [
        ("E11.222", ["E11.22"]),
        ("I10.9", ["I10"]),
        ("E119Z1234", ["E11.9"]),
        ("E1O.9", ["E10.9"]),
        ("N18.39", ["N18.3", "N18.30", "N18.31", "N18.32"]),
        ("E12.5", ["E10", "E11", "E13", "E15"]),
    ],
)
def test_a_code_that_does_not_exist_has_neighbours(book: CodeBook, text: str, near: list[str]) -> None:
    (item,) = read_codes(text, book)
    assert codes(item) == near
    assert not item.exists
    assert "no c" in item.message


@pytest.mark.parametrize(
    "text", ["T2DM", "B12", "A1C", "H1N1", "C5-C6", "CO2", "CA125", "pink eye", "E11.9 diabetes", "-", ",", ""]
)
def test_words_are_not_codes(book: CodeBook, text: str) -> None:
    assert read_codes(text, book) == ()


def test_categories_stand_in_tabular_order(book: CodeBook) -> None:
    listed = categories(book)
    assert listed[0] == "A00" and len(listed) == len(set(listed)) > 1900
    assert listed[listed.index("C4A") - 1] == "C43"


@given(st.text(alphabet="AEIST0129.-x, to", max_size=14))
def test_nothing_typed_breaks_it(services: "Services", text: str) -> None:
    for item in read_codes(text, services.codebook, 8):
        assert len(item.codes) >= 1 or not item.exists
        assert item.exists or item.message
