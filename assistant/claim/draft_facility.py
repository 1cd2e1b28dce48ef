"""What turns a drafted claim into a facility claim (837I): type of bill, admission, kinds of diagnosis, procedures."""

import re
from dataclasses import replace
from decimal import Decimal

from assistant.claim.claim import (
    Claim,
    ClaimDate,
    ClaimDiagnosis,
    ClaimForm,
    ClaimOccurrence,
    ClaimProcedure,
    ClaimValue,
    InstitutionalDetail,
    Party,
)
from assistant.claim.needs import confirmed_diagnoses
from assistant.claim.parties import Wording, provider_party
from assistant.review.encounter import Encounter, Facility
from assistant.review.service import CodeStatus, PresentOnAdmission
from assistant.suggest.suggestion import Setting
from corpus.codes import CodeSystem, dotted

DAYS = ("80", "81", "82", "83")
"""Value codes of covered, non-covered, coinsurance and lifetime reserve days."""
EXTERNAL_CAUSE = re.compile(r"[V-Y]")
"""ICD-10-CM chapter 20 begins with V, W, X or Y."""


def as_facility(claim: Claim, encounter: Encounter, words: Wording) -> Claim:
    """The same claim as 837I. Pointers, signature and accident fields have no place there."""
    facility = encounter.facility
    assert facility
    attending = facility.attending_provider
    assert attending
    inpatient = encounter.setting is Setting.INPATIENT
    first, last = encounter.date_of_service, encounter.end_date or encounter.date_of_service
    dates = [ClaimDate("434", first, last)]
    if inpatient and facility.discharge_hour:
        dates.insert(
            0, ClaimDate("096", None, time=words.digits(facility.discharge_hour, "facility.discharge_hour", (4,)))
        )
    if facility.admission_date:
        hour = words.digits(facility.admission_hour, "facility.admission_hour", (4,))
        dates.append(ClaimDate("435", facility.admission_date, time=hour))
    return replace(
        claim,
        form=ClaimForm.INSTITUTIONAL,
        facility_code=words.digits(facility.bill_type.removeprefix("0"), "facility.bill_type", (2,)),
        facility_qualifier="A",
        provider_signature="Y",
        diagnoses=_diagnoses(encounter, words),
        lines=tuple(
            replace(
                line,
                pointers=(),
                revenue_code=words.digits(service.revenue_code, "revenue_code", (4,)),
                providers=tuple(replace(party, taxonomy="") for party in line.providers),
                decisions=tuple(replace(said, revenue_code=service.revenue_code) for said in line.decisions),
            )
            for line, service in zip(claim.lines, encounter.services, strict=True)
        ),
        dates=tuple(dates),
        providers=(
            provider_party("71", attending, words, "facility.attending_provider"),
            *_surgeons(facility, words),
            *(replace(party, taxonomy="") for party in claim.providers if party.role in ("82", "77")),
            *(party for party in claim.providers if party.role == "DN"),
        ),
        institutional=InstitutionalDetail(
            words.text(facility.admission_type, "facility.admission_type", 1),
            words.text(facility.admission_source, "facility.admission_source", 1),
            words.digits(facility.patient_status, "facility.patient_status", (2,)),
            words.digits(facility.drg, "facility.drg", (3,)),
        ),
        procedures=_procedures(encounter),
        references=_references(claim, facility, words),
        occurrences=_occurrences(facility, words),
        values=_values(facility, words),
        patient_due=facility.patient_due,
    )


def _surgeons(facility: Facility, words: Wording) -> list[Party]:
    given = (
        ("72", facility.operating_provider, "operating"),
        ("ZZ", facility.other_operating_provider, "other_operating"),
    )
    return [
        provider_party(role, provider, words, f"facility.{name}_provider") for role, provider, name in given if provider
    ]


def _references(claim: Claim, facility: Facility, words: Wording) -> tuple[tuple[str, str], ...]:
    """Those of the claim with the state of an automobile accident (REF*LU), which stands before the record number."""
    state = words.text(facility.accident_state.upper(), "facility.accident_state", 2, 2)
    if not state:
        return claim.references
    record = tuple(item for item in claim.references if item[0] == "EA")
    return (*(item for item in claim.references if item[0] != "EA"), ("LU", state), *record)


def _occurrences(facility: Facility, words: Wording) -> tuple[ClaimOccurrence, ...]:
    """Days before spans, the order in which they are written and read."""
    made = []
    for at, item in enumerate(facility.occurrences, start=1):
        where = f"facility.occurrences[{at}]"
        if item.end_date and item.end_date < item.date:
            words.fault(f"{where} ends before it begins")
        made.append(ClaimOccurrence(words.text(item.code.upper(), f"{where}.code", 2, 2), item.date, item.end_date))
    for spans in (False, True):
        if sum(bool(item.end) is spans for item in made) > 24:
            words.fault(f"more than 24 occurrence {'spans' if spans else 'codes'} are given")
    return tuple(sorted(made, key=lambda item: item.end is not None))


def _values(facility: Facility, words: Wording) -> tuple[ClaimValue, ...]:
    """Value codes as given, then the days (80 to 83) that have fields of their own."""
    made = [
        ClaimValue(words.text(item.code.upper(), f"facility.values[{at}].code", 2, 2), item.amount)
        for at, item in enumerate(facility.values, start=1)
    ]
    days = (facility.covered_days, facility.noncovered_days, facility.coinsurance_days, facility.lifetime_reserve_days)
    for code, count in zip(DAYS, days, strict=True):
        if count is None:
            continue
        if any(item.code == code for item in made):
            words.fault(f"value code {code} is given twice, in facility.values and in its own field")
        made.append(ClaimValue(code, Decimal(count)))
    if len(made) > 24:
        words.fault("more than 24 value codes are given")
    return tuple(made)


def _diagnoses(encounter: Encounter, words: Wording) -> tuple[ClaimDiagnosis, ...]:
    """Principal, admitting, external causes, others: the order in which an 837I lists them."""
    facility = encounter.facility
    assert facility
    present = {item.code: item.present_on_admission for item in encounter.diagnoses}
    principal, *rest = [code for code, _ in confirmed_diagnoses(encounter)]

    def made(code: str, qualifier: str) -> ClaimDiagnosis:
        said = present.get(code)
        return ClaimDiagnosis(code, qualifier, "" if said in (None, PresentOnAdmission.EXEMPT) else said.value)

    causes = [code for code in rest if EXTERNAL_CAUSE.match(code)]
    if len(causes) > 12:
        words.fault("more than twelve external causes are confirmed")
    admitting = [ClaimDiagnosis(dotted(facility.admitting_diagnosis), "ABJ")] if facility.admitting_diagnosis else []
    reasons = [ClaimDiagnosis(dotted(code), "APR") for code in facility.reasons_for_visit]
    if len(reasons) > 3:
        words.fault("facility.reasons_for_visit names more than three")
    return (
        made(principal, "ABK"),
        *admitting,
        *reasons,
        *(made(code, "ABN") for code in causes),
        *(made(code, "ABF") for code in rest if code not in causes),
    )


def _procedures(encounter: Encounter) -> tuple[ClaimProcedure, ...]:
    """Confirmed ICD-10-PCS codes, the first as the principal procedure."""
    codes = [
        item
        for item in encounter.procedures
        if item.system is CodeSystem.ICD10PCS and item.status is CodeStatus.CONFIRMED
    ]
    return tuple(
        ClaimProcedure(item.code, "BBR" if at == 0 else "BBQ", item.date or encounter.date_of_service)
        for at, item in enumerate(codes)
    )
