"""What the patient owes on a claim, of what it is made, and why."""

from assistant.chat.papers import OpenClaim
from assistant.chat.tool import Said, Source, SourceKind
from assistant.chat.tools.common import words
from assistant.chat.tools.paid.claim import (
    Asked,
    action_said,
    forwarded_to,
    is_capitated,
    is_qmb,
    patient_named,
    remark_sources,
    unsound,
)
from assistant.chat.tools.paid.money import contract_said
from assistant.chat.turn import Context
from assistant.remit.explanation import allowed_segments
from assistant.remit.sentences import adjustment_segments
from assistant.remit.words import load_words
from assistant.x12.elements import ZERO

_SHARES = {"1": "deductible", "2": "coinsurance", "3": "copay"}


def owes(context: Context, one: OpenClaim, asked: Asked) -> list[Said]:
    """What the patient owes now."""
    say, decision = words(context), one.decision
    values = {"patient": patient_named(context, one), "claim": one.number}
    if not one.claim.sound:
        return unsound(context, one)
    source = one.source(one.claim.segment, *adjustment_segments(one.claim, ("PR",)))
    if one.claim.reversal or not decision.final:
        said = [say.say("about.owes_not_final", source, **values)]
        return [*said, *waiting(context, one)]
    if decision.patient_owes_now:
        amount = say.money(decision.patient_owes_now)
        return [say.say("about.owes", source, amount=amount, **values), *shares(context, one, asked)]
    held = [action for action in decision.actions if action.action == "review" and action.rule.startswith("pr_")]
    if held:
        said = [say.say("about.owes_review", source, **values)]
        return [*said, *(action_said(context, one, action) for action in held)]
    said = [say.say("about.owes_nothing", source, **values)]
    return [*said, *_forbidden(context, one)]


def waiting(context: Context, one: OpenClaim) -> list[Said]:
    """What is waited for before the patient owes anything."""
    found = [action for action in one.decision.actions if action.action in ("wait", "bill_next_payer", "post_reversal")]
    found = found or [action for action in one.decision.actions if action.action == "do_not_bill_patient"]
    said = [action_said(context, one, action) for action in found]
    return [*said, *forwarded_to(context, one)]


def _forbidden(context: Context, one: OpenClaim) -> list[Said]:
    """Why a patient owes nothing though amounts are open: a remark, or the group they stand under."""
    said = []
    for action in one.decision.actions:
        if action.action == "do_not_bill_patient" or action.rule == "qmb":
            said.append(action_said(context, one, action))
    if is_qmb(one):
        said.append(words(context).say("about.qmb", *remark_sources(one, "qmb")))
    return said


def shares(context: Context, one: OpenClaim, asked: Asked) -> list[Said]:
    """The parts of the patient's share and what each is."""
    say, told = words(context), load_words(context.language)
    parts, sources, kinds = [], [], []
    items = one.adjustments("PR")
    for reason, name in _SHARES.items():
        mine = [item for item in items if item.reason == reason]
        if mine:
            amount = sum((item.amount or ZERO for item in mine), ZERO)
            parts.append(say.text(f"about.share_{name}", amount=say.money(amount)))
            sources += [one.source(item.segment) for item in mine]
            kinds.append(name)
    for item in items:
        if item.reason not in _SHARES:
            values = {"code": f"PR-{item.reason}", "amount": say.money(item.amount)}
            parts.append(say.text("about.share_other", meaning=told.reason(item.reason).rstrip("."), **values))
            sources.append(one.source(item.segment))
    if not parts:
        return []
    said = [say.say("about.shares", *sources, parts=say.listed(parts))]
    said += [
        say.say(f"about.share_why_{kind}", Source(SourceKind.WORD_LIST, reason, "CARC"))
        for reason, kind in _SHARES.items()
        if kind in kinds
    ]
    return said


def why_owes(context: Context, one: OpenClaim, asked: Asked) -> list[Said]:
    """What the patient owes, of what it is made, and what became of the rest of the charge."""
    say, figures = words(context), one.decision.money
    said = owes(context, one, asked)
    if not one.claim.sound or one.claim.reversal:
        return said
    values = {"billed": say.money(figures.billed), "paid": say.money(figures.paid)}
    if figures.allowed is not None and not is_capitated(one):
        source = one.source(one.claim.segment, *allowed_segments(one.claim))
        said.append(say.say("about.plan_paid", source, allowed=say.money(figures.allowed), **values))
    else:
        said.append(say.say("about.plan_paid_short", one.source(), **values))
    return [*said, *contract_said(context, one)]
