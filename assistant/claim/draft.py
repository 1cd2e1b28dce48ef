"""A confirmed encounter to a claim. Nothing is made up: what is missing is listed, all of it at once."""

import dataclasses
import datetime as dt
from decimal import Decimal

from assistant.claim.claim import (
    Claim,
    ClaimDate,
    ClaimDiagnosis,
    ClaimForm,
    OtherPayer,
    Party,
    Transport,
)
from assistant.claim.draft_facility import as_facility
from assistant.claim.draft_lines import adjustments_of, draft_line
from assistant.claim.needs import confirmed_diagnoses, require
from assistant.claim.parties import (
    RELATIONSHIPS,
    Wording,
    address_of,
    member,
    organisation,
    payer_party,
    provider_party,
)
from assistant.errors import IncompleteError
from assistant.review.encounter import AccidentKind, Encounter, Frequency
from assistant.review.party import Coverage, Relationship, Responsibility

FREQUENCIES = {Frequency.ORIGINAL: "1", Frequency.REPLACEMENT: "7", Frequency.VOID: "8"}
RESPONSIBILITIES = {Responsibility.PRIMARY: "P", Responsibility.SECONDARY: "S", Responsibility.TERTIARY: "T"}
ACCIDENTS = {AccidentKind.AUTO: "AA", AccidentKind.EMPLOYMENT: "EM", AccidentKind.OTHER: "OA"}


def draft_claim(encounter: Encounter, name: str = "The encounter", form: ClaimForm = ClaimForm.PROFESSIONAL) -> Claim:
    """The claim of a confirmed encounter. `control_number` must have been given.

    Only confirmed codes are taken. Raises InputError listing every field that is missing or cannot be sent; `name` is
    what the sentence calls the encounter.
    """
    words = Wording()
    require(encounter, form, words)
    if words.faults:
        raise IncompleteError(f"{name} cannot be billed yet", words.faults)
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
    if coverage.casualty_number:
        number = (("Y4", words.text(coverage.casualty_number, "coverage.casualty_number", 50)),)
        patient = dataclasses.replace(patient, references=number)
        subscriber = subscriber if dependent else dataclasses.replace(subscriber, references=number)
    billing = provider_party("85", encounter.billing_provider, words, "billing_provider")
    lines = tuple(
        draft_line(encounter, service, at, diagnoses, words) for at, service in enumerate(encounter.services, start=1)
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
        pay_to=_pay_to(encounter, words),
        delay_reason=words.text(encounter.delay_reason, "delay_reason", 2),
        conditions=tuple(words.text(code, "condition_codes", 2, 2) for code in encounter.condition_codes),
        transport=_transport(encounter, words),
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
    if form is ClaimForm.INSTITUTIONAL:
        claim = as_facility(claim, encounter, words)
    if words.faults:
        raise IncompleteError(f"{name} cannot be billed yet", words.faults)
    return claim


def submitter_of(encounter: Encounter) -> Party | None:
    """Who sends the file, when the encounter names it."""
    if encounter.submitter is None:
        return None
    words = Wording()
    party = organisation("41", encounter.submitter, words, "submitter")
    if words.faults:
        raise IncompleteError("The encounter cannot be sent yet", words.faults)
    return party


def _dates(encounter: Encounter) -> tuple[ClaimDate, ...]:
    """In the order in which the guide lists them, so that reading gives them back alike."""
    first, last = encounter.disability_start, encounter.disability_end
    given: tuple[tuple[str, dt.date | None, dt.date | None], ...] = (
        ("431", encounter.onset_date, None),
        ("454", encounter.initial_treatment_date, None),
        ("304", encounter.last_seen_date, None),
        ("439", encounter.accident.date if encounter.accident else None, None),
        ("484", encounter.last_menstrual_period, None),
        ("314", first if last else None, last),
        ("360", first if not last else None, None),
        ("361", last if not first else None, None),
        ("435", encounter.admission_date, None),
        ("096", encounter.discharge_date, None),
    )
    return tuple(ClaimDate(kind, date, end) for kind, date, end in given if date)


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
    made = [provider_party(role, provider, words, where) for role, provider, where in given if provider]
    if said := encounter.ambulance:
        places = (("PW", "", said.pick_up, "pick_up"), ("45", said.drop_off_name, said.drop_off, "drop_off"))
        made += [
            Party(
                role,
                words.text(name, "ambulance.drop_off_name", 60),
                address=address_of(place, words, f"ambulance.{at}"),
            )
            for role, name, place, at in places
            if place
        ]
    return tuple(made)


def _pay_to(encounter: Encounter, words: Wording) -> Party | None:
    place = encounter.pay_to_address
    if place is None or encounter.billing_provider is None:
        return None
    person = not encounter.billing_provider.organization
    return Party("87", person=person, address=address_of(place, words, "pay_to_address"))


def _transport(encounter: Encounter, words: Wording) -> Transport | None:
    said = encounter.ambulance
    if said is None:
        return None
    codes = tuple(words.digits(code, "ambulance.conditions", (2,)) for code in said.conditions)
    if len(codes) > 5:
        words.fault("ambulance.conditions names more than five")
    return Transport(
        words.text(said.reason, "ambulance.reason", 1),
        said.miles,
        said.weight,
        words.text(said.round_trip, "ambulance.round_trip", 80),
        words.text(said.stretcher, "ambulance.stretcher", 80),
        ((said.conditions_apply, codes),) if codes else (),
    )


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
        adjustments=adjustments_of(decided) if decided else (),
        date=decided.date if decided else None,
        control_number=words.text(decided.control_number, f"{where}.adjudication", 50) if decided else "",
    )
