"""From a confirmed encounter to a file that may be sent: what the command line and the page both do.

Completes the encounter with what this machine knows, drafts, draws numbers, scrubs, writes, and keeps what was sent.
"""

import dataclasses
import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from assistant.claim.checks.base import Context
from assistant.claim.claim import Claim, ClaimForm, Party
from assistant.claim.completion import with_site_data
from assistant.claim.control_numbers import ControlNumbers
from assistant.claim.draft import draft_claim
from assistant.claim.history import ClaimHistory, SentClaim
from assistant.claim.scrub import scrub_claims
from assistant.claim.site import SiteData
from assistant.claim.transmission import Envelope, batch_of, write_837
from assistant.guidelines.finding import Finding
from assistant.review.decision import CodeBook
from assistant.review.encounter import Encounter

if TYPE_CHECKING:
    from sqlalchemy import Engine

PENDING = "PENDING"
"""Stands for a control number while it is not yet known whether the claim can be written."""


class ClaimDesk:
    """The claim station of this site, over its store and its code book."""

    def __init__(self, engine: "Engine", codebook: CodeBook) -> None:
        self._codebook = codebook
        self._numbers = ControlNumbers(engine)
        self._site = SiteData(engine)
        self.history = ClaimHistory(engine)

    def draft(
        self,
        encounter: Encounter,
        name: str = "The encounter",
        form: ClaimForm = ClaimForm.PROFESSIONAL,
        draw: bool = True,
    ) -> Claim:
        """The claim; a missing claim number is drawn only once everything else is there (`draw`), else left pending.

        Raises InputError listing everything that is missing; see `draft_claim`.
        """
        known = self.completed(encounter)
        claim = draft_claim(dataclasses.replace(known, control_number=known.control_number or PENDING), name, form)
        if known.control_number or not draw:
            return claim
        number = f"SB{self._numbers.reserve('claim'):08}"
        return draft_claim(dataclasses.replace(known, control_number=number), name, form)

    def completed(self, encounter: Encounter) -> Encounter:
        """With the official titles of the diagnoses (the sides of lines are matched with them), and what the site has
        imported: its fees for lines without a charge, providers by their NPI, payers by their id."""
        known = with_site_data(encounter, self._site)
        book = self._codebook.on(encounter.end_date or encounter.date_of_service)
        diagnoses = tuple(
            item if item.description else dataclasses.replace(item, description=book.title(item.code))
            for item in encounter.diagnoses
        )
        return dataclasses.replace(known, diagnoses=diagnoses)

    def findings(
        self, claims: Sequence[Claim], today: dt.date, encounters: Mapping[str, str] | None = None
    ) -> tuple[Finding, ...]:
        """What the scrubber says. `encounters` (claim number -> encounter id) tells whether a number belongs elsewhere."""

        def elsewhere(number: str) -> bool:
            return number in (encounters or {}) and self.history.of_another(number, (encounters or {})[number])

        return scrub_claims(claims, Context(today, self._codebook, self._site, elsewhere))

    def file(
        self, claims: Sequence[Claim], submitter: Party | None, clock: dt.datetime
    ) -> tuple[Envelope, Iterator[str]]:
        """Control numbers for one file of these claims (one form, one payer), used for good now, and its segments."""
        batch = batch_of(tuple(claims), f"{self._numbers.reserve('batch'):09}", clock, submitter)
        envelope = Envelope(
            sender=batch.submitter.id,
            receiver=batch.receiver.id,
            interchange=self._numbers.reserve("interchange"),
            group=self._numbers.reserve("group"),
            first_transaction=self._numbers.reserve("transaction"),
            clock=clock,
        )
        return envelope, write_837([batch], envelope)

    def keep(self, encounter: str, claim: Claim, envelope: Envelope) -> None:
        """Note that this claim of the encounter with this id stands in a file that was written."""
        self.history.add(
            SentClaim(
                control_number=claim.control_number,
                encounter=encounter,
                form=claim.form.value,
                payer=claim.payer.id,
                interchange=envelope.interchange,
                group=envelope.group,
                transaction=f"{envelope.first_transaction:04}",
                state="drafted",
                payer_control_number="",
                changed=dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
            )
        )
