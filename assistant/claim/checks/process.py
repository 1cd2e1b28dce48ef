"""Checks on how the claim travels: its number, frequency, time limit, accident, order of payers."""

from collections.abc import Iterator

from assistant.claim.checks.base import Check, Context, Hit, service_date
from assistant.claim.claim import Claim


def repeated_claim(claim: Claim, context: Context, parameter: str) -> Iterator[Hit]:
    """The claim number stands on another claim: of the same file (`file`) or sent earlier (`store`)."""
    if parameter == "file":
        if claim.control_number in context.seen:
            yield Hit("claim")
        context.seen.add(claim.control_number)
    elif context.sent_before is not None and context.sent_before(claim.control_number):
        yield Hit("claim")


def billed_before(claim: Claim, context: Context, parameter: str) -> Iterator[Hit]:
    """A service of this claim went out before, to the same payer, on another claim that was not rejected."""
    if context.billed_before is not None and (numbers := context.billed_before(claim)):
        yield Hit("claim", detail=", ".join(numbers[:5]))


def change(claim: Claim, context: Context, parameter: str) -> Iterator[Hit]:
    """`without`: a replacement or void (7, 8) without the payer's number. `needless`: an original with one."""
    named = bool(claim.reference("F8"))
    changes = claim.frequency in ("7", "8")
    if (parameter == "without" and changes and not named) or (
        parameter == "needless" and claim.frequency == "1" and named
    ):
        yield Hit("claim")


def late(claim: Claim, context: Context, parameter: str) -> Iterator[Hit]:
    """`payer`: later than the filing limit that the site has imported for the payer (an error: it denies). Else more
    days since the service than the parameter says, for a payer whose limit is not known."""
    served = service_date(claim)
    if not served or claim.frequency != "1" or claim.delay_reason:
        return
    limit = context.edits.filing_days(claim.payer.id) if context.edits else None
    days = (context.today - served).days
    if parameter == "payer":
        if limit is not None and days > limit:
            yield Hit("claim", detail=f"{days} days, and the payer takes claims for {limit}")
    elif limit is None and days > int(parameter):
        yield Hit("claim", detail=f"{days} days")


def accident(claim: Claim, context: Context, parameter: str) -> Iterator[Hit]:
    """`date`: a cause without the accident's date. `cause`: a date without cause. `state`: a car accident without."""
    dated = any(date.kind == "439" for date in claim.dates)
    causes = [cause for cause in claim.accident_causes if cause]
    faulty = {
        "date": bool(causes) and not dated,
        "cause": dated and not causes,
        "state": "AA" in causes and not claim.accident_state,
    }
    if faulty[parameter]:
        yield Hit("claim")


def payer_order(claim: Claim, context: Context, parameter: str) -> Iterator[Hit]:
    """`twice`: two payers in one place of the order. `alone`: a secondary claim without the payer before it."""
    places = [claim.responsibility, *(other.responsibility for other in claim.others)]
    known = [place for place in places if place != "U"]
    if (parameter == "twice" and len(set(known)) < len(known)) or (
        parameter == "alone" and claim.responsibility in ("S", "T") and "P" not in places
    ):
        yield Hit("claim")


def no_lines(claim: Claim, context: Context, parameter: str) -> Iterator[Hit]:
    """No line, or more than the form holds. Parameter: how many at most."""
    if not 1 <= len(claim.lines) <= int(parameter):
        yield Hit("claim")


CHECKS: dict[str, Check] = {
    "repeated_claim": repeated_claim,
    "billed_before": billed_before,
    "change": change,
    "late": late,
    "accident": accident,
    "payer_order": payer_order,
    "no_lines": no_lines,
}
