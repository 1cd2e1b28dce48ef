"""A confirmed encounter to a claim. Nothing is made up: what is missing is listed, all of it at once."""

import datetime as dt
import re
from collections.abc import Sequence
from decimal import Decimal

from assistant.claim.claim import (
    Claim,
    ClaimAdjustment,
    ClaimDate,
    ClaimDiagnosis,
    ClaimForm,
    DiagnosisPointer,
    LineDecision,
    LineDrug,
    OtherPayer,
    Party,
    ServiceLine,
)
from assistant.claim.parties import RELATIONSHIPS, Wording, member, organisation, payer_party, provider_party
from assistant.errors import InputError
from assistant.review.encounter import AccidentKind, Encounter, Frequency
from assistant.review.party import Adjudication, Coverage, Relationship, Responsibility
from assistant.review.service import CodeStatus, Service
from corpus.codes import CodeSystem

FREQUENCIES = {Frequency.ORIGINAL: "1", Frequency.REPLACEMENT: "7", Frequency.VOID: "8"}
RESPONSIBILITIES = {Responsibility.PRIMARY: "P", Responsibility.SECONDARY: "S", Responsibility.TERTIARY: "T"}
ACCIDENTS = {AccidentKind.AUTO: "AA", AccidentKind.EMPLOYMENT: "EM", AccidentKind.OTHER: "OA"}
MOST_DIAGNOSES = 12
MOST_POINTERS = 4
SIDES = {"LT": "left", "RT": "right"}


def draft_claim(encounter: Encounter, name: str = "The encounter") -> Claim:
    """The professional claim of a confirmed encounter. `control_number` must have been given.

    Only confirmed codes are taken. Raises InputError listing every field that is missing or cannot be sent; `name` is
    what the sentence calls the encounter.
    """
    words = Wording()
    _require(encounter, words)
    if words.faults:
        raise InputError(f"{name} cannot be billed yet: {'; '.join(words.faults)}.")
    assert encounter.patient and encounter.coverage and encounter.billing_provider
    diagnoses = confirmed_diagnoses(encounter)
    coverage = encounter.coverage
    dependent = coverage.relationship is not Relationship.SELF
    patient = member("QC" if dependent else "IL", encounter.patient, words, "patient")
    if dependent:
        assert coverage.subscriber
        subscriber = member("IL", coverage.subscriber, words, "coverage.subscriber", coverage.member_id)
    else:
        subscriber = member("IL", encounter.patient, words, "patient", coverage.member_id)
    billing = provider_party("85", encounter.billing_provider, words, "billing_provider")
    lines = tuple(
        _line(encounter, service, at, diagnoses, words) for at, service in enumerate(encounter.services, start=1)
    )
    claim = Claim(
        form=ClaimForm.PROFESSIONAL,
        control_number=words.text(encounter.control_number, "control_number", 20),
        total=sum((line.charge for line in lines), Decimal("0.00")),
        facility_code=words.text(encounter.place_of_service, "place_of_service", 2),
        frequency=FREQUENCIES[encounter.frequency],
        billing=billing,
        subscriber=subscriber,
        payer=payer_party(coverage.payer, words, "coverage.payer"),
        diagnoses=tuple(ClaimDiagnosis(code, "ABK" if at == 0 else "ABF") for at, (code, _) in enumerate(diagnoses)),
        lines=lines,
        responsibility=RESPONSIBILITIES[coverage.responsibility],
        relationship=RELATIONSHIPS[coverage.relationship],
        filing_indicator=words.text(coverage.filing_indicator, "coverage.filing_indicator", 2),
        group_number=words.text(coverage.group_number, "coverage.group_number", 50),
        group_name="" if coverage.group_number else words.text(coverage.group_name, "coverage.group_name", 60),
        insurance_type=words.text(coverage.insurance_type, "coverage.insurance_type", 3),
        patient=patient if dependent else None,
        provider_signature="Y" if encounter.provider_signature else "N",
        assignment="A" if encounter.accept_assignment else "C",
        assign_benefits="Y" if encounter.assign_benefits else "N",
        release_information="Y" if encounter.release_information else "I",
        accident_causes=(ACCIDENTS[encounter.accident.kind],) if encounter.accident else (),
        accident_state=words.text(encounter.accident.state, "accident.state", 2) if encounter.accident else "",
        death_date=encounter.patient.death_date,
        pregnant=encounter.patient.pregnant,
        dates=_dates(encounter),
        references=_references(encounter, words),
        patient_paid=encounter.patient_paid,
        note=words.text(encounter.note, "note", 80),
        providers=_providers(encounter, words),
        others=tuple(
            _other(other, encounter, words, f"other_coverages[{at}]")
            for at, other in enumerate(encounter.other_coverages, start=1)
        ),
    )
    if words.faults:
        raise InputError(f"{name} cannot be billed yet: {'; '.join(words.faults)}.")
    return claim


def submitter_of(encounter: Encounter) -> Party | None:
    """Who sends the file, when the encounter names it."""
    if encounter.submitter is None:
        return None
    words = Wording()
    party = organisation("41", encounter.submitter, words, "submitter")
    if words.faults:
        raise InputError(f"The encounter cannot be sent yet: {'; '.join(words.faults)}.")
    return party


