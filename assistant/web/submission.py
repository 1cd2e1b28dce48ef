"""What happens when the coder submits: decisions into the ledger, the encounter, and the claim or what it lacks."""

import datetime as dt
import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from assistant.errors import IncompleteError, InputError
from assistant.guidelines.finding import Finding
from assistant.review.confirmation import Confirmation, confirm, record
from assistant.review.decision import Decision, DecisionAction
from assistant.review.encounter import Encounter, encounter_json
from assistant.web.review import Review
from assistant.web.words import say

REDRAFTED = ("drafted", "rejected")
"""States in which a claim may be drafted again under its number."""

if TYPE_CHECKING:
    from assistant.claim.claim import Claim
    from assistant.claim.modifiers import Proposal
    from assistant.services import Services


@dataclass(frozen=True, slots=True)
class Submission:
    """The outcome. Either `claim` with its file and findings, or `missing`: every fact that keeps it from being billed."""

    encounter: Encounter
    decisions: tuple[Decision, ...]
    claim: "Claim | None" = None
    claim_text: str = ""
    findings: tuple[Finding, ...] = ()
    missing: tuple[str, ...] = ()
    proposals: "tuple[Proposal, ...]" = ()
    """Modifiers that may be missing, each for the coder to accept."""
    grouping: tuple[str, ...] = ()
    """MS-DRG and HCC categories in lines for people: for information."""

    @property
    def encounter_json(self) -> str:
        """The encounter as the command line writes it."""
        return encounter_json(self.encounter)

    @property
    def confirmed(self) -> tuple[str, ...]:
        """Codes that were accepted or added."""
        return tuple(item.code for item in self.decisions if item.action is not DecisionAction.REJECT)

    @property
    def confirmed_diagnoses(self) -> tuple[str, ...]:
        """Those of them that are diagnoses; the others are procedures of the lines."""
        listed = {item.code for item in self.encounter.diagnoses}
        return tuple(code for code in self.confirmed if code in listed)

    @property
    def rejected(self) -> tuple[str, ...]:
        """Codes that were rejected."""
        return tuple(item.code for item in self.decisions if item.action is DecisionAction.REJECT)


@dataclass(frozen=True, slots=True)
class Standing:
    """What became of a claim. `state` is drafted, received, accepted or rejected; `answers` in our words."""

    state: str
    payer_control_number: str
    answers: tuple[str, ...]


def submit(
    services: "Services",
    review: Review,
    details: dict[str, Any],
    visit: str,
    actor: str,
    before: Submission | None = None,
) -> Submission:
    """Record the decisions of `review` and draft the claim from them and `details` (a partial encounter record).

    `before` is what was submitted earlier: the same decisions are not recorded twice. Raises InputError while a
    proposed code has no decision, and for details that cannot be used; nothing is recorded then.
    """
    if review.undecided:
        raise InputError(say("coder.undecided", codes=", ".join(review.undecided)))
    if not review.order:
        raise InputError(say("coder.nothing_accepted"))
    answer = {**review.record, "id": visit}
    answer["date_of_service"] = dt.date.fromisoformat(str(answer["date_of_service"]))
    if number := _number_of(services, before):
        details = {"control_number": number, **details}
    drafted = confirm(answer, services.codebook, details=details, name=say("coder.details"), **review.arguments())
    drafted = _as_listed(drafted, review)
    if before and before.decisions == drafted.decisions and before.encounter.id == drafted.encounter.id:
        encounter = replace(drafted.encounter, confirmation=before.encounter.confirmation)
    else:
        encounter = record(drafted, services.ledger, actor, precedents=services.precedents)
    return draft(services, Submission(encounter, drafted.decisions))


def draft(services: "Services", outcome: Submission) -> Submission:
    """`outcome` with its claim, scrubbed and written, or with the list of what is missing. The command line does the same."""
    from assistant.claim.claim import ClaimForm
    from assistant.claim.desk import ClaimDesk
    from assistant.claim.draft import submitter_of
    from assistant.claim.grouping import grouping_of, told
    from assistant.claim.procedures import ProcedureBooks

    encounter = outcome.encounter
    form = ClaimForm.INSTITUTIONAL if encounter.facility else ClaimForm.PROFESSIONAL
    desk = ClaimDesk(services.engine, services.codebook, ProcedureBooks(services.catalog))
    grouping = told(grouping_of(encounter))
    try:
        claim = desk.draft(encounter, say("claim.this_encounter"), form)
        submitter = submitter_of(encounter)
    except InputError as error:
        return Submission(encounter, outcome.decisions, missing=missing_in(error), grouping=grouping)
    findings = desk.findings([claim], dt.date.today(), {claim.control_number: encounter.id})
    clock = dt.datetime.now().replace(microsecond=0)  # noqa: DTZ005 (X12 times are local)
    envelope, segments = desk.file([claim], submitter, clock)
    text = "".join(segments)
    desk.keep(encounter.id, claim, envelope)
    return Submission(
        encounter, outcome.decisions, claim, text, findings, proposals=desk.proposals(claim), grouping=grouping
    )


def with_modifiers(services: "Services", done: Submission, accepted: tuple[str, ...]) -> Submission:
    """The claim of `done` drafted again, under the same number, with these proposed modifiers accepted."""
    number = _number_of(services, done) or done.encounter.control_number
    encounter = replace(done.encounter, accept_modifiers=accepted, control_number=number)
    return draft(services, replace(done, encounter=encounter))


def standing_of(services: "Services", done: Submission | None) -> "Standing | None":
    """What the receiver has answered about the claim so far; None before anything was drafted."""
    from assistant.claim.history import ClaimHistory

    history = ClaimHistory(services.engine)
    sent = history.get(done.claim.control_number) if done and done.claim else None
    if sent is None:
        return None
    said = tuple(dict.fromkeys(answer.message for answer in history.answers(sent.control_number)))
    return Standing(sent.state, sent.payer_control_number, said)


def _number_of(services: "Services", before: Submission | None) -> str:
    """The claim number that a visit drafted again keeps; empty when it has none, or when its claim is with the payer."""
    standing = standing_of(services, before)
    if before is None or before.claim is None or (standing and standing.state not in REDRAFTED):
        return ""
    return before.claim.control_number


def details_of(content: bytes, name: str) -> dict[str, Any]:
    """A partial encounter record: patient, payer, providers and lines. Raises InputError when it is none."""
    try:
        details = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise InputError(say("coder.details_not_json", name=name)) from None
    if not isinstance(details, dict):
        raise InputError(say("coder.details_not_json", name=name))
    return details


def _as_listed(drafted: Confirmation, review: Review) -> Confirmation:
    """The diagnoses as the coder listed them, rejected ones behind; added codes with the words selected for them."""
    places = {code: at for at, code in enumerate(review.order)}
    diagnoses = sorted(drafted.encounter.diagnoses, key=lambda item: places.get(item.code, len(places)))
    decisions = tuple(
        replace(item, evidence=review.choices[item.code].words)
        if item.action is DecisionAction.ADD and item.code in review.choices
        else item
        for item in drafted.decisions
    )
    return replace(drafted, decisions=decisions, encounter=replace(drafted.encounter, diagnoses=tuple(diagnoses)))


def missing_in(error: InputError) -> tuple[str, ...]:
    """What keeps a visit from being billed, one phrase each."""
    return error.faults if isinstance(error, IncompleteError) else (str(error).rstrip("."),)
