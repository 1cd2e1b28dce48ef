"""Checks that hold for any field: there, shaped right, in a list, in range, a valid NPI. The parameter names the field."""

import datetime as dt
import re
from collections.abc import Iterator
from decimal import Decimal
from functools import cache

from assistant.claim.checks.base import Check, Context, Hit, patient_of, service_date, walk
from assistant.claim.claim import Claim
from assistant.x12 import npi_is_valid


def required(claim: Claim, context: Context, parameter: str) -> Iterator[Hit]:
    """The field is empty. Parameter: path."""
    for where, value in walk(claim, parameter):
        if value is None or value == "":
            yield Hit(where)


def pattern(claim: Claim, context: Context, parameter: str) -> Iterator[Hit]:
    """The field is filled and has another shape. Parameter: path | regular expression."""
    path, shape = _split(parameter)
    for where, value in walk(claim, path):
        if value and not _compiled(shape).fullmatch(value):
            yield Hit(where)


def one_of(claim: Claim, context: Context, parameter: str) -> Iterator[Hit]:
    """The field is filled with something that is not in the list. Parameter: path | words, or path | @places."""
    path, words = _split(parameter)
    allowed = _words(words)
    for where, value in walk(claim, path):
        if value and value not in allowed:
            yield Hit(where)


def above_zero(claim: Claim, context: Context, parameter: str) -> Iterator[Hit]:
    """The number is zero or less. Parameter: path."""
    for where, value in walk(claim, parameter):
        if isinstance(value, Decimal) and value <= 0:
            yield Hit(where)


def zero(claim: Claim, context: Context, parameter: str) -> Iterator[Hit]:
    """The number is exactly zero. Parameter: path."""
    for where, value in walk(claim, parameter):
        if isinstance(value, Decimal) and value == 0:
            yield Hit(where)


def negative(claim: Claim, context: Context, parameter: str) -> Iterator[Hit]:
    """The number is below zero. Parameter: path."""
    for where, value in walk(claim, parameter):
        if isinstance(value, Decimal) and value < 0:
            yield Hit(where)


def future(claim: Claim, context: Context, parameter: str) -> Iterator[Hit]:
    """The date lies after today. Parameter: path."""
    for where, value in walk(claim, parameter):
        if isinstance(value, dt.date) and value > context.today:
            yield Hit(where)


def npi(claim: Claim, context: Context, parameter: str) -> Iterator[Hit]:
    """A National Provider Identifier fails its check digit. Parameter: path of a party."""
    for where, party in walk(claim, parameter):
        if party.id_kind == "XX" and not npi_is_valid(party.id):
            yield Hit(where or "billing provider")


def born_after_service(claim: Claim, context: Context, parameter: str) -> Iterator[Hit]:
    """The patient was born after the service, or died before it, or was older than 125."""
    born, served = patient_of(claim).birth_date, service_date(claim)
    if parameter == "death":
        if claim.death_date and served and claim.death_date < served:
            yield Hit("patient")
    elif born and served:
        age = (served - born).days / 365.25
        if (age < 0) if parameter == "birth" else age > 125:
            yield Hit("patient")


def relationship(claim: Claim, context: Context, parameter: str) -> Iterator[Hit]:
    """No relationship, or one that contradicts the patient's loop: self has none, everyone else needs one."""
    if not claim.relationship or (claim.relationship == "18") is not (claim.patient is None):
        yield Hit("patient")


def repeated_digit(claim: Claim, context: Context, parameter: str) -> Iterator[Hit]:
    """A tax id or member id of one repeated digit, as test data has it."""
    ids = [value for kind, value in claim.billing.references if kind in ("EI", "SY")] + [claim.subscriber.id]
    if any(len(value) > 3 and len(set(value)) == 1 for value in ids):
        yield Hit("billing or subscriber id")


def tax_id(claim: Claim, context: Context, parameter: str) -> Iterator[Hit]:
    """The billing provider has no tax id of nine digits."""
    ids = [value.replace("-", "") for kind, value in claim.billing.references if kind in ("EI", "SY")]
    if not any(len(value) == 9 and value.isdigit() for value in ids):
        yield Hit("billing provider")


def _split(parameter: str) -> tuple[str, str]:
    path, _, rest = parameter.partition("|")
    return path.strip(), rest.strip()


@cache
def _compiled(shape: str) -> re.Pattern[str]:
    return re.compile(shape)


@cache
def _words(words: str) -> frozenset[str]:
    if words == "@places":
        from corpus.sources.places import places

        return frozenset(place.code for place in places())
    return frozenset(words.split())


CHECKS: dict[str, Check] = {
    "required": required,
    "pattern": pattern,
    "one_of": one_of,
    "above_zero": above_zero,
    "zero": zero,
    "negative": negative,
    "future": future,
    "npi": npi,
    "born_after_service": born_after_service,
    "relationship": relationship,
    "repeated_digit": repeated_digit,
    "tax_id": tax_id,
}
