"""The part of the store that a question is about: one check, one payer, or a span of payment dates."""

import datetime as dt
import re
import tomllib
from calendar import monthrange
from functools import cache
from pathlib import Path
from typing import Any

from assistant.chat.papers import Papers
from assistant.chat.understanding import folded
from assistant.remit.values import Transaction

Span = tuple[dt.date, dt.date]


def narrowed(papers: Papers, text: str, today: dt.date) -> Papers:
    """The payments, with their claims, whose trace number the text names, else whose payer, and that fall in the span of
    time that it names; all of them when it names nothing of the kind.
    """
    payments = [part for _, part in papers.payments]
    said = set(re.findall(r"[\w-]+", folded(text)))
    traced = [
        part for part in payments if len(part.header.trace_number) > 3 and folded(part.header.trace_number) in said
    ]
    kept = traced or [part for part in payments if _payer_words(part) & said] or payments
    if when := span_of(text, today):
        kept = [part for part in kept if (day := part.header.payment_date) and when[0] <= day <= when[1]]
    if len(kept) == len(payments):
        return papers
    chosen = {id(part) for part in kept}
    return Papers(
        tuple(one for one in papers.claims if id(one.part) in chosen),
        tuple((file, part) for file, part in papers.payments if id(part) in chosen),
        papers.kept,
        True,
    )


def _payer_words(part: Transaction) -> set[str]:
    """The words of a payer's name that tell it from others."""
    payer = part.header.payer
    words = re.findall(r"[a-z]{4,}", folded(payer.full_name)) if payer else []
    return set(words) - _common()


def span_of(text: str, today: dt.date) -> Span | None:
    """The days of `last week`, `this month`, `yesterday` and their like; None when nothing of the kind is said."""
    plain = folded(text)
    name = next(
        (name for name, cues in _tables()["span"].items() if re.search(rf"\b(?:{'|'.join(cues)})\b", plain)), ""
    )
    which, _, unit = name.partition("_")
    back = {"this": 0, "last": 1}.get(which, 0)
    if unit == "day":
        day = today - dt.timedelta(days=back)
        return day, day
    if unit == "week":
        monday = today - dt.timedelta(days=today.weekday() + 7 * back)
        return monday, monday + dt.timedelta(days=6)
    if unit == "month":
        year, month = divmod(today.year * 12 + today.month - 1 - back, 12)
        return dt.date(year, month + 1, 1), dt.date(year, month + 1, monthrange(year, month + 1)[1])
    if unit == "year":
        return dt.date(today.year - back, 1, 1), dt.date(today.year - back, 12, 31)
    return None


@cache
def _common() -> frozenset[str]:
    return frozenset(_tables()["payer"]["common"].split())


@cache
def _tables() -> dict[str, dict[str, Any]]:
    return tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
