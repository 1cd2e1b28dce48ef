"""What only a facility claim (837I, 005010X223A2) writes: CLM, CL1, its many HI, SV2."""

from assistant.claim.claim import Claim, ClaimDiagnosis, ServiceLine
from assistant.claim.professional import procedure
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
    return segments


def service_segment(line: ServiceLine) -> Elements:
    """SV2."""
    return segment("SV2", line.revenue_code, procedure(line), number(line.charge), line.unit, number(line.units))


def _diagnosis(item: ClaimDiagnosis) -> str:
    """Present on admission is the ninth component."""
    return composite(item.qualifier, item.code.replace(".", ""), *[""] * 6, item.present_on_admission)
