"""One claim of a remittance, aspect by aspect: amounts, reasons, who owes what, what to do."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from assistant.chat.code_names import named as code_named
from assistant.chat.papers import OpenClaim, papers_of
from assistant.chat.tool import Said, Source, SourceKind, Tool, ToolError, ToolResult
from assistant.chat.tools.common import TEXT, parameters, result, words
from assistant.chat.tools.payments import action_text, claims_counted, open_papers
from assistant.chat.turn import Context
from assistant.remit.actions import Action
from assistant.remit.deadlines import deadline
from assistant.remit.explanation import allowed_segments, explain_claim
from assistant.remit.money import claim_allowed, covered, disposition, is_primary, line_allowed
from assistant.remit.naming import shown
from assistant.remit.record import claim_record
from assistant.remit.rules import load_rules
from assistant.remit.sentences import Sentence, adjustment_segments
from assistant.remit.values import Adjustment
from assistant.remit.words import load_words
from assistant.x12.elements import ZERO
from corpus.lexicon import reasons

Asked = Mapping[str, Any]
_SHARES = {"1": "deductible", "2": "coinsurance", "3": "copay"}
_URGENT = ("appeal", "correct_and_resubmit", "send_records", "bill_next_payer", "review", "refund_patient", "wait")


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


def _named(context: Context, one: OpenClaim) -> str:
    return one.patient or words(context).text("word.patient")


def _said(one: OpenClaim, sentences: Sequence[Sentence]) -> list[Said]:
    return [Said(sentence.text, (one.source(*sentence.segments),)) for sentence in sentences]


def money(context: Context, one: OpenClaim, asked: Asked) -> list[Said]:
    """Billed, allowed, paid."""
    say, figures = words(context), one.decision.money
    values = {"claim": one.number, "patient": _named(context, one), "billed": say.money(figures.billed)}
    if one.claim.reversal:
        paid = abs(figures.paid) if figures.paid is not None else None
        return [say.say("about.money_reversal", one.source(), paid=say.money(paid), **values)]
    values["paid"] = say.money(figures.paid)
    if _capitated(one) or figures.allowed is None:
        return [say.say("about.money_no_allowed", one.source(), **values)]
    source = one.source(one.claim.segment, *allowed_segments(one.claim))
    return [say.say("about.money", source, allowed=say.money(figures.allowed), **values)]


def _capitated(one: OpenClaim) -> bool:
    return bool(one.adjustments(reason="24"))


def status(context: Context, one: OpenClaim, asked: Asked) -> list[Said]:
    """What the claim's status means."""
    say = words(context)
    known = reasons.claim_status(one.claim.status)
    if known is None:
        return [say.say("about.status_unknown", one.source(), status=one.claim.status)]
    listed = Source(SourceKind.WORD_LIST, known.code, "CLP02")
    coded = code_named("status", one.claim.status, context.language)
    values = {"claim": one.number, "status": coded, "meaning": known.biller(context.language)}
    return [say.say("about.status_here", one.source(), listed, **values)]


def why(context: Context, one: OpenClaim, asked: Asked) -> list[Said]:
    """The reasons behind what was not paid."""
    say, told = words(context), load_words(context.language)
    said: list[Said] = []
    if not one.claim.sound:
        return [*_unsound(context, one), *balance(context, one, asked)]
    wanted = asked.get("code", "")
    items = [item for item in one.adjustments() if wanted in ("", item.reason)]
    for item in items:
        known = reasons.reason(item.reason)
        key = "about.reason" if known else "about.reason_unknown"
        code = code_named("reason", f"{item.group}-{item.reason}", context.language)
        listed = (Source(SourceKind.WORD_LIST, item.reason, "CARC"),) if known else ()
        values = {"code": code, "amount": say.money(item.amount), "meaning": told.reason(item.reason)}
        said.append(say.say(key, one.source(item.segment), *listed, **values))
    for remark in dict.fromkeys(one.claim.all_remarks()):
        meaning = told.remark(remark.code)
        key = "about.remark" if meaning else "about.rarc_unknown"
        said.append(
            say.say(
                key,
                one.source(remark.segment),
                code=code_named("remark", remark.code, context.language),
                meaning=meaning,
            )
        )
    return list(dict.fromkeys(said))


