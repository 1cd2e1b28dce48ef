"""The sums of a claim or line that people ask for, from its adjustments. What each means is in docs/concepts-remittance.md."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from assistant.remit.values import Adjustment, RemitClaim, RemitLine
from assistant.x12.elements import ZERO
from corpus.lexicon import reasons

PROVIDER_GROUPS = ("CO", "PI")
OTHER_GROUPS = ("OA", "CR")
ALLOWED_SHARES = ("1", "2", "3", "66")
"""PR reasons that belong to the allowed amount: deductible, coinsurance, copay, blood deductible."""
SEQUESTRATION = "253"
STATED, DERIVED = "stated", "derived"


@dataclass(frozen=True, slots=True)
class ClaimMoney:
    """Every figure of a claim. None where an amount it needs is unreadable or the file does not say."""

    billed: Decimal | None
    allowed: Decimal | None
    allowed_source: str | None
    paid: Decimal | None
    provider_responsibility: Decimal | None
    contractual: Decimal | None
    denied: Decimal | None
    other_adjustments: Decimal | None
    patient_responsibility: Decimal | None
    deductible: Decimal | None
    coinsurance: Decimal | None
    copay: Decimal | None


def total(adjustments: Iterable[Adjustment]) -> Decimal | None:
    """Exact sum; None when one amount is unreadable."""
    result = ZERO
    for adjustment in adjustments:
        if adjustment.amount is None:
            return None
        result += adjustment.amount
    return result


@lru_cache(maxsize=4096)
def disposition(code: str) -> str:
    """What becomes of an amount with this reason: see corpus.lexicon.reasons; empty for a code we do not know."""
    words = reasons.reason(code)
    return words.disposition if words else ""


def claim_money(claim: RemitClaim) -> ClaimMoney:
    """The figures of `claim`, over its own adjustments and those of its lines."""
    adjustments = claim.all_adjustments()
    provider = [item for item in adjustments if item.group in PROVIDER_GROUPS]
    patient = [item for item in adjustments if item.group == "PR"]
    allowed, source = claim_allowed(claim)
    return ClaimMoney(
        billed=claim.billed,
        allowed=allowed,
        allowed_source=source,
        paid=claim.paid,
        provider_responsibility=total(provider),
        contractual=total(item for item in provider if disposition(item.reason) == "contractual"),
        denied=total(item for item in provider if disposition(item.reason) == "denied"),
        other_adjustments=total(item for item in adjustments if item.group in OTHER_GROUPS),
        patient_responsibility=total(patient),
        deductible=total(item for item in patient if item.reason == "1"),
        coinsurance=total(item for item in patient if item.reason == "2"),
        copay=total(item for item in patient if item.reason == "3"),
    )


def is_primary(claim: RemitClaim) -> bool:
    """The payer decided in first place (status 1 or 19), so paid and shares make up its allowed amount."""
    words = reasons.claim_status(claim.status)
    return words is not None and "primary" in words.flags


def derived_allowed(paid: Decimal | None, adjustments: Iterable[Adjustment]) -> Decimal | None:
    """Paid plus the patient's shares plus sequestration: the allowed amount of a primary payer."""
    parts = total(
        item
        for item in adjustments
        if (item.group == "PR" and item.reason in ALLOWED_SHARES)
        or (item.group == "CO" and item.reason == SEQUESTRATION)
    )
    return None if paid is None or parts is None else paid + parts


def covered(paid: Decimal | None, of: Decimal | None) -> Decimal | None:
    """The share of `of` that the payer paid, in percent with one decimal; None where there is nothing to compare."""
    if paid is None or of is None or of <= 0 or paid < 0:
        return None
    return (100 * paid / of).quantize(Decimal("0.1"))


def line_allowed(line: RemitLine, primary: bool) -> tuple[Decimal | None, str | None]:
    """The line's allowed amount and where it comes from (`stated`, `derived` or None)."""
    stated = line.stated_allowed
    if stated is not None:
        return stated.value, STATED if stated.value is not None else None
    value = derived_allowed(line.paid, line.adjustments) if primary else None
    return value, DERIVED if value is not None else None


def claim_allowed(claim: RemitClaim) -> tuple[Decimal | None, str | None]:
    """The claim's allowed amount: stated by its lines or AMT*AU, else derived on a primary claim, else not known.

    Lines without a stated amount count only when nothing was allowed on them; otherwise the sum is derived.
    """
    primary = is_primary(claim)
    stated = [line.stated_allowed for line in claim.lines]
    if any(stated):
        values = [line_allowed(line, primary)[0] for line in claim.lines]
        silent = [value for value, said in zip(values, stated, strict=True) if said is None]
        if all(value is not None for value in values) and not any(silent):
            return sum((value for value in values if value is not None), ZERO), STATED
    covered = next((item for item in claim.amounts if item.qualifier == "AU"), None)
    if covered is not None and covered.value is not None:
        return covered.value, STATED
    value = derived_allowed(claim.paid, claim.all_adjustments()) if primary else None
    return value, DERIVED if value is not None else None
