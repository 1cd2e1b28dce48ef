"""What was taken back of a claim, what replaced it, and what that leaves."""

from assistant.chat.papers import OpenClaim, papers_of
from assistant.chat.tool import Said
from assistant.chat.tools.common import words
from assistant.chat.tools.paid.claim import Asked
from assistant.chat.turn import Context
from assistant.x12.elements import ZERO


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
