"""What the template of each kind of letter is filled with, and the segments each figure comes from."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from assistant.errors import InputError
from assistant.remit.actions import Action, Chain, Decision
from assistant.remit.explanation import allowed_segments
from assistant.remit.money import is_primary, line_allowed
from assistant.remit.patient import patient_rows, patient_sentences
from assistant.remit.sentences import Sentence, adjustment_segments
from assistant.remit.values import Adjustment, Header, RemitClaim, RemitLine
from assistant.remit.words import Words
from assistant.x12.elements import ZERO
from corpus.lexicon import reasons

Fields = tuple[dict[str, Any], list[Sentence]]


@dataclass(frozen=True, slots=True)
class Case:
    """All that a letter is written from."""

    claim: RemitClaim
    header: Header
    chain: Chain | None
    decision: Decision
    words: Words


def _patient(case: Case) -> Fields:
    claim, words = case.claim, case.words
    headline, plan, todo = patient_sentences(claim, case.header, case.decision, words)
    rows = patient_rows(claim, case.decision, words)
    told = [(row.label, words.money(row.amount)) for row in rows if row.amount is not None]
    days, dated = _days(claim, words)
    fields = {
        "headline": headline.text,
        "rows": told,
        "plan": [sentence.text for sentence in plan],
        "todo": [sentence.text for sentence in todo],
        "day": days[0] if len(days) == 1 else "",
    }
    table = [Sentence(f"{label}: {amount}", row.segments) for (label, amount), row in zip(told, rows, strict=True)]
    return fields, [headline, *table, *plan, *todo, *(dated if len(days) == 1 else [])]


def _appeal(case: Case) -> Fields:
    wanted = [action for action in case.decision.actions if action.action == "appeal"]
    if not wanted:
        raise InputError(
            f"Segment {case.claim.segment}: no amount of this claim is one to appeal; "
            "`superbill remit explain` says what to do about each."
        )
    return _items(case, wanted)


def _corrected(case: Case) -> Fields:
    wanted = [action for action in case.decision.actions if action.action == "correct_and_resubmit"]
    if not wanted:
        raise InputError(
            f"Segment {case.claim.segment}: nothing on this claim asks for a corrected claim; "
            "`superbill remit explain` says what to do about each amount."
        )
    fields, trace = _items(case, wanted)
    fields["fresh"] = any(action.rule in ("unprocessable", "pr_unprocessable") for action in wanted)
    return fields, trace


def _refund(case: Case) -> Fields:
    wanted = [action for action in case.decision.actions if action.action == "refund_patient"]
    if not wanted:
        raise InputError(f"Segment {case.claim.segment}: nothing on this claim calls for a refund to the patient.")
    words, chain = case.words, case.chain
    named = next((action for action in wanted if action.amount is not None), None)
    amount = words.money(named.amount) if named and named.amount is not None else ""
    fields = {"amount": amount, "before": "", "now": ""}
    trace = [Sentence(amount or action.rule, action.segments) for action in wanted]
    if named and chain and chain.corrected_share is not None and named.amount == chain.refund:
        fields["before"], fields["now"] = words.money(-chain.reversed_share), words.money(chain.corrected_share)
        trace.append(Sentence(fields["before"], chain.reversals))
        shares = adjustment_segments(case.claim, ("PR",)) or (case.claim.segment,)
        trace.append(Sentence(fields["now"], shares))
    return fields, trace


def _next_payer(case: Case) -> Fields:
    """The whole answer in figures and codes, as a later payer wants to see it."""
    claim, header, words = case.claim, case.header, case.words
    rows, adjustments, trace = [], [], []
    parts: list[RemitClaim | RemitLine] = [claim, *claim.lines]
    for part in parts:
        line = part if isinstance(part, RemitLine) else None
        allowed = line_allowed(line, is_primary(claim))[0] if line else case.decision.money.allowed
        day = f" {line.date.isoformat()}" if line and line.date else ""
        service = f"{line.number} {line.code}{day}" if line else words.say("label", "claim")
        figures = {"charge": _figure(part.billed), "allowed": _figure(allowed), "paid": _figure(part.paid)}
        rows.append({"service": service} | figures)
        taken = [(f"{item.group}-{item.reason}", _figure(item.amount)) for item in part.adjustments]
        adjustments += [(service, code, amount) for code, amount in taken]
        said = f"{service}: {' '.join(figures.values())} {' '.join(f'{code} {amount}' for code, amount in taken)}"
        stated = [line.stated_allowed.segment] if line and line.stated_allowed else []
        stated = stated if line else [number for number in allowed_segments(claim) if allowed is not None]
        beside = [*stated, *(item.segment for item in part.adjustments), *(_day_segments(claim, line) if line else ())]
        trace.append(Sentence(said.strip(), tuple(dict.fromkeys([part.segment, *beside]))))
    share = _figure(case.decision.money.patient_responsibility)
    trace.append(Sentence(share, adjustment_segments(claim, ("PR",)) or (claim.segment,)))
    remarks = claim.all_remarks()
    trace += [Sentence(remark.code, (remark.segment,)) for remark in remarks]
    payment = _figure(header.payment_amount)
    payment_date = header.payment_date.isoformat() if header.payment_date else ""
    if header.payment_segment is not None:
        trace.append(Sentence(f"{payment} {payment_date}".strip(), (header.payment_segment,)))
    fields = {
        "rows": rows,
        "adjustments": adjustments,
        "remarks": list(dict.fromkeys(remark.code for remark in remarks)),
        "share": share,
        "status": claim.status,
        "payment": payment,
        "payment_date": payment_date,
    }
    return fields, trace


FIELDS: Mapping[str, Callable[[Case], Fields]] = {
    "patient": _patient,
    "appeal": _appeal,
    "corrected": _corrected,
    "refund": _refund,
    "next_payer": _next_payer,
}


def _figure(amount: Decimal | None) -> str:
    return "-" if amount is None else f"{amount + ZERO:.2f}"


def _items(case: Case, wanted: list[Action]) -> Fields:
    """The amounts behind the actions `wanted`, each with its line, their meanings, and what to enclose."""
    words, claim = case.words, case.claim
    rules = {action.rule for action in wanted}
    segments = {number for action in wanted for number in action.segments}
    chosen = [
        (line, item)
        for line, item in _with_lines(claim)
        if item.segment in segments and _rule_of(case.decision, item) in rules and item.amount
    ]
    items, trace, enclosures, meanings = [], [], [], []
    for line, item in chosen:
        known = reasons.reason(item.reason)
        amount, code, part = words.money(item.amount or ZERO), f"{item.group}-{item.reason}", line or claim
        day = f", {words.day(line.date)}" if line and line.date else ""
        charge = words.money(part.billed) if part.billed is not None else words.say("label", "unreadable")
        service = (
            f"{words.say('label', 'line')} {line.number}: {line.code}{day}" if line else words.say("label", "claim")
        )
        items.append({"service": service, "charge": charge, "amount": amount, "code": code})
        beside = _day_segments(claim, line) if line else ()
        trace.append(
            Sentence(
                f"{service}: {charge}; {code} {amount}", tuple(dict.fromkeys((part.segment, item.segment, *beside)))
            )
        )
        if known:
            # A Spanish letter is the patient's copy, so it has the patient's words.
            said = known.biller_meaning if words.language == "en" else known.patient_es
            meanings.append(f"{code}: {said}")
            enclosures += [known.to_attach(words.language)] if known.to_attach(words.language) else []
    total = words.money(sum((item.amount or ZERO for _, item in chosen), ZERO))
    trace.append(Sentence(total, tuple(dict.fromkeys(item.segment for _, item in chosen))))
    fields = {
        "items": items,
        "total": total,
        "enclosures": list(dict.fromkeys(enclosures)),
        "meanings": list(dict.fromkeys(meanings)),
    }
    return fields, trace


def _days(claim: RemitClaim, words: Words) -> tuple[list[str], list[Sentence]]:
    """The days of the lines as words, and where each stands."""
    dates = sorted({line.date for line in claim.lines if line.date is not None})
    said = [words.day(date) for date in dates]
    found = [
        tuple(number for line in claim.lines if line.date == date for number in _day_segments(claim, line))
        for date in dates
    ]
    return said, [Sentence(text, where) for text, where in zip(said, found, strict=True) if where]


def _day_segments(claim: RemitClaim, line: RemitLine) -> tuple[int, ...]:
    """Where the line's day stands: on the line, else on the claim."""
    for dates in (line.dates, claim.dates):
        if found := tuple(date.segment for date in dates if date.value is not None and date.value == line.date):
            return found
    return ()


def _with_lines(claim: RemitClaim) -> list[tuple[RemitLine | None, Adjustment]]:
    pairs: list[tuple[RemitLine | None, Adjustment]] = [(None, item) for item in claim.adjustments]
    return pairs + [(line, item) for line in claim.lines for item in line.adjustments]


def _rule_of(decision: Decision, item: Adjustment) -> str:
    return next((rule for other, rule in decision.sorted_amounts if other is item), "")
