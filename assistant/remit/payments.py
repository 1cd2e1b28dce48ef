"""What payers answered over time, kept in the store: one entry per claim answer, never changed, reversals as entries.

Posting the same answer again changes nothing: an entry's id comes from its content, not from the file's name. Answers
whose figures do not agree are held back for a person. What patients paid is not in an 835 and not kept here.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any

from assistant.remit.actions import decide
from assistant.remit.chains import Chains, payer_key
from assistant.remit.values import Header, RemitClaim, RemitFile
from assistant.review.store import transaction
from assistant.x12.elements import ZERO

if TYPE_CHECKING:
    from sqlalchemy import Engine

_AMOUNTS = ("billed", "paid", "provider", "other", "share", "to_pay")


@dataclass(frozen=True, slots=True)
class Posted:
    """What one posting did: answers new in the store, known before, and held back as unsound."""

    new: int
    known: int
    held: tuple[str, ...]
    """Control numbers of the answers held back."""


@dataclass(frozen=True, slots=True)
class PayerTotal:
    """One payer's answers to a claim, reversals added."""

    payer: str
    answers: int
    paid: Decimal
    share: Decimal
    """Sum of PR."""
    to_pay: Decimal
    """The part of it that is the patient's to pay."""
    final: bool
    """The payer's last answer leaves nothing open."""


@dataclass(frozen=True, slots=True)
class ClaimBalance:
    """Where a claim stands over all answers, without what the patient has paid."""

    control_number: str
    billed: Decimal
    paid: Decimal
    """By all payers."""
    patient_owes: Decimal
    """What the payer that answered last leaves to the patient; zero while another answer is to come."""
    final: bool
    payers: tuple[PayerTotal, ...]
    """In the order of their first answer."""


@cache
def _table() -> Any:
    from sqlalchemy import Boolean, Column, Integer, MetaData, String, Table

    return Table(
        "remit_answers",
        MetaData(),
        Column("number", Integer, primary_key=True, autoincrement=True),
        Column("id", String(64), nullable=False, unique=True),
        Column("payer_key", String(120), nullable=False),
        Column("payer", String(120), nullable=False),
        Column("trace", String(60), nullable=False),
        Column("payment_date", String(10), nullable=False),
        Column("control_number", String(60), nullable=False, index=True),
        Column("payer_control_number", String(60), nullable=False),
        Column("status", String(4), nullable=False),
        Column("final", Boolean, nullable=False),
        *(Column(name, String(24), nullable=False) for name in _AMOUNTS),
    )


class PaymentLedger:
    """The answers in the store. Open one over the engine of `open_store`."""

    def __init__(self, engine: "Engine") -> None:
        self._engine = engine
        with transaction(engine) as connection:
            _table().metadata.create_all(connection)

    def post(self, file: RemitFile) -> Posted:
        """Add the answers of `file` that the store does not have yet, in one transaction."""
        from sqlalchemy import insert, select

        table, chains = _table(), Chains.of(file)
        rows: dict[str, dict[str, Any]] = {}
        held = []
        for part in file.transactions:
            seen: dict[str, int] = {}
            for claim in part.claims:
                if not claim.sound:
                    held.append(claim.control_number)
                    continue
                text = "|".join("*".join(segment.elements) for segment in claim.segments)
                seen[text] = seen.get(text, 0) + 1
                row = _row(claim, part.header, chains, file.name)
                key = "\n".join((row["payer_key"], row["trace"], row["payment_date"], text, str(seen[text])))
                row["id"] = hashlib.sha256(key.encode()).hexdigest()
                rows[row["id"]] = row
        new = 0
        with transaction(self._engine) as connection:
            for identity, row in rows.items():
                if connection.execute(select(table.c.number).where(table.c.id == identity)).scalar() is None:
                    connection.execute(insert(table).values(**row))
                    new += 1
        return Posted(new, len(rows) - new, tuple(held))

    def balances(self, control_number: str | None = None) -> list[ClaimBalance]:
        """Every claim's balance, or that of one claim, by control number."""
        from sqlalchemy import select

        table = _table()
        query = select(table).order_by(table.c.number)
        if control_number is not None:
            query = query.where(table.c.control_number == control_number)
        answers: dict[str, list[Any]] = {}
        with transaction(self._engine) as connection:
            for row in connection.execute(query):
                answers.setdefault(row.control_number, []).append(row)
        return [_balance(number, rows) for number, rows in sorted(answers.items())]

    def forget(self, control_number: str) -> int:
        """Remove every answer to a claim; returns how many there were."""
        from sqlalchemy import delete

        table = _table()
        with transaction(self._engine) as connection:
            return int(connection.execute(delete(table).where(table.c.control_number == control_number)).rowcount)


def _row(claim: RemitClaim, header: Header, chains: Chains, file: str) -> dict[str, Any]:
    decision = decide(claim, chains.get(claim, header, file))
    money = decision.money
    amounts = (
        money.billed,
        money.paid,
        money.provider_responsibility,
        money.other_adjustments,
        money.patient_responsibility,
        decision.to_pay,
    )
    return {
        "payer_key": payer_key(header.payer),
        "payer": header.payer.full_name if header.payer else "",
        "trace": header.trace_number,
        "payment_date": header.payment_date.isoformat() if header.payment_date else "",
        "control_number": claim.control_number,
        "payer_control_number": claim.payer_control_number,
        "status": claim.status,
        "final": decision.final,
        **{name: str(amount or ZERO) for name, amount in zip(_AMOUNTS, amounts, strict=True)},
    }


def _balance(control_number: str, rows: list[Any]) -> ClaimBalance:
    payers: dict[str, list[Any]] = {}
    for row in rows:
        payers.setdefault(row.payer_key, []).append(row)
    totals = {key: _total(answers) for key, answers in payers.items()}
    last = totals[rows[-1].payer_key]
    billed = [Decimal(row.billed) for row in payers[rows[-1].payer_key]]
    return ClaimBalance(
        control_number=control_number,
        billed=sum(billed, ZERO),
        paid=sum((total.paid for total in totals.values()), ZERO),
        patient_owes=max(ZERO, last.to_pay) if last.final else ZERO,
        final=last.final,
        payers=tuple(totals.values()),
    )


def _total(answers: Iterable[Any]) -> PayerTotal:
    listed = list(answers)
    figures = {name: sum((Decimal(getattr(row, name)) for row in listed), ZERO) for name in ("paid", "share", "to_pay")}
    return PayerTotal(payer=listed[-1].payer, answers=len(listed), final=bool(listed[-1].final), **figures)
