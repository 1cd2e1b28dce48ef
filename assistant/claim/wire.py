"""Values to X12 elements: money, numbers, dates, text, codes. The writers use these and nothing else."""

import datetime as dt
import unicodedata
from decimal import Decimal

from assistant.claim.structure import Elements
from assistant.errors import InputError

SEPARATORS = "*~:^"
"""The separators that Superbill writes; text may not hold them."""
_SPELLED = str.maketrans(
    {
        "ß": "ss",
        "Ø": "O",
        "ø": "o",
        "Ł": "L",
        "ł": "l",
        "Đ": "D",
        "đ": "d",
        "Æ": "AE",
        "æ": "ae",
        "Œ": "OE",
        "œ": "oe",
        "ı": "i",
        "‘": "'",
        "’": "'",
        "“": '"',
        "”": '"',
        "–": "-",
        "—": "-",
    }
)


def number(value: Decimal) -> str:
    """A decimal as X12 writes it: no exponent, no trailing zeros (`245`, `8.2`, `-3`)."""
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def day(value: dt.date) -> str:
    """CCYYMMDD. (`strftime` drops leading zeros of the year on some systems.)"""
    return f"{value.year:04}{value.month:02}{value.day:02}"


def folded(text: str) -> str | None:
    """`text` in the characters X12 carries: accents removed, blanks collapsed; None when some character cannot be."""
    plain = unicodedata.normalize("NFKD", text.translate(_SPELLED))
    plain = "".join(character for character in plain if not unicodedata.combining(character))
    plain = " ".join(plain.split())
    if not plain.isascii() or not plain.isprintable() or any(mark in plain for mark in SEPARATORS):
        return None
    return plain


def segment(name: str, *elements: str) -> Elements:
    """A segment without trailing empty elements."""
    end = len(elements)
    while end and not elements[end - 1]:
        end -= 1
    return (name, *elements[:end])


def composite(*components: str) -> str:
    """Components without trailing empty ones."""
    return ":".join(components).rstrip(":")


def segment_text(elements: Elements) -> str:
    """The segment with its separators. Raises InputError when an element holds one: nothing may shift elements."""
    text = "*".join(elements)
    if text.count("*") != len(elements) - 1 or "~" in text or not text.isascii() or not text.isprintable():
        raise InputError(
            f"A {elements[0]} segment holds a character that X12 cannot carry; remove * ~ : ^ and the like."
        )
    return text + "~"
