"""Claims, patients and payments found across everything kept: by number, by name though misspelt, by date."""

import datetime as dt
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from assistant.accounts.principal import Role, require
from assistant.errors import InputError
from assistant.remit.tables import tables
from assistant.store.engine import reading

if TYPE_CHECKING:
    from sqlalchemy import Engine

EXACT = 100
PART = 90
"""A number that begins with, or contains, what was asked for."""
ENOUGH = 72
"""How alike a word and a name must be, of 100."""
_SHORTEST_PART = 4
_DAY = r"(?:\d{4}-\d\d-\d\d|\d\d?/\d\d?/\d{4}|\d{4}-\d\d(?!-?\d))"
_RANGE = re.compile(rf"(?<![\w-])({_DAY})(?:\s*(?:\.\.|to|-|–)\s*({_DAY}))?(?![\w-])")
_NUMBERS = ("control_number", "payer_control_number", "trace", "member")


@dataclass(frozen=True, slots=True)
class FoundClaim:
    """One kept answer that fits. `score` is 100 where every word is a number or name as it stands."""

    control_number: str
    payer_control_number: str
    patient: str
    member: str
    payer: str
    trace: str
    payment_date: dt.date | None
    service_start: dt.date | None
    service_end: dt.date | None
    status: str
    kind: str
    billed: Decimal
    paid: Decimal
    share: Decimal
    file: str
    segment: int
    score: int
    how: tuple[str, ...]
    """What fits: `control_number`, `payer_control_number`, `trace`, `member`, `patient`, `payer`, `date`."""


@dataclass(frozen=True, slots=True)
class FoundPatient:
    """A patient among the answers found."""

    patient: str
    member: str
    claims: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """What fits a query: the best answers first, their patients, and how many answers there were in all."""

    claims: tuple[FoundClaim, ...]
    patients: tuple[FoundPatient, ...]
    total: int


@dataclass(frozen=True, slots=True)
class _Query:
    words: tuple[str, ...]
    start: dt.date | None
    end: dt.date | None


def find(engine: "Engine", query: str, most: int = 50) -> Found:
    """The kept answers that `query` fits: each of its words a number, a part of one, a name, or the payer's name, and
    its date, or dates `A..B`, among the dates of service or payment. Raises InputError for an empty query.
    """
    from sqlalchemy import select

    require(Role.BILLER)
    asked = _read(query)
    store = tables()
    answers = store.answers
    wanted = [column for column in answers.c if column.name not in ("body", "denials")]
    files = (
        select(*wanted, store.files.c.name)
        .join(store.payments, store.payments.c.number == answers.c.payment)
        .join(store.files, store.files.c.number == store.payments.c.file)
        .order_by(answers.c.payment_date.desc(), answers.c.number.desc())
    )
    alike: dict[tuple[str, str], float] = {}
    ranked: list[tuple[int, tuple[str, ...], Any]] = []
    with reading(engine) as connection:
        for row in connection.execute(files):
            fit = _fit(row, asked, alike)
            if fit is not None:
                ranked.append((*fit, row))
        # Sorting keeps the order of equals: the latest payment first.
        ranked.sort(key=lambda item: -item[0])
        shown = ranked[:most]
        numbers = [row.number for _, _, row in shown]
        bodies = {
            row.number: row.body
            for row in connection.execute(select(answers.c.number, answers.c.body).where(answers.c.number.in_(numbers)))
        }
    claims = tuple(_found(row, score, how, bodies[row.number]) for score, how, row in shown)
    return Found(claims, _patients(row for _, _, row in ranked), len(ranked))


def _read(query: str) -> _Query:
    dates = _RANGE.search(query)
    start = end = None
    if dates:
        start, end = _bounds(dates.group(1))[0], _bounds(dates.group(2) or dates.group(1))[1]
        if end < start:
            raise InputError("the range of dates ends before it begins")
        query = query[: dates.start()] + " " + query[dates.end() :]
    words = tuple(word for word in re.split(r"[\s,;]+", query.upper()) if word.strip(".'\""))
    if not words and start is None:
        raise InputError("say what to find: a claim number, a patient's name, a check number or a date")
    return _Query(words, start, end)


