"""What is kept, as text for the terminal: work list, balances, ledger, things found, glossary, sheet."""

from collections.abc import Sequence
from decimal import Decimal

from assistant.remit.carried import Movement
from assistant.remit.fees import Underpayment
from assistant.remit.finding import Found
from assistant.remit.glossary import GlossaryTerm
from assistant.remit.payments import ClaimBalance, Entry, PatientBalance, PayerBalance
from assistant.remit.queue import QueueItem
from assistant.remit.render import cite, render_causes, render_underpayments
from assistant.remit.sheet import ClaimSheet
from assistant.remit.values import Adjustment, Party
from assistant.remit.worklist import SEE_NOTICE, Cause
from assistant.x12.elements import ZERO

NOTHING_KEPT = "The store holds no answers yet; `superbill remit post FILE` keeps them."


def render_queue(items: Sequence[QueueItem], causes: Sequence[Cause], below: Sequence[Underpayment]) -> str:
    """The list with status and notes, then where the money is lost."""
    out = (
        [f"{len(items)} to work on."]
        if items
        else ["Nothing to work on; `superbill remit post FILE` adds to this list."]
    )
    for item in items:
        work = item.work
        amount = "" if work.amount is None else f" {_text(work.amount)}"
        age = "" if work.age_days is None else f", {work.age_days} days old"
        out.append(
            f"#{item.number:<4} {item.status:<12} {work.action}{amount}  claim {work.control_number}, "
            f"{work.payer or 'payer not named'}{age}"
        )
        out.append(f"      {work.why}{cite(work.segments)}")
        if work.deadline != SEE_NOTICE:
            out.append(f"      By {work.deadline} ({work.deadline_source}).")
        if item.later_answer is not None:
            out.append(f"      A later answer of {item.later_answer} paid {_text(item.later_paid)}.")
        if not item.called_for:
            out.append("      The answers kept no longer call for this.")
        if item.appeal_sent:
            out.append(f"      Appeal sent {item.appeal_sent}.")
        if item.outcome:
            brought = "" if item.recovered is None else f", {_text(item.recovered)} recovered"
            out.append(f"      Outcome: {item.outcome.replace('_', ' ')}{brought}.")
        out += [f"      {note.at} {note.who}: {note.note or note.status}" for note in item.notes]
    if any(item.work.deadline == SEE_NOTICE for item in items):
        out.append(f"Where no deadline is named: {SEE_NOTICE}.")
    out += render_causes(causes)
    out += render_underpayments(below)
    return "\n".join(out)


def render_balances(found: Sequence[ClaimBalance]) -> str:
    """One row per claim, then each payer's part."""
    if not found:
        return NOTHING_KEPT
    out = [f"{'claim':<20} {'billed':>11} {'paid':>11} {'patient':>11} {'received':>11} {'balance':>11}"]
    for item in found:
        state = "" if item.final else "  not final"
        figures = (item.billed, item.paid, item.patient_owes, item.patient_paid, item.patient_balance)
        out.append(f"{item.control_number:<20} {_row(figures)}{state}")
        for payer in item.payers:
            left_out = f"; {payer.replaced} answered anew and left out" if payer.replaced else ""
            left_out += "; the answer a reversal took back is not kept" if payer.not_kept else ""
            out.append(
                f"    {payer.payer}: {payer.answers} answer(s), paid {_text(payer.paid)}, PR {_text(payer.share)}{left_out}"
            )
        out += _covered("    ", item.paid_percent_of_allowed, item.paid_percent_of_billed)
    out.append("`superbill remit receipt CLAIM AMOUNT` notes what a patient paid; a remittance does not say it.")
    return "\n".join(out)


def render_patients(found: Sequence[PatientBalance]) -> str:
    """One row per patient."""
    if not found:
        return NOTHING_KEPT
    out = [f"{'patient':<28} {'claims':>6} {'billed':>11} {'paid':>11} {'owes':>11} {'received':>11} {'balance':>11}"]
    for item in found:
        state = "" if item.final else "  not final"
        figures = (item.billed, item.paid, item.patient_owes, item.patient_paid, item.patient_balance)
        out.append(f"{item.patient or item.member or '-':<28} {len(item.claims):>6} {_row(figures)}{state}")
    return "\n".join(out)


def render_payers(found: Sequence[PayerBalance]) -> str:
    """One row per payer."""
    if not found:
        return NOTHING_KEPT
    out = [f"{'payer':<28} {'claims':>6} {'billed':>11} {'allowed':>11} {'paid':>11} {'patient':>11}"]
    for item in found:
        figures = (item.billed, item.allowed, item.paid, item.share)
        out.append(f"{item.payer or '-':<28} {item.claims:>6} {_row(figures)}")
        out += _covered("    ", item.paid_percent_of_allowed, item.paid_percent_of_billed)
    return "\n".join(out)


def render_entries(claim: str, entries: Sequence[Entry], stands: Sequence[ClaimBalance]) -> str:
    """The ledger of one claim, oldest first."""
    out = [
        f"Claim {claim}",
        f"{'date':<10} {'entry':<16} {'billed':>11} {'allowed':>11} {'paid':>11} {'patient':>11}  by",
    ]
    for item in entries:
        figures = (item.billed, item.allowed, item.paid, item.share)
        by = item.payer or item.note or "-"
        trace = f", trace {item.trace}" if item.trace else ""
        out.append(f"{item.date or '-'!s:<10} {item.kind:<16} {_row(figures)}  {by}{trace}")
    for stand in stands:
        state = "" if stand.final else " Not final: another answer is to come."
        out.append(
            f"Paid by payers {_text(stand.paid)}, by the patient {_text(stand.patient_paid)}; "
            f"the patient's balance is {_text(stand.patient_balance)}.{state}"
        )
    return "\n".join(out)


