"""Elements to values: exact amounts, dates, composites, National Provider Identifiers."""

import datetime as dt
import re
from decimal import Decimal
from functools import lru_cache

ZERO = Decimal("0.00")
_AMOUNT = re.compile(r"-?(?:\d+\.?\d*|\.\d+)")
_LONGEST = 18
"""Digits of an X12 monetary element; a longer one is damage, not money."""


@lru_cache(maxsize=1 << 16)
def parse_amount(text: str) -> Decimal | None:
    """An X12 decimal number, exactly; None when `text` is empty or anything else (`1e3`, `$5`, `1,000`)."""
    text = text.strip()
    if len(text) <= _LONGEST + 2 and _AMOUNT.fullmatch(text) and text.isascii():
        return Decimal(text)
    return None


def whole_number(text: str) -> int | None:
    """A count or control number of one to nine digits; None when `text` is anything else (`²` and `٣` are digits too)."""
    return int(text) if 0 < len(text) <= 9 and text.isascii() and text.isdecimal() else None


@lru_cache(maxsize=1 << 14)
def parse_date(text: str) -> dt.date | None:
    """CCYYMMDD as a date; None when it is not one."""
    text = text.strip()
    if len(text) != 8 or not text.isdigit() or not text.isascii():
        return None
    try:
        return dt.date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return None


@lru_cache(maxsize=1 << 12)
def npi_is_valid(npi: str) -> bool:
    """Ten digits whose last is the Luhn check digit over the prefix 80840 (CMS, NPI final rule, 45 CFR 162.406)."""
    if len(npi) != 10 or not npi.isdigit() or not npi.isascii():
        return False
    total = 0
    for place, digit in enumerate(reversed("80840" + npi)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0
