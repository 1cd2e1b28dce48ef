"""`superbill remit` over everything kept: the work list, find, balances, ledger, receipt, carried; glossary and sheet."""

import argparse
import datetime as dt
import getpass
import sys
from decimal import Decimal
from pathlib import Path

from assistant.bars import Bar, bars
from assistant.cli import DONE
from assistant.commands import wiring
from assistant.commands.output import print_json, whole_file
from assistant.commands.remittance import one_claim, status_of, usable
from assistant.errors import InputError
from assistant.record import to_record
from assistant.remit.archive import Archive
from assistant.remit.carried import movements
from assistant.remit.chains import Chains
from assistant.remit.fees import FeeSchedule, underpayments
from assistant.remit.finding import find as search
from assistant.remit.glossary import glossary as terms_of
from assistant.remit.payments import PaymentLedger
from assistant.remit.queue import CSV_COLUMNS, OPEN, STATUSES, Change, WorkQueue, queue_record
from assistant.remit.render_kept import (
    render_balances,
    render_entries,
    render_found,
    render_glossary,
    render_movements,
    render_patients,
    render_payers,
    render_queue,
    render_sheet,
)
from assistant.remit.sheet import claim_sheet, sheet_record
from assistant.remit.worklist import Cause, write_records
from assistant.services import parse_date
from assistant.x12.elements import parse_amount

CHARTED = 15
"""Bars of the chart: the largest causes; the rest is named as one."""

LONGEST_LABEL = 40


def worklist(args: argparse.Namespace) -> int:
    """The kept work list: show it, or note with `--set` what was done on an entry."""
    queue = WorkQueue(wiring.store())
    today = dt.date.today()
    if args.set is not None:
        change = Change(
            status=_status(args.status) if args.status else "",
            note=args.note or "",
            appeal_sent=parse_date(args.appeal_sent),
            outcome=args.outcome or "",
            recovered=_amount(args.recovered) if args.recovered else None,
        )
        item = queue.change(args.set, change, actor())
        if args.json:
            print_json({"items": [queue_record(item)]})
        else:
            print(render_queue([item], [], []))
        return DONE
    if args.note or args.appeal_sent or args.outcome or args.recovered:
        raise InputError("Name the entry to note this on: --set ID.")
    items = queue.items(
        today, statuses=_statuses(args.status), payer=args.payer or "", reason=args.reason or "", order=args.by
    )
    lost = queue.causes()
    files = Archive(wiring.store()).files() if args.fees else []
    below = underpayments(files, FeeSchedule.load(Path(args.fees))) if args.fees else []
    if args.csv:
        with whole_file(Path(args.csv)) as handle:
            write_records(list(CSV_COLUMNS), (queue_record(item) for item in items), handle)
        print(f"Wrote {args.csv}. It holds patient data: keep it safe.", file=sys.stderr)
    draw(lost, args.chart)
    if args.json:
        record = {"items": [queue_record(item) for item in items], "causes": to_record(queue.causes(by_payer=False))}
        print_json(record | {"root_causes": to_record(lost), "underpaid": to_record(below)})
    else:
        print(render_queue(items, lost, below))
    return DONE


def draw(causes: list[Cause], target: str | None) -> None:
    """Write the chart of causes by reason and payer as SVG, when a file is named."""
    if not target:
        return
    with whole_file(Path(target)) as handle:
        handle.write(cause_chart(causes))
    print(f"Wrote {target}.", file=sys.stderr)


def cause_chart(causes: list[Cause]) -> str:
    """The largest causes as bars, in dollars."""
    largest = [cause for cause in causes if cause.amount > 0]
    rows = [Bar(_short(f"{cause.code} {cause.payer}"), float(cause.amount)) for cause in largest[:CHARTED]]
    rest = sum((cause.amount for cause in largest[CHARTED:]), Decimal(0))
    if rest:
        rows.append(Bar(f"{len(largest) - CHARTED} others", float(rest)))
    full = max((bar.value or 0.0 for bar in rows), default=1.0)
    return bars("Denied, by reason and payer", rows, full, "${:,.2f}".format, label=320)


def _short(label: str) -> str:
    label = label.strip()
    return label if len(label) <= LONGEST_LABEL else label[: LONGEST_LABEL - 1] + "\u2026"


