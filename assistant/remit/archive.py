"""Remittances kept in the store, segment by segment, so that each claim can be read again with the numbers it had.

The same answer is kept once, whatever its file is called: its id comes from payer, trace number, payment date and its
own segments. Everything here is patient data; `forget` removes it.
"""

import datetime as dt
import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeVar

from assistant.accounts.principal import Role, require
from assistant.remit.actions import Decision, decide
from assistant.remit.balance import add, check_balance
from assistant.remit.chains import Chains, payer_key
from assistant.remit.reader import KeptSegments, RemitReader
from assistant.remit.tables import AMOUNTS, tables
from assistant.remit.values import Header, RemitClaim, RemitFile, Trailer, Transaction
from assistant.remit.worklist import denials
from assistant.store.engine import exclusive, reading, transaction, wipe_log
from assistant.x12.elements import ZERO
from assistant.x12.segments import Segment
from corpus.lexicon import reasons

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

T = TypeVar("T")

_AT_ONCE = 400
"""Values in one SQL list."""
DUPLICATE = "18"
SPLIT = "MA15"
"""The remark that one claim is answered in several parts."""


@dataclass(frozen=True, slots=True)
class KeptClaim:
    """One answer as it was kept: the claim read again, the payment it came with, its place in the store."""

    number: int
    claim: RemitClaim
    header: Header
    file: str
    """The file's name; with the store's number of the file where several have that name."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What keeping one file did."""

    new: int
    known: int
    held: tuple[str, ...]
    """Control numbers of the answers held back: their figures do not agree."""
    touched: frozenset[str]
    """Control numbers of every claim that got an answer, held ones too."""


def kind_of(claim: RemitClaim) -> str:
    """What an answer counts as: `answer`, `reversal`, `split`, `duplicate`, `estimate`, `pending` or `held`.

    Estimates, answers still pending, and those held back because their figures do not agree move no money.
    """
    if not claim.sound:
        return "held"
    status = reasons.claim_status(claim.status)
    flags = status.flags if status else frozenset()
    if flags & {"estimate", "pended", "not_ours"}:
        return "estimate" if "estimate" in flags else "pending"
    if claim.reversal:
        return "reversal"
    if any(remark.code.upper() == SPLIT for remark in claim.all_remarks()):
        return "split"
    amounts = [item for item in claim.all_adjustments() if item.amount]
    if amounts and not claim.paid and all(item.reason == DUPLICATE for item in amounts):
        return "duplicate"
    return "answer"


