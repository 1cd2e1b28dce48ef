"""A letter about one claim, as a draft."""

import re
from collections.abc import Mapping
from typing import Any

from assistant.chat.papers import OpenClaim
from assistant.chat.tool import Said, Tool, ToolResult
from assistant.chat.tools.common import TEXT, parameters, result, words
from assistant.chat.tools.paid.claim import claim_of
from assistant.chat.tools.payments import action_text
from assistant.chat.turn import Context
from assistant.errors import InputError
from assistant.remit.letter import KINDS, write_letter
from assistant.remit.words import load_words

_BY_ACTION = {
    "appeal": "appeal",
    "correct_and_resubmit": "corrected",
    "refund_patient": "refund",
    "bill_next_payer": "next_payer",
}
_LEADING = re.compile(r"^Segment \d+: ")


def kind_for(one: OpenClaim) -> str:
    """The letter that the claim's most urgent action calls for; the patient's letter when none does."""
    return next(
        (_BY_ACTION[action.action] for action in one.decision.actions if action.action in _BY_ACTION), "patient"
    )


def _letter(context: Context, arguments: Mapping[str, Any]) -> ToolResult:
    say, one = words(context), claim_of(context, arguments.get("claim", ""))
    kind = arguments.get("kind") or kind_for(one)
    try:
        written = write_letter(one.claim, one.header, one.chain, kind, context.language)
    except InputError as error:
        return _refused(context, one, kind, str(error))
    segments = tuple(dict.fromkeys(number for item in written.trace for number in item.segments))
    source = one.source(*segments)
    lines = [line for line in written.text.splitlines() if line.strip()]
    said = [say.say("about.letter_here", source, claim=one.number), *(Said(line, (source,)) for line in lines)]
    return result({"claim": one.number, "kind": kind, "letter": written.text}, said)


def _refused(context: Context, one: OpenClaim, kind: str, error: str) -> ToolResult:
    say, told = words(context), load_words(context.language)
    why = _LEADING.sub("", error).partition("; `")[0].partition("; use")[0]
    said = [say.say("about.letter_no", one.source(), claim=one.number, why=why.rstrip(".") + ".")]
    for action in one.decision.actions:
        if action.action not in ("post_payment", "write_off"):
            name, _ = action_text(context, action)
            values = {"action": name.lower(), "why": told.why(action)}
            said.append(say.say("about.letter_instead", one.source(*action.segments), **values))
    return result({"claim": one.number, "kind": kind, "letter": None, "why": why}, said)


TOOLS = (
    Tool(
        "letter",
        "Draft a letter about one claim: to the patient, an appeal, a corrected claim, a refund, or to the next payer.",
        parameters(claim=TEXT, kind={"type": "string", "enum": [*KINDS, ""]}),
        _letter,
    ),
)