def _unsound(context: Context, one: OpenClaim) -> list[Said]:
    return [words(context).say("about.unsound", one.source(), claim=one.number)]


def owes(context: Context, one: OpenClaim, asked: Asked) -> list[Said]:
    """What the patient owes now."""
    say, decision = words(context), one.decision
    values = {"patient": _named(context, one), "claim": one.number}
    if not one.claim.sound:
        return _unsound(context, one)
    source = one.source(one.claim.segment, *adjustment_segments(one.claim, ("PR",)))
    if one.claim.reversal or not decision.final:
        said = [say.say("about.owes_not_final", source, **values)]
        return [*said, *_wait(context, one)]
    if decision.patient_owes_now:
        amount = say.money(decision.patient_owes_now)
        return [say.say("about.owes", source, amount=amount, **values), *shares(context, one, asked)]
    held = [action for action in decision.actions if action.action == "review" and action.rule.startswith("pr_")]
    if held:
        said = [say.say("about.owes_review", source, **values)]
        return [*said, *(_action(context, one, action) for action in held)]
    said = [say.say("about.owes_nothing", source, **values)]
    return [*said, *_forbidden(context, one)]


def _wait(context: Context, one: OpenClaim) -> list[Said]:
    found = [action for action in one.decision.actions if action.action in ("wait", "bill_next_payer", "post_reversal")]
    found = found or [action for action in one.decision.actions if action.action == "do_not_bill_patient"]
    said = [_action(context, one, action) for action in found]
    return [*said, *forwarded_to(context, one)]


def forwarded_to(context: Context, one: OpenClaim) -> list[Said]:
    """To whom the claim was sent on, where the remittance names that payer."""
    say, party = words(context), one.claim.party("TT")
    if party is None:
        return []
    return [say.say("about.forwarded", one.source(party.segment), claim=one.number, payer=shown(party.full_name))]


def _forbidden(context: Context, one: OpenClaim) -> list[Said]:
    """Why a patient owes nothing though amounts are open: a remark, or the group they stand under."""
    said = []
    for action in one.decision.actions:
        if action.action == "do_not_bill_patient" or action.rule == "qmb":
            said.append(_action(context, one, action))
    if _qmb(one):
        said.append(words(context).say("about.qmb", *_remark_sources(one, "qmb")))
    return said


def _qmb(one: OpenClaim) -> bool:
    return bool(_remark_sources(one, "qmb"))


def _remark_sources(one: OpenClaim, effect: str) -> list[Source]:
    found = []
    for item in one.claim.all_remarks():
        known = reasons.remark(item.code)
        if known and effect in known.effects:
            found.append(one.source(item.segment))
    return found


def _action(context: Context, one: OpenClaim, action: Action) -> Said:
    name, amount = action_text(context, action)
    why_told = load_words(context.language).why(action)
    return words(context).say("about.action", one.source(*action.segments), action=name, amount=amount, why=why_told)


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
    if figures.allowed is not None and not _capitated(one):
        source = one.source(one.claim.segment, *allowed_segments(one.claim))
        said.append(say.say("about.plan_paid", source, allowed=say.money(figures.allowed), **values))
    else:
        said.append(say.say("about.plan_paid_short", one.source(), **values))
    return [*said, *_contract(context, one)]


def _contract(context: Context, one: OpenClaim) -> list[Said]:
    figures = one.decision.money
    if not figures.contractual or _capitated(one):
        return []
    segments = adjustment_segments(one.claim, ("CO", "PI"), disposition="contractual")
    say = words(context)
    return [say.say("about.contractual", one.source(*segments), amount=say.money(figures.contractual))]


def next_steps(context: Context, one: OpenClaim, asked: Asked) -> list[Said]:
    """What to do, most urgent first, with what to look at."""
    found = list(one.decision.actions)
    if any(action.action in _URGENT for action in found):
        found = [action for action in found if action.action not in ("post_payment", "write_off")]
    said = [_action(context, one, action) for action in found]
    said += forwarded_to(context, one) + _attached(context, one)
    if _qmb(one):
        said.append(words(context).say("about.qmb", *_remark_sources(one, "qmb")))
    said += [sentence for sentence in why(context, one, {}) if sentence not in said] if len(found) < 3 else []
    return list(dict.fromkeys(said))


