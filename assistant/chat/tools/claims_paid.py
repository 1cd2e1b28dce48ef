"""One claim of a remittance, aspect by aspect: the tools, and which function says which aspect."""

from collections.abc import Callable, Mapping
from typing import Any

from assistant.chat.papers import OpenClaim
from assistant.chat.tool import Said, Tool, ToolResult
from assistant.chat.tools.common import TEXT, parameters, result
from assistant.chat.tools.paid.amounts import amounts, underpaid
from assistant.chat.tools.paid.claim import Asked, claim_of
from assistant.chat.tools.paid.money import balance, lines, money
from assistant.chat.tools.paid.others import duplicate
from assistant.chat.tools.paid.reasons import status, why
from assistant.chat.tools.paid.reversal import reversal
from assistant.chat.tools.paid.shares import owes, why_owes
from assistant.chat.tools.paid.sides import bill, whose
from assistant.chat.tools.paid.steps import appeal, limit, next_payer, next_steps
from assistant.chat.tools.paid.whole import everything, plain
from assistant.chat.turn import Context
from assistant.remit.record import claim_record

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
