"""What one biller has in hand."""

from typing import Any

from assistant.claim.claim import Claim
from assistant.remit.chains import Chains
from assistant.web.payments import ClaimRow, Payments
from assistant.web.sittings import Sitting
from assistant.web.talk import Talk


class BillerSitting(Sitting):
    """Remittances that were dropped, the claim that lies open, and how lists are narrowed. Nobody else sees it."""

    def __init__(self) -> None:
        super().__init__()
        self.talk: Talk | None = None
        """The question that is being answered."""
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
        self.end()
        self.talk = None
        self.turns: tuple[Any, ...] = ()
        self.memo: dict[str, Any] = {}
        self.lit: set[int] = set()
        """Numbers of the segments that a source meant."""
        self.around: tuple[str, tuple[int, ...]] | None = None
        """File and numbers of segments that belong to no claim, shown in the place of a claim's."""

    def end(self) -> None:
        """Nobody waits for an answer any more."""
        if self.talk is not None:
            self.talk.stop()

    @property
    def row(self) -> ClaimRow | None:
        """The claim that lies open."""
        rows = self.payments.rows
        return rows[self.place] if self.place is not None and self.place < len(rows) else None