def _attached(context: Context, one: OpenClaim) -> list[Said]:
    told, said = load_words(context.language), []
    for item in one.adjustments():
        known = reasons.reason(item.reason)
        evidence = known.to_attach(context.language) if known else ""
        if known and evidence and known.disposition == "denied":
            text = told.say("biller", "evidence", evidence=evidence.rstrip("."))
            said.append(Said(text, (one.source(item.segment), Source(SourceKind.WORD_LIST, item.reason, "CARC"))))
    return said


def everything(context: Context, one: OpenClaim, asked: Asked) -> list[Said]:
    """The claim explained: money, status, reasons, what is owed, what to do."""
    said = [*money(context, one, asked), *status(context, one, asked)]
    if one.claim.reversal:
        return [*said, *reversal(context, one, asked)]
    if not one.claim.sound:
        return [*said, *balance(context, one, asked), *_unsound(context, one)]
    said += why(context, one, asked) if len(one.claim.lines) < 2 else lines(context, one, asked)
    said += owes(context, one, asked)
    said += [sentence for sentence in next_steps(context, one, asked) if sentence not in said]
    return list(dict.fromkeys(said))


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


def plain(context: Context, one: OpenClaim, asked: Asked) -> list[Said]:
    """The patient's page: what is owed, what the plan did, what to do."""
    told = explain_claim(one.claim, one.header, one.chain, "patient", context.language)
    return _said(one, (told.headline, *told.sentences, *told.actions))


def amounts(context: Context, one: OpenClaim, asked: Asked) -> list[Said]:
    """The figure that `words` names; all of them when it names none."""
    say, figures, asked_words = words(context), one.decision.money, str(asked.get("words", "")).lower()
    wanted = [name for name, cues in _FIGURES if any(cue in asked_words for cue in cues)]
    said: list[Said] = []
    own = one.source()
    for name in wanted:
        if name == "allowed":
            amount, origin = claim_allowed(one.claim)
            if amount is None or _capitated(one):
                said.append(say.say("about.allowed_unknown", own, claim=one.number))
            else:
                said.append(
                    say.say(
                        "about.allowed",
                        one.source(*(allowed_segments(one.claim) or (one.claim.segment,))),
                        claim=one.number,
                        amount=say.money(amount),
                        source=say.text(f"about.allowed_{origin}"),
                    )
                )
        elif name in ("deductible", "coinsurance", "copay"):
            reason = {"deductible": "1", "coinsurance": "2", "copay": "3"}[name]
            segments = adjustment_segments(one.claim, ("PR",), reasons_in=(reason,)) or (one.claim.segment,)
            value = getattr(figures, name)
            said.append(say.say(f"about.{name}", one.source(*segments), claim=one.number, amount=say.money(value)))
        elif name in ("billed", "paid"):
            said.append(say.say(f"about.{name}", own, claim=one.number, amount=say.money(getattr(figures, name))))
        elif name == "contract":
            segments = adjustment_segments(one.claim, ("CO", "PI"), disposition="contractual") or (one.claim.segment,)
            values = {"claim": one.number, "amount": say.money(figures.contractual)}
            said.append(say.say("about.contract", one.source(*segments), **values))
        elif name == "denied_amount":
            said.append(say.say("about.denied_amount", own, claim=one.number, amount=say.money(figures.denied)))
        elif name == "patient_share":
            values = {"claim": one.number, "amount": say.money(figures.patient_responsibility)}
            said.append(say.say("about.patient_share", own, **values))
        elif name == "dates":
            days = sorted({line.date for line in one.claim.lines if line.date})
            days = days or [item.value for item in one.claim.dates if item.qualifier in ("232", "233") and item.value]
            if days:
                listed = say.listed([day.isoformat() for day in days])
                said.append(say.say("about.dates", own, claim=one.number, dates=listed))
        elif name == "services":
            told = [f"{line.code} {say.money(line.billed)}" for line in one.claim.lines]
            if told:
                source = one.source(*(line.segment for line in one.claim.lines))
                said.append(say.say("about.services", source, claim=one.number, lines=say.listed(told)))
        elif name == "member":
            party = one.claim.party("QC") or one.claim.party("IL")
            if party and party.id:
                values = {"claim": one.number, "member": party.id}
                said.append(say.say("about.member", one.source(party.segment), **values))
        elif name == "payer_number":
            values = {"claim": one.number, "number": one.claim.payer_control_number}
            said.append(say.say("about.payer_number", own, **values))
        elif name in _BY_REASON:
            said += why(context, one, {"code": _BY_REASON[name]})
        elif name == "percent":
            share = covered(figures.paid, figures.allowed)
            if share is not None:
                said.append(say.say("about.paid", own, claim=one.number, amount=say.money(figures.paid)))
                said.append(say.say("about.percent", own, percent=f"{share}"))
    return said or [*money(context, one, asked), *_contract(context, one), *owes(context, one, asked)]


