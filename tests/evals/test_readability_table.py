"""docs/readability.md is what the texts are, and no text for a patient is past its limit."""

import pytest

from evals.readability_table import MAX_GRADE, PAGE, Row, page, rows


@pytest.fixture(scope="module")
def found() -> list[Row]:
    return rows()


def test_the_page_is_up_to_date(found: list[Row]) -> None:
    assert PAGE.read_text("utf-8") == page(found), "run python -m evals.readability_table"


def test_every_text_for_patients_keeps_its_limit(found: list[Row]) -> None:
    assert {(row.kind, row.language): row.beyond for row in found if row.beyond} == {}
    kinds = {row.kind for row in found}
    assert len(kinds) == 8 and all(
        {row.language for row in found if row.kind == kind} == {"en", "es"} for kind in kinds
    )
    assert all(row.readings for row in found)


def test_hard_texts_are_counted() -> None:
    english = Row("x", "en", (2.0, 9.0, 12.0, 3.0), MAX_GRADE)
    assert (english.beyond, english.at(0.5), english.at(1.0)) == (2, 3.0, 12.0)
    spanish = Row("x", "es", (90.0, 69.0, 100.0), 70.0)
    assert (spanish.beyond, spanish.at(1.0)) == (1, 69.0)
    assert Row("x", "en", (12.0,), None).beyond == 0
