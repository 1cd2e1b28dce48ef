"""From suggestions and a person's decisions to an encounter: decisions first into the ledger, then the encounter."""

import dataclasses
import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from assistant.errors import InputError
from assistant.record import to_record
from assistant.review.decision import CodeBook, Decision, DecisionAction, decide, procedure_system
from assistant.review.encounter import Encounter, encounter_from_record, quantities
from assistant.review.ledger import Ledger
from assistant.review.service import CodeStatus, Diagnosis, Procedure
from corpus.codes import CodeSystem

if TYPE_CHECKING:
    from assistant.review.precedents import Precedents

DECIDED_HERE = ("diagnoses", "procedures", "confirmation", "release")
"""Fields that come from the decisions; details may not bring them."""


@dataclass(frozen=True, slots=True)
class Confirmation:
    """An encounter and the decisions behind it; `undecided` are suggestions neither accepted nor rejected."""

    encounter: Encounter
    decisions: tuple[Decision, ...]
    undecided: tuple[str, ...]
    passages: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Code -> the sentences that the suggestion rested on; what precedents are made of."""


def read_suggestions(text: str, name: str) -> dict[str, Any]:
    """One `suggest` answer. Raises InputError when the text is anything else; `name` is what the sentence calls it."""
    try:
        record = json.loads(text)
    except (ValueError, RecursionError):
        raise InputError(f"{name} is not JSON; give the output of `superbill suggest NOTE --json`.") from None
    if isinstance(record, dict) and record.get("error"):
        raise InputError(f"{name} holds an error instead of suggestions; run `superbill suggest` again.")
    shaped = isinstance(record, dict) and isinstance(record.get("suggestions"), list) and record.get("id") is not None
    if not shaped:
        raise InputError(f"{name} is not the output of `superbill suggest NOTE --json`: id or suggestions is missing.")
    for at, item in enumerate(record["suggestions"], start=1):
        for key in ("code", "system", "selected"):
            if not isinstance(item, dict) or key not in item:
                raise InputError(f"{name}: suggestion {at} has no {key}.")
        if item["system"] not in set(CodeSystem):
            raise InputError(f"{name}: suggestion {at} names no known code system.")
    record["date_of_service"] = _date(record.get("date_of_service"), name)
    return dict(record)


def confirm(
    suggestion_set: dict[str, Any],
    codebook: CodeBook,
    *,
    accept: str,
    reject: Sequence[str] = (),
    add: Sequence[str] = (),
    details: dict[str, Any] | None = None,
    name: str = "The details",
) -> Confirmation:
    """The decisions, and the encounter they give with `details` (a partial encounter record) merged in.

    Nothing is stored yet: see `record`. Raises InputError or UnknownCodeError in one sentence.
    """
    details = dict(details or {})
    date = suggestion_set["date_of_service"]
    for key in DECIDED_HERE:
        if details.get(key):
            raise InputError(f"{name}: {key} comes from the decisions; leave it out.")
    if "date_of_service" in details and details["date_of_service"] != date.isoformat():
        raise InputError(f"{name}: date_of_service differs from the one the codes were suggested for ({date}).")
    decisions = decide(suggestion_set, accept, reject, add, date, codebook)
    setting = suggestion_set.get("setting") or "outpatient"
    if details.get("setting", setting) != setting:
        raise InputError(f"{name}: setting differs from the one the codes were suggested for ({setting}).")
    identity = {"id": str(suggestion_set["id"]), "date_of_service": date.isoformat(), "setting": setting}
    encounter = encounter_from_record({"diagnoses": [], **identity, **details}, name)
    decisions += _line_decisions(encounter, decisions, name)
    release = str(suggestion_set.get("release") or "")
    encounter = dataclasses.replace(encounter, release=release, **_codes(decisions, codebook.on(date)))
    decided = {decision.code for decision in decisions}
    undecided = tuple(item["code"] for item in suggestion_set["suggestions"] if item["code"] not in decided)
    passages = {item["code"]: tuple(map(str, item.get("passages") or ())) for item in suggestion_set["suggestions"]}
    return Confirmation(encounter, decisions, undecided, passages)


def record(
    confirmation: Confirmation,
    ledger: Ledger,
    actor: str,
    at: dt.datetime | None = None,
    precedents: "Precedents | None" = None,
) -> Encounter:
    """Append the decisions to the ledger, all or none; the encounter with the entry's digest in it.

    With `precedents`, what was decided is remembered there for notes to come, once the ledger has it.
    """
    encounter = confirmation.encounter
    patient = encounter.patient.id if encounter.patient else ""
    digest = ledger.record(encounter.id, confirmation.decisions, patient=patient, actor=actor, at=at)
    if precedents:
        precedents.learn(
            encounter.id,
            encounter.date_of_service,
            confirmation.decisions,
            confirmation.passages,
            patient=patient,
            decided_on=at.date() if at else None,
        )
    return dataclasses.replace(encounter, confirmation=digest)


def contradiction(encounter: Encounter, ledger: Ledger) -> str | None:
    """Why the encounter may not be billed as confirmed, or None.

    With a `confirmation`, every confirmed code and every line must have been accepted or added in that ledger entry.
    An encounter without one was written by a person who states the codes; a purged entry cannot be compared.
    """
    if not encounter.confirmation:
        return None
    entry = ledger.entry(encounter.confirmation)
    if entry is None:
        return "the ledger on this machine has no such confirmation; confirm again here"
    if entry.content is None:
        return None
    taken = {
        said["code"]
        for said in entry.content["decisions"]
        if said["action"] in (DecisionAction.ACCEPT, DecisionAction.ADD)
    }
    billed = [item.code for item in encounter.diagnoses if item.status is CodeStatus.CONFIRMED]
    billed += [item.code for item in encounter.procedures if item.status is CodeStatus.CONFIRMED]
    billed += [service.procedure for service in encounter.services if service.procedure]
    strange = [code for code in dict.fromkeys(billed) if code not in taken]
    return f"{', '.join(strange)} was never confirmed (the file was changed after `confirm`)" if strange else None


def encounter_record(encounter: Encounter) -> dict[str, Any]:
    """The encounter as a plain JSON record."""
    return quantities(to_record(encounter), encounter)


def _codes(decisions: Sequence[Decision], codebook: CodeBook) -> dict[str, Any]:
    diagnoses, procedures = [], []
    for decision in decisions:
        rejected = decision.action is DecisionAction.REJECT
        status = CodeStatus.REJECTED if rejected else CodeStatus.CONFIRMED
        if decision.system is CodeSystem.ICD10CM:
            diagnoses.append(Diagnosis(decision.code, status, codebook.title(decision.code)))
        else:
            title = codebook.title(decision.code) if decision.system is not CodeSystem.CPT else ""
            procedures.append(Procedure(decision.code, decision.system, status, title))
    return {"diagnoses": tuple(diagnoses), "procedures": tuple(procedures)}


def _line_decisions(encounter: Encounter, decisions: Sequence[Decision], name: str) -> tuple[Decision, ...]:
    """A line the person gave with its charge is an added code, unless it was decided on already."""
    decided = {decision.code: decision.action for decision in decisions}
    added = []
    for at, service in enumerate(encounter.services, start=1):
        code = service.procedure
        if not code and service.revenue_code:
            continue
        if decided.get(code) is DecisionAction.REJECT:
            raise InputError(
                f"{name}: services[{at}] bills {code}, which is rejected; remove the line or the rejection."
            )
        system = procedure_system(code)
        if system is None:
            raise InputError(f"{name}: services[{at}].procedure is not a five-character HCPCS or CPT code.")
        if code not in decided:
            added.append(Decision(DecisionAction.ADD, code, system, "given as a line"))
            decided[code] = DecisionAction.ADD
    return tuple(added)


def _date(value: object, name: str) -> dt.date:
    try:
        return dt.date.fromisoformat(str(value))
    except ValueError:
        raise InputError(f"{name}: date_of_service is not an ISO date.") from None
