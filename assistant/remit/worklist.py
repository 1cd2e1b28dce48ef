"""The queue of claims that need work: one entry per action, most urgent first, and where the money is lost."""

import csv
import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import IO, Any

from assistant.record import to_record
from assistant.remit.actions import decide
from assistant.remit.chains import Chains
from assistant.remit.rules import load_rules
from assistant.remit.values import RemitFile
from assistant.remit.words import load_words
from assistant.x12.elements import ZERO, parse_amount
from corpus.lexicon import reasons

WORK = frozenset(
    {"review", "refund_patient", "refund_payer", "correct_and_resubmit", "send_records", "appeal", "bill_next_payer"}
)
"""Actions a person has to take up; posting, writing off, billing and waiting are routine."""
SEE_NOTICE = "see the notice"
"""Deadlines differ by payer, plan and state, and an 835 states none."""


@dataclass(frozen=True, slots=True)
class WorkItem:
    """One thing to do about one claim."""

    action: str
    amount: Decimal | None
    file: str
    payer: str
    control_number: str
    payer_control_number: str
    service_date: dt.date | None
    payment_date: dt.date | None
    age_days: int | None
    """Days since the payment date."""
    codes: tuple[str, ...]
    why: str
    deadline: str
    segments: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Cause:
    """What one reason cost: number of adjustments and their sum."""

    code: str
    meaning: str
    count: int
    amount: Decimal


def work_items(files: Iterable[RemitFile], today: dt.date) -> list[WorkItem]:
    """Everything to work on in `files`, by urgency of the action, then by amount."""
    urgency = load_rules().urgency
    words = load_words("en")
    found: list[WorkItem] = []
    files = list(files)
    chains = Chains.of(*files)
    for file in files:
        for transaction in file.transactions:
            header = transaction.header
            for claim in transaction.claims:
                dates = sorted(line.date for line in claim.lines if line.date is not None)
                for action in decide(claim, chains.get(claim, header, file.name)).actions:
                    if action.action not in WORK:
                        continue
                    found.append(
                        WorkItem(
                            action=action.action,
                            amount=action.amount,
                            file=file.name,
                            payer=header.payer.full_name if header.payer else "",
                            control_number=claim.control_number,
                            payer_control_number=claim.payer_control_number,
                            service_date=dates[0] if dates else None,
                            payment_date=header.payment_date,
                            age_days=max(0, (today - header.payment_date).days) if header.payment_date else None,
                            codes=action.codes,
                            why=words.why(action),
                            deadline=SEE_NOTICE,
                            segments=action.segments,
                        )
                    )
    return sorted(found, key=lambda item: (urgency[item.action], -(item.amount or ZERO), item.control_number))


def ordered(items: list[WorkItem], by: str) -> list[WorkItem]:
    """`items` by amount or age (largest first), payer or reason; `urgency` leaves the order they came in."""
    keys: dict[str, Callable[[WorkItem], Any]] = {
        "amount": lambda item: -(item.amount or ZERO),
        "age": lambda item: -(item.age_days or 0),
        "payer": lambda item: item.payer,
        "reason": lambda item: item.codes,
    }
    return sorted(items, key=keys[by]) if by in keys else items


def write_csv(items: Iterable[WorkItem], out: IO[str]) -> None:
    """`items` as CSV with a header. A cell that a spreadsheet would take for a formula gets an apostrophe before it."""
    writer = csv.writer(out, lineterminator="\n")
    names = [field.name for field in fields(WorkItem)]
    writer.writerow(names)
    for item in items:
        record = to_record(item)
        cells = [" ".join(map(str, value)) if isinstance(value, list) else value for value in record.values()]
        writer.writerow([_harmless(cell) for cell in cells])


def _harmless(cell: object) -> object:
    formula = isinstance(cell, str) and cell[:1] in ("=", "+", "-", "@", "\t") and parse_amount(cell) is None
    return f"'{cell}" if formula else cell


def causes(files: Iterable[RemitFile]) -> list[Cause]:
    """Denied amounts by reason over `files`, largest sum first. Reversals take their amounts back."""
    totals: dict[str, tuple[int, Decimal]] = {}
    for file in files:
        for transaction in file.transactions:
            for claim in transaction.claims:
                for item in claim.all_adjustments():
                    words = reasons.reason(item.reason)
                    if words is None or words.disposition != "denied" or not item.amount or item.group == "PR":
                        continue
                    count, amount = totals.get(f"{item.group}-{item.reason}", (0, ZERO))
                    totals[f"{item.group}-{item.reason}"] = (count + 1, amount + item.amount)
    listed = [
        Cause(code, load_words("en").reason(code.partition("-")[2]), count, amount)
        for code, (count, amount) in totals.items()
    ]
    return sorted(listed, key=lambda cause: (-cause.amount, cause.code))
