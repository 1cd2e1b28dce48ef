"""Figures of a text, brought to one form: codes, amounts, dates, percentages, spans of time, phones, addresses, links.

The same reading serves the inputs of a turn and what a model wrote over them, so that `$1,200`, `1200.00 USD` and
`twelve hundred dollars` are one figure, and `E11.9`, `e119` and `Ｅ11.9` one code. Letters of other alphabets that look like
ours, and signs that cannot be seen, are brought back first.
"""

import datetime as dt
import re
import tomllib
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any


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
def _words() -> _Words:
    data = tomllib.loads((Path(__file__).with_suffix(".toml")).read_text(encoding="utf-8"))
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
    words = _words()
    money = re.split(r"\W+", f"{words.money} {words.cents} percent ciento")
    return frozenset((*words.numbers, *words.multipliers, *words.ordinals, *words.months, *words.units, *money))


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
    words = _words()
    left = plain(text)
    for match in _PCS.finditer(left):
        yield Figure(Kind.CODE, match[0])
    left = _PCS.sub(" ", left)
    left = _digits(folded(left))

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
    words = _words()
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
    units = "|".join(sorted(_words().units, key=len, reverse=True))
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
    if re.search(rf"\b(?:{_words().cents})\b", rest):
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
    months = _words().months
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


_WORD = re.compile(r"[a-z]+|\d+|[^a-z\d]+")


def _digits(text: str) -> str:
    """`text` with numbers in words as digits, where they are figures: several words, above twelve, or beside a unit."""
    tokens = _WORD.findall(text)
    out: list[str] = []
    at = 0
    while at < len(tokens):
        percent = tokens[at] == "ciento" and tokens[at - 2 : at - 1] == ["por"]
        value, after, count = (None, at, 0) if percent else _spoken(tokens, at)
        if value is None:
            out.append(_ordinal(tokens, at))
            at += 1
            continue
        spoken_unit = _beside().match("".join(tokens[after : after + 6]).strip(" -"))
        if count > 1 or value > 12 or spoken_unit:
            out.append(f"{value:f}")
            at = after
        else:
            out.append(tokens[at])
            at += 1
    return "".join(out)


@cache
def _beside() -> re.Pattern[str]:
    """What makes a small number before it a figure."""
    words = _words()
    return re.compile(
        rf"(?:(?:calendar|business|working|full) )?(?:{'|'.join(words.units)})\b|per ?cent|por ciento|%|"
        rf"(?:de )?(?:{words.money})|(?:{words.cents})\b"
    )


def _spoken(tokens: list[str], at: int) -> tuple[Decimal | None, int, int]:
    """The number said from `at` on, where it ends, and of how many words it is."""
    words = _words()
    total, group, seen, end, place = Decimal(0), Decimal(0), 0, at, at
    last = 0
    while place < len(tokens):
        word = tokens[place]
        if word in words.numbers:
            value = words.numbers[word]
            if last and not (last >= 20 and value < 10) and not (last >= 100 and value < 100) and last != 1000:
                break
            group += value
            last = value
        elif word in words.multipliers and (seen or word == "mil") and word not in ("k", "m"):
            scale = words.multipliers[word]
            group = (group or Decimal(1)) * scale
            if scale >= 1000:
                total, group = total + group, Decimal(0)
            last = 1000 if scale >= 1000 else 100
        elif (
            seen
            and word in ("point", "punto", "coma")
            and place + 2 < len(tokens)
            and tokens[place + 2] in words.numbers
        ):
            digits = ""
            place += 2
            while place < len(tokens) and tokens[place] in words.numbers and words.numbers[tokens[place]] < 10:
                digits += str(words.numbers[tokens[place]])
                end = place + 1
                seen += 1
                place += 2
            return (Decimal(f"{total + group:f}.{digits}") if digits else total + group), end, seen + 1
        else:
            break
        seen += 1
        end = place + 1
        place += 2
        joined = tokens[place - 1] if place - 1 < len(tokens) else ""
        if joined not in (" ", "-"):
            break
        if (
            place < len(tokens)
            and tokens[place] in ("and", "y")
            and place + 2 < len(tokens)
            and tokens[place + 2] in words.numbers
            and last >= 20
        ):
            place += 2
    return (total + group, end, seen) if seen else (None, at, 0)


def _ordinal(tokens: list[str], at: int) -> str:
    """An ordinal beside a month as digits."""
    words = _words()
    if tokens[at] in words.ordinals and at >= 2:
        near = [tokens[at - 2], *([tokens[at - 4]] if at >= 4 else []), *tokens[at + 2 : at + 5 : 2]]
        if any(word in words.months for word in near):
            return str(words.ordinals[tokens[at]])
    return tokens[at]
