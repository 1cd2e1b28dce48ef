"""What is done next about a claim: the next payer, an appeal, and until when."""

from assistant.chat.papers import OpenClaim
from assistant.chat.tool import Said, Source, SourceKind
from assistant.chat.tools.common import words
from assistant.chat.tools.paid.claim import (
    URGENT,
    Asked,
    action_said,
    attached,
    forwarded_to,
    is_qmb,
    remark_sources,
    unsound,
)
from assistant.chat.tools.paid.reasons import status, why
from assistant.chat.tools.paid.shares import owes
from assistant.chat.tools.payments import action_text
from assistant.chat.turn import Context
from assistant.remit.deadlines import deadline
from assistant.remit.naming import shown
from assistant.remit.sentences import adjustment_segments
from assistant.remit.words import load_words
from assistant.x12.elements import ZERO


def next_steps(context: Context, one: OpenClaim, asked: Asked) -> list[Said]:
    """What to do, most urgent first, with what to look at."""
    found = list(one.decision.actions)
    if any(action.action in URGENT for action in found):
        found = [action for action in found if action.action not in ("post_payment", "write_off")]
    said = [action_said(context, one, action) for action in found]
    said += forwarded_to(context, one) + attached(context, one)
    if is_qmb(one):
        said.append(words(context).say("about.qmb", *remark_sources(one, "qmb")))
    said += [sentence for sentence in why(context, one, {}) if sentence not in said] if len(found) < 3 else []
    return list(dict.fromkeys(said))


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
        return [*named, *(action_said(context, one, action) for action in waits), *status(context, one, asked)]
    bills = [action for action in one.decision.actions if action.action == "bill_next_payer"]
    said = [action_said(context, one, action) for action in bills]
    for role in ("PR", "GB"):
        if party := one.claim.party(role):
            said.append(say.say("about.next_payer_named", one.source(party.segment), payer=shown(party.full_name)))
    if is_qmb(one):
        said.append(say.say("about.qmb", *remark_sources(one, "qmb")))
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
        return unsound(context, one)
    if wanted:
        action = wanted[0]
        values = {"amount": say.money(action.amount), "codes": say.listed(action.codes), "claim": one.number}
        said = [say.say("about.appeal_yes", one.source(*action.segments), why=told.why(action), **values)]
        return [*said, *attached(context, one), say.say("about.appeal_letter", one.source())]
    unprocessable = [action for action in actions if action.rule in ("unprocessable", "pr_unprocessable")]
    if unprocessable:
        source = one.source(*unprocessable[0].segments, *(item.segment for item in one.claim.all_remarks()))
        listed = [*unprocessable[0].codes, *(item.code for item in one.claim.remarks)]
        values = {"claim": one.number, "codes": say.listed(tuple(dict.fromkeys(listed)))}
        return [say.say("about.appeal_no_unprocessable", source, **values), *next_steps(context, one, asked)]
    if any(action.rule == "no_appeal" for action in actions):
        said = [say.say("about.appeal_no_remark", *remark_sources(one, "no_appeal"), claim=one.number)]
        return [*said, *next_steps(context, one, asked)]
    todo = next((action for action in actions if action.action in URGENT), actions[0] if actions else None)
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
    return [*said, *(action_said(context, one, action) for action in one.decision.actions if action.action in URGENT)]
