"""The figures of a claim: billed, allowed, paid, line by line, whether they agree, and against a contract."""

from assistant.chat.code_names import named as code_named
from assistant.chat.papers import OpenClaim
from assistant.chat.tool import Said
from assistant.chat.tools.common import words
from assistant.chat.tools.paid.claim import Asked, is_capitated, patient_named
from assistant.chat.turn import Context
from assistant.remit.explanation import allowed_segments
from assistant.remit.sentences import adjustment_segments
from assistant.remit.words import load_words
from corpus.lexicon import reasons


def money(context: Context, one: OpenClaim, asked: Asked) -> list[Said]:
    """Billed, allowed, paid."""
    say, figures = words(context), one.decision.money
    values = {"claim": one.number, "patient": patient_named(context, one), "billed": say.money(figures.billed)}
    if one.claim.reversal:
        paid = abs(figures.paid) if figures.paid is not None else None
        return [say.say("about.money_reversal", one.source(), paid=say.money(paid), **values)]
    values["paid"] = say.money(figures.paid)
    if is_capitated(one) or figures.allowed is None:
        return [say.say("about.money_no_allowed", one.source(), **values)]
    source = one.source(one.claim.segment, *allowed_segments(one.claim))
    return [say.say("about.money", source, allowed=say.money(figures.allowed), **values)]


def contract_said(context: Context, one: OpenClaim) -> list[Said]:
    """What the contract takes off the charge."""
    figures = one.decision.money
    if not figures.contractual or is_capitated(one):
        return []
    segments = adjustment_segments(one.claim, ("CO", "PI"), disposition="contractual")
    say = words(context)
    return [say.say("about.contractual", one.source(*segments), amount=say.money(figures.contractual))]


def lines(context: Context, one: OpenClaim, asked: Asked) -> list[Said]:
    """Each service line with its figures and reasons."""
    say, told = words(context), load_words(context.language)
    said = []
    for line in one.claim.lines:
        parts = [
            say.text(
                "about.line_reason",
                code=f"{item.group}-{item.reason}",
                amount=say.money(item.amount),
                meaning=told.reason(item.reason).rstrip(".") or say.text("word.not_stated"),
            )
            for item in line.adjustments
            if item.amount
        ]
        source = one.source(line.segment, *(item.segment for item in line.adjustments))
        values = {
            "number": line.number,
            "code": line.code,
            "billed": say.money(line.billed),
            "paid": say.money(line.paid),
        }
        said.append(say.say("about.line", source, reasons=f"; {'; '.join(parts)}" if parts else "", **values))
    own = [item for item in one.claim.adjustments if item.amount]
    for item in own:
        known = reasons.reason(item.reason)
        values = {
            "code": code_named("reason", f"{item.group}-{item.reason}", context.language),
            "amount": say.money(item.amount),
        }
        key = "about.reason" if known else "about.reason_unknown"
        said.append(say.say(key, one.source(item.segment), meaning=told.reason(item.reason), **values))
    for remark in dict.fromkeys(one.claim.all_remarks()):
        if meaning := told.remark(remark.code):
            said.append(
                say.say(
                    "about.remark",
                    one.source(remark.segment),
                    code=code_named("remark", remark.code, context.language),
                    meaning=meaning,
                )
            )
    return said


def balance(context: Context, one: OpenClaim, asked: Asked) -> list[Said]:
    """Whether the claim's own figures agree."""
    say, claim = words(context), one.claim
    if claim.sound:
        return [say.say("remit.claim_balanced_yes", one.source(), claim=one.number)]
    difference = claim.balance.imbalance
    said = []
    if difference:
        values = {"stated": say.money(claim.balance.stated), "computed": say.money(claim.balance.computed)}
        source = one.source(claim.segment, *(item.segment for item in claim.all_adjustments()))
        amount = say.money(abs(difference))
        said.append(say.say("remit.claim_balanced_no", source, claim=one.number, difference=amount, **values))
    for line in claim.lines:
        if line.balance.imbalance and not line.balance.balanced:
            amount = say.money(abs(line.balance.imbalance))
            source = one.source(line.segment)
            said.append(say.say("remit.claim_balanced_line", source, number=line.number, difference=amount))
    if not said:
        said.append(say.say("remit.claim_balanced_unknown", one.source(), claim=one.number))
    said.append(say.say("remit.unsafe", one.source()))
    return said