def find(args: argparse.Namespace) -> int:
    """Claims and patients in everything kept."""
    if args.k < 1:
        raise InputError("-k needs a number of at least 1.")
    found = search(wiring.store(), " ".join(args.query), args.k)
    if args.json:
        print_json(to_record(found))
    else:
        print(render_found(found))
    return DONE


def balances(args: argparse.Namespace) -> int:
    """Where claims, patients or payers stand over all answers kept and what patients paid."""
    ledger = PaymentLedger(wiring.store())
    if args.claim is not None and args.by != "claim":
        raise InputError("--claim goes with --by claim only.")
    if args.by == "patient":
        patients = ledger.patients()
        print_json({"patients": to_record(patients)}) if args.json else print(render_patients(patients))
        return DONE
    if args.by == "payer":
        payers = ledger.payers()
        print_json({"payers": to_record(payers)}) if args.json else print(render_payers(payers))
        return DONE
    found = ledger.balances(args.claim)
    if args.claim is not None and not found:
        raise InputError("The store holds no answer to this claim; `superbill remit post FILE` keeps them.")
    if args.json:
        print_json({"claims": to_record(found)})
    else:
        print(render_balances(found))
    return DONE


def ledger(args: argparse.Namespace) -> int:
    """Every answer to one claim and what its patient paid."""
    book = PaymentLedger(wiring.store())
    entries, stands = book.entries(args.claim), book.balances(args.claim)
    if not entries:
        raise InputError("The store holds no answer to this claim; `superbill remit post FILE` keeps them.")
    if args.json:
        print_json({"entries": to_record(entries), "balance": to_record(stands[0]) if stands else None})
    else:
        print(render_entries(args.claim, entries, stands))
    return DONE


def receipt(args: argparse.Namespace) -> int:
    """Note what a patient paid on a claim."""
    amount = _amount(args.amount)
    if amount <= 0:
        raise InputError("Write the amount above zero; --refund says that it was paid back.")
    date = parse_date(args.date) or dt.date.today()
    ledger = PaymentLedger(wiring.store())
    stands = ledger.receive(args.claim, -amount if args.refund else amount, date, note=args.note, who=actor())
    if args.json:
        print_json({"claims": [to_record(stands)]})
    else:
        print(render_balances([stands]))
    return DONE


def carried(args: argparse.Namespace) -> int:
    """Provider adjustments of the named files, or of everything kept."""
    files = [usable(name) for name in args.files] if args.files else Archive(wiring.store()).files()
    found = movements(files)
    if args.json:
        print_json({"movements": to_record(found)})
    else:
        print(render_movements(found))
    return max((status_of(file) for file in files), default=DONE)


def glossary(args: argparse.Namespace) -> int:
    """The codes of a file, or of one of its claims."""
    file = usable(args.file)
    claims = [
        claim for part in file.transactions for claim in part.claims if args.claim in (None, claim.control_number)
    ]
    if args.claim is not None and not claims:
        raise InputError(f"{args.file}: no claim has this control number; `superbill remit read` lists them.")
    trailers = [part.trailer for part in file.transactions] if args.claim is None else []
    found = terms_of(claims, trailers, args.lang)
    if args.json:
        print_json({"file": file.name, "terms": to_record(found)})
    else:
        print(render_glossary(found))
    return status_of(file)


def sheet(args: argparse.Namespace) -> int:
    """One claim on one sheet. Of a reversal and its correction, the correction."""
    file = usable(args.file)
    chains = Chains.of(file)
    claim, header = one_claim(file, args.file, args.claim)
    made = claim_sheet(claim, header, chains.get(claim, header, file.name), args.lang)
    if args.json:
        print_json(sheet_record(made))
    else:
        print(render_sheet(made))
    return status_of(file)


def actor() -> str:
    """The account that runs the command."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return ""


def _status(text: str) -> str:
    status = text.strip().lower().replace(" ", "_").replace("-", "_")
    if status not in STATUSES:
        raise InputError(f"A status is one of {', '.join(STATUSES)}.")
    return status


def _statuses(text: str | None) -> tuple[str, ...]:
    if text is None:
        return OPEN
    return STATUSES if text.strip().lower() == "all" else tuple(_status(part) for part in text.split(","))


def _amount(text: str) -> Decimal:
    value = parse_amount(text.replace("$", "").replace(",", ""))
    if value is None or value != value.quantize(Decimal("0.01")):
        raise InputError("This is no amount in dollars and cents; write it as 125.40.")
    return value
