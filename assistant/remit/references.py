"""What a provider adjustment refers to: a claim or a payment of the files at hand (X12 RFI 2370)."""

from collections.abc import Iterable
from dataclasses import dataclass

from assistant.remit.values import ProviderAdjustment, RemitFile

_SHORTEST = 6
"""Numbers shorter than this match inside another by chance."""


@dataclass(frozen=True, slots=True)
class Target:
    """A claim (`claim`), a payment (`payment`) or the other half of a carried balance (`balance`)."""

    kind: str
    label: str
    file: str
    segment: int


class References:
    """Every number a PLB may refer to in some files: CLP01, CLP07, TRN02, and the references of carried balances."""

    def __init__(self, files: Iterable[RemitFile]) -> None:
        self._targets: dict[str, Target] = {}
        self._carried: dict[str, list[tuple[Target, bool]]] = {}
        for file in files:
            for transaction in file.transactions:
                header = transaction.header
                if header.trace_number and header.trace_segment is not None:
                    target = Target("payment", header.trace_number, file.name, header.trace_segment)
                    self._targets.setdefault(header.trace_number, target)
                for claim in transaction.claims:
                    target = Target("claim", claim.control_number, file.name, claim.segment)
                    for number in (claim.payer_control_number, claim.control_number):
                        if number:
                            self._targets.setdefault(number, target)
                for item in transaction.trailer.provider_adjustments:
                    if item.reason == "FB" and item.reference and item.amount:
                        target = Target("balance", item.reference, file.name, item.segment)
                        self._carried.setdefault(item.reference, []).append((target, item.amount < 0))

    def of(self, item: ProviderAdjustment, file: str) -> Target | None:
        """What `item` of `file` refers to; None when its reference names nothing in the files at hand."""
        if not item.reference:
            return None
        if item.reason == "FB" and item.amount:
            for target, negative in self._carried.get(item.reference, ()):
                if negative != (item.amount < 0):
                    return target
        for number in (item.reference, *item.reference.split()):
            found = self._targets.get(number)
            if found is not None and (found.file, found.segment) != (file, item.segment):
                return found
        # Some payers write a date and the claim number in one piece.
        inside = {
            target for number, target in self._targets.items() if len(number) >= _SHORTEST and number in item.reference
        }
        return inside.pop() if len(inside) == 1 else None