def confirmed_diagnoses(encounter: Encounter) -> tuple[tuple[str, str], ...]:
    """(code, title) of the confirmed diagnoses, in order, each once."""
    found = {item.code: item.description for item in encounter.diagnoses if item.status is CodeStatus.CONFIRMED}
    return tuple(found.items())


def _require(encounter: Encounter, words: Wording) -> None:
    """Note every fact a professional claim cannot do without."""
    diagnoses = confirmed_diagnoses(encounter)
    for field, value in (
        ("patient", encounter.patient),
        ("coverage", encounter.coverage),
        ("billing_provider", encounter.billing_provider),
        ("place_of_service", encounter.place_of_service),
        ("control_number", encounter.control_number),
    ):
        if not value:
            words.missing(field)
    if not diagnoses:
        words.fault("no diagnosis is confirmed")
    if len(diagnoses) > MOST_DIAGNOSES:
        words.fault(f"{len(diagnoses)} diagnoses are confirmed and a professional claim holds {MOST_DIAGNOSES}")
    _require_lines(encounter, words)
    if encounter.coverage:
        _require_coverage(encounter.coverage, "coverage", words)
    for at, other in enumerate(encounter.other_coverages, start=1):
        _require_coverage(other, f"other_coverages[{at}]", words)
    if billing := encounter.billing_provider:
        for part in ("tax_id", "address"):
            if not getattr(billing, part):
                words.missing(f"billing_provider.{part}")
        if not encounter.submitter and not billing.phone:
            words.missing("billing_provider.phone (or submitter)")
    if encounter.service_facility and not encounter.service_facility.address:
        words.missing("service_facility.address")
    if encounter.frequency is not Frequency.ORIGINAL and not encounter.payer_control_number:
        words.missing(f"payer_control_number (a {encounter.frequency.value} names the claim it changes)")
    if encounter.accident and encounter.accident.kind is AccidentKind.AUTO and not encounter.accident.state:
        words.missing("accident.state")


def _require_lines(encounter: Encounter, words: Wording) -> None:
    confirmed = {code for code, _ in confirmed_diagnoses(encounter)}
    undecided = {item.code for item in encounter.procedures if item.status is not CodeStatus.CONFIRMED}
    billed = {service.procedure for service in encounter.services}
    if not encounter.services:
        words.missing("services (the lines to bill)")
    for at, service in enumerate(encounter.services, start=1):
        where = f"services[{at}]"
        if service.charge is None:
            words.missing(f"{where}.charge")
        if not service.procedure:
            words.missing(f"{where}.procedure")
        if service.procedure in undecided:
            words.fault(f"{where}.procedure {service.procedure} is not confirmed")
        if len(service.diagnoses) > MOST_POINTERS:
            words.fault(f"{where}.diagnoses names more than {MOST_POINTERS}")
        for code in service.diagnoses:
            if code not in confirmed:
                words.fault(f"{where}.diagnoses names {code}, which is not a confirmed diagnosis")
    for item in encounter.procedures:
        if item.status is CodeStatus.CONFIRMED and item.system is not CodeSystem.ICD10PCS and item.code not in billed:
            words.fault(f"{item.code} is confirmed and has no line in services; give its charge there")


def _require_coverage(coverage: Coverage, where: str, words: Wording) -> None:
    for part in ("member_id", "filing_indicator"):
        if not getattr(coverage, part):
            words.missing(f"{where}.{part}")
    if coverage.relationship is not Relationship.SELF and coverage.subscriber is None:
        words.missing(f"{where}.subscriber (the patient is not the subscriber)")


def _line(
    encounter: Encounter, service: Service, at: int, diagnoses: Sequence[tuple[str, str]], words: Wording
) -> ServiceLine:
    where = f"services[{at}]"
    start = service.date or encounter.date_of_service
    end = service.end_date or (encounter.end_date if service.date is None else None)
    providers = []
    if service.rendering_provider:
        providers.append(provider_party("82", service.rendering_provider, words, f"{where}.rendering_provider"))
    if service.ordering_provider:
        providers.append(provider_party("DK", service.ordering_provider, words, f"{where}.ordering_provider"))
    drug = None
    if service.drug:
        number = words.text(service.drug.prescription_number, f"{where}.drug.prescription_number", 50)
        ndc = words.text(service.drug.ndc.replace("-", ""), f"{where}.drug.ndc", 11)
        drug = LineDrug(ndc, service.drug.quantity, service.drug.unit, number)
    authorization = words.text(service.prior_authorization, f"{where}.prior_authorization", 50)
    return ServiceLine(
        procedure=words.text(service.procedure, f"{where}.procedure", 48),
        charge=service.charge if service.charge is not None else Decimal("0.00"),
        units=service.units,
        unit=words.text(service.unit, f"{where}.unit", 2),
        modifiers=tuple(words.text(item, f"{where}.modifiers", 2) for item in service.modifiers),
        pointers=pointers(service, diagnoses),
        description=words.text(service.description, f"{where}.description", 80),
        place_of_service=(
            ""
            if service.place_of_service == encounter.place_of_service
            else words.text(service.place_of_service, f"{where}.place_of_service", 2)
        ),
        emergency=service.emergency,
        start=start,
        end=None if end == start else end,
        control_number=words.text(service.control_number or f"{encounter.control_number}-{at}", where, 30),
        references=(("G1", authorization),) if authorization else (),
        providers=tuple(providers),
        drug=drug,
        decisions=tuple(
            LineDecision(
                payer_id=said.payer_id,
                paid=said.decision.paid,
                procedure=words.text(said.decision.procedure or service.procedure, where, 48),
                modifiers=() if said.decision.procedure else service.modifiers,
                units=said.units,
                date=said.decision.date,
                adjustments=_adjustments(said.decision),
                patient_owes=said.decision.patient_owes,
            )
            for said in service.adjudications
        ),
    )