_BY_REASON = {"sequestration": "253", "earlier_payer": "23"}
"""Figures that are the amount under one reason."""
_FIGURES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("sequestration", ("sequest", "secuestro", "federal cut")),
    (
        "earlier_payer",
        (
            "the primary",
            "primary pay",
            "first payer",
            "other payer",
            "earlier payer",
            "primer seguro",
            "other insurance",
        ),
    ),
    ("allowed", ("allow", "approve", "permit", "aprob")),
    ("deductible", ("deductible", "deducible")),
    ("coinsurance", ("coinsurance", "co-insurance", "coseguro")),
    ("copay", ("copay", "co-pay", "copago")),
    ("billed", ("billed", "bill on", "charge", "factur", "cobr", "cargo")),
    ("percent", ("percent", "per cent", "%", "por ciento")),
    ("paid", ("paid", "pay", "pag")),
    ("contract", ("contract", "discount", "write-off", "write off", "written off", "descuento")),
    ("denied_amount", ("denied", "deneg", "rechaz")),
    ("patient_share", ("patient share", "patient responsib", "patient's share", "pr amount")),
    ("dates", ("date of service", "service date", "when was the service", "dos")),
    ("services", ("procedure", "service", "what was done", "cpt")),
    ("member", ("member",)),
    ("payer_number", ("payer's claim", "payer control", "payer's number", "icn", "dcn", "payer claim")),
)
"""Figures of a claim and the words that ask for them."""


def _amount_of(asked: Asked) -> Decimal | None:
    try:
        return Decimal(str(asked["amount"])) if asked.get("amount") else None
    except InvalidOperation:
        return None


def _items(one: OpenClaim, asked: Asked) -> list[Adjustment]:
    """The adjustments that an amount or reason names, else those that stand between charge and payment."""
    items, amount, code = one.adjustments(), _amount_of(asked), str(asked.get("code", ""))
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
    say, told, amount = words(context), load_words(context.language), _amount_of(asked)
    items = _items(one, asked)
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
        return [*_unsound(context, one), *balance(context, one, asked)]
    source = one.source(*(item.segment for item in items))
    named = _named(context, one)
    said = [say.say(f"about.{voice}_{verdict}", source, amount=say.money(abs(amount)), patient=named)]
    segments = {item.segment for item in items}
    for action in one.decision.actions:
        if segments & set(action.segments) and action.action != "post_payment":
            said.append(say.say("about.action", one.source(*action.segments), **_action_values(context, action)))
    said += _special(context, one, items)
    if verdict == "wait":
        said += _wait(context, one)
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
    if _qmb(one) and any(item.group == "PR" for item in items):
        said.append(say.say("about.qmb", *_remark_sources(one, "qmb")))
    if one.claim.status == "25":
        said.append(say.say("about.estimate", one.source(), claim=one.number))
    return said


def whose(context: Context, one: OpenClaim, asked: Asked) -> list[Said]:
    """On whose side the unpaid rest falls, part by part."""
    say, amount = words(context), _amount_of(asked)
    if not one.claim.sound:
        return [*_unsound(context, one), *balance(context, one, asked)]
    items, said = _items(one, asked), []
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
            patient = _named(context, one)
            said.append(say.say("about.whose_patient", source, amount=say.money(total), patient=patient))
        elif groups <= {"OA", "CR"}:
            said.append(say.say("about.whose_payer", source, amount=say.money(total)))
    said += _special(context, one, items) + _contract(context, one)
    for groups_, key in ((("CO", "PI"), "provider_bears"), (("OA", "CR"), "other_bears")):
        mine = [item for item in items if item.group in groups_ and disposition(item.reason) != "contractual"]
        if mine:
            total = sum((item.amount or ZERO for item in mine), ZERO)
            codes = say.listed(tuple(dict.fromkeys(f"{item.group}-{item.reason}" for item in mine)))
            source = one.source(*(item.segment for item in mine))
            said.append(say.say(f"about.{key}", source, amount=say.money(total), codes=codes))
    said += owes(context, one, asked) + why(context, one, asked)
    said += [_action(context, one, action) for action in one.decision.actions if action.action in _URGENT]
    return list(dict.fromkeys(said))