def _bounds(text: str) -> tuple[dt.date, dt.date]:
    try:
        if "/" in text:
            month, day, year = map(int, text.split("/"))
            return (dt.date(year, month, day),) * 2
        if len(text) == 7:
            first = dt.date.fromisoformat(f"{text}-01")
            following = dt.date(first.year + first.month // 12, first.month % 12 + 1, 1)
            return first, following - dt.timedelta(days=1)
        return (dt.date.fromisoformat(text),) * 2
    except ValueError:
        raise InputError("this is no date; write it as YYYY-MM-DD") from None


def _fit(row: Any, asked: _Query, alike: dict[tuple[str, str], float]) -> tuple[int, tuple[str, ...]] | None:
    how: list[str] = []
    scores: list[float] = []
    for word in asked.words:
        score, field = _word_fit(row, word, alike)
        if score < ENOUGH:
            return None
        scores.append(score)
        how.append(field)
    if asked.start is not None and asked.end is not None:
        start, end = asked.start.isoformat(), asked.end.isoformat()
        served = row.service_start and row.service_start <= end and (row.service_end or row.service_start) >= start
        if not served and not start <= row.payment_date <= end:
            return None
        how.append("date")
    return round(sum(scores) / len(scores)) if scores else EXACT, tuple(dict.fromkeys(how))


def _word_fit(row: Any, word: str, alike: dict[tuple[str, str], float]) -> tuple[float, str]:
    """How well the word fits the best of the row's fields, and which."""
    bare = word.lstrip("0") or word
    best: tuple[float, str] = (0, "")
    for field in _NUMBERS:
        number = getattr(row, field).upper()
        if number and bare == (number.lstrip("0") or number):
            return EXACT, field
        if len(word) >= _SHORTEST_PART and any(mark.isdigit() for mark in word) and word in number:
            best = max(best, (PART, field))
    for field, factor in (("patient", 1.0), ("payer", 0.9)):
        best = max(best, (factor * _alike(word, getattr(row, field), alike), field))
    return best


def _alike(word: str, name: str, known: dict[tuple[str, str], float]) -> float:
    """How alike `word` and the likest word of `name` are, 0 to 100."""
    if (word, name) not in known:
        from rapidfuzz.fuzz import ratio

        parts = [name.upper(), *re.split(r"[^\w']+", name.upper())]
        known[word, name] = max((ratio(word, part) for part in parts if part), default=0.0)
    return known[word, name]


def _found(row: Any, score: int, how: tuple[str, ...], body: str) -> FoundClaim:
    return FoundClaim(
        control_number=row.control_number,
        payer_control_number=row.payer_control_number,
        patient=row.patient,
        member=row.member,
        payer=row.payer,
        trace=row.trace,
        payment_date=_date(row.payment_date),
        service_start=_date(row.service_start),
        service_end=_date(row.service_end),
        status=row.status,
        kind=row.kind,
        billed=Decimal(row.billed),
        paid=Decimal(row.paid),
        share=Decimal(row.share),
        file=row.name,
        segment=json.loads(body)[0][0],
        score=score,
        how=how,
    )


def _patients(rows: Iterable[Any]) -> tuple[FoundPatient, ...]:
    grouped: dict[str, list[Any]] = {}
    for row in rows:
        if row.patient or row.member:
            grouped.setdefault(row.member.upper() or row.patient.upper(), []).append(row)
    return tuple(
        FoundPatient(rows[0].patient, rows[0].member, tuple(dict.fromkeys(row.control_number for row in rows)))
        for rows in grouped.values()
    )


def _date(text: str) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None
