"""Letters about one claim, from the templates in `letters/`. What the file does not say is left as a line to fill in."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.errors import InputError
from assistant.remit.actions import Action, Chain, Decision, decide
from assistant.remit.money import is_primary, line_allowed
from assistant.remit.patient import patient_sentences
from assistant.remit.sentences import Sentence, adjustment_segments
from assistant.remit.values import Adjustment, Header, RemitClaim, RemitLine
from assistant.remit.words import Words, load_words
from assistant.x12.elements import ZERO
from corpus.lexicon import reasons

if TYPE_CHECKING:
    from jinja2 import Environment

KINDS = ("patient", "appeal", "corrected", "refund", "next_payer")
_FOLDER = Path(__file__).with_name("letters")
_BLANK = "____________________________"


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter and, apart from it, the segment behind each of its figures and codes."""

    kind: str
    language: str
    text: str
    trace: tuple[Sentence, ...]


def write_letter(
    claim: RemitClaim, header: Header, chain: Chain | None = None, kind: str = "patient", language: str = "en"
) -> Letter:
    """The letter of this `kind` (patient, appeal, corrected, refund, next_payer).

    Raises InputError when the claim gives no ground for it, or when its figures do not agree: an appeal only where
    the rules allow one, a refund only where a reversal or remark calls for one.
    """
    words, decision = load_words(language), decide(claim, chain)
    if kind != "patient" and not claim.sound:
        raise InputError(f"Segment {claim.segment}: the claim's figures do not agree, so no letter is built on them.")
    builders: dict[str, Callable[..., tuple[dict[str, Any], list[Sentence]]]] = {
        "patient": _patient,
        "appeal": _appeal,
        "corrected": _corrected,
        "refund": _refund,
        "next_payer": _next_payer,
    }
    fields, trace = builders[kind](claim, header, decision, words)
    patient = claim.party("QC")
    sender = header.payee.full_name if header.payee else _BLANK
    common = {
        "sender": sender,
        "sender_address": _address(header, "PE"),
        "payer": header.payer.full_name if header.payer else _BLANK,
        "payer_address": _address(header, "PR"),
        "patient": patient.full_name if patient else _BLANK,
        "member": patient.id if patient else "",
        "control_number": claim.control_number,
        "payer_control_number": claim.payer_control_number,
        "trace": header.trace_number,
    }
    template = f"{kind}_{language}.txt.j2"
    if not (_FOLDER / template).is_file():
        raise InputError(f"There is no {kind} letter in this language; use --lang en.")
    text = _environment().get_template(template).render(common | fields)
    own = Sentence(claim.control_number, (claim.segment,))
    return Letter(kind, language, text.rstrip() + "\n", (own, *trace))


def _patient(
    claim: RemitClaim, header: Header, decision: Decision, words: Words
) -> tuple[dict[str, Any], list[Sentence]]:
    headline, plan, todo = patient_sentences(claim, header, decision, words)
    dates = sorted({line.date for line in claim.lines if line.date is not None})
    fields = {
        "headline": headline.text,
        "plan": [sentence.text for sentence in plan],
        "todo": [sentence.text for sentence in todo],
        "day": words.day(dates[0]) if len(dates) == 1 else "",
    }
    return fields, [headline, *plan, *todo]


def _appeal(
    claim: RemitClaim, _header: Header, decision: Decision, words: Words
) -> tuple[dict[str, Any], list[Sentence]]:
    wanted = [action for action in decision.actions if action.action == "appeal"]
    if not wanted:
        raise InputError(
            f"Segment {claim.segment}: no amount of this claim is one to appeal; "
            "`superbill remit explain` says what to do about each."
        )
    return _items(claim, decision, wanted, words)


def _corrected(
    claim: RemitClaim, _header: Header, decision: Decision, words: Words
) -> tuple[dict[str, Any], list[Sentence]]:
    wanted = [action for action in decision.actions if action.action == "correct_and_resubmit"]
    if not wanted:
        raise InputError(
            f"Segment {claim.segment}: nothing on this claim asks for a corrected claim; "
            "`superbill remit explain` says what to do about each amount."
        )
    fields, trace = _items(claim, decision, wanted, words)
    fresh = any(action.rule in ("unprocessable", "pr_unprocessable") for action in wanted)
    fields["opening"] = (
        "Enclosed is a new claim in place of the one you could not process."
        if fresh
        else "Enclosed is a corrected claim that replaces the one above."
    )
    return fields, trace


def _refund(
    claim: RemitClaim, _header: Header, decision: Decision, words: Words
) -> tuple[dict[str, Any], list[Sentence]]:
    wanted = [action for action in decision.actions if action.action == "refund_patient"]
    if not wanted:
        raise InputError(f"Segment {claim.segment}: nothing on this claim calls for a refund to the patient.")
    amounts = [action.amount for action in wanted if action.amount is not None]
    amount = words.money(amounts[0]) if amounts else ""
    return {"amount": amount}, [Sentence(amount or action.rule, action.segments) for action in wanted]


