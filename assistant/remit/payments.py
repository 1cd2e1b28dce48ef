"""What payers answered and patients paid over time: balances per claim, patient and payer. Reversals are entries.

Posting the same answer again changes nothing: an answer's id comes from its content, not from the file's name. Answers
whose figures do not agree are held back for a person; estimates and answers still pending move no money. What patients
paid is not in an 835: it is noted here by hand, a refund as a negative amount.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from assistant.accounts.principal import Role, require
from assistant.accounts.trail import Event, Trail
from assistant.errors import InputError
from assistant.remit.archive import Archive
from assistant.remit.money import covered
from assistant.remit.queue import WorkQueue
from assistant.remit.tables import tables
from assistant.remit.values import RemitFile
from assistant.store.engine import reading, transaction
from assistant.x12.elements import ZERO
from corpus.lexicon import reasons

if TYPE_CHECKING:
    from sqlalchemy import Engine

_RANKS = ("primary", "secondary", "tertiary")
NO_MONEY = ("held", "estimate")
"""Kinds of answers no balance counts; `pending` counts only as an answer that is open."""


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
    billed: Decimal
    allowed: Decimal | None
    """None where one of the answers does not say."""
    paid: Decimal
    share: Decimal
    """Sum of PR."""
    to_pay: Decimal
    """The part of it that is the patient's to pay."""
    final: bool
    """The payer's last answer leaves nothing open."""
    replaced: int = 0
    """Answers left out because the claim was sent and answered anew without a reversal, or only as a duplicate."""
    not_kept: int = 0
    """Reversals left out because the answer they take back is not in the store."""


@dataclass(frozen=True, slots=True)
class ClaimBalance:
    """Where a claim stands over all answers."""

    control_number: str
    billed: Decimal
    paid: Decimal
    """By all payers."""
    patient_owes: Decimal
    """What the payer that answered last leaves to the patient; zero while another answer is to come."""
    final: bool
    payers: tuple[PayerTotal, ...]
    """In the order of their first answer."""
    patient: str = ""
    member: str = ""
    allowed: Decimal | None = None
    """By the payer that answered first."""
    patient_paid: Decimal = ZERO
    patient_balance: Decimal = ZERO
    """What is still to be asked of the patient; negative where money has to go back."""
    paid_percent_of_allowed: Decimal | None = None
    paid_percent_of_billed: Decimal | None = None


@dataclass(frozen=True, slots=True)
class PatientBalance:
    """A patient's claims together. Patients are told apart by member number, else by name."""

    patient: str
    member: str
    claims: tuple[str, ...]
    billed: Decimal
    paid: Decimal
    patient_owes: Decimal
    patient_paid: Decimal
    patient_balance: Decimal
    final: bool


@dataclass(frozen=True, slots=True)
class PayerBalance:
    """A payer's answers over all claims, reversals added."""

    payer: str
    claims: int
    answers: int
    billed: Decimal
    allowed: Decimal | None
    paid: Decimal
    share: Decimal
    paid_percent_of_allowed: Decimal | None
    paid_percent_of_billed: Decimal | None


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a claim's ledger: an answer of a payer, or what the patient paid (`patient_payment`)."""

    date: dt.date | None
    kind: str
    payer: str
    trace: str
    status: str
    billed: Decimal
    allowed: Decimal | None
    paid: Decimal
    share: Decimal
    note: str = ""


