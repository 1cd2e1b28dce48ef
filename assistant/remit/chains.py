"""Reversals and the corrections that follow them, found by claim control number within a file."""

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from assistant.remit.actions import Chain
from assistant.remit.money import total
from assistant.remit.reader import Event
from assistant.remit.values import RemitClaim
from assistant.x12.elements import ZERO, parse_amount
from assistant.x12.segments import read_segments


class Chains:
    """Fed with claims in file order, knows per reversed claim what it took back and what replaced it.

    Only reversed claims are remembered, so a large file costs little. A reversal comes before its correction
    (X12 RFI 791), as the rule is; a correction that stands before its reversal is not linked.
    """

    def __init__(self) -> None:
        self._chains: dict[str, Chain] = {}

    @classmethod
    def of(cls, events: Iterable[Event]) -> "Chains":
        """The chains of a whole file or list of claims."""
        chains = cls()
        for event in events:
            if isinstance(event, RemitClaim):
                chains.take(event)
        return chains

    @classmethod
    def scan(cls, source: Path) -> "Chains":
        """The same from the bare segments of a file: much faster than building every claim.

        Raises InputError and OSError as `RemitReader` does.
        """
        chains = cls()
        number, reversal, share, segment = "", False, ZERO, 0
        for part in read_segments(source):
            name = part.elements[0]
            if name == "CLP" or name == "SE":
                if number:
                    chains._note(number, reversal, share, segment)
                share, segment = ZERO, part.number
                reversal = part.get(2) == "22"
                number = part.get(1) if name == "CLP" and (reversal or part.get(1) in chains._chains) else ""
            elif number and name == "CAS" and part.get(1) == "PR":
                share += sum((parse_amount(text) or ZERO for text in part.elements[3::3]), ZERO)
        return chains

    def take(self, claim: RemitClaim) -> None:
        """Note one claim."""
        if claim.reversal or claim.control_number in self._chains:
            share = total(item for item in claim.all_adjustments() if item.group == "PR") or ZERO
            self._note(claim.control_number, claim.reversal, share, claim.segment)

    def _note(self, number: str, reversal: bool, share: Decimal, segment: int) -> None:
        known = self._chains.get(number)
        if not reversal:
            if known is not None:
                self._chains[number] = replace(known, corrected_share=(known.corrected_share or ZERO) + share)
        elif known is None:
            self._chains[number] = Chain(share, None, (segment,))
        else:
            total_share = known.reversed_share + share
            self._chains[number] = replace(known, reversed_share=total_share, reversals=(*known.reversals, segment))

    def get(self, claim: RemitClaim) -> Chain | None:
        """The chain `claim` belongs to, if its control number was reversed."""
        return self._chains.get(claim.control_number)
