"""The remittances of one session: files read together, their claims as rows one can filter and open."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from assistant.remit.actions import Decision, decide
from assistant.remit.chains import Chains
from assistant.remit.file import read_bytes
from assistant.remit.matching import SentClaims
from assistant.remit.values import RemitClaim, RemitFile, Transaction
from assistant.remit.worklist import WORK

if TYPE_CHECKING:
    from assistant.claim.claim import Claim

FILTERS = ("all", "work", "denied", "owes", "reversal", "unmatched", "unbalanced")
"""What the claim list can be narrowed to; `strings.toml` says each in words."""


@dataclass(frozen=True, slots=True)
class ClaimRow:
    """One claim with where it came from and what is decided about it."""

    file: str
    transaction: Transaction
    claim: RemitClaim
    decision: Decision
    sent: str | None = None
    """Control number of the sent claim it answers; empty when it answers none of them, None when none were given."""

    @property
    def patient(self) -> str:
        """The patient as the payer names them."""
        party = self.claim.party("QC")
        return party.full_name if party else ""

    @property
    def payer(self) -> str:
        """The payer's name; empty when the file has none."""
        party = self.transaction.header.payer
        return party.full_name if party else ""

    @property
    def signs(self) -> frozenset[str]:
        """The filters this claim falls under."""
        money, found = self.decision.money, {"all"}
        if any(action.action in WORK for action in self.decision.actions):
            found.add("work")
        if money.denied:
            found.add("denied")
        if self.decision.patient_owes_now > 0:
            found.add("owes")
        if self.claim.reversal:
            found.add("reversal")
        if self.sent == "":
            found.add("unmatched")
        if not self.claim.sound:
            found.add("unbalanced")
        return frozenset(found)


@dataclass(frozen=True, slots=True)
class Payments:
    """Everything read so far, in the order it came."""

    files: tuple[RemitFile, ...]
    chains: Chains
    rows: tuple[ClaimRow, ...]

    @classmethod
    def read(cls, contents: Iterable[tuple[str, bytes]]) -> "Payments":
        """The remittances in (name, content) pairs; reversals are linked with their corrections across them."""
        return cls.of(tuple(read_bytes(content, name) for name, content in contents))

    @classmethod
    def of(cls, files: tuple[RemitFile, ...], sent: "Sequence[Claim]" = ()) -> "Payments":
        """The claims of remittances that were read, each with the one of the claims `sent` that it answers."""
        chains = Chains.of(*files)
        known = SentClaims(sent) if sent else None
        rows = tuple(
            ClaimRow(
                file.name,
                transaction,
                claim,
                decide(claim, chains.get(claim, transaction.header, file.name)),
                None if known is None else (found.sent.control_number if (found := known.match(claim)) else ""),
            )
            for file in files
            for transaction in file.transactions
            for claim in transaction.claims
        )
        return cls(files, chains, rows)

    def chosen(self, sign: str, words: str = "") -> list[tuple[int, ClaimRow]]:
        """(place, row) of the claims under filter `sign` whose number, patient or payer holds `words`."""
        wanted = words.strip().lower()
        return [
            (place, row)
            for place, row in enumerate(self.rows)
            if sign in row.signs
            and (
                not wanted or any(wanted in text.lower() for text in (row.claim.control_number, row.patient, row.payer))
            )
        ]

    def counts(self) -> dict[str, int]:
        """Claims per filter."""
        return {sign: sum(sign in row.signs for row in self.rows) for sign in FILTERS}


@dataclass(frozen=True, slots=True)
class Step:
    """One bar of the money picture: `amount` of the charge, drawn from `left` for `width` (both in percent)."""

    kind: str
    amount: Decimal
    left: float
    width: float


def waterfall(row: ClaimRow) -> list[Step]:
    """How the charge came apart; empty where the figures do not add up or a reversal turns them round."""
    money = row.decision.money
    parts = [
        ("contractual", money.contractual),
        ("denied", money.denied),
        ("provider_other", _rest(money.provider_responsibility, money.contractual, money.denied)),
        ("other", money.other_adjustments),
        ("patient", money.patient_responsibility),
        ("paid", money.paid),
    ]
    amounts = [(kind, amount) for kind, amount in parts if amount]
    billed = money.billed
    if not billed or billed < 0 or any(amount < 0 for _, amount in amounts):
        return []
    if sum((amount for _, amount in amounts), Decimal(0)) != billed:
        return []
    steps, before = [Step("billed", billed, 0.0, 100.0)], Decimal(0)
    for kind, amount in amounts:
        steps.append(Step(kind, amount, float(before / billed * 100), float(amount / billed * 100)))
        before += amount
    return steps


def _rest(whole: Decimal | None, *parts: Decimal | None) -> Decimal | None:
    return None if whole is None else whole - sum((part or Decimal(0) for part in parts), Decimal(0))