def reversal(context: Context, one: OpenClaim, asked: Asked) -> list[Said]:
    """What was taken back, what replaced it, the net and a refund."""
    say, papers = words(context), papers_of(context)
    answers = papers.named(one.number)
    back = [answer for answer in answers if answer.claim.reversal]
    if not back:
        return [say.say("about.no_reversal", one.source())]
    said = []
    for answer in back:
        paid = abs(answer.claim.paid or ZERO)
        said.append(say.say("about.negative", answer.source(), claim=one.number, amount=say.money(paid)))
    after = [answer for answer in answers if not answer.claim.reversal]
    for answer in after:
        share = answer.decision.patient_owes_now
        values = {"paid": say.money(answer.claim.paid), "share": say.money(share)}
        said.append(say.say("about.corrected", answer.source(), **values))
    net = sum((answer.claim.paid or ZERO for answer in answers), ZERO)
    parts = " + ".join(say.money(answer.claim.paid) for answer in answers)
    sources = [answer.source() for answer in answers]
    said.append(say.say("about.net", *sources, claim=one.number, net=say.money(net), parts=parts))
    refunds = [
        (answer, action)
        for answer in answers
        for action in answer.decision.actions
        if action.action == "refund_patient"
    ]
    for answer, action in refunds[:1]:
        before = abs(sum((item.amount or ZERO for b in back for item in b.adjustments("PR")), ZERO))
        now = sum((item.amount or ZERO for a in after for item in a.adjustments("PR")), ZERO)
        if action.amount:
            values = {"amount": say.money(action.amount), "before": say.money(before), "after": say.money(now)}
            said.append(say.say("about.refund", answer.source(*action.segments), *sources, **values))
    return said


def next_payer(context: Context, one: OpenClaim, asked: Asked) -> list[Said]:
    """Whether the claim went on to another payer, and what follows."""
    say, named = words(context), forwarded_to(context, one)
    share = one.decision.money.patient_responsibility or ZERO
    waits = [action for action in one.decision.actions if action.rule in ("forwarded", "not_ours")]
    if named or waits:
        if not named:
            segments = waits[0].segments
            named = [say.say("about.forwarded_unnamed", one.source(*segments), claim=one.number)]
        if share:
            segments = adjustment_segments(one.claim, ("PR",)) or (one.claim.segment,)
            named.append(say.say("about.forwarded_wait", one.source(*segments), amount=say.money(share)))
        return [*named, *(_action(context, one, action) for action in waits), *status(context, one, asked)]
    bills = [action for action in one.decision.actions if action.action == "bill_next_payer"]
    said = [_action(context, one, action) for action in bills]
    for role in ("PR", "GB"):
        if party := one.claim.party(role):
            said.append(say.say("about.next_payer_named", one.source(party.segment), payer=shown(party.full_name)))
    if _qmb(one):
        said.append(say.say("about.qmb", *_remark_sources(one, "qmb")))
    if not said:
        said = [say.say("about.not_forwarded", one.source(), claim=one.number), *owes(context, one, asked)]
    return said


