"""Codes while they are typed, over the real index."""

import datetime as dt
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.index.search import Searcher

if TYPE_CHECKING:
    from assistant.services import Services

DATE = dt.date(2026, 9, 1)


@pytest.fixture(scope="module")
def searcher(services: "Services") -> Searcher:
    return services.searcher


def codes(searcher: Searcher, text: str, limit: int = 10, date: dt.date = DATE) -> list[str]:
    return [one.code for one in searcher.complete(text, limit, date)]


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("pink", "H10.9"),
        ("hypertens", "I10"),
        ("hypertensoin", "I10"),
        ("htn ckd", "I12.9"),
        ("fx dist rad l", "S52.502"),
        ("left ankle sprain init", "S93.402A"),
        ("c diff", "A04.72"),
        ("dolor de cab", "R51.9"),
        ("presión al", "I10"),
        ("azúcar al", "R73.9"),
        ("T2DM w CKD3b", "E11.22"),
        ("aom r", "H66.91"),
        ("mdd rec mod", "F33.1"),
        ("pneumonai", "J18.9"),
        ("copd exac", "J44.1"),
        ("s/p cabg", "Z95.1"),
        ("U07.1", "U07.1"),
        ("e1122", "E11.22"),
    ],
)
def test_the_first_code_offered(searcher: Searcher, typed: str, code: str) -> None:
    assert codes(searcher, typed)[0] == code


@pytest.mark.parametrize(
    ("typed", "code"),
    [("diab neur", "E11.40"), ("neur diab", "E11.40"), ("E11 neur", "E11.40")],
)
def test_a_code_is_among_those_offered(searcher: Searcher, typed: str, code: str) -> None:
    assert code in codes(searcher, typed)


def test_parts_of_codes(searcher: Searcher) -> None:
    assert codes(searcher, "e11.2") == ["E11.2", "E11.21", "E11.22", "E11.29"]
    assert codes(searcher, "S72.00", 3) == ["S72.00", "S72.001", "S72.002"]
    assert codes(searcher, "J4", 6)[:5] == ["J40", "J41", "J42", "J43", "J44"]


def test_a_category_may_have_a_letter_in_second_place(searcher: Searcher) -> None:
    assert codes(searcher, "qa")[0] == "QA0"
    assert codes(searcher, "QA0")[0] == "QA0"
    assert codes(searcher, "QA0.0101") == ["QA0.0101"]
    assert codes(searcher, "QA0 scn2a") == ["QA0.0101"]
    assert codes(searcher, "co2 toxic effect")  # no category: the words are not limited to what begins with it


def test_the_term_that_matched_is_told(searcher: Searcher) -> None:
    (first, *_) = searcher.complete("pink ey", 3, DATE)
    assert (first.rank, first.matched_term) == (1, "pink eye")


def test_a_retired_code_is_not_offered(searcher: Searcher) -> None:
    assert "I42.0" in codes(searcher, "dilated cardiomyop", date=dt.date(2026, 9, 30))
    assert "I42.0" not in codes(searcher, "dilated cardiomyop", date=dt.date(2026, 10, 1))
    assert "I42.0" not in codes(searcher, "I42.0", date=dt.date(2026, 10, 1))


def test_neither_encoder_nor_vectors_are_opened(services: "Services") -> None:
    fresh = Searcher(services.settings.index_dir)
    assert fresh.complete("asthma", 3, DATE)
    assert fresh._encoder is None
    assert fresh._row_vectors._graph is None and fresh._row_vectors._exact is None


@settings(max_examples=80, deadline=None)
@given(st.text(max_size=30))
def test_nothing_typed_breaks_it(services: "Services", text: str) -> None:
    offered = services.searcher.complete(text, 5, DATE)
    assert [one.rank for one in offered] == list(range(1, len(offered) + 1))
    assert len({one.code for one in offered}) == len(offered) <= 5
