"""Checks on money: the claim against its lines, and what earlier payers decided against the charges."""

from collections.abc import Iterator
from decimal import Decimal

from assistant.claim.checks.base import Check, Context, Hit
from assistant.claim.claim import Claim

ZERO = Decimal(0)


def total_differs(claim: Claim, context: Context, parameter: str) -> Iterator[Hit]:
    """The claim's total is not the sum of its lines."""
    added = sum((line.charge for line in claim.lines), ZERO)
    if added != claim.total:
        yield Hit("claim", detail=f"the claim says {claim.total:.2f}, its lines add up to {added:.2f}")


def paid_too_much(claim: Claim, context: Context, parameter: str) -> Iterator[Hit]:
    """The patient paid more than the claim charges."""
    if claim.patient_paid is not None and claim.patient_paid > claim.total > 0:
        yield Hit("claim")


def line_decision(claim: Claim, context: Context, parameter: str) -> Iterator[Hit]:
    """`balance`: paid plus adjustments is not the charge. `payer`: the decision names no other payer of the claim."""
    known = {other.payer.id for other in claim.others}
    for at, line in enumerate(claim.lines, start=1):
        for decision in line.decisions:
            adjusted = sum((item.amount for item in decision.adjustments), ZERO)
            off = decision.paid + adjusted != line.charge
            if (parameter == "balance" and off) or (parameter == "payer" and decision.payer_id not in known):
                yield Hit(f"line {at}", (line.procedure,))


def other_payer(claim: Claim, context: Context, parameter: str) -> Iterator[Hit]:
    """`balance`: what an earlier payer paid and adjusted, claim and lines together, is not the charge. `lines`: its
    paid amount is not the sum of its lines. `undecided`: a payer before the one billed has no decision."""
    order = "PSTABCDEFGH"
    for at, other in enumerate(claim.others, start=1):
        decisions = [said for line in claim.lines for said in line.decisions if said.payer_id == other.payer.id]
        adjustments = [*other.adjustments, *(item for said in decisions for item in said.adjustments)]
        adjusted = sum((item.amount for item in adjustments), ZERO)
        by_line = sum((said.paid for said in decisions), ZERO)
        earlier = order.find(other.responsibility) < order.find(claim.responsibility)
        answered = other.paid is not None
        faulty = {
            "balance": answered and other.paid + adjusted != claim.total if other.paid is not None else False,
            "lines": answered and bool(decisions) and by_line != other.paid,
            "undecided": earlier and not answered,
        }
        if faulty[parameter]:
            yield Hit(f"other payer {at}")


CHECKS: dict[str, Check] = {
    "total_differs": total_differs,
    "paid_too_much": paid_too_much,
    "line_decision": line_decision,
    "other_payer": other_payer,
}