def _next_payer(
    claim: RemitClaim, header: Header, decision: Decision, words: Words
) -> tuple[dict[str, Any], list[Sentence]]:
    """The whole answer in figures and codes, as a later payer wants to see it."""
    primary, rows, trace = is_primary(claim), [], []
    parts: list[RemitClaim | RemitLine] = [claim, *claim.lines]
    for part in parts:
        line = part if isinstance(part, RemitLine) else None
        allowed = line_allowed(line, primary)[0] if line else decision.money.allowed
        day = f" {line.date.isoformat()}" if line and line.date else ""
        row = {
            "service": f"{line.number} {line.code}{day}" if line else words.say("label", "claim"),
            "charge": _figure(part.billed),
            "allowed": _figure(allowed),
            "paid": _figure(part.paid),
            "adjustments": [f"{item.group}-{item.reason} {_figure(item.amount)}" for item in part.adjustments],
        }
        rows.append(row)
        figures = f"{row['service']}: {row['charge']} {row['allowed']} {row['paid']} {' '.join(row['adjustments'])}"
        stated = [line.stated_allowed.segment] if line and line.stated_allowed else []
        segments = [part.segment, *stated, *(item.segment for item in part.adjustments)]
        trace.append(Sentence(figures.strip(), tuple(dict.fromkeys(segments))))
    share = _figure(decision.money.patient_responsibility)
    trace.append(Sentence(share, adjustment_segments(claim, ("PR",)) or (claim.segment,)))
    remarks = claim.all_remarks()
    trace += [Sentence(remark.code, (remark.segment,)) for remark in remarks]
    if header.payment_segment is not None:
        trace.append(Sentence(_figure(header.payment_amount), (header.payment_segment,)))
    fields = {
        "rows": rows,
        "remarks": list(dict.fromkeys(remark.code for remark in remarks)),
        "share": share,
        "status": claim.status,
        "payment": _figure(header.payment_amount),
        "payment_date": header.payment_date.isoformat() if header.payment_date else "",
    }
    return fields, trace


def _figure(amount: Decimal | None) -> str:
    return "-" if amount is None else f"{amount + ZERO:.2f}"


def _items(
    claim: RemitClaim, decision: Decision, wanted: list[Action], words: Words
) -> tuple[dict[str, Any], list[Sentence]]:
    """The amounts behind the actions `wanted`, each with its line."""
    rules = {action.rule for action in wanted}
    segments = {number for action in wanted for number in action.segments}
    chosen = [
        (line, item)
        for line, item in _with_lines(claim)
        if item.segment in segments and _rule_of(decision, item) in rules and item.amount
    ]
    items, trace, enclosures = [], [], []
    for line, item in chosen:
        known = reasons.reason(item.reason)
        amount = words.money(item.amount or ZERO)
        part = line or claim
        day = f", {words.day(line.date)}" if line and line.date else ""
        charge = words.money(part.billed) if part.billed is not None else words.say("label", "unreadable")
        service = (
            f"{words.say('label', 'line')} {line.number}: {line.code}{day}" if line else words.say("label", "claim")
        )
        meaning = known.biller_meaning if known else ""
        code = f"{item.group}-{item.reason}"
        items.append({"service": service, "charge": charge, "amount": amount, "code": code, "meaning": meaning})
        trace.append(Sentence(f"{service}: {charge}; {code} {amount}", (part.segment, item.segment)))
        enclosures += [known.evidence] if known and known.evidence else []
    total = words.money(sum((item.amount or ZERO for _, item in chosen), ZERO))
    trace.append(Sentence(total, tuple(dict.fromkeys(item.segment for _, item in chosen))))
    return {"items": items, "total": total, "enclosures": list(dict.fromkeys(enclosures))}, trace


def _with_lines(claim: RemitClaim) -> list[tuple[RemitLine | None, Adjustment]]:
    pairs: list[tuple[RemitLine | None, Adjustment]] = [(None, item) for item in claim.adjustments]
    return pairs + [(line, item) for line in claim.lines for item in line.adjustments]


def _rule_of(decision: Decision, item: Adjustment) -> str:
    return next((rule for other, rule in decision.sorted_amounts if other is item), "")


def _address(header: Header, role: str) -> list[str]:
    """N3 and N4 after the N1 of `role`."""
    lines: list[str] = []
    inside = False
    for segment in header.segments:
        if segment.id == "N1":
            inside = segment.get(1) == role
        elif inside and segment.id == "N3":
            lines += [part for part in (segment.get(1), segment.get(2)) if part]
        elif inside and segment.id == "N4":
            place = ", ".join(part for part in (segment.get(1), segment.get(2)) if part)
            lines.append(" ".join(part for part in (place, segment.get(3)) if part))
    return lines


@lru_cache(maxsize=1)
def _environment() -> "Environment":
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    return Environment(
        loader=FileSystemLoader(_FOLDER),
        undefined=StrictUndefined,
        autoescape=False,
        trim_blocks=False,
        keep_trailing_newline=True,
    )