def pointers(service: Service, diagnoses: Sequence[tuple[str, str]]) -> tuple[DiagnosisPointer, ...]:
    """The diagnoses the service says it was for; else those of its side (LT, RT) when some title names that side,
    else the first four. `diagnoses` are (code, title) in claim order."""
    places = {code: DiagnosisPointer(at) for at, (code, _) in enumerate(diagnoses, start=1)}
    if service.diagnoses:
        return tuple(places[code] for code in service.diagnoses)
    side = next((SIDES[modifier] for modifier in service.modifiers if modifier in SIDES), None)
    if side:
        same = [places[code] for code, title in diagnoses if re.search(rf"\b{side}\b", title, re.IGNORECASE)]
        if same:
            return tuple(same[:MOST_POINTERS])
    return tuple(places.values())[:MOST_POINTERS]


def _dates(encounter: Encounter) -> tuple[ClaimDate, ...]:
    given: tuple[tuple[str, dt.date | None], ...] = (
        ("431", encounter.onset_date),
        ("454", encounter.initial_treatment_date),
        ("304", encounter.last_seen_date),
        ("439", encounter.accident.date if encounter.accident else None),
        ("484", encounter.last_menstrual_period),
        ("435", encounter.admission_date),
        ("096", encounter.discharge_date),
    )
    return tuple(ClaimDate(kind, date) for kind, date in given if date)


def _references(encounter: Encounter, words: Wording) -> tuple[tuple[str, str], ...]:
    record = encounter.patient.medical_record_number if encounter.patient else ""
    given = (
        ("9F", encounter.referral_number, "referral_number"),
        ("G1", encounter.prior_authorization, "prior_authorization"),
        ("F8", encounter.payer_control_number, "payer_control_number"),
        ("X4", encounter.clia_number, "clia_number"),
        ("EA", record, "patient.medical_record_number"),
    )
    return tuple((kind, words.text(value, where, 50)) for kind, value, where in given if value)


def _providers(encounter: Encounter, words: Wording) -> tuple[Party, ...]:
    given = (
        ("DN", encounter.referring_provider, "referring_provider"),
        ("82", encounter.rendering_provider, "rendering_provider"),
        ("77", encounter.service_facility, "service_facility"),
        ("DQ", encounter.supervising_provider, "supervising_provider"),
    )
    return tuple(provider_party(role, provider, words, where) for role, provider, where in given if provider)


def _other(coverage: Coverage, encounter: Encounter, words: Wording, where: str) -> OtherPayer:
    holder = coverage.subscriber or encounter.patient
    assert holder
    decided = coverage.adjudication
    return OtherPayer(
        responsibility=RESPONSIBILITIES[coverage.responsibility],
        relationship=RELATIONSHIPS[coverage.relationship],
        filing_indicator=words.text(coverage.filing_indicator, f"{where}.filing_indicator", 2),
        subscriber=member("IL", holder, words, f"{where}.subscriber", coverage.member_id, demographics=False),
        payer=payer_party(coverage.payer, words, f"{where}.payer"),
        group_number=words.text(coverage.group_number, f"{where}.group_number", 50),
        group_name="" if coverage.group_number else words.text(coverage.group_name, f"{where}.group_name", 60),
        insurance_type=words.text(coverage.insurance_type, f"{where}.insurance_type", 3),
        assign_benefits="Y" if encounter.assign_benefits else "N",
        release_information="Y" if encounter.release_information else "I",
        paid=decided.paid if decided else None,
        patient_owes=decided.patient_owes if decided else None,
        adjustments=_adjustments(decided) if decided else (),
        date=decided.date if decided else None,
        control_number=words.text(decided.control_number, f"{where}.adjudication", 50) if decided else "",
    )


def _adjustments(decided: Adjudication) -> tuple[ClaimAdjustment, ...]:
    """Those of one group together, groups in the order met: CAS holds six of one group, and few CAS are allowed."""
    groups = list(dict.fromkeys(item.group for item in decided.adjustments))
    ordered = sorted(decided.adjustments, key=lambda item: groups.index(item.group))
    return tuple(ClaimAdjustment(item.group, item.reason, item.amount) for item in ordered)
