"""The next payer's claim: the encounter billed before, with what that payer decided taken from its remittance."""

import dataclasses
import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Protocol

from assistant.errors import InputError
from assistant.review.encounter import Encounter
from assistant.review.party import Adjudication, Adjustment, Coverage, Responsibility
from assistant.review.service import LineAdjudication, Service

ORDER = (Responsibility.PRIMARY, Responsibility.SECONDARY, Responsibility.TERTIARY)
FORWARDED = ("19", "20", "21")
"""CLP02: the payer has sent the claim on to the next one itself."""


class Reason(Protocol):
    """One CAS reason of a remittance; `amount` is None when unreadable."""

    @property
    def group(self) -> str: ...
    @property
    def reason(self) -> str: ...
    @property
    def amount(self) -> Decimal | None: ...


class DecidedLine(Protocol):
    """A line of a remittance claim."""

    @property
    def line_control_number(self) -> str: ...
    @property
    def procedure(self) -> str: ...
    @property
    def modifiers(self) -> tuple[str, ...]: ...
    @property
    def billed_procedure(self) -> str: ...
    @property
    def paid(self) -> Decimal | None: ...
    @property
    def units(self) -> Decimal | None: ...
    @property
    def adjustments(self) -> Sequence[Reason]: ...


class DecidedClaim(Protocol):
    """A claim of a remittance, as `assistant.remit` reads it."""

    @property
    def control_number(self) -> str: ...
    @property
    def payer_control_number(self) -> str: ...
    @property
    def status(self) -> str: ...
    @property
    def paid(self) -> Decimal | None: ...
    @property
    def adjustments(self) -> Sequence[Reason]: ...
    @property
    def lines(self) -> Sequence[DecidedLine]: ...
    @property
    def sound(self) -> bool: ...


def for_next_payer(encounter: Encounter, decided: DecidedClaim, paid_on: dt.date | None) -> Encounter:
    """The encounter with the next policy as the one billed and `decided` on record, every amount from the remittance.

    Raises InputError when the remittance cannot be used: it does not balance, was forwarded, does not match line by
    line, or there is no next payer. Nothing is guessed.
    """
    coverage = encounter.coverage
    if coverage is None:
        raise InputError("The encounter names no coverage, so there is no next payer.")
    if decided.status in FORWARDED:
        raise InputError("The payer has sent this claim on to the next payer itself; wait for that answer.")
    if decided.status == "22":
        raise InputError("The remittance takes an earlier decision back; use the one that corrects it.")
    if not decided.sound or decided.paid is None or paid_on is None:
        raise InputError(
            "The remittance of this claim does not balance or has no date; a person must look at it first."
        )
    following = _next(encounter, coverage)
    lines = list(decided.lines)
    services = encounter.services
    if lines:
        services = tuple(
            _decided(service, at, coverage, lines, paid_on, encounter) for at, service in enumerate(services, start=1)
        )
    if lines:
        raise InputError("The remittance has lines that the encounter does not have; a person must look at it first.")
    every = [*decided.adjustments, *(item for line in decided.lines for item in line.adjustments)]
    owed = sum((item.amount for item in _adjustments(every) if item.group == "PR"), Decimal("0.00"))
    answered = dataclasses.replace(
        coverage,
        adjudication=Adjudication(
            decided.paid,
            paid_on,
            _adjustments(decided.adjustments),
            patient_owes=owed,
            control_number=decided.payer_control_number,
        ),
    )
    others = (answered, *(item for item in encounter.other_coverages if item is not following))
    return dataclasses.replace(encounter, coverage=following, other_coverages=others, services=services)


def _next(encounter: Encounter, coverage: Coverage) -> Coverage:
    """The first policy after the one billed that has not answered."""
    place = ORDER.index(coverage.responsibility)
    waiting = [
        other
        for other in encounter.other_coverages
        if other.adjudication is None and ORDER.index(other.responsibility) > place
    ]
    if not waiting:
        raise InputError("The encounter has no further coverage to bill; add it to other_coverages.")
    return min(waiting, key=lambda other: ORDER.index(other.responsibility))


def _decided(
    service: Service,
    at: int,
    coverage: Coverage,
    lines: list[DecidedLine],
    paid_on: dt.date,
    encounter: Encounter,
) -> Service:
    """The service with its line's decision; the line is taken out of `lines`."""
    number = service.control_number or f"{encounter.control_number}-{at}"
    found = [line for line in lines if line.line_control_number == number]
    found = found or [line for line in lines if (line.billed_procedure or line.procedure) == service.procedure]
    if len(found) != 1 or found[0].paid is None:
        raise InputError(f"The remittance has not exactly one line for services[{at}]; a person must look at it first.")
    line = found[0]
    lines.remove(line)
    assert line.paid is not None
    changed = line.procedure if line.procedure != service.procedure else ""
    decision = Adjudication(line.paid, paid_on, _adjustments(line.adjustments), procedure=changed)
    said = LineAdjudication(coverage.payer.id, decision, line.units if line.units is not None else service.units)
    return dataclasses.replace(service, adjudications=(*service.adjudications, said))


def _adjustments(items: Sequence[Reason]) -> tuple[Adjustment, ...]:
    made = []
    for item in items:
        if item.amount is None:
            raise InputError("The remittance has an adjustment without amount; a person must look at it first.")
        made.append(Adjustment(item.group, item.reason, item.amount))
    return tuple(made)