class Archive:
    """The kept remittances. Open one over the engine of `open_store`."""

    def __init__(self, engine: "Engine") -> None:
        self._engine = engine

    def keep(self, connection: "Connection", file: RemitFile, who: str, at: dt.datetime) -> Kept:
        """Keep what is new of `file`, within the caller's transaction: answers and work list change together or not
        at all.
        """
        from sqlalchemy import insert, select, update

        exclusive(connection, "remittances")
        store, chains = tables(), Chains.of(file)
        touched: set[str] = set()
        fresh = known_before = 0
        held: list[str] = []
        kept_file: int | None = None
        seen_payments: dict[str, int] = {}
        for part in file.transactions:
            row = _payment_row(part, seen_payments)
            known = connection.execute(
                select(store.payments.c.number, store.payments.c.complete).where(store.payments.c.id == row["id"])
            ).first()
            if known is None:
                if kept_file is None:
                    name = file.name.encode("utf-8", "backslashreplace").decode()  # a name of other letters than UTF-8
                    values = {"name": name, "at": at.isoformat(timespec="seconds"), "who": who}
                    kept_file = _inserted(connection.execute(insert(store.files), values))
                payment = _inserted(connection.execute(insert(store.payments), {**row, "file": kept_file}))
            else:
                payment = known.number
                if not known.complete and row["complete"]:
                    # The file came cut off at first, and whole now.
                    whole = {name: row[name] for name in ("complete", "balanced", "rest")}
                    connection.execute(update(store.payments).where(store.payments.c.number == payment).values(whole))
                    _drop_torn(connection, payment)
            rows = _answer_rows(part, chains, file.name, row["payer_key"])
            there = set(_chosen(connection, store.answers.c.id, list(rows)))
            for identity, (answer, claim) in rows.items():
                sound = answer["kind"] != "held"
                if identity in there:
                    known_before += sound
                elif sound:
                    fresh += 1
                if not sound and (claim.complete or identity not in there):
                    held.append(claim.control_number)
                if identity not in there:
                    touched.add(claim.control_number)
                    connection.execute(insert(store.answers), {**answer, "payment": payment})
        return Kept(fresh, known_before, tuple(held), frozenset(touched))

    def claims(self, connection: "Connection", numbers: Iterable[str] | None = None) -> list[KeptClaim]:
        """The answers with these claim control numbers, or all, read again, by payment date, then as they came."""
        from sqlalchemy import select

        store = tables()
        answers, payments, files = store.answers, store.payments, store.files
        query = (
            select(
                answers.c.number,
                answers.c.body,
                answers.c.payment,
                answers.c.complete,
                payments.c.head,
                payments.c.component,
                payments.c.version,
                payments.c.file,
                files.c.name,
            )
            .join(payments, payments.c.number == answers.c.payment)
            .join(files, files.c.number == payments.c.file)
            .order_by(answers.c.payment_date, answers.c.number)
        )
        if numbers is None:
            rows = list(connection.execute(query))
        else:
            rows = [
                row
                for some in _pieces(sorted(set(numbers)))
                for row in connection.execute(query.where(answers.c.control_number.in_(some)))
            ]
        shown = _shown_names(rows)
        return [KeptClaim(row.number, claim, header, shown[row.file]) for row, (header, claim) in _reread(rows)]

    def all_claims(self, numbers: Iterable[str] | None = None) -> list[KeptClaim]:
        """`claims` in a transaction of its own."""
        require(Role.BILLER)
        with reading(self._engine) as connection:
            return self.claims(connection, numbers)

    def files(self) -> list[RemitFile]:
        """Everything kept, as remittances: each file with its payments, in the order they were kept."""
        from sqlalchemy import select

        require(Role.BILLER)
        store = tables()
        with reading(self._engine) as connection:
            kept = self.claims(connection)
            payments = list(
                connection.execute(
                    select(store.payments, store.files.c.name)
                    .join(store.files, store.files.c.number == store.payments.c.file)
                    .order_by(store.payments.c.number)
                )
            )
            owner = {
                row.number: row.payment
                for row in connection.execute(select(store.answers.c.number, store.answers.c.payment))
            }
        claims: dict[int, list[RemitClaim]] = {}
        for item in kept:
            claims.setdefault(owner[item.number], []).append(item.claim)
        shown = _shown_names(payments)
        found: dict[int, list[Transaction]] = {}
        for row in payments:
            found.setdefault(row.file, []).append(_whole(row, claims.get(row.number, [])))
        return [RemitFile(shown[number], tuple(parts), ()) for number, parts in found.items()]

    def people(self, control_numbers: Iterable[str]) -> list[tuple[str, str]]:
        """Member number and name of the patients of these claims, where an answer gives the number."""
        from sqlalchemy import select

        answers = tables().answers
        with transaction(self._engine) as connection:
            found = {
                (row.member, row.patient)
                for some in _pieces(sorted(set(control_numbers)))
                for row in connection.execute(
                    select(answers.c.member, answers.c.patient).where(answers.c.control_number.in_(some))
                )
                if row.member
            }
        return sorted(found)

    def forget(self, control_numbers: Iterable[str] = (), people: Iterable[tuple[str, str]] = ()) -> int:
        """Remove every answer to these claims, or to these people (member number, name or empty for any), with all that
        was noted about them; how many answers.

        Provider adjustments that name such a claim keep their amount and lose the name.
        """
        from sqlalchemy import delete, select, update

        require(Role.ADMINISTRATOR)
        store = tables()
        answers = store.answers
        numbers = set(control_numbers)
        persons = {(member.upper(), name.upper()) for member, name in people if member}
        with transaction(self._engine) as connection:
            exclusive(connection, "remittances")
            # Compared here and not by the database: names and member numbers may be encrypted.
            wanted = (answers.c.number, answers.c.control_number, answers.c.payer_control_number)
            every = connection.execute(
                select(*wanted, answers.c.member, answers.c.patient).execution_options(yield_per=1000)
            )
            rows = [
                row
                for row in every
                if row.control_number in numbers
                or (row.member.upper(), row.patient.upper()) in persons
                or (row.member.upper(), "") in persons
            ]
            gone = [row.number for row in rows]
            for some in _pieces(gone):
                _drop_work(connection, some)
                connection.execute(delete(answers).where(answers.c.number.in_(some)))
            named = {number for row in rows for number in (row.control_number, row.payer_control_number) if number}
            for some in _pieces(sorted({*numbers, *(row.control_number for row in rows)})):
                connection.execute(delete(store.receipts).where(store.receipts.c.control_number.in_(some)))
            for payment in connection.execute(select(store.payments.c.number, store.payments.c.rest)).all():
                cleared = _cleared(payment.rest, named)
                if cleared != payment.rest:
                    connection.execute(
                        update(store.payments).where(store.payments.c.number == payment.number).values(rest=cleared)
                    )
        wipe_log(self._engine)
        return len(gone)

    def expire(self, before: dt.datetime) -> int:
        """Remove every file that was kept before a moment, with its answers and what was noted about them and their
        claims; how many answers. Payments that patients made on claims still answered elsewhere stay."""
        from sqlalchemy import delete, select

        require(Role.ADMINISTRATOR)
        store = tables()
        moment = before.astimezone(dt.UTC).isoformat(timespec="seconds")
        with transaction(self._engine) as connection:
            exclusive(connection, "remittances")
            files = list(connection.execute(select(store.files.c.number).where(store.files.c.at < moment)).scalars())
            paid = store.payments
            payments = [
                number
                for some in _pieces(files)
                for number in connection.execute(select(paid.c.number).where(paid.c.file.in_(some))).scalars()
            ]
            answers = store.answers
            gone = [
                row
                for some in _pieces(payments)
                for row in connection.execute(
                    select(answers.c.number, answers.c.control_number).where(answers.c.payment.in_(some))
                )
            ]
            for some in _pieces([row.number for row in gone]):
                _drop_work(connection, some)
                connection.execute(delete(answers).where(answers.c.number.in_(some)))
            for some in _pieces(sorted({row.control_number for row in gone})):
                still = select(answers.c.control_number).where(answers.c.control_number.in_(some))
                receipts = store.receipts.c.control_number
                connection.execute(delete(store.receipts).where(receipts.in_(some), receipts.not_in(still)))
            for table, numbers in ((paid, payments), (store.files, files)):
                for some in _pieces(numbers):
                    connection.execute(delete(table).where(table.c.number.in_(some)))
        wipe_log(self._engine)
        return len(gone)


