"""From a confirmed encounter to a file that may be sent: what the command line and the page both do.

Completes the encounter with what this machine knows, drafts, draws numbers, scrubs, writes, and keeps what was sent.
"""

import dataclasses
import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from assistant.claim.checks.base import Context, service_date
from assistant.claim.claim import Claim, ClaimForm, Party
from assistant.claim.completion import with_site_data
from assistant.claim.control_numbers import ControlNumbers
from assistant.claim.draft import draft_claim
from assistant.claim.history import ClaimHistory, SentClaim, service_digests
from assistant.claim.modifiers import Proposal, placed, propose
from assistant.claim.scrub import scrub_claims
from assistant.claim.site import SiteData
from assistant.claim.transmission import Envelope, batch_of, write_837
from assistant.errors import InputError
from assistant.guidelines.finding import Finding
from assistant.review.decision import CodeBook
from assistant.review.encounter import Encounter
from assistant.x12 import whole_number

if TYPE_CHECKING:
    from sqlalchemy import Engine

PENDING = "PENDING"
"""Stands for a control number while it is not yet known whether the claim can be written."""


class ClaimDesk:
    """The claim station of this site, over its store and its code book."""

    def __init__(
        self, engine: "Engine", codebook: CodeBook, procedures: Callable[[str, dt.date], bool | None] | None = None
    ) -> None:
        """`procedures` says whether a HCPCS or CPT code exists on a day (see `ProcedureBooks`)."""
        self._procedures = procedures
        self._codebook = codebook
        self._numbers = ControlNumbers(engine)
        self._site = SiteData(engine)
        self._places: dict[str, tuple[int, int]] = {}
        self.history = ClaimHistory(engine)

    def draft(
        self,
        encounter: Encounter,
        name: str = "The encounter",
        form: ClaimForm = ClaimForm.PROFESSIONAL,
        draw: bool = True,
    ) -> Claim:
        """The claim; a missing claim number is drawn only once everything else is there (`draw`), else left pending.

        Modifiers are added that the encounter accepts among those proposed. Raises InputError listing everything that
        is missing; see `draft_claim`.
        """
        known = self.completed(encounter)
        pending = dataclasses.replace(known, control_number=known.control_number or PENDING)
        claim = draft_claim(pending, name, form)
        if encounter.accept_modifiers:
            known = self._accepted(known, claim, name)
            claim = draft_claim(dataclasses.replace(known, control_number=pending.control_number), name, form)
        if known.control_number or not draw:
            return claim
        number = f"SB{self._numbers.reserve('claim'):08}"
        return draft_claim(dataclasses.replace(known, control_number=number), name, form)

    def proposals(self, claim: Claim) -> tuple[Proposal, ...]:
        """Modifiers that may be missing from a claim, each with its reason; nothing is added."""
        day = service_date(claim)
        book = self._codebook.on(day) if day else self._codebook
        titles = {item.code: book.title(item.code) for item in claim.diagnoses if item.qualifier[0] == "A"}
        return propose(claim, titles, self._site)

    def _accepted(self, known: Encounter, claim: Claim, name: str) -> Encounter:
        """The encounter with the accepted modifiers on its lines. Raises InputError for a key that is not proposed."""
        offered = {key: item for item in self.proposals(claim) for key in item.keys}
        services = list(known.services)
        for key in dict.fromkeys(known.accept_modifiers):
            number, _, modifier = key.partition("-")
            place = whole_number(number) or 0
            line = services[place - 1] if 1 <= place <= len(services) else None
            if line is not None and modifier in line.modifiers:
                continue
            if line is None or key not in offered:
                said = ", ".join(offered) or "nothing is proposed"
                raise InputError(f"{name}: accept_modifiers names {key}, which is not proposed ({said}).")
            services[place - 1] = dataclasses.replace(line, modifiers=placed(line.modifiers, modifier))
        return dataclasses.replace(known, services=tuple(services))

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
        ours = encounters or {}
        used = self.history.encounters_of(ours)
        digests = {claim.control_number: service_digests(claim) for claim in claims}
        known = self.history.billed_before(digest for said in digests.values() for digest in said)
        for number, said in digests.items():
            for digest in said:
                known[digest] = (*known.get(digest, ()), number)

        def elsewhere(number: str) -> bool:
            return number in ours and used.get(number, ours[number]) != ours[number]

        def billed(claim: Claim) -> tuple[str, ...]:
            numbers = [number for digest in digests[claim.control_number] for number in known.get(digest, ())]
            return tuple(number for number in dict.fromkeys(numbers) if number != claim.control_number)

        return scrub_claims(claims, Context(today, self._codebook, self._site, elsewhere, billed, self._procedures))

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
        return envelope, self._noted(write_837([batch], envelope))

    def _noted(self, segments: Iterator[str]) -> Iterator[str]:
        """The same segments; from which to which of the transaction set a claim goes is remembered for `keep`."""
        number, first, place = "", 0, 0
        for text in segments:
            place = 1 if text.startswith("ST*") else place + 1
            if text.startswith(("CLM*", "HL*", "SE*")):
                if number:
                    self._places[number] = (first, place - 1)
                number, first = (text.split("*", 2)[1], place) if text.startswith("CLM*") else ("", 0)
            yield text

    def keep(self, encounter: str, claim: Claim, envelope: Envelope) -> None:
        """Note that this claim of the encounter with this id stands in a file that was written."""
        self.keep_all([(encounter, claim)], envelope)

    def keep_all(self, claims: Sequence[tuple[str, Claim]], envelope: Envelope) -> None:
        """Note every (encounter id, claim) of a file that was written, all or none."""
        changed = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
        rows = []
        for encounter, claim in claims:
            first, last = self._places.pop(claim.control_number, (0, 0))
            sent = SentClaim(
                control_number=claim.control_number,
                encounter=encounter,
                form=claim.form.value,
                payer=claim.payer.id,
                interchange=envelope.interchange,
                group=envelope.group,
                transaction=f"{envelope.first_transaction:04}",
                state="drafted",
                payer_control_number="",
                changed=changed,
                first_segment=first,
                last_segment=last,
            )
            rows.append((sent, service_digests(claim)))
        self.history.add_all(rows)
