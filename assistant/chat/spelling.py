"""A text in one form: compatible letters, nothing unseen, small and without accents; and the words that make figures."""

import re
import tomllib
import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_LOOKALIKE = str.maketrans(
    "АВЕЅІЈКМНОРСТУХаеорсухіјѕΑΒΕΖΗΙΚΜΝΟΡΤΥΧо٠١٢٣٤٥٦٧٨٩−–—‐‑‒․․。٫‚",
    "ABESIJKMHOPCTYXaeopcyxijsABEZHIKMNOPTYXo0123456789------....,",
)
_UNSEEN = re.compile(
    r"[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\U000e0000-\U000e01ef]"
)


def plain(text: str) -> str:
    """`text` in one form: compatible letters, nothing unseen, look-alikes of other alphabets as Latin letters."""
    text = _UNSEEN.sub("", unicodedata.normalize("NFKC", text))
    return text.translate(_LOOKALIKE)


def folded(text: str) -> str:
    """`plain`, in small letters without accents and with single spaces."""
    spread = unicodedata.normalize("NFKD", plain(text).casefold())
    return " ".join("".join(sign for sign in spread if not unicodedata.combining(sign)).split())


@dataclass(frozen=True, slots=True)
class _Words:
    numbers: dict[str, int]
    multipliers: dict[str, int]
    ordinals: dict[str, int]
    months: dict[str, int]
    units: dict[str, str]
    relative: tuple[re.Pattern[str], ...]
    not_codes: frozenset[str]
    money: str
    cents: str


@cache
def number_words() -> _Words:
    data = tomllib.loads((Path(__file__).with_name("figures.toml")).read_text(encoding="utf-8"))
    return _Words(
        data["numbers"],
        data["multipliers"],
        data["ordinals"],
        data["months"],
        {word: unit for unit, listed in data["units"].items() for word in listed},
        tuple(re.compile(pattern) for pattern in data["relative"]["find"]),
        frozenset(data["codes"]["none"]),
        "|".join(re.escape(word) for word in data["money"]["words"]),
        "|".join(data["money"]["cents"]),
    )


@cache
def figure_words() -> frozenset[str]:
    """The words that make figures: numbers, months, units, money."""
    words = number_words()
    money = re.split(r"\W+", f"{words.money} {words.cents} percent ciento")
    return frozenset((*words.numbers, *words.multipliers, *words.ordinals, *words.months, *words.units, *money))