def _shown_names(rows: Iterable[Any]) -> dict[int, str]:
    """File number -> its name as told, with the number where several files have that name. Rows have `name` and `file`."""
    names = {row.file: row.name for row in rows}
    times = Counter(names.values())
    return {file: name if times[name] == 1 else f"{name} #{file}" for file, name in names.items()}


def _drop_work(connection: "Connection", answers: Any) -> None:
    """Remove the work items of these answers (numbers, or a query for them) and what was noted about them."""
    from sqlalchemy import delete, select

    store = tables()
    items = select(store.work.c.number).where(store.work.c.answer.in_(answers))
    connection.execute(delete(store.log).where(store.log.c.item.in_(items)))
    connection.execute(delete(store.work).where(store.work.c.answer.in_(answers)))


def _drop_torn(connection: "Connection", payment: int) -> None:
    """Remove the claim at which an earlier, cut-off copy of a payment broke off: it comes again with the whole one."""
    from sqlalchemy import delete, select

    store = tables()
    torn = select(store.answers.c.number).where(store.answers.c.payment == payment, store.answers.c.complete.is_(False))
    _drop_work(connection, torn)
    connection.execute(
        delete(store.answers).where(store.answers.c.payment == payment, store.answers.c.complete.is_(False))
    )


def _payment_row(part: Transaction, seen: dict[str, int]) -> dict[str, Any]:
    header, trailer = part.header, part.trailer
    date = header.payment_date or header.production_date
    row: dict[str, Any] = {
        "payer_key": payer_key(header.payer),
        "payer": header.payer.full_name if header.payer else "",
        "payee": header.payee.full_name if header.payee else "",
        "trace": header.trace_number,
        "payment_date": date.isoformat() if date else "",
        "amount": str(header.payment_amount or ZERO),
        "component": header.component,
        "version": header.version,
        "complete": trailer.complete,
        "balanced": trailer.balance.balanced,
        "head": _packed(header.segments),
        "rest": _packed(trailer.segments),
    }
    key = "\n".join(row[name] for name in ("payer_key", "trace", "payment_date", "amount"))
    seen[key] = seen.get(key, 0) + 1
    return row | {"id": _digest(key, str(seen[key]))}


def _answer_rows(
    part: Transaction, chains: Chains, file: str, payer: str
) -> dict[str, tuple[dict[str, Any], RemitClaim]]:
    header = part.header
    found: dict[str, tuple[dict[str, Any], RemitClaim]] = {}
    seen: dict[str, int] = {}
    date = header.payment_date or header.production_date
    day = date.isoformat() if date else ""
    for claim in part.claims:
        text = "|".join("*".join(segment.elements) for segment in claim.segments)
        seen[text] = seen.get(text, 0) + 1
        identity = _digest(payer, header.trace_number, day, text, str(seen[text]))
        row = _answer_row(claim, decide(claim, chains.get(claim, header, file)))
        row |= {
            "id": identity,
            "payer_key": payer,
            "payer": header.payer.full_name if header.payer else "",
            "trace": header.trace_number,
            "payment_date": day,
        }
        found[identity] = (row, claim)
    return found


