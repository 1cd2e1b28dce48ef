"""A claim explained whole, to a biller or in its patient's words."""

from collections.abc import Sequence

from assistant.chat.papers import OpenClaim
from assistant.chat.tool import Said
from assistant.chat.tools.paid.claim import Asked, unsound
from assistant.chat.tools.paid.money import balance, lines, money
from assistant.chat.tools.paid.reasons import status, why
from assistant.chat.tools.paid.reversal import reversal
from assistant.chat.tools.paid.shares import owes
from assistant.chat.tools.paid.steps import next_steps
from assistant.chat.turn import Context
from assistant.remit.explanation import explain_claim
from assistant.remit.sentences import Sentence


def _said(one: OpenClaim, sentences: Sequence[Sentence]) -> list[Said]:
    return [Said(sentence.text, (one.source(*sentence.segments),)) for sentence in sentences]


def everything(context: Context, one: OpenClaim, asked: Asked) -> list[Said]:
    """The claim explained: money, status, reasons, what is owed, what to do."""
    said = [*money(context, one, asked), *status(context, one, asked)]
    if one.claim.reversal:
        return [*said, *reversal(context, one, asked)]
    if not one.claim.sound:
        return [*said, *balance(context, one, asked), *unsound(context, one)]
    said += why(context, one, asked) if len(one.claim.lines) < 2 else lines(context, one, asked)
    said += owes(context, one, asked)
    said += [sentence for sentence in next_steps(context, one, asked) if sentence not in said]
    return list(dict.fromkeys(said))


def plain(context: Context, one: OpenClaim, asked: Asked) -> list[Said]:
    """The patient's page: what is owed, what the plan did, what to do."""
    told = explain_claim(one.claim, one.header, one.chain, "patient", context.language)
    return _said(one, (told.headline, *told.sentences, *told.actions))
