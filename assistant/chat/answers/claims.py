"""Questions about one claim of a remittance: what happened to it and what is done next."""

import re
from collections.abc import Callable, Sequence

from assistant.chat.answers.asked_claims import MOST, ask_which, numbers_asked, of_claim, reason_asked
from assistant.chat.answers.remittances import queue, summary
from assistant.chat.answers.shares import owes
from assistant.chat.papers import OpenClaim
from assistant.chat.reply import Reply
from assistant.chat.tool import Source, SourceKind
from assistant.chat.tools.letters import kind_for
from assistant.chat.tools.paid.claim import action_said, forwarded_to
from assistant.chat.tools.paid.others import compare as compared
from assistant.chat.understanding import folded


def explain(reply: Reply) -> None:
    """A claim explained; line by line, or in plain words, when asked so."""
    numbers, text = numbers_asked(reply), folded(reply.question.text)
    if not numbers:
        return summary(reply) if reply.question.papers else ask_which(reply)
    plain = re.search(r"patient\b|plain|simple|paciente|sencill", text) or reply.context.audience == "patient"
    aspect = "plain" if plain else "all"
    for number in numbers[:MOST]:
        if re.search(r"line by line|each line|lines|renglon|linea", text):
            reply.use("explain_claim", claim=number, aspect="money")
            reply.use("explain_claim", claim=number, aspect="lines")
        else:
            reply.use("explain_claim", claim=number, aspect=aspect)
            if any(one.claim.reversal for one in reply.question.papers.named(number)):
                reply.use("explain_claim", claim=number, aspect="reversal")


def why(reply: Reply) -> None:
    """Why a claim was not paid in full."""
    numbers = numbers_asked(reply)
    if not numbers or len(numbers) > MOST:
        return ask_which(reply)
    unpaid = [number for number in numbers if (one := reply.question.papers.latest(number)) and not one.claim.paid]
    for number in unpaid if unpaid and not reply.slots.claims else numbers:
        one = reply.question.papers.latest(number)
        if one is None:
            continue
        key = "about.zero_paid" if not one.claim.paid else "about.not_denied"
        reply.say(key, one.source(), claim=one.number, paid=reply.words.money(one.claim.paid))
        reply.use("explain_claim", claim=number, aspect="why", code=reason_asked(reply))
        reply.use("explain_claim", claim=number, aspect="next")
        reply.use("patient_owes", claim=number)


def next_step(reply: Reply) -> None:
    """What to do about a claim, or about everything here."""
    if not numbers_asked(reply):
        return queue(reply)
    of_claim("next")(reply)


def deadline(reply: Reply) -> None:
    """Until when: only what a public rule gives."""
    numbers = numbers_asked(reply)
    if not numbers or len(numbers) > MOST:
        reply.say("about.deadline_general", Source(SourceKind.PROGRAM, "docs/concepts-remittance.md", "Superbill"))
        return
    for number in numbers:
        reply.use("explain_claim", claim=number, aspect="deadline")


def _contract_amount(reply: Reply) -> str:
    amounts = reply.slots.amounts
    return str(amounts[-1]) if reply.question.again and amounts else str(amounts[0]) if amounts else ""


def underpaid(reply: Reply) -> None:
    """An allowed amount against the contract's rate."""
    numbers = numbers_asked(reply)
    if not numbers or len(numbers) > MOST:
        return ask_which(reply)
    code = next((one for one in reply.slots.services), "")
    for number in numbers:
        reply.use("explain_claim", claim=number, aspect="underpaid", amount=_contract_amount(reply), code=code)
    if not reply.slots.amounts:
        reply.asked = reply.words.text("about.contract_what")


def duplicate(reply: Reply) -> None:
    """A duplicate denial: of which claim, and what to do."""
    found = [one for one in reply.question.about if one.adjustments(reason="18")]
    found = found or [one for one in reply.question.papers.claims if one.adjustments(reason="18")]
    for one in found[:MOST]:
        if re.search(r"appeal|apel", folded(reply.question.text)):
            reply.use("explain_claim", claim=one.number, aspect="appeal")
        reply.use("explain_claim", claim=one.number, aspect="duplicate")


