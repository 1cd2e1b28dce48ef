"""What one biller has in hand."""

from typing import Any

from assistant.claim.claim import Claim
from assistant.remit.chains import Chains
from assistant.web.payments import ClaimRow, Payments
from assistant.web.sittings import Sitting


class BillerSitting(Sitting):
    """Remittances that were dropped, the claim that lies open, and how lists are narrowed. Nobody else sees it."""

    def __init__(self) -> None:
        super().__init__()
        self.clear()
        self.kind = "patient"
        self.language = "en"
        self.statuses = "open"
        self.payer = ""
        self.reason = ""
        self.order = "urgency"
        self.entry: int | None = None
        """Number of the entry of the queue that lies open."""

    def clear(self) -> None:
        """Forget the files and what was asked about them."""
        self.payments = Payments((), Chains.of(), ())
        self.seen: set[str] = set()
        """Digests of the files that lie open."""
        self.sent: tuple[Claim, ...] = ()
        self.place: int | None = None
        self.sign = "all"
        self.words = ""
        self.turns: tuple[Any, ...] = ()
        self.memo: dict[str, Any] = {}

    @property
    def row(self) -> ClaimRow | None:
        """The claim that lies open."""
        rows = self.payments.rows
        return rows[self.place] if self.place is not None and self.place < len(rows) else None
