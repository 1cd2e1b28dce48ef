"""The claim that a question is about, and the parts of it that several answers share."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from assistant.chat.papers import OpenClaim
from assistant.chat.tool import Said, Source, SourceKind, ToolError
from assistant.chat.tools.common import words
from assistant.chat.tools.payments import action_text, open_papers
from assistant.chat.turn import Context
from assistant.remit.actions import Action
from assistant.remit.naming import shown
from assistant.remit.values import Adjustment
from assistant.remit.words import load_words
from assistant.x12.elements import ZERO
from corpus.lexicon import reasons

Asked = Mapping[str, Any]
URGENT = ("appeal", "correct_and_resubmit", "send_records", "bill_next_payer", "review", "refund_patient", "wait")


def claim_of(context: Context, number: str = "") -> OpenClaim:
    """The claim with this number, or the only one. Raises ToolError when there is none or several fit."""
    papers, say = open_papers(context), words(context)
    if not number:
        numbers = papers.numbers()
        if len(numbers) != 1:
            raise ToolError(say.text("about.which", numbers=say.listed(numbers[:20])))
        number = numbers[0]
    found = papers.latest(number)
    if found is None:
        key = "about.unknown_store" if papers.kept else "about.unknown"
        raise ToolError(say.text(key, claim=number))
    return found


def patient_named(context: Context, one: OpenClaim) -> str:
    """The patient as a sentence names them."""
    return one.patient or words(context).text("word.patient")


def is_capitated(one: OpenClaim) -> bool:
    """Whether the service is paid by a monthly sum."""
    return bool(one.adjustments(reason="24"))


def unsound(context: Context, one: OpenClaim) -> list[Said]:
    """That the claim's own figures do not agree, so that nothing is told from them."""
    return [words(context).say("about.unsound", one.source(), claim=one.number)]


def forwarded_to(context: Context, one: OpenClaim) -> list[Said]:
    """To whom the claim was sent on, where the remittance names that payer."""
    say, party = words(context), one.claim.party("TT")
    if party is None:
        return []
    return [say.say("about.forwarded", one.source(party.segment), claim=one.number, payer=shown(party.full_name))]


def is_qmb(one: OpenClaim) -> bool:
    """Whether a remark says that the patient is a QMB, who pays no share."""
    return bool(remark_sources(one, "qmb"))


def remark_sources(one: OpenClaim, effect: str) -> list[Source]:
    """Where the remarks with this effect stand."""
    found = []
    for item in one.claim.all_remarks():
        known = reasons.remark(item.code)
        if known and effect in known.effects:
            found.append(one.source(item.segment))
    return found


def action_said(context: Context, one: OpenClaim, action: Action) -> Said:
    """One action in a sentence, with its amount and why."""
    name, amount = action_text(context, action)
    why_told = load_words(context.language).why(action)
    return words(context).say("about.action", one.source(*action.segments), action=name, amount=amount, why=why_told)


def attached(context: Context, one: OpenClaim) -> list[Said]:
    """What to attach, for the reasons that say so."""
    told, said = load_words(context.language), []
    for item in one.adjustments():
        known = reasons.reason(item.reason)
        evidence = known.to_attach(context.language) if known else ""
        if known and evidence and known.disposition == "denied":
            text = told.say("biller", "evidence", evidence=evidence.rstrip("."))
            said.append(Said(text, (one.source(item.segment), Source(SourceKind.WORD_LIST, item.reason, "CARC"))))
    return said


def amount_of(asked: Asked) -> Decimal | None:
    """The amount that the question names; None without a usable one."""
    try:
        return Decimal(str(asked["amount"])) if asked.get("amount") else None
    except InvalidOperation:
        return None


def items_asked(one: OpenClaim, asked: Asked) -> list[Adjustment]:
    """The adjustments that an amount or reason names, else those that stand between charge and payment."""
    items, amount, code = one.adjustments(), amount_of(asked), str(asked.get("code", ""))
    if code:
        named = [item for item in items if item.reason == code]
        if named:
            return named
    if amount is not None:
        exact = [item for item in items if abs(item.amount or ZERO) == amount]
        if exact:
            return exact
        for group in ("PR", "CO", "OA", "PI", "CR"):
            mine = [item for item in items if item.group == group]
            if mine and abs(sum((item.amount or ZERO for item in mine), ZERO)) == amount:
                return mine
    return items