def reversal(reply: Reply) -> None:
    """What was taken back."""
    papers, named = reply.question.papers, numbers_asked(reply)
    back = list(dict.fromkeys(one.number for one in papers.claims if one.claim.reversal))
    numbers = [number for number in back if number in named] if named else back
    for number in numbers[:MOST]:
        reply.use("explain_claim", claim=number, aspect="reversal")
    if numbers:
        if not named and re.search(r"refund|give back|reembols|devol", folded(reply.question.text)):
            _refunds(reply, [one for one in papers.claims if one.number not in numbers])
        return
    if papers.provider_adjustments() and (not named or not reply.slots.claims):
        reply.use("read_remittance", aspect="provider_adjustments")
        return
    if not named:
        reply.say("about.no_reversal", *(one.source() for one in papers.claims[:20]))
        return
    for one in reply.question.about[:MOST]:
        if not _refunds(reply, [one]):
            reply.say("about.no_refund", one.source(), claim=one.number)
    owes(reply)


def _refunds(reply: Reply, claims: Sequence[OpenClaim]) -> bool:
    """Say what goes back to the patients of these claims; whether anything does."""
    before = len(reply.said)
    for one in claims:
        refunds = [action for action in one.decision.actions if action.action == "refund_patient"]
        if refunds:
            reply.say("about.refund_on", one.source(*refunds[0].segments), claim=one.number, patient=one.patient)
        reply.said += [action_said(reply.context, one, action) for action in refunds]
    return len(reply.said) > before


def compare(reply: Reply) -> None:
    """Two claims side by side."""
    known = [number for number in reply.slots.claims if reply.question.papers.named(number)]
    if len(known) < 2:
        return explain(reply)
    reply.take(compared(reply.context, known))


def letter(reply: Reply) -> None:
    """The letter asked for, else the one that the claim calls for."""
    numbers, text = numbers_asked(reply), folded(reply.question.text)
    if not numbers or len(numbers) > MOST:
        return ask_which(reply)
    kind = next((name for name, pattern in _LETTERS if re.search(pattern, text)), "")
    for number in numbers[:1]:
        one = reply.question.papers.latest(number)
        if one is not None and not kind and re.search(r"to (?:the )?payer|aseguradora", text):
            kind = kind_for(one)
        reply.use("letter", claim=number, kind=kind)


_LETTERS = (
    ("appeal", r"appeal|reconsider|apelac|apelar|dispute"),
    ("refund", r"refund|money back|reembols|devoluc"),
    ("corrected", r"correct|resubmi|corregi"),
    ("next_payer", r"second|next payer|supplement|otro seguro|siguiente"),
    ("patient", r"to (?:the |her|him|my )?patient|patient(?:'s)? letter|statement|paciente"),
)


def next_payer(reply: Reply) -> None:
    """Whether claims went on to another payer; without one named, those that did."""
    numbers = numbers_asked(reply)
    if not numbers:
        sent = [one for one in reply.question.papers.claims if forwarded_to(reply.context, one)]
        numbers = list(dict.fromkeys(one.number for one in sent))
    if not numbers or len(numbers) > MOST:
        return ask_which(reply)
    for number in numbers:
        reply.use("explain_claim", claim=number, aspect="next_payer")


KINDS: dict[str, Callable[[Reply], None]] = {
    "explain_claim": explain,
    "amounts": of_claim("amounts", ("words",)),
    "claim_balanced": of_claim("balance"),
    "reversal": reversal,
    "next_payer": next_payer,
    "duplicate": duplicate,
    "claim_why": why,
    "next_step": next_step,
    "deadline": deadline,
    "appeal_possible": of_claim("appeal"),
    "underpayment": underpaid,
    "letter": letter,
    "compare_claims": compare,
}