def render_found(found: Found) -> str:
    """What fits, best first."""
    if not found.claims:
        return "Nothing kept fits; `superbill remit post FILE` keeps remittances."
    out = [
        f"{found.total} answer(s) fit"
        + (f", the best {len(found.claims)}:" if found.total > len(found.claims) else ":")
    ]
    for item in found.claims:
        served = f"service {item.service_start}, " if item.service_start else ""
        out.append(
            f"{item.score:>4} {item.control_number:<18} {item.patient or '-'}; {item.payer or '-'}; {served}"
            f"paid on {item.payment_date or '-'}, trace {item.trace or '-'}"
        )
        out.append(
            f"     {item.kind}, status {item.status}: billed {_text(item.billed)}, paid {_text(item.paid)}, "
            f"PR {_text(item.share)}; {item.file}{cite([item.segment])}"
        )
    if len(found.patients) > 1:
        out.append(
            "Patients: " + "; ".join(f"{item.patient or item.member} ({len(item.claims)})" for item in found.patients)
        )
    return "\n".join(out)


def render_movements(found: Sequence[Movement]) -> str:
    """One entry each."""
    if not found:
        return "There are no provider adjustments."
    out = []
    for item in found:
        names = f" -> {item.target} {item.target_label}, {item.target_file}{cite([item.target_segment or 0])}"
        refers = names if item.target else ""
        state = {True: "; settled", False: "; still open", None: ""}[item.settled]
        out.append(
            f"{item.payment_date or '-'} {item.payer or '-'}, trace {item.trace or '-'}: {item.reason} "
            f"{_text(item.amount)} {item.reference}{state}{cite([item.segment])}{refers}"
        )
        out.append(f"    {item.meaning or 'A reason we do not know; look it up in the X12 list of PLB reasons.'}")
    return "\n".join(out)


def render_glossary(terms: Sequence[GlossaryTerm]) -> str:
    """One code a line."""
    if not terms:
        return "No codes are used."
    return "\n".join(
        f"{term.code:<6} {term.meaning or f'Not in our list; look it up in {term.list}.'}{cite(term.segments)}"
        for term in terms
    )


def render_sheet(sheet: ClaimSheet) -> str:
    """One claim, printable."""
    allowed = "not stated" if sheet.allowed is None else f"{_text(sheet.allowed)} ({sheet.allowed_source})"
    out = [
        f"Answer of {_named(sheet.payer)} to claim {sheet.control_number}{cite([sheet.segment])}",
        f"Payer's claim number {sheet.payer_control_number or '-'}; status {sheet.status}; trace "
        f"{sheet.trace_number or '-'}; paid on {sheet.payment_date or '-'}",
        f"Provider {_named(sheet.payee)}",
        f"Patient {_named(sheet.patient)}" + (f"; insured {_named(sheet.insured)}" if sheet.insured else ""),
        *([f"Next payer {_named(sheet.next_payer)}"] if sheet.next_payer else []),
        "",
        f"Billed {_text(sheet.billed)}  allowed {allowed}  paid {_text(sheet.paid)}  "
        f"patient {_text(sheet.patient_responsibility)}",
        *([f"Interest {_text(sheet.interest)}, paid beside the claim"] if sheet.interest is not None else []),
        *_adjusted("  ", sheet.adjustments, sheet.remarks),
        "",
    ]
    for line in sheet.lines:
        was = f" (billed as {line.billed_code})" if line.billed_code else ""
        units = "" if line.units is None else f" x{line.units.normalize():f}"
        out.append(
            f"{line.date or '-'} {line.code}{units}{was}: billed {_text(line.billed)}, allowed {_text(line.allowed)}, "
            f"paid {_text(line.paid)}{cite([line.segment])}"
        )
        out += _adjusted("    ", line.adjustments, line.remarks)
    if not sheet.balanced:
        out.append("The figures of this answer do not agree; a person has to look before it is sent on.")
    return "\n".join([*out, "", "Codes used:", render_glossary(sheet.glossary)])


def _adjusted(indent: str, adjustments: Sequence[Adjustment], remarks: Sequence[str]) -> list[str]:
    out = [f"{indent}{item.group}-{item.reason} {_text(item.amount)}{cite([item.segment])}" for item in adjustments]
    return [*out, f"{indent}remarks {', '.join(remarks)}"] if remarks else out


def _named(party: Party | None) -> str:
    if party is None:
        return "not named"
    return f"{party.full_name} ({party.id})" if party.id else party.full_name or "not named"


def _covered(indent: str, of_allowed: Decimal | None, of_billed: Decimal | None) -> list[str]:
    parts = [f"{of_allowed} % of allowed"] if of_allowed is not None else []
    parts += [f"{of_billed} % of billed"] if of_billed is not None else []
    return [f"{indent}Payers covered {' and '.join(parts)}."] if parts else []


def _row(figures: Sequence[Decimal | None]) -> str:
    return " ".join(f"{_text(figure):>11}" for figure in figures)


def _text(amount: Decimal | None) -> str:
    return "-" if amount is None else f"{amount + ZERO:.2f}"