def appeal(context: Context, one: OpenClaim, asked: Asked) -> list[Said]:
    """Whether an appeal is open, else what is done instead."""
    say, told = words(context), load_words(context.language)
    actions = one.decision.actions
    wanted = [action for action in actions if action.action == "appeal"]
    codes = say.listed(tuple(dict.fromkeys(code for action in actions for code in action.codes)))
    if not one.claim.sound:
        return _unsound(context, one)
    if wanted:
        action = wanted[0]
        values = {"amount": say.money(action.amount), "codes": say.listed(action.codes), "claim": one.number}
        said = [say.say("about.appeal_yes", one.source(*action.segments), why=told.why(action), **values)]
        return [*said, *_attached(context, one), say.say("about.appeal_letter", one.source())]
    unprocessable = [action for action in actions if action.rule in ("unprocessable", "pr_unprocessable")]
    if unprocessable:
        source = one.source(*unprocessable[0].segments, *(item.segment for item in one.claim.all_remarks()))
        listed = [*unprocessable[0].codes, *(item.code for item in one.claim.remarks)]
        values = {"claim": one.number, "codes": say.listed(tuple(dict.fromkeys(listed)))}
        return [say.say("about.appeal_no_unprocessable", source, **values), *next_steps(context, one, asked)]
    if any(action.rule == "no_appeal" for action in actions):
        said = [say.say("about.appeal_no_remark", *_remark_sources(one, "no_appeal"), claim=one.number)]
        return [*said, *next_steps(context, one, asked)]
    todo = next((action for action in actions if action.action in _URGENT), actions[0] if actions else None)
    name = action_text(context, todo)[0].lower() if todo else say.text("word.nothing")
    source = one.source(*(todo.segments if todo else ()))
    said = [say.say("about.appeal_no_nothing", source, claim=one.number, action=name, codes=codes)]
    return [*said, *next_steps(context, one, asked)]


def limit(context: Context, one: OpenClaim, asked: Asked) -> list[Said]:
    """The last day to appeal or send again, where a public rule gives it."""
    say, claim = words(context), one.claim
    paid = one.header.payment_date or one.header.production_date
    days = sorted(line.date for line in claim.lines if line.date)
    said = []
    for name, key in (("appeal", "deadline_appeal"), ("correct_and_resubmit", "deadline_resubmit")):
        if any(action.action == name for action in one.decision.actions):
            known = deadline(name, claim.filing_indicator, paid, days[0] if days else None)
            if known:
                rule = Source(SourceKind.GUIDELINE, known.source, "")
                what = say.text(f"about.{key}")
                values = {"what": what, "claim": one.number, "day": known.day, "source": known.source}
                said.append(say.say("about.deadline", one.source(), rule, **values))
    if not said:
        said.append(say.say("about.deadline_unknown", one.source(), claim=one.number))
    return [*said, *(_action(context, one, action) for action in one.decision.actions if action.action in _URGENT)]


def duplicate(context: Context, one: OpenClaim, asked: Asked) -> list[Said]:
    """Which claim this one repeats."""
    say, papers = words(context), papers_of(context)
    items = one.adjustments(reason="18")
    if not items:
        return everything(context, one, asked)
    said = [say.say("about.duplicate", one.source(*(item.segment for item in items)), claim=one.number)]
    same = [other for other in papers.claims if other.number != one.number and _alike(one, other)]
    if same:
        first = same[0]
        values = {"first": first.number, "paid": say.money(first.claim.paid)}
        said.append(say.say("about.duplicate_of", first.source(), one.source(), **values))
    else:
        said.append(say.say("about.duplicate_none", one.source()))
    said.append(say.say("about.duplicate_do", one.source(*(item.segment for item in items))))
    return [*said, *owes(context, one, asked)]


def _services(one: OpenClaim) -> tuple[str, ...]:
    return tuple(sorted(line.procedure for line in one.claim.lines))


def _dates(one: OpenClaim) -> tuple[dt.date | None, ...]:
    return tuple(sorted((line.date for line in one.claim.lines), key=str))


def _alike(one: OpenClaim, other: OpenClaim) -> bool:
    return (one.patient, _services(one), _dates(one)) == (other.patient, _services(other), _dates(other))


def underpaid(context: Context, one: OpenClaim, asked: Asked) -> list[Said]:
    """The allowed amount of a line against the contract's rate that the question names."""
    say, rate = words(context), _amount_of(asked)
    code = str(asked.get("code", "")).upper()
    lines_ = [line for line in one.claim.lines if code in ("", line.procedure)]
    if rate is None or not lines_:
        return [say.say("about.contract_unknown", one.source()), *amounts(context, one, {"words": "allowed paid"})]
    line = lines_[0]
    allowed = line_allowed(line, is_primary(one.claim))[0]
    expected = rate * (line.units if line.units is not None and line.units > 0 else 1)
    if allowed is None:
        return [say.say("about.allowed_unknown", one.source(line.segment), claim=one.number)]
    stated = line.stated_allowed
    source = one.source(line.segment, *((stated.segment,) if stated else ()))
    key = "under" if allowed < expected else "equal" if allowed == expected else "over"
    values = {"code": line.code, "claim": one.number, "allowed": say.money(allowed), "expected": say.money(expected)}
    asked_for = Source(SourceKind.QUESTION, "question")
    difference = say.money(abs(expected - allowed))
    said = [say.say(f"about.contract_{key}", source, asked_for, difference=difference, **values)]
    share = sum((item.amount or ZERO for item in line.adjustments if item.group == "PR"), ZERO)
    paid = {"paid": say.money(line.paid), "share": say.money(share)}
    return [*said, say.say("about.contract_paid", source, **paid)]


