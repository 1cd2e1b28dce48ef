"""The work list over everything kept: each entry has a number, a status, its notes, and what came of it.

What an entry says of the claim comes from the rules and follows later answers; what people note is never changed by
them. An entry no answer calls for any more goes when nobody has touched it, else it stays and says so.
"""

import datetime as dt
import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from assistant.accounts.principal import Role, require
from assistant.errors import InputError
from assistant.record import to_record
from assistant.remit.actions import Action
from assistant.remit.archive import Archive, KeptClaim
from assistant.remit.chains import Chains
from assistant.remit.tables import tables
from assistant.remit.values import Balance, RemitFile, Trailer, Transaction
from assistant.remit.words import load_words
from assistant.remit.worklist import SEE_NOTICE, Cause, WorkItem, claim_items, order_key, summed
from assistant.store.engine import reading, transaction
from assistant.x12.elements import ZERO

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

STATUSES = ("new", "in_progress", "appealed", "corrected", "paid", "written_off")
OPEN = ("new", "in_progress", "appealed", "corrected")
OUTCOMES = ("won", "partly_won", "lost", "withdrawn")
_LONGEST_NOTE = 4000


@dataclass(frozen=True, slots=True)
class Note:
    """One thing a person noted or changed."""

    at: str
    who: str
    status: str
    note: str


