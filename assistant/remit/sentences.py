"""The parts an explanation is made of."""

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from assistant.remit.money import disposition as disposition_of
from assistant.remit.values import RemitClaim


@dataclass(frozen=True, slots=True)
class Sentence:
    """Something said, and the segments of the file it rests on."""

    text: str
    segments: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class MoneyRow:
    """One figure with its name; None when the file does not say or writes it unreadably."""

    label: str
    amount: Decimal | None
    segments: tuple[int, ...]


def adjustment_segments(
    claim: RemitClaim, groups: Collection[str], disposition: str = "", reasons_in: Collection[str] = ()
) -> tuple[int, ...]:
    """The segments of the claim's adjustments with one of `groups`, narrowed by disposition and reason."""
    return tuple(
        dict.fromkeys(
            item.segment
            for item in claim.all_adjustments()
            if item.group in groups
            and item.amount != 0
            and (not disposition or disposition_of(item.reason) == disposition)
            and (not reasons_in or item.reason in reasons_in)
        )
    )