def _answer_row(claim: RemitClaim, decision: Decision) -> dict[str, Any]:
    money = decision.money
    dates = sorted(day for line in claim.lines for day in (line.date, line.date_end) if day is not None)
    dates = dates or sorted(item.value for item in claim.dates if item.qualifier in ("232", "233") and item.value)
    patient, insured = claim.party("QC"), claim.party("IL")
    amounts = (
        money.billed,
        money.paid,
        money.provider_responsibility,
        money.other_adjustments,
        money.patient_responsibility,
        decision.to_pay,
    )
    return {
        "control_number": claim.control_number,
        "payer_control_number": claim.payer_control_number,
        "patient": patient.full_name if patient else "",
        "member": next((party.id for party in (patient, insured) if party and party.id), ""),
        "service_start": dates[0].isoformat() if dates else "",
        "service_end": dates[-1].isoformat() if dates else "",
        "status": claim.status,
        "kind": kind_of(claim),
        "final": decision.final,
        "complete": claim.complete,
        "allowed": None if money.allowed is None else str(money.allowed),
        **{name: str(amount or ZERO) for name, amount in zip(AMOUNTS, amounts, strict=True)},
        "denials": json.dumps([[code, str(amount)] for code, amount in denials(claim)]),
        "body": _packed(claim.segments),
    }


def _reread(rows: Sequence[Any]) -> Iterator[tuple[Any, tuple[Header, RemitClaim]]]:
    """Each row with its header and claim. The claims of one payment are read in one go."""
    together: dict[int, list[Any]] = {}
    for row in rows:
        together.setdefault(row.payment, []).append(row)
    read: dict[int, tuple[Header, RemitClaim]] = {}
    for group in together.values():
        bodies = [segment for row in group for segment in _unpacked(row.body)]
        header, claims, _ = _transaction_of(group[0], [*bodies, Segment(0, ("SE",))])
        for row, claim in zip(group, claims, strict=True):
            read[row.number] = (header, claim if row.complete else claim._replace(complete=False))
    for row in rows:
        yield row, read[row.number]


def _whole(row: Any, claims: list[RemitClaim]) -> Transaction:
    """The payment in `row` with all its claims, and the verdict on its sum."""
    header, _, trailer = _transaction_of(row, _unpacked(row.rest))
    paid: Decimal | None = ZERO
    moved: Decimal | None = ZERO
    for claim in claims:
        paid = add(paid, claim.balance.stated)
    for item in trailer.provider_adjustments:
        moved = add(moved, item.amount)
    trailer = replace(
        trailer,
        balance=check_balance(trailer.balance.stated, paid, moved),
        claims=len(claims),
        lines=sum(len(claim.lines) for claim in claims),
        paid=paid,
        complete=row.complete,
    )
    return Transaction(header, tuple(claims), trailer)


def _transaction_of(row: Any, following: list[Segment]) -> tuple[Header, list[RemitClaim], Trailer]:
    """The head of the payment in `row` read again, with the segments that follow it."""
    head = _unpacked(row.head)
    if not head or head[0].id != "ST":
        head.insert(0, Segment(head[0].number if head else 0, ("ST", "835")))
    group = Segment(0, ("GS", "HP", "", "", "", "", "", "X", row.version))
    header: Header | None = None
    trailer: Trailer | None = None
    claims: list[RemitClaim] = []
    for event in RemitReader(KeptSegments([group, *head, *following], row.component)):
        if isinstance(event, RemitClaim):
            claims.append(event)
        elif isinstance(event, Header):
            header = event
        else:
            trailer = event
    if header is None or trailer is None:
        raise AssertionError("a kept payment has its header")
    return header, claims, trailer


def _packed(segments: Iterable[Segment]) -> str:
    return json.dumps([[segment.number, *segment.elements] for segment in segments], ensure_ascii=False)


def _unpacked(text: str) -> list[Segment]:
    return [Segment(number, tuple(elements)) for number, *elements in json.loads(text)]


def _cleared(rest: str, named: set[str]) -> str:
    segments = [
        segment
        if segment.id != "PLB"
        else Segment(segment.number, tuple(_without(part, named) for part in segment.elements))
        for segment in _unpacked(rest)
    ]
    return _packed(segments)


def _without(element: str, named: set[str]) -> str:
    for number in sorted(named, key=len, reverse=True):
        if len(number) > 2 and number in element:
            element = element.replace(number, "REMOVED")
    return element


def _digest(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _inserted(result: Any) -> int:
    return int(result.inserted_primary_key[0])


def _chosen(connection: "Connection", column: Any, values: list[str]) -> Iterator[str]:
    from sqlalchemy import select

    for some in _pieces(values):
        yield from connection.execute(select(column).where(column.in_(some))).scalars()


def _pieces(values: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(values), _AT_ONCE):
        yield values[start : start + _AT_ONCE]


def amount(text: str | None) -> Decimal | None:
    """An amount of a row."""
    return None if text is None else Decimal(text)