class PaymentLedger:
    """The answers in the store. Open one over the engine of `open_store`."""

    def __init__(self, engine: "Engine") -> None:
        self._engine = engine
        self._archive = Archive(engine)
        self._queue = WorkQueue(engine)

    def post(self, file: RemitFile, who: str = "", at: dt.datetime | None = None) -> Posted:
        """Add the answers of `file` that the store does not have yet and what they call for, in one transaction."""
        require(Role.BILLER)
        with transaction(self._engine) as connection:
            kept = self._archive.keep(connection, file, who, at or dt.datetime.now(dt.UTC))
            self._queue.sync(connection, kept.touched)
            if kept.new:
                Trail(self._engine).within(connection, Event.IMPORT, f"remittance: {kept.new} answers", who or None)
        return Posted(kept.new, kept.known, kept.held)

    def receive(
        self, control_number: str, amount: Decimal, date: dt.date, *, note: str = "", who: str = ""
    ) -> ClaimBalance:
        """Note what a patient paid on a claim, or with a negative amount was paid back; the balance after it.

        Raises InputError for a claim without answers or an amount of nothing.
        """
        from sqlalchemy import insert

        require(Role.BILLER)
        if not amount or amount != amount.quantize(Decimal("0.01")):
            raise InputError("the amount is not one in dollars and cents")
        if not self.balances(control_number):
            raise InputError("the store holds no answer to this claim; `superbill remit post FILE` keeps them")
        row = {
            "control_number": control_number,
            "date": date.isoformat(),
            "amount": str(amount),
            "note": note[:400],
            "at": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
            "who": who,
        }
        with transaction(self._engine) as connection:
            connection.execute(insert(tables().receipts), row)
        return self.balances(control_number)[0]

    def balances(self, control_number: str | None = None) -> list[ClaimBalance]:
        """Every claim's balance, or that of one claim, by control number."""
        from sqlalchemy import select

        require(Role.BILLER)
        store = tables()
        query = select(store.answers).where(store.answers.c.kind.not_in(NO_MONEY))
        received = select(store.receipts.c.control_number, store.receipts.c.amount)
        if control_number is not None:
            query = query.where(store.answers.c.control_number == control_number)
            received = received.where(store.receipts.c.control_number == control_number)
        answers: dict[str, list[Any]] = {}
        receipts: dict[str, Decimal] = {}
        with reading(self._engine) as connection:
            for row in connection.execute(query.order_by(store.answers.c.payment_date, store.answers.c.number)):
                answers.setdefault(row.control_number, []).append(row)
            for row in connection.execute(received):
                receipts[row.control_number] = receipts.get(row.control_number, ZERO) + Decimal(row.amount)
        return [_balance(number, rows, receipts.get(number, ZERO)) for number, rows in sorted(answers.items())]

    def entries(self, control_number: str) -> list[Entry]:
        """Everything that happened to one claim, by date: answers with their reversals, what the patient paid."""
        from sqlalchemy import select

        require(Role.BILLER)
        store = tables()
        answers, receipts = store.answers, store.receipts
        with reading(self._engine) as connection:
            rows = connection.execute(
                select(answers)
                .where(answers.c.control_number == control_number)
                .order_by(answers.c.payment_date, answers.c.number)
            ).all()
            paid = connection.execute(
                select(receipts).where(receipts.c.control_number == control_number).order_by(receipts.c.number)
            ).all()
        found = [
            Entry(
                date=_date(row.payment_date),
                kind=row.kind,
                payer=row.payer,
                trace=row.trace,
                status=row.status,
                billed=Decimal(row.billed),
                allowed=None if row.allowed is None else Decimal(row.allowed),
                paid=Decimal(row.paid),
                share=Decimal(row.share),
            )
            for row in rows
        ]
        found += [
            Entry(_date(row.date), "patient_payment", "", "", "", ZERO, None, Decimal(row.amount), ZERO, row.note)
            for row in paid
        ]
        return sorted(found, key=lambda entry: entry.date or dt.date.min)

    def patients(self) -> list[PatientBalance]:
        """Every patient's claims together, by name."""
        grouped: dict[str, list[ClaimBalance]] = {}
        for item in self.balances():
            grouped.setdefault(item.member.upper() or item.patient.upper() or item.control_number, []).append(item)
        found = [
            PatientBalance(
                patient=items[-1].patient,
                member=items[-1].member,
                claims=tuple(item.control_number for item in items),
                billed=sum((item.billed for item in items), ZERO),
                paid=sum((item.paid for item in items), ZERO),
                patient_owes=sum((item.patient_owes for item in items), ZERO),
                patient_paid=sum((item.patient_paid for item in items), ZERO),
                patient_balance=sum((item.patient_balance for item in items), ZERO),
                final=all(item.final for item in items),
            )
            for items in grouped.values()
        ]
        return sorted(found, key=lambda item: (item.patient, item.member))

    def payers(self) -> list[PayerBalance]:
        """Every payer's answers together, by name."""
        grouped: dict[str, list[PayerTotal]] = {}
        for item in self.balances():
            for total in item.payers:
                grouped.setdefault(total.payer, []).append(total)
        found = []
        for payer, totals in sorted(grouped.items()):
            billed = sum((total.billed for total in totals), ZERO)
            paid = sum((total.paid for total in totals), ZERO)
            allowed = _known(total.allowed for total in totals)
            found.append(
                PayerBalance(
                    payer=payer,
                    claims=len(totals),
                    answers=sum(total.answers for total in totals),
                    billed=billed,
                    allowed=allowed,
                    paid=paid,
                    share=sum((total.share for total in totals), ZERO),
                    paid_percent_of_allowed=covered(paid, allowed),
                    paid_percent_of_billed=covered(paid, billed),
                )
            )
        return found

    def forget(self, control_number: str) -> int:
        """Remove every answer to a claim and all that was noted about it; returns how many answers there were."""
        return self._archive.forget([control_number])


