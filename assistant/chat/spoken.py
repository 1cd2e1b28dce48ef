"""Numbers in words, as digits."""

import re
from decimal import Decimal
from functools import cache

from assistant.chat.spelling import number_words

_WORD = re.compile(r"[a-z]+|\d+|[^a-z\d]+")


def in_digits(text: str) -> str:
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
    words = number_words()
    return re.compile(
        rf"(?:(?:calendar|business|working|full) )?(?:{'|'.join(words.units)})\b|per ?cent|por ciento|%|"
        rf"(?:de )?(?:{words.money})|(?:{words.cents})\b"
    )


def _spoken(tokens: list[str], at: int) -> tuple[Decimal | None, int, int]:
    """The number said from `at` on, where it ends, and of how many words it is."""
    words = number_words()
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
    words = number_words()
    if tokens[at] in words.ordinals and at >= 2:
        near = [tokens[at - 2], *([tokens[at - 4]] if at >= 4 else []), *tokens[at + 2 : at + 5 : 2]]
        if any(word in words.months for word in near):
            return str(words.ordinals[tokens[at]])
    return tokens[at]
