"""What needs work in remittances: one entry per action, most urgent first, and where the money is lost."""

import csv
import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import IO, Any

from assistant.record import to_record
from assistant.remit.actions import Chain, decide
from assistant.remit.chains import Chains
from assistant.remit.deadlines import deadline
from assistant.remit.money import disposition
from assistant.remit.rules import load_rules
from assistant.remit.values import Header, RemitClaim, RemitFile
from assistant.remit.words import load_words
from assistant.x12.elements import ZERO, parse_amount

WORK = frozenset(
    {"review", "refund_patient", "refund_payer", "correct_and_resubmit", "send_records", "appeal", "bill_next_payer"}
)
"""Actions a person has to take up; posting, writing off, billing and waiting are routine."""
SEE_NOTICE = "see the notice"
"""Deadlines differ by payer, plan and state, and an 835 states none: only what a public rule gives is named."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What a cell begins with that spreadsheets calculate; some take the wide signs of East Asian keyboards too."""
ORDERS = ("urgency", "amount", "age", "payer", "reason", "deadline")


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
    """The last day, ISO, where a dated rule gives it, else `SEE_NOTICE`."""
    segments: tuple[int, ...]
    deadline_source: str = ""
    rule: str = ""
    """Id of the rule in `rules.toml` that called for it."""


@dataclass(frozen=True, slots=True)
class Cause:
    """What one reason cost: number of adjustments, reversals taken off, and their sum. `payer` is empty over all."""

    code: str
    meaning: str
    count: int
    amount: Decimal
    payer: str = ""


def work_items(files: Iterable[RemitFile], today: dt.date) -> list[WorkItem]:
    """Everything to work on in `files`, by urgency of the action, then by amount."""
    files = list(files)
    chains = Chains.of(*files)
    found = [
        item
        for file in files
        for transaction in file.transactions
        for claim in transaction.claims
        for item in claim_items(
            claim, transaction.header, file.name, chains.get(claim, transaction.header, file.name), today
        )
    ]
    return ordered(found, "urgency")


def claim_items(claim: RemitClaim, header: Header, file: str, chain: Chain | None, today: dt.date) -> list[WorkItem]:
    """What one answer calls for."""
    dates = sorted(line.date for line in claim.lines if line.date is not None)
    service, paid = dates[0] if dates else None, header.payment_date or header.production_date
    found = []
    for action in decide(claim, chain).actions:
        if action.action not in WORK:
            continue
        limit = deadline(action.action, claim.filing_indicator, paid, service)
        found.append(
            WorkItem(
                action=action.action,
                amount=action.amount,
                file=file,
                payer=header.payer.full_name if header.payer else "",
                control_number=claim.control_number,
                payer_control_number=claim.payer_control_number,
                service_date=service,
                payment_date=header.payment_date,
                age_days=max(0, (today - paid).days) if paid else None,
                codes=action.codes,
                why=load_words("en").why(action),
                deadline=limit.day.isoformat() if limit else SEE_NOTICE,
                segments=action.segments,
                deadline_source=limit.source if limit else "",
                rule=action.rule,
            )
        )
    return found


def ordered(items: Iterable[WorkItem], by: str) -> list[WorkItem]:
    """`items` by one of `ORDERS`: amount and age largest first, deadline nearest first, those without one last."""
    return sorted(items, key=order_key(by))


def order_key(by: str) -> Callable[[WorkItem], Any]:
    """What `ordered` sorts by."""
    urgency = load_rules().urgency
    keys: dict[str, Callable[[WorkItem], Any]] = {
        "urgency": lambda item: urgency[item.action],
        "amount": lambda item: 0,
        "age": lambda item: -(item.age_days or 0),
        "payer": lambda item: item.payer.upper(),
        "reason": lambda item: item.codes,
        "deadline": lambda item: (item.deadline == SEE_NOTICE, item.deadline),
    }
    first = keys[by]
    return lambda item: (first(item), -(item.amount or ZERO), item.control_number)


def write_csv(items: Iterable[WorkItem], out: IO[str]) -> None:
    """`items` as CSV with a header. A cell that a spreadsheet would take for a formula gets an apostrophe before it."""
    write_records([field.name for field in fields(WorkItem)], (to_record(item) for item in items), out)


def write_records(names: list[str], records: Iterable[dict[str, Any]], out: IO[str]) -> None:
    """Records as CSV under these column names, lists apart by blanks, no cell a formula."""
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(names)
    for record in records:
        cells = (record[name] for name in names)
        writer.writerow([_harmless(" ".join(map(str, cell)) if isinstance(cell, list) else cell) for cell in cells])


def _harmless(cell: object) -> object:
    if not isinstance(cell, str):
        return cell
    # A carriage return is not put in quotes and would begin a row of its own, with a formula of its own.
    text = cell.replace("\r\n", "\n").replace("\r", "\n")
    return f"'{text}" if text[:1] in _FORMULA and parse_amount(text) is None else text


def denials(claim: RemitClaim) -> list[tuple[str, Decimal]]:
    """Each amount of an answer that was denied and may still be won, with its group and reason (`CO-197`)."""
    return [
        (f"{item.group}-{item.reason}", item.amount)
        for item in claim.all_adjustments()
        if item.group != "PR" and item.amount and disposition(item.reason) == "denied"
    ]


def causes(files: Iterable[RemitFile], by_payer: bool = False) -> list[Cause]:
    """Denied amounts by reason over `files`, with `by_payer` by reason and payer, largest sum first."""
    return summed(
        (code, transaction.header.payer.full_name if by_payer and transaction.header.payer else "", amount)
        for file in files
        for transaction in file.transactions
        for claim in transaction.claims
        for code, amount in denials(claim)
    )


def summed(denied: Iterable[tuple[str, str, Decimal]]) -> list[Cause]:
    """Causes from (reason with group, payer, amount). A reversal takes its amount and its count back."""
    totals: dict[tuple[str, str], tuple[int, Decimal]] = {}
    for code, payer, amount in denied:
        count, sum_ = totals.get((code, payer), (0, ZERO))
        totals[code, payer] = (count + (1 if amount > 0 else -1), sum_ + amount)
    listed = [
        Cause(code, load_words("en").reason(code.partition("-")[2]), count, amount, payer)
        for (code, payer), (count, amount) in totals.items()
        if amount
    ]
    return sorted(listed, key=lambda cause: (-cause.amount, cause.code, cause.payer))
