import datetime as dt
from decimal import Decimal

import pytest

from assistant.x12.elements import npi_is_valid, parse_amount, parse_date, whole_number


@pytest.mark.parametrize(
    ("text", "value"), [("5", "5"), ("-5.10", "-5.10"), (".5", "0.5"), ("5.", "5"), (" 12.3 ", "12.3"), ("0", "0")]
)
def test_amounts_are_exact(text: str, value: str) -> None:
    assert parse_amount(text) == Decimal(value)


@pytest.mark.parametrize(
    "text", ["", "-", ".", "1e3", "1_000", "1,000", "$5", "5-", "+5", "NaN", "Infinity", "٣", "9" * 30]
)
def test_what_is_no_amount(text: str) -> None:
    assert parse_amount(text) is None


def test_dates() -> None:
    assert parse_date("20260228") == dt.date(2026, 2, 28)
    for text in ("20260230", "260228", "2026-02-28", "", "00000000", "٢٠٢٦٠٢٢٨"):
        assert parse_date(text) is None


def test_npi_check_digit() -> None:
    assert npi_is_valid("1234567893") and npi_is_valid("1497758544")
    for text in ("1234567890", "123456789", "12345678931", "123456789A", ""):
        assert not npi_is_valid(text)


@pytest.mark.parametrize("text", ["", "²", "٣", "-1", "1.0", " 1", "1" * 10, "9" * 5000, "1_0"])
def test_what_is_no_whole_number_is_none(text: str) -> None:
    assert whole_number(text) is None


def test_whole_numbers_have_up_to_nine_digits() -> None:
    assert [whole_number("0"), whole_number("007"), whole_number("999999999")] == [0, 7, 999_999_999]
