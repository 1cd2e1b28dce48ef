"""Does the payer's arithmetic hold? At the line, the claim and the check, exactly, with the difference.

Sources: line SVC02 - sum CAS(2110) = SVC03 (X12 RFI 2348); claim CLP03 - sum CAS(2100 and 2110) = CLP04 (RFI 522);
check BPR02 = sum CLP04 - sum PLB, a positive PLB lowers the check (RFI 222).
An amount the file leaves out counts as nothing; one it writes unreadably makes the answer "cannot be told".
"""

from collections.abc import Iterable
from decimal import Decimal

from assistant.remit.values import Adjustment, Balance
from assistant.x12.elements import ZERO


def counted(value: Decimal | None, text: str) -> Decimal | None:
    """An amount for arithmetic: nothing where the file leaves it out, None where its `text` is unreadable."""
    return ZERO if value is None and not text.strip() else value


def adjusted(adjustments: Iterable[Adjustment]) -> Decimal | None:
    """Sum of the adjustments; None when one is unreadable."""
    total = ZERO
    for adjustment in adjustments:
        if adjustment.amount is None:
            return None
        total += adjustment.amount
    return total


def balance(billed: Decimal | None, paid: Decimal | None, taken: Decimal | None) -> Balance:
    """Paid as stated against billed minus what was adjusted."""
    return Balance(paid, None if billed is None or taken is None else billed - taken)


def add(total: Decimal | None, amount: Decimal | None) -> Decimal | None:
    """Sum that stays unknown once one part is unknown."""
    return None if total is None or amount is None else total + amount


def check_balance(payment: Decimal | None, paid: Decimal | None, provider_adjusted: Decimal | None) -> Balance:
    """The check as stated against the claims paid minus the provider-level adjustments."""
    return Balance(payment, None if paid is None or provider_adjusted is None else paid - provider_adjusted)