@dataclass(frozen=True, slots=True)
class QueueItem:
    """One entry of the list. `number` names it to `--set`."""

    number: int
    status: str
    work: WorkItem
    patient: str
    called_for: bool
    """False once a later answer does away with the reason for it."""
    later_answer: dt.date | None
    """Date of the last payment with a later answer of this payer to the claim; None without one."""
    later_paid: Decimal | None
    """What those later answers paid, reversals added."""
    appeal_sent: dt.date | None
    outcome: str
    recovered: Decimal | None
    changed: str
    changed_by: str
    notes: tuple[Note, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """What a person sets on an entry; empty fields stay as they are."""

    status: str = ""
    note: str = ""
    appeal_sent: dt.date | None = None
    outcome: str = ""
    recovered: Decimal | None = None


class WorkQueue:
    """The list in the store. Open one over the engine of `open_store`."""

    def __init__(self, engine: "Engine") -> None:
        self._engine = engine
        self._archive = Archive(engine)

    def items(
        self,
        today: dt.date,
        *,
        statuses: Iterable[str] = OPEN,
        payer: str = "",
        reason: str = "",
        order: str = "urgency",
        numbers: Iterable[int] | None = None,
    ) -> list[QueueItem]:
        """Entries with one of these statuses, in `order`; `payer` is part of its name, `reason` a code (`197`, `CO-197`).

        `numbers` names entries, whatever their status.
        """
        from sqlalchemy import select

        require(Role.BILLER)
        store = tables()
        work, answers, payments, files = store.work, store.answers, store.payments, store.files
        chosen = work.c.status.in_(list(statuses)) if numbers is None else work.c.number.in_(list(numbers))
        query = (
            select(
                work,
                answers.c.control_number,
                answers.c.payer_control_number,
                answers.c.payer,
                answers.c.payer_key,
                answers.c.patient,
                answers.c.payment_date,
                answers.c.service_start,
                files.c.name,
            )
            .join(answers, answers.c.number == work.c.answer)
            .join(payments, payments.c.number == answers.c.payment)
            .join(files, files.c.number == payments.c.file)
            .where(chosen)
        )
        with reading(self._engine) as connection:
            rows = list(connection.execute(query))
            log: dict[int, list[Note]] = {}
            for entry in connection.execute(select(store.log).order_by(store.log.c.number)):
                log.setdefault(entry.item, []).append(Note(entry.at, entry.who, entry.status, entry.note))
            later = _later(connection, {row.control_number for row in rows})
        found = [_item(row, log.get(row.number, []), later, today) for row in rows]
        wanted = reason.upper()
        kept = [
            item
            for item in found
            if payer.upper() in item.work.payer.upper()
            and (
                not wanted or any(wanted in (code.upper(), code.partition("-")[2].upper()) for code in item.work.codes)
            )
        ]
        key = order_key(order)
        return sorted(kept, key=lambda item: (key(item.work), item.number))

    def change(self, number: int, change: Change, who: str, at: dt.datetime | None = None) -> QueueItem:
        """Note what a person did on one entry. Raises InputError when there is no such entry or nothing to note."""
        from sqlalchemy import insert, select, update

        require(Role.BILLER)
        if change == Change():
            raise InputError("say what to note: --status, --note, --appeal-sent, --outcome or --recovered")
        if change.status and change.status not in STATUSES:
            raise InputError(f"a status is one of {', '.join(STATUSES)}")
        if change.outcome and change.outcome not in OUTCOMES:
            raise InputError(f"an outcome is one of {', '.join(OUTCOMES)}")
        if len(change.note) > _LONGEST_NOTE:
            raise InputError(f"a note has at most {_LONGEST_NOTE} characters")
        store, moment = tables(), at or dt.datetime.now(dt.UTC)
        with transaction(self._engine) as connection:
            row = connection.execute(select(store.work).where(store.work.c.number == number)).first()
            if row is None:
                raise InputError(
                    f"the work list has no entry {number}; `superbill remit worklist --status all` shows it"
                )
            sent = change.appeal_sent.isoformat() if change.appeal_sent else row.appeal_sent
            if change.status == "appealed" and not sent:
                sent = moment.date().isoformat()
            values = {
                "status": change.status or row.status,
                "appeal_sent": sent,
                "outcome": change.outcome or row.outcome,
                "recovered": str(change.recovered) if change.recovered is not None else row.recovered,
            }
            stamp = moment.astimezone(dt.UTC).isoformat(timespec="seconds")
            noted = {"changed": stamp, "changed_by": who}
            connection.execute(update(store.work).where(store.work.c.number == number).values(**values, **noted))
            entry = {"item": number, "at": stamp, "who": who, "note": change.note, **values}
            connection.execute(insert(store.log), entry)
        (item,) = self.items(moment.date(), numbers=[number])
        return item

    def causes(self, by_payer: bool = True) -> list[Cause]:
        """Denied amounts over everything kept, by reason and payer or by reason, largest sum first."""
        from sqlalchemy import select

        require(Role.BILLER)
        answers = tables().answers
        with reading(self._engine) as connection:
            rows = connection.execute(
                select(answers.c.payer, answers.c.denials).where(answers.c.denials != "[]", answers.c.kind != "held")
            ).all()
        return summed(
            (code, row.payer if by_payer else "", Decimal(amount))
            for row in rows
            for code, amount in json.loads(row.denials)
        )

    def sync(self, connection: "Connection", control_numbers: Iterable[str]) -> None:
        """Bring the entries of these claims up to what all kept answers to them call for."""
        from sqlalchemy import delete, insert, select, update

        store = tables()
        work = store.work
        kept = self._archive.claims(connection, control_numbers)
        called: dict[str, dict[str, Any]] = {}
        chains = kept_chains(kept)
        for claim in kept:
            for item, values in _called_for(claim, chains):
                called[_identity(claim.number, item)] = values
        numbers = [claim.number for claim in kept]
        there: dict[str, Any] = {}
        for start in range(0, len(numbers), 400):
            some = numbers[start : start + 400]
            there |= {row.id: row for row in connection.execute(select(work).where(work.c.answer.in_(some)))}
        for identity, values in called.items():
            if identity not in there:
                connection.execute(insert(work), {**values, **_UNTOUCHED, "id": identity})
            elif any(getattr(there[identity], name) != value for name, value in values.items()):
                connection.execute(update(work).where(work.c.id == identity).values(**values))
        for identity, row in there.items():
            if identity not in called:
                gone = work.c.id == identity
                if row.changed:
                    connection.execute(update(work).where(gone).values(called_for=False))
                else:
                    connection.execute(delete(work).where(gone))


_UNTOUCHED: dict[str, Any] = {
    "status": "new",
    "appeal_sent": "",
    "outcome": "",
    "recovered": None,
    "changed": "",
    "changed_by": "",
}
CSV_COLUMNS = (
    "number",
    "status",
    "action",
    "amount",
    "payer",
    "patient",
    "control_number",
    "payer_control_number",
    "service_date",
    "payment_date",
    "age_days",
    "codes",
    "why",
    "deadline",
    "deadline_source",
    "called_for",
    "later_answer",
    "later_paid",
    "appeal_sent",
    "outcome",
    "recovered",
    "changed",
    "changed_by",
    "last_note",
    "file",
    "segments",
)


def queue_record(item: QueueItem) -> dict[str, Any]:
    """One entry as a flat record, for JSON and CSV."""
    record: dict[str, Any] = {
        field.name: to_record(getattr(item, field.name)) for field in fields(QueueItem) if field.name != "work"
    }
    record |= to_record(item.work)
    return record | {"last_note": next((n.note for n in reversed(item.notes) if n.note), "")}


def kept_chains(kept: list[KeptClaim]) -> Chains:
    """The chains among kept answers, in the order given. Answers whose figures do not agree are left out."""
    nothing = Trailer((), Balance(None, None), 0, 0, None, True, ())
    files: dict[str, list[Transaction]] = {}
    for item in kept:
        if item.claim.sound:
            files.setdefault(item.file, []).append(Transaction(item.header, (item.claim,), nothing))
    return Chains.of(*(RemitFile(name, tuple(parts), ()) for name, parts in files.items()))


def _called_for(kept: KeptClaim, chains: Chains) -> list[tuple[WorkItem, dict[str, Any]]]:
    chain = chains.get(kept.claim, kept.header, kept.file)
    found = []
    for item in claim_items(kept.claim, kept.header, kept.file, chain, dt.date.min):
        values = {
            "answer": kept.number,
            "action": item.action,
            "rule": item.rule,
            "amount": None if item.amount is None else str(item.amount),
            "codes": json.dumps(item.codes),
            "segments": json.dumps(item.segments),
            "deadline": "" if item.deadline == SEE_NOTICE else item.deadline,
            "deadline_source": item.deadline_source,
            "called_for": True,
        }
        found.append((item, values))
    return found


def _identity(answer: int, item: WorkItem) -> str:
    return hashlib.sha256(f"{answer}\n{item.action}\n{item.rule}".encode()).hexdigest()


def _item(row: Any, notes: list[Note], later: dict[tuple[str, str], list[Any]], today: dt.date) -> QueueItem:
    codes = tuple(json.loads(row.codes))
    segments = tuple(json.loads(row.segments))
    amount = None if row.amount is None else Decimal(row.amount)
    paid_on = _date(row.payment_date)
    work = WorkItem(
        action=row.action,
        amount=amount,
        file=row.name,
        payer=row.payer,
        control_number=row.control_number,
        payer_control_number=row.payer_control_number,
        service_date=_date(row.service_start),
        payment_date=paid_on,
        age_days=max(0, (today - paid_on).days) if paid_on else None,
        codes=codes,
        why=load_words("en").why(Action(row.action, amount, row.rule, segments, codes)),
        deadline=row.deadline or SEE_NOTICE,
        segments=segments,
        deadline_source=row.deadline_source,
        rule=row.rule,
    )
    after = [
        answer
        for answer in later.get((row.payer_key, row.control_number), [])
        if (answer.payment_date, answer.number) > (row.payment_date, row.answer)
    ]
    return QueueItem(
        number=row.number,
        status=row.status,
        work=work,
        patient=row.patient,
        called_for=row.called_for,
        later_answer=_date(after[-1].payment_date) if after else None,
        later_paid=sum((Decimal(answer.paid) for answer in after), ZERO) if after else None,
        appeal_sent=_date(row.appeal_sent),
        outcome=row.outcome,
        recovered=None if row.recovered is None else Decimal(row.recovered),
        changed=row.changed,
        changed_by=row.changed_by,
        notes=tuple(notes),
    )


def _later(connection: "Connection", numbers: set[str]) -> dict[tuple[str, str], list[Any]]:
    """The answers to these claims that moved money, by payer and claim, in order."""
    from sqlalchemy import select

    answers = tables().answers
    found: dict[tuple[str, str], list[Any]] = {}
    listed = sorted(numbers)
    for start in range(0, len(listed), 400):
        query = (
            select(
                answers.c.number, answers.c.payer_key, answers.c.control_number, answers.c.payment_date, answers.c.paid
            )
            .where(answers.c.control_number.in_(listed[start : start + 400]))
            .where(answers.c.kind.not_in(("held", "estimate", "pending")))
            .order_by(answers.c.payment_date, answers.c.number)
        )
        for row in connection.execute(query):
            found.setdefault((row.payer_key, row.control_number), []).append(row)
    return found


def _date(text: str) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None
