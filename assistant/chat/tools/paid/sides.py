"""On whose side an unpaid amount falls, and whether the patient may be asked for it."""

from collections.abc import Sequence

from assistant.chat.code_names import named as code_named
from assistant.chat.papers import OpenClaim
from assistant.chat.tool import Said, Source, SourceKind
from assistant.chat.tools.common import words
from assistant.chat.tools.paid.claim import (
    URGENT,
    Asked,
    action_said,
    amount_of,
    is_qmb,
    items_asked,
    patient_named,
    remark_sources,
    unsound,
)
from assistant.chat.tools.paid.money import balance, contract_said
from assistant.chat.tools.paid.reasons import why
from assistant.chat.tools.paid.shares import owes, waiting
from assistant.chat.tools.payments import action_text
from assistant.chat.turn import Context
from assistant.remit.actions import Action
from assistant.remit.money import disposition
from assistant.remit.rules import load_rules
from assistant.remit.values import Adjustment
from assistant.remit.words import load_words
from assistant.x12.elements import ZERO


def _verdict(one: OpenClaim, items: Sequence[Adjustment]) -> str:
    """yes, no, wait or review: whether these amounts may be asked of the patient now."""
    if not one.claim.sound:
        return "review"
    rules = {rule.id: rule for rule in load_rules().amounts}
    chosen = [rules[name] for item, name in one.decision.sorted_amounts if item in items and item.amount]
    theirs = [rule for rule in chosen if rule.patient]
    group_pr = any(item.group == "PR" for item in items)
    if group_pr and (one.claim.reversal or not one.decision.final):
        return "wait"
    if theirs:
        return "yes" if one.decision.patient_owes_now else "no"
    return "review" if group_pr and any(rule.action == "review" for rule in chosen) else "no"


def bill(context: Context, one: OpenClaim, asked: Asked) -> list[Said]:
    """Whether an amount may be asked of the patient, and why."""
    say, told, amount = words(context), load_words(context.language), amount_of(asked)
    items = items_asked(one, asked)
    voice = {"patient": "you_pay", "pays": "pay"}.get(str(asked.get("voice", "")), "bill")
    patient = [item for item in items if item.group == "PR"]
    if amount is None:
        relevant = patient or items
        amount = sum((item.amount or ZERO for item in relevant), ZERO)
        amount = one.decision.patient_owes_now or amount
        verdict = _verdict(one, patient or items)
    else:
        verdict = _verdict(one, items)
    if not one.claim.sound:
        return [*unsound(context, one), *balance(context, one, asked)]
    source = one.source(*(item.segment for item in items))
    named = patient_named(context, one)
    said = [say.say(f"about.{voice}_{verdict}", source, amount=say.money(abs(amount)), patient=named)]
    segments = {item.segment for item in items}
    for action in one.decision.actions:
        if segments & set(action.segments) and action.action != "post_payment":
            said.append(say.say("about.action", one.source(*action.segments), **_action_values(context, action)))
    said += _special(context, one, items)
    if verdict == "wait":
        said += waiting(context, one)
    if verdict == "yes":
        said.append(say.say("about.paid_before", source))
    for item in items[:4]:
        if meaning := told.reason(item.reason):
            listed = Source(SourceKind.WORD_LIST, item.reason, "CARC")
            code = code_named("reason", f"{item.group}-{item.reason}", context.language)
            values = {"code": code, "amount": say.money(item.amount), "meaning": meaning}
            said.append(say.say("about.reason", one.source(item.segment), listed, **values))
    said += owes(context, one, asked) if verdict in ("no", "review") else []
    return list(dict.fromkeys(said))


def _action_values(context: Context, action: Action) -> dict[str, str]:
    name, amount = action_text(context, action)
    return {"action": name, "amount": amount, "why": load_words(context.language).why(action)}


def _special(context: Context, one: OpenClaim, items: Sequence[Adjustment]) -> list[Said]:
    """Amounts with a rule of their own: capitation, the federal cut, QMB, another payer's payment, an estimate."""
    say, said = words(context), []
    for item in items:
        values = {"claim": one.number, "amount": say.money(item.amount)}
        if item.reason == "24" and item.group in ("CO", "PI"):
            said.append(say.say("about.capitated", one.source(item.segment), **values))
        if item.reason == "253":
            said.append(say.say("about.sequestration", one.source(item.segment), **values))
    if is_qmb(one) and any(item.group == "PR" for item in items):
        said.append(say.say("about.qmb", *remark_sources(one, "qmb")))
    if one.claim.status == "25":
        said.append(say.say("about.estimate", one.source(), claim=one.number))
    return said


def whose(context: Context, one: OpenClaim, asked: Asked) -> list[Said]:
    """On whose side the unpaid rest falls, part by part."""
    say, amount = words(context), amount_of(asked)
    if not one.claim.sound:
        return [*unsound(context, one), *balance(context, one, asked)]
    items, said = items_asked(one, asked), []
    figures = one.decision.money
    if amount is None:
        values = {"billed": say.money(figures.billed), "paid": say.money(figures.paid)}
        said.append(say.say("about.whose_split", one.source(), **values))
    elif items != one.adjustments() or len(items) == 1:
        total = abs(sum((item.amount or ZERO for item in items), ZERO))
        source = one.source(*(item.segment for item in items))
        groups = {item.group for item in items}
        if groups <= {"CO", "PI"}:
            said.append(say.say("about.whose", source, amount=say.money(total)))
        elif groups == {"PR"} and one.decision.final and one.decision.patient_owes_now:
            patient = patient_named(context, one)
            said.append(say.say("about.whose_patient", source, amount=say.money(total), patient=patient))
        elif groups <= {"OA", "CR"}:
            said.append(say.say("about.whose_payer", source, amount=say.money(total)))
    said += _special(context, one, items) + contract_said(context, one)
    for groups_, key in ((("CO", "PI"), "provider_bears"), (("OA", "CR"), "other_bears")):
        mine = [item for item in items if item.group in groups_ and disposition(item.reason) != "contractual"]
        if mine:
            total = sum((item.amount or ZERO for item in mine), ZERO)
            codes = say.listed(tuple(dict.fromkeys(f"{item.group}-{item.reason}" for item in mine)))
            source = one.source(*(item.segment for item in mine))
            said.append(say.say(f"about.{key}", source, amount=say.money(total), codes=codes))
    said += owes(context, one, asked) + why(context, one, asked)
    said += [action_said(context, one, action) for action in one.decision.actions if action.action in URGENT]
    return list(dict.fromkeys(said))
