"""Figures of a text, brought to one form: codes, amounts, dates, percentages, spans of time, phones, addresses, links.

The same reading serves the inputs of a turn and what a model wrote over them, so that `$1,200`, `1200.00 USD` and
`twelve hundred dollars` are one figure, and `E11.9`, `e119` and `Ｅ11.9` one code. Letters of other alphabets that look like
ours, and signs that cannot be seen, are brought back first.
"""

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from functools import cache
from typing import Any

from assistant.chat.spelling import folded, number_words, plain
from assistant.chat.spoken import in_digits


class Kind(StrEnum):
    """What a figure is."""

    CODE = "code"
    AMOUNT = "amount"
    PERCENT = "percentage"
    DATE = "date"
    TIME = "span of time"
    PHONE = "phone number"
    ADDRESS = "address"
    LINK = "link"
    NUMBER = "number"
    RELATIVE = "time limit"


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure. `value` is comparable: a code without its dot, a Decimal, (year, month, day) with 0 for unknown parts,
    (number, unit), digits, small letters."""

    kind: Kind
    value: Any


def figures(text: str) -> tuple[Figure, ...]:
    """Every figure of `text`, each once, in no order that matters."""
    return tuple(dict.fromkeys(_read(text)))


_NUMBER = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d{1,3}(?:\.\d{3})+,\d{1,2}|\d+(?:[.,]\d{1,2}(?!\d))?|\.\d+|\d+\.\d+"
_SCALE = r"(?:\s?(?:k|thousand|mil|million|millones|millon|hundred|m)\b)?"
_LINK = re.compile(
    r"(?:https?|ftp|file|javascript|data|mailto|tel|sms)\s?:\s?(?://)?[^\s<>\"']+|\bwww\.[^\s<>\"')]+|"
    r"[a-z0-9._%+-]{1,64}\s?@\s?[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63})+|"
    r"\b[a-z0-9-]{2,60}(?:(?:\.|\[\.\]|\(\.\)| dot )[a-z0-9-]{2,60}){0,3}(?:\.|\[\.\]|\(\.\)| dot )"
    r"(?:com|net|org|io|ru|cn|info|biz|xyz|co|us|example|site|online|app|dev|link|click|top|invalid|test|gov|edu)\b(?:/[^\s<>\"']*)?",
    re.IGNORECASE,
)
_PHONE = re.compile(
    r"(?<![\w.$])(?:\+?1[-. ]{0,2})?\(?\d{3}\)?[-. ]{0,3}(?:\d{3}|[a-z]{3})[-. ](?:\d{4}|[a-z]{4})\b|"
    r"\b(?:1-)?\d{3}-[a-z]{5,9}\b|(?<![\w.$])1?\d{10}(?!\w)"
)
_ADDRESS = re.compile(
    r"\bp\.? ?o\.? ?box \d+|\b\d{1,6}(?: [a-z][\w'.-]*| \d{1,3}(?:st|nd|rd|th)){1,5} (?:st|street|ave|avenue|rd|road"
    r"|blvd|boulevard|ln|lane|dr|drive|ct|court|cir|circle|way|pl|place|pkwy|parkway|hwy|highway|ter|terrace)\b|"
    r"\b(?:calle|avenida|carrera|paseo)(?: [a-z'.-]+){1,4},? (?:#|no\.? ?)?\d{1,6}\b|\b[a-z]{2} \d{5}-\d{4}\b"
)
_ISO = re.compile(r"\b((?:19|20)\d\d)[-/.](\d{1,2})[-/.](\d{1,2})\b")
_SLASHED = re.compile(r"\b(\d{1,2})[-/.](\d{1,2})[-/.]((?:19|20)?\d\d)\b")
_COMPACT = re.compile(r"\b((?:19|20)\d\d)(0[1-9]|1[0-2])([0-2]\d|3[01])\b")
_CARC = re.compile(r"\b(CO|PR|OA|PI|CR)[- ]{0,3}(\d{1,3}|[ABDPWY]\d{1,2})\b", re.IGNORECASE)
_MODIFIER = re.compile(r"\bmod(?:ifier|ificador)?(?:s|es)?:? ([a-z0-9]{2})\b(?:(?:,| and| y|, and) ([a-z0-9]{2})\b)?")
_CODE = re.compile(
    r"(?<![\w.])([a-tv-z])[ -]?(\d)[ -]?([0-9a-z])(?:[ ]?\.[ ]?[0-9a-z-]{1,4}|[0-9a-z]{1,4})(?![\w])|"
    r"(?<![\w.-])[a-tv-z]\d[0-9a-z](?![\w])|(?<![\w.$])\d{4}[ftum](?!\w)|(?<![\w.-])n\d{1,3}(?!\w)|(?<![\w.-])ma?\d{1,3}(?!\w)",
    re.IGNORECASE,
)
_PCS = re.compile(r"(?<![\w-])(?=[0-9A-HJ-NP-Z]*\d)(?=[0-9A-HJ-NP-Z]*[A-Z])[0-9A-HJ-NP-Z]{7}(?![\w-])")
_CPT = re.compile(r"(?<![\w.,$-])\d{5}(?![\w,-]|\.\d)")
NOTHING_OWED = re.compile(
    r"\b(?:owes?|debe|adeuda|owed|due|pays?|paga)\b(?: \w+){0,2} (?:nothing|no money|nada)\b|\bno debe nada\b|"
    r"\bno (?:\w+ )?(?:balance|saldo)\b|\bfree of charge\b|\bpaid in full\b"
)


def _read(text: str) -> Iterator[Figure]:
    words = number_words()
    left = plain(text)
    for match in _PCS.finditer(left):
        yield Figure(Kind.CODE, match[0])
    left = _PCS.sub(" ", left)
    left = in_digits(folded(left))

    def take(pattern: re.Pattern[str]) -> Iterator[re.Match[str]]:
        nonlocal left
        found = list(pattern.finditer(left))
        left = pattern.sub(" \u00a6 ", left)
        yield from found

    for match in take(_LINK):
        yield Figure(Kind.LINK, re.sub(r"\s", "", match[0]).rstrip(".,;:)]"))
    if NOTHING_OWED.search(left):
        yield Figure(Kind.AMOUNT, Decimal(0))
    for pattern in words.relative:
        for match in take(pattern):
            yield Figure(Kind.RELATIVE, match[0])
    yield from _dates(take)
    for match in take(_PHONE):
        yield Figure(Kind.PHONE, re.sub(r"\W", "", match[0])[-10:])
    for match in take(_ADDRESS):
        yield Figure(Kind.ADDRESS, re.sub(r"\W+", " ", match[0]).strip())
    for match in take(_money()):
        if (value := _amount(match[0])) is not None:
            yield Figure(Kind.AMOUNT, value)
    for match in take(_percent()):
        yield Figure(Kind.PERCENT, _decimal(match[1]))
    for match in take(_time()):
        yield Figure(Kind.TIME, (_decimal(match[1]), words.units[match[2]]))
    for match in take(_CARC):
        yield Figure(Kind.CODE, f"{match[1]}-{match[2]}".upper())
    for match in take(_MODIFIER):
        yield from (Figure(Kind.CODE, f"modifier {found.upper()}") for found in match.groups() if found)
    for match in take(_CODE):
        code = re.sub(r"[ .-]", "", match[0]).upper()
        if code not in words.not_codes:
            yield Figure(Kind.CODE, code)
    for match in take(_CPT):
        yield Figure(Kind.CODE, match[0])
    for match in re.finditer(rf"(?<!\w)(?:{_NUMBER})(?!\w)", left):
        yield Figure(Kind.NUMBER, _decimal(match[0]))
    for match in re.finditer(r"(?<![\w.])\d{1,2}[a-z](?!\w)", left):
        yield Figure(Kind.NUMBER, match[0])


@cache
def _money() -> re.Pattern[str]:
    words = number_words()
    return re.compile(
        rf"(?:(?:us|usd)?\s?\$|\busd|€)\s?-?\(?(?:{_NUMBER}){_SCALE}|"
        rf"(?<![\w.,])(?:{_NUMBER}){_SCALE}\s?(?:\$|(?:de )?(?:{words.money})(?!\w))|"
        rf"(?<![\w.,])\d{{1,3}}(?:,\d{{3}})+\.\d\d(?!\d)|(?<![\w.,])\d+\.\d\d(?![\d.%]|\s?(?:%|mg|ml|mcg|cm|mm|kg|g)\b)|"
        rf"(?<![\w.,])(?:{_NUMBER})\s?(?:{words.cents})\b"
    )


@cache
def _percent() -> re.Pattern[str]:
    return re.compile(rf"(?<![\w.,])({_NUMBER})\s?(?:%|percent\b|per cent\b|pct\b|por ciento\b)")


@cache
def _time() -> re.Pattern[str]:
    units = "|".join(sorted(number_words().units, key=len, reverse=True))
    return re.compile(
        rf"(?<![\w.,])({_NUMBER})[ -](?:(?:calendar|business|working|full|more|dias?)[ -])?({units})(?!\w)"
    )


def _amount(text: str) -> Decimal | None:
    number = re.search(_NUMBER, text)
    if not number:
        return None
    value = _decimal(number[0])
    rest = text[number.end() :]
    if scale := re.match(r"\s?(k|thousand|mil|million|millones|millon|hundred|m)\b", rest):
        value *= {"k": 1000, "thousand": 1000, "mil": 1000, "hundred": 100}.get(scale[1], 1_000_000)
    if re.search(rf"\b(?:{number_words().cents})\b", rest):
        value /= 100
    return value


def _decimal(text: str) -> Decimal:
    if re.fullmatch(r"\d{1,3}(?:\.\d{3})+,\d{1,2}", text):
        text = text.replace(".", "").replace(",", ".")
    elif re.fullmatch(r"\d+,\d{1,2}", text):
        text = text.replace(",", ".")
    try:
        return Decimal(text.replace(",", "")).normalize() + 0
    except InvalidOperation:
        return Decimal(0)


def _dates(take: Any) -> Iterator[Figure]:
    months = number_words().months
    named = "|".join(sorted(months, key=len, reverse=True))
    for match in take(_ISO):
        yield from _date(int(match[1]), int(match[2]), int(match[3]))
    for match in take(_SLASHED):
        first, second, year = int(match[1]), int(match[2]), int(match[3])
        year = year if year > 99 else 2000 + year if year < 70 else 1900 + year
        month, day = (second, first) if first > 12 else (first, second)
        yield from _date(year, month, day)
    for match in take(_COMPACT):
        yield from _date(int(match[1]), int(match[2]), int(match[3]))
    for match in take(_month_first(named)):
        yield from _date(int(match[3] or 0), months[match[1]], int(match[2]))
    for match in take(_day_first(named)):
        yield from _date(int(match[3] or 0), months[match[2]], int(match[1]))
    for match in take(_month_year(named)):
        yield from _date(int(match[2]), months[match[1]], 0)


@cache
def _month_first(named: str) -> re.Pattern[str]:
    return re.compile(rf"\b({named})\.? (?:the )?(\d{{1,2}})(?:st|nd|rd|th)?\b(?!\.\d)(?:,? ((?:19|20)\d\d)\b)?")


@cache
def _day_first(named: str) -> re.Pattern[str]:
    return re.compile(
        rf"\b(\d{{1,2}})(?:st|nd|rd|th)?(?: of | de | |-)({named})\b\.?(?:(?: de |,? |-)((?:19|20)\d\d)\b)?"
    )


@cache
def _month_year(named: str) -> re.Pattern[str]:
    return re.compile(rf"\b({named})\.?,?(?: of| de)? ((?:19|20)\d\d)\b")


def _date(year: int, month: int, day: int) -> Iterator[Figure]:
    """The date, if there is one; else its numbers."""
    try:
        dt.date(year or 2024, month, day or 1)
    except ValueError:
        yield from (Figure(Kind.NUMBER, Decimal(part)) for part in (year, month, day) if part)
        return
    yield Figure(Kind.DATE, (year, month, day))
