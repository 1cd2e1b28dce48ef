"""Reversals and the corrections that follow them, found by payer and claim control number, also across files."""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from assistant.errors import InputError
from assistant.remit.actions import Chain
from assistant.remit.money import total
from assistant.remit.values import Header, Party, RemitClaim, RemitFile
from assistant.x12.elements import ZERO, parse_amount
from assistant.x12.segments import read_segments

Key = tuple[str, str]
"""Payer and claim control number: a second payer's answer to the same claim is no correction of the first's."""


@dataclass(slots=True)
class _Links:
    reversed_share: Decimal
    corrected_share: Decimal | None
    reversals: list[tuple[str, int]]


class Chains:
    """Fed with files in the order they came, knows per reversed claim what it took back and what replaced it.

    Only reversed claims are remembered, so a large file costs little. A reversal comes before its correction
    (X12 RFI 791), as the rule is; an answer that stands before the reversal is the one taken back, not a correction.
    """

    def __init__(self) -> None:
        self._links: dict[Key, _Links] = {}
        self._files: dict[str, int] = {}

    @classmethod
    def of(cls, *files: RemitFile) -> "Chains":
        """The chains within and across `files`, in the order given. A file given twice counts once."""
        chains = cls()
        for file in files:
            if chains._begin(file.name):
                for transaction in file.transactions:
                    for claim in transaction.claims:
                        chains._take(claim, payer_key(transaction.header.payer), file.name)
        return chains

    @classmethod
    def scan(cls, paths: Iterable[tuple[Path, str]]) -> "Chains":
        """The same from the bare segments of files (path and name each): much faster than building every claim.

        A file that cannot be read adds nothing; whoever reads it for its claims says so.
        """
        chains = cls()
        for path, name in paths:
            if chains._begin(name):
                with suppress(InputError, OSError):
                    chains._scan(path, name)
        return chains

    def get(self, claim: RemitClaim, header: Header, file: str) -> Chain | None:
        """The chain `claim` belongs to: it is a reversal, or stands after one of its control number."""
        links = self._links.get((payer_key(header.payer), claim.control_number))
        if links is None:
            return None
        place = (self._files.get(file, 0), claim.segment)
        if not claim.reversal and not any((self._files[name], number) < place for name, number in links.reversals):
            return None
        here = tuple(number for name, number in links.reversals if name == file)
        return Chain(links.reversed_share, links.corrected_share, here)

    def _begin(self, name: str) -> bool:
        fresh = name not in self._files
        self._files.setdefault(name, len(self._files))
        return fresh

    def _take(self, claim: RemitClaim, payer: str, file: str) -> None:
        key = (payer, claim.control_number)
        if claim.reversal or key in self._links:
            share = total(item for item in claim.all_adjustments() if item.group == "PR") or ZERO
            self._note(key, claim.reversal, share, (file, claim.segment))

    def _note(self, key: Key, reversal: bool, share: Decimal, place: tuple[str, int]) -> None:
        links = self._links.get(key)
        if not reversal:
            if links is not None:
                links.corrected_share = (links.corrected_share or ZERO) + share
        elif links is None:
            self._links[key] = _Links(share, None, [place])
        else:
            links.reversed_share += share
            links.reversals.append(place)

    def _scan(self, path: Path, file: str) -> None:
        payer, key, reversal, share, segment = "", ("", ""), False, ZERO, 0
        for part in read_segments(path):
            name = part.elements[0]
            if name in ("CLP", "SE"):
                if key[1]:
                    self._note(key, reversal, share, (file, segment))
                share, segment = ZERO, part.number
                reversal = part.get(2) == "22"
                key = (payer, part.get(1)) if name == "CLP" else ("", "")
                if not reversal and key not in self._links:
                    key = ("", "")
            elif name == "CAS":
                if key[1] and part.get(1) == "PR":
                    share += sum((parse_amount(text) or ZERO for text in part.elements[3::3]), ZERO)
            elif name == "ST":
                payer = ""
            elif name == "N1" and part.get(1) == "PR" and not payer:
                payer = (part.get(4) or part.get(2)).upper()


def payer_key(payer: Party | None) -> str:
    """What tells one payer from another: its id, else its name."""
    return (payer.id or payer.name).upper() if payer else ""
