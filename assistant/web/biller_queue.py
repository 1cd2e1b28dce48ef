"""The denial queue over the store: status, notes, appeals, outcomes, deadlines; causes as charts; balances and receipts."""

import datetime as dt
import io
from decimal import Decimal
from typing import TYPE_CHECKING

from markupsafe import Markup

from assistant.accounts.principal import current
from assistant.errors import InputError
from assistant.remit.actions import Action
from assistant.remit.words import load_words
from assistant.services import Services
from assistant.web.biller_sitting import BillerSitting
from assistant.web.biller_view import action_words
from assistant.web.desk import Answer, Said, saved
from assistant.web.pictures import Strip, strips
from assistant.web.views import banner, dollars, empty, render
from assistant.web.words import say, spoken

if TYPE_CHECKING:
    from assistant.remit.payments import PaymentLedger
    from assistant.remit.queue import QueueItem, WorkQueue

MOST_ITEMS = 200
MOST_BARS = 8
MOST_BALANCES = 200


class QueueDesk:
    """The part of the Biller tab that works on the site's store."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def ledger(self) -> "PaymentLedger":
        """Where answers are posted."""
        from assistant.remit.payments import PaymentLedger

        return PaymentLedger(self._services.engine)

    def _queue(self) -> "WorkQueue":
        from assistant.remit.queue import WorkQueue

        return WorkQueue(self._services.engine)

    def shown(self, said: Said, sitting: BillerSitting) -> Answer:
        """The queue under other filters, or another entry of it."""
        if said.values:
            number = said.number("entry")
            if "entry" in said.values:
                sitting.entry = None if number == sitting.entry else number
            else:
                sitting.statuses = said.text("statuses") or "open"
                sitting.payer, sitting.reason = said.text("payer", 80), said.text("reason", 20)
                sitting.order = said.text("order") or "urgency"
        return {"panels": self.panels(sitting, whole=not said.values)}

    def panels(self, sitting: BillerSitting, whole: bool = True) -> dict[str, str]:
        """The queue and its charts; with `whole` its filters too."""
        items = self._items(sitting)
        opened = next((item for item in items if item.number == sitting.entry), None)
        if items:
            listed = render(
                "queue",
                items=[(item, _why(item)) for item in items[:MOST_ITEMS]],
                more=max(0, len(items) - MOST_ITEMS),
                actions=action_words(),
                opened=opened,
            )
        else:
            filtered = sitting.payer or sitting.reason or sitting.statuses != "open"
            listed = empty("biller.queue_no_match" if filtered else "biller.queue_empty")
        found = {"sb-queue": listed, "sb-causes": self._charts()}
        return found | {"sb-queue-filters": _filters(sitting)} if whole else found

    def saved(self, said: Said, sitting: BillerSitting) -> Answer:
        """The queue as a sheet, no cell a formula."""
        from assistant.remit.queue import CSV_COLUMNS, queue_record
        from assistant.remit.worklist import write_records

        out = io.StringIO()
        records = (queue_record(item) for item in self._items(sitting))
        write_records(list(CSV_COLUMNS), records, out)
        return {"saves": [saved("denials.csv", out.getvalue().encode(), "text/csv")]}

    def changed(self, said: Said, sitting: BillerSitting) -> Answer:
        """What a person noted on an entry."""
        from assistant.remit.queue import Change

        number = said.number("number")
        if number is None:
            raise InputError(say("desk.unknown"))
        before = next(iter(self._queue().items(dt.date.today(), numbers=[number])), None)
        status, outcome = said.text("status"), said.text("outcome")
        change = Change(
            status="" if before and status == before.status else status,
            note=said.text("note", 4000),
            appeal_sent=said.date("appeal_sent"),
            outcome="" if before and outcome == before.outcome else outcome,
            recovered=said.amount("recovered"),
        )
        as_it_was = before and (change.appeal_sent, change.recovered) == (before.appeal_sent, before.recovered)
        if as_it_was and not (change.status or change.note or change.outcome):
            raise InputError(say("biller.nothing_to_note"))
        item = self._queue().change(number, change, current().name)
        told = say("biller.noted", number=item.number, status=say(f"biller.status_{item.status}"))
        return {"panels": self.panels(sitting, whole=False), "told": banner(told, "done")}

    def balances(self, said: Said, sitting: BillerSitting) -> Answer:
        """Where every kept claim stands."""
        found = self.ledger().balances()
        shown = render("balances", rows=found[:MOST_BALANCES], more=max(0, len(found) - MOST_BALANCES))
        return {"panels": {"sb-balances": shown if found else empty("biller.balances_empty")}}

    def received(self, said: Said, sitting: BillerSitting) -> Answer:
        """A patient's payment, which no remittance says."""
        amount, number = said.amount("amount"), said.text("claim", 80)
        if amount is None or amount <= 0 or not number:
            raise InputError(say("biller.receipt_needs"))
        signed = -amount if said.text("back") == "back" else amount
        stands = self.ledger().receive(number, signed, dt.date.today(), who=current().name)
        told = say("biller.received", claim=number, balance=dollars(stands.patient_balance))
        return self.balances(said, sitting) | {"told": banner(told, "done")}

    def _items(self, sitting: BillerSitting) -> "list[QueueItem]":
        from assistant.remit.queue import OPEN, STATUSES
        from assistant.remit.worklist import ORDERS

        groups = {"open": OPEN, "all": STATUSES}
        statuses = groups.get(sitting.statuses) or [one for one in STATUSES if one == sitting.statuses] or OPEN
        order = sitting.order if sitting.order in ORDERS else "urgency"
        found = self._queue().items(
            dt.date.today(), statuses=statuses, payer=sitting.payer, reason=sitting.reason, order=order
        )
        return found

    def _charts(self) -> str:
        queue = self._queue()
        causes = queue.causes(by_payer=False)
        by_payer: dict[str, Decimal] = {}
        for cause in queue.causes(by_payer=True):
            by_payer[cause.payer] = by_payer.get(cause.payer, Decimal(0)) + cause.amount
        words = load_words(spoken())
        lost = [one for one in causes if one.amount > 0]
        reasons = [(f"{one.code} × {one.count}", one.amount) for one in lost]
        meanings = [(one.code, words.reason(one.code.partition("-")[2] or one.code)) for one in lost[:MOST_BARS]]
        payers = sorted(
            ((name or say("biller.unnamed"), amount) for name, amount in by_payer.items() if amount > 0),
            key=lambda pair: -pair[1],
        )
        drawn = [
            (title, _chart(title, rows))
            for title, rows in ((say("biller.causes"), reasons), (say("biller.by_payer"), payers))
            if rows
        ]
        return render("causes", charts=drawn, meanings=[pair for pair in meanings if pair[1]])


def _chart(title: str, rows: list[tuple[str, Decimal]]) -> Markup:
    most = max(amount for _, amount in rows)
    return strips(
        title,
        [
            Strip(label if len(label) <= 36 else f"{label[:35]}…", dollars(amount), 0, float(amount / most * 100))
            for label, amount in rows[:MOST_BARS]
        ],
    )


def _why(item: "QueueItem") -> str:
    work = item.work
    return load_words(spoken()).why(Action(work.action, work.amount, work.rule, work.segments, work.codes))


def _filters(sitting: BillerSitting) -> str:
    from assistant.remit.queue import STATUSES
    from assistant.remit.worklist import ORDERS

    return render("queue_filters", sitting=sitting, statuses=("open", "all", *STATUSES), orders=ORDERS)
