"""What an encounter must hold before a claim can be drafted. Everything missing is noted, not only the first."""

from assistant.claim.claim import ClaimForm
from assistant.claim.draft_lines import MOST_POINTERS
from assistant.claim.parties import Wording
from assistant.review.encounter import AccidentKind, Encounter, Facility, Frequency
from assistant.review.party import Coverage, Relationship, TaxIdKind
from assistant.review.service import CodeStatus
from assistant.suggest.suggestion import Setting
from corpus.codes import CodeSystem, dotted

MOST_DIAGNOSES = {ClaimForm.PROFESSIONAL: 12, ClaimForm.INSTITUTIONAL: 25}
MOST_CONDITIONS = 24
NOT_ON_FACILITY = (
    "supervising_provider",
    "accident",
    "onset_date",
    "last_menstrual_period",
    "initial_treatment_date",
    "last_seen_date",
    "discharge_date",
    "clia_number",
    "patient_paid",
    "ambulance",
    "disability_start",
    "disability_end",
)
"""Fields that an 837I has no place for, or not in the same shape: refused rather than dropped silently."""
NOT_ON_FACILITY_LINE = (
    "ordering_provider",
    "prior_authorization",
    "emergency",
    "place_of_service",
    "note",
    "epsdt",
    "family_planning",
)


def confirmed_diagnoses(encounter: Encounter) -> tuple[tuple[str, str], ...]:
    """(code, title) of the confirmed diagnoses, in order, each once."""
    found = {item.code: item.description for item in encounter.diagnoses if item.status is CodeStatus.CONFIRMED}
    return tuple(found.items())


def require(encounter: Encounter, form: ClaimForm, words: Wording) -> None:
    """Note every fact that a claim of this form cannot do without."""
    most = MOST_DIAGNOSES[form]
    diagnoses = confirmed_diagnoses(encounter)
    for field, value in (
        ("patient", encounter.patient),
        ("coverage", encounter.coverage),
        ("billing_provider", encounter.billing_provider),
        ("control_number", encounter.control_number),
    ):
        if not value:
            words.missing(field)
    if form is ClaimForm.PROFESSIONAL and not encounter.place_of_service:
        words.missing("place_of_service")
    if form is ClaimForm.INSTITUTIONAL:
        _require_facility(encounter, words)
    if not diagnoses:
        words.fault("no diagnosis is confirmed")
    if len(diagnoses) > most:
        words.fault(f"{len(diagnoses)} diagnoses are confirmed and the form holds {most}")
    _require_lines(encounter, form, words)
    _require_people(encounter, form, words)
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
    first, last = encounter.disability_start, encounter.disability_end
    if first and last and last < first:
        words.fault("disability_end lies before disability_start")
    if len(encounter.condition_codes) > MOST_CONDITIONS:
        words.fault(f"condition_codes names more than {MOST_CONDITIONS}")


def _require_lines(encounter: Encounter, form: ClaimForm, words: Wording) -> None:
    confirmed = {code for code, _ in confirmed_diagnoses(encounter)}
    undecided = {item.code for item in encounter.procedures if item.status is not CodeStatus.CONFIRMED}
    billed = {service.procedure for service in encounter.services}
    if not encounter.services:
        words.missing("services (the lines to bill)")
    for at, service in enumerate(encounter.services, start=1):
        where = f"services[{at}]"
        if service.charge is None:
            words.missing(f"{where}.charge")
        if not service.procedure and form is ClaimForm.PROFESSIONAL:
            words.missing(f"{where}.procedure")
        if not service.revenue_code and form is ClaimForm.INSTITUTIONAL:
            words.missing(f"{where}.revenue_code")
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


def _require_people(encounter: Encounter, form: ClaimForm, words: Wording) -> None:
    """Some providers must be persons: whoever refers, orders, supervises or attends; on a facility claim all do."""
    named = {"referring_provider": encounter.referring_provider, "supervising_provider": encounter.supervising_provider}
    for at, service in enumerate(encounter.services, start=1):
        named[f"services[{at}].ordering_provider"] = service.ordering_provider
        if form is ClaimForm.INSTITUTIONAL:
            named[f"services[{at}].rendering_provider"] = service.rendering_provider
    if form is ClaimForm.INSTITUTIONAL:
        named["rendering_provider"] = encounter.rendering_provider
        for role in ("attending", "operating", "other_operating"):
            field = f"{role}_provider"
            named[f"facility.{field}"] = getattr(encounter.facility, field) if encounter.facility else None
    for where, provider in named.items():
        if provider and provider.organization:
            words.fault(f"{where} must be a person (last_name), not an organisation")
    place = encounter.service_facility
    if place and not place.organization:
        words.missing("service_facility.organization")


def _require_facility(encounter: Encounter, words: Wording) -> None:
    inpatient = encounter.setting is Setting.INPATIENT
    facility = encounter.facility
    if facility is None:
        words.missing("facility")
    else:
        for field in ("bill_type", "admission_type", "admission_source", "patient_status"):
            if not getattr(facility, field):
                words.missing(f"facility.{field}")
        if facility.attending_provider is None:
            words.missing("facility.attending_provider")
        if inpatient:
            for field in ("admission_date", "admission_hour", "admitting_diagnosis"):
                if not getattr(facility, field):
                    words.missing(f"facility.{field}")
            if not facility.discharge_hour and facility.patient_status != "30":
                words.missing("facility.discharge_hour")
        _require_confirmed(encounter, facility, words)
    for field in NOT_ON_FACILITY:
        if getattr(encounter, field):
            words.fault(f"{field} has no place on a facility claim; leave it out")
    if billing := encounter.billing_provider:
        if not billing.organization:
            words.missing("billing_provider.organization (a facility is no person)")
        if billing.tax_id_kind is not TaxIdKind.EIN:
            words.fault("billing_provider.tax_id_kind must be ein on a facility claim")
    for coverage in (encounter.coverage, *encounter.other_coverages):
        if coverage and coverage.insurance_type:
            words.fault("insurance_type of a coverage has no place on a facility claim; leave it out")
    if encounter.patient and (encounter.patient.death_date or encounter.patient.pregnant):
        words.fault("patient.death_date and patient.pregnant have no place on a facility claim; leave them out")
    for at, service in enumerate(encounter.services, start=1):
        for field in NOT_ON_FACILITY_LINE:
            if getattr(service, field):
                words.fault(f"services[{at}].{field} has no place on a facility claim; leave it out")


def _require_confirmed(encounter: Encounter, facility: Facility, words: Wording) -> None:
    """The codes that a facility names besides must not be ones that stand undecided or rejected among the diagnoses."""
    undecided = {item.code for item in encounter.diagnoses if item.status is not CodeStatus.CONFIRMED}
    named = [("admitting_diagnosis", facility.admitting_diagnosis)]
    named += [("reasons_for_visit", code) for code in facility.reasons_for_visit]
    for field, code in named:
        if code and dotted(code) in undecided:
            words.fault(f"facility.{field} {dotted(code)} is not confirmed")