def _balance(control_number: str, rows: list[Any], received: Decimal) -> ClaimBalance:
    by_payer: dict[str, list[Any]] = {}
    for row in rows:
        by_payer.setdefault(row.payer_key, []).append(row)
    order = sorted(by_payer, key=lambda key: _place(by_payer[key][0]))
    totals = {key: _total(by_payer[key]) for key in order}
    last = totals[max(by_payer, key=lambda key: _place(by_payer[key][-1]))]
    first = totals[order[0]]
    paid = sum((total.paid for total in totals.values()), ZERO)
    owes = max(ZERO, last.to_pay) if last.final else ZERO
    return ClaimBalance(
        control_number=control_number,
        billed=last.billed,
        paid=paid,
        patient_owes=owes,
        final=last.final,
        payers=tuple(totals.values()),
        patient=next((row.patient for row in reversed(rows) if row.patient), ""),
        member=next((row.member for row in rows if row.member), ""),
        allowed=first.allowed,
        patient_paid=received,
        patient_balance=owes - received,
        paid_percent_of_allowed=covered(paid, first.allowed),
        paid_percent_of_billed=covered(paid, first.billed),
    )


def _place(row: Any) -> tuple[str, int, str]:
    """Where an answer stands among those of other payers: by date, on one day the first payer before the second."""
    status = reasons.claim_status(row.status)
    ranks = [rank for rank, flag in enumerate(_RANKS) if status and flag in status.flags]
    return row.payment_date, max(ranks, default=0), row.payer_key


def _total(rows: list[Any]) -> PayerTotal:
    moved = [row for row in rows if row.kind != "pending"]
    known = _with_originals(moved)
    counted = _standing(known)
    money = {
        name: sum((Decimal(getattr(row, name)) for row in counted), ZERO)
        for name in ("billed", "paid", "share", "to_pay")
    }
    return PayerTotal(
        payer=rows[-1].payer,
        answers=len(rows),
        allowed=_known(None if row.allowed is None else Decimal(row.allowed) for row in counted),
        final=bool((counted or rows)[-1].final) and rows[-1].kind != "pending",
        replaced=len(known) - len(counted),
        not_kept=len(moved) - len(known),
        **money,
    )


def _with_originals(rows: list[Any]) -> list[Any]:
    """Without reversals of answers that were never kept: they would take away what was never added."""
    running, found = ZERO, []
    for row in rows:
        if row.kind == "reversal" and running + Decimal(row.billed) < 0:
            continue
        running += Decimal(row.billed)
        found.append(row)
    return found


def _standing(rows: list[Any]) -> list[Any]:
    """The answers of one payer that count together.

    A claim sent anew, after a rejection or by mistake, is answered under another payer claim number without a reversal
    of the first: then the last full answer stands, not the sum. Parts of a split claim (MA15) do add up.
    """
    whole = [row for row in rows if row.kind != "duplicate"] or rows[-1:]
    groups: dict[str, list[Any]] = {}
    for row in whole:
        groups.setdefault(row.payer_control_number, []).append(row)
    open_groups = [rows for rows in groups.values() if sum(Decimal(row.billed) for row in rows) > 0]
    taken_back = any(sum(Decimal(row.billed) for row in rows) < 0 for rows in groups.values())
    if len(open_groups) < 2 or taken_back or any(row.kind == "split" for row in whole):
        return whole
    facts = {
        (sum(Decimal(row.billed) for row in rows), rows[0].service_start, rows[0].service_end) for rows in open_groups
    }
    if len(facts) > 1:
        return whole
    earlier = {row.number for rows in open_groups[:-1] for row in rows}
    return [row for row in whole if row.number not in earlier]


def _known(amounts: Iterable[Decimal | None]) -> Decimal | None:
    """Their sum; None when one is not known."""
    total = ZERO
    for amount in amounts:
        if amount is None:
            return None
        total += amount
    return total


def _date(text: str) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None
