"""What only a facility claim (837I, 005010X223A2) writes: CLM, CL1, its many HI, SV2."""

from assistant.claim.claim import Claim, ClaimDiagnosis, ClaimOccurrence, ServiceLine
from assistant.claim.professional import condition_segments, procedure
from assistant.claim.structure import Elements
from assistant.claim.wire import composite, day, number, segment

ALONE = ("ABK", "BK", "ABJ", "BJ")
"""Diagnoses that have an HI of their own."""


def claim_segments(claim: Claim) -> list[Elements]:
    """CLM, CL1, and one HI per kind of code, twelve codes at most in each."""
    segments = [
        segment(
            "CLM",
            claim.control_number,
            number(claim.total),
            "",
            "",
            composite(claim.facility_code, claim.facility_qualifier, claim.frequency),
            "",
            claim.assignment,
            claim.assign_benefits,
            claim.release_information,
            *[""] * 10,
            claim.delay_reason,
        )
    ]
    if detail := claim.institutional:
        segments.append(segment("CL1", detail.admission_type, detail.admission_source, detail.patient_status))
        if detail.drg:
            segments.append(segment("HI", composite("DR", detail.drg)))
    kinds = dict.fromkeys(item.qualifier for item in claim.diagnoses)
    for kind in kinds:
        codes = [_diagnosis(item) for item in claim.diagnoses if item.qualifier == kind]
        size = 1 if kind in ALONE else 3 if kind in ("APR", "PR") else 12
        segments += [segment("HI", *codes[start : start + size]) for start in range(0, len(codes), size)]
    for kind in dict.fromkeys(item.qualifier for item in claim.procedures):
        codes = [
            composite(kind, item.code, "D8", day(item.date)) if item.date else composite(kind, item.code)
            for item in claim.procedures
            if item.qualifier == kind
        ]
        size = 12 if kind in ("BBQ", "BQ") else 1
        segments += [segment("HI", *codes[start : start + size]) for start in range(0, len(codes), size)]
    if claim.patient_due is not None:
        segments.append(segment("AMT", "F3", number(claim.patient_due)))
    told = {
        "BI": [_span(item) for item in claim.occurrences if item.end],
        "BH": [composite("BH", item.code, "D8", day(item.start)) for item in claim.occurrences if not item.end],
        "BE": [composite("BE", item.code, "", "", number(item.amount)) for item in claim.values],
    }
    for codes in told.values():
        segments += [segment("HI", *codes[start : start + 12]) for start in range(0, len(codes), 12)]
    return segments + condition_segments(claim)


def _span(item: ClaimOccurrence) -> str:
    assert item.end
    return composite("BI", item.code, "RD8", f"{day(item.start)}-{day(item.end)}")


def service_segment(line: ServiceLine) -> Elements:
    """SV2."""
    noncovered = number(line.noncovered) if line.noncovered is not None else ""
    head = (line.revenue_code, procedure(line), number(line.charge), line.unit, number(line.units))
    return segment("SV2", *head, "", noncovered)


def _diagnosis(item: ClaimDiagnosis) -> str:
    """Present on admission is the ninth component."""
    return composite(item.qualifier, item.code.replace(".", ""), *[""] * 6, item.present_on_admission)