ASPECTS: dict[str, Callable[[Context, OpenClaim, Asked], list[Said]]] = {
    "all": everything,
    "money": money,
    "amounts": amounts,
    "status": status,
    "why": why,
    "lines": lines,
    "plain": plain,
    "balance": balance,
    "why_owes": why_owes,
    "bill_patient": bill,
    "who_owes": whose,
    "next": next_steps,
    "next_payer": next_payer,
    "reversal": reversal,
    "appeal": appeal,
    "deadline": limit,
    "duplicate": duplicate,
    "underpaid": underpaid,
}
"""What may be asked about a claim -> the function that says it."""


def _explain(context: Context, arguments: Mapping[str, Any]) -> ToolResult:
    one = claim_of(context, arguments.get("claim", ""))
    said = ASPECTS[arguments.get("aspect", "all")](context, one, arguments)
    return result({"file": one.file, "claim": claim_record(one.claim, one.decision)}, said)


def _owes(context: Context, arguments: Mapping[str, Any]) -> ToolResult:
    one = claim_of(context, arguments.get("claim", ""))
    data = {
        "claim": one.number,
        "patient_owes_now": one.decision.patient_owes_now,
        "final": one.decision.final,
        "patient_responsibility": one.decision.money.patient_responsibility,
    }
    return result(data, owes(context, one, arguments))


def compare(context: Context, numbers: Sequence[str]) -> ToolResult:
    """Two claims side by side."""
    say = words(context)
    first, second = (claim_of(context, number) for number in numbers[:2])
    said = [say.say("about.compare", first.source(), second.source(), a=first.number, b=second.number)]
    for one in (first, second):
        days = say.listed([str(day) for day in dict.fromkeys(_dates(one)) if day]) or say.text("word.not_stated")
        values = {"claim": one.number, "patient": one.patient, "date": days, "status": one.claim.status}
        values |= {"services": say.listed(_services(one)), "billed": say.money(one.claim.billed)}
        said.append(say.say("about.compare_row", one.source(), paid=say.money(one.claim.paid), **values))
    differ = [
        say.text(f"about.differ_{name}")
        for name, fact in (("patient", lambda one: one.patient), ("service", _services), ("date", _dates))
        if fact(first) != fact(second)
    ]
    sources = (first.source(), second.source())
    if differ:
        said.append(say.say("about.compare_differ", *sources, parts=say.listed(differ)))
    else:
        said.append(say.say("about.compare_same", *sources))
    for one in (first, second):
        said += duplicate(context, one, {}) if one.adjustments(reason="18") else why(context, one, {})
    return result(
        {"claims": [claim_record(one.claim, one.decision) for one in (first, second)]}, list(dict.fromkeys(said))
    )


def counted(context: Context, count: int) -> str:
    """`1 claim`, `6 claims`."""
    return claims_counted(context, count)


TOOLS = (
    Tool(
        "explain_claim",
        "One claim of the open remittance or the store: explained whole, or one aspect of it. `amount` and "
        "`code` (a reason) name a part, "
        "`words` the figure asked for; for `underpaid`, `amount` is the contract's rate and `code` the procedure.",
        parameters(
            claim={**TEXT, "description": "claim control number; may be left out when there is one claim"},
            aspect={"type": "string", "enum": list(ASPECTS)},
            amount=TEXT,
            code=TEXT,
            words=TEXT,
            voice={"type": "string", "enum": ["biller", "patient", "pays"]},
        ),
        _explain,
    ),
    Tool("patient_owes", "What the patient owes on one claim now, and why.", parameters(claim=TEXT), _owes),
)
