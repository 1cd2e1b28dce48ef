"""What only a professional claim (837P, 005010X222A1) writes: CLM, HI, AMT*F5, CR1, SV1."""

from assistant.claim.claim import Claim, ServiceLine, Transport
from assistant.claim.structure import Elements
from assistant.claim.wire import composite, number, segment


def claim_segments(claim: Claim) -> list[Elements]:
    """CLM, the amount the patient paid, and the diagnoses in one HI (at most twelve fit)."""
    accident = ""
    if claim.accident_causes or claim.accident_state or claim.accident_country:
        causes = (*claim.accident_causes, "", "", "")[:3]
        accident = composite(*causes, claim.accident_state, claim.accident_country)
    segments = [
        segment(
            "CLM",
            claim.control_number,
            number(claim.total),
            "",
            "",
            composite(claim.facility_code, claim.facility_qualifier, claim.frequency),
            claim.provider_signature,
            claim.assignment,
            claim.assign_benefits,
            claim.release_information,
            claim.signature_source,
            accident,
            claim.special_program,
            *[""] * 7,
            claim.delay_reason,
        )
    ]
    if claim.patient_paid is not None:
        segments.append(segment("AMT", "F5", number(claim.patient_paid)))
    if claim.transport:
        segments += _transport(claim.transport)
    if claim.diagnoses:
        codes = [composite(item.qualifier, item.code.replace(".", "")) for item in claim.diagnoses]
        segments.append(segment("HI", *codes))
    return segments + condition_segments(claim)


def condition_segments(claim: Claim) -> list[Elements]:
    """HI*BG, twelve codes at most in each; both forms write it alike."""
    codes = [composite("BG", code) for code in claim.conditions]
    return [segment("HI", *codes[start : start + 12]) for start in range(0, len(codes), 12)]


def _transport(said: Transport) -> list[Elements]:
    """CR1 and its CRC."""
    weight = ("LB", number(said.weight)) if said.weight is not None else ("", "")
    made = [segment("CR1", *weight, "", said.reason, "DH", number(said.miles), "", "", said.round_trip, said.stretcher)]
    return made + [segment("CRC", "07", "Y" if apply else "N", *codes) for apply, codes in said.conditions]


def service_segment(line: ServiceLine) -> Elements:
    """SV1."""
    return segment(
        "SV1",
        procedure(line),
        number(line.charge),
        line.unit,
        number(line.units),
        line.place_of_service,
        "",
        ":".join(str(pointer) for pointer in line.pointers),
        "",
        "Y" if line.emergency else "",
        "",
        "Y" if line.epsdt else "",
        "Y" if line.family_planning else "",
    )


def procedure(line: ServiceLine) -> str:
    """The procedure composite: qualifier, code, up to four modifiers, description."""
    if not line.procedure:
        return ""
    modifiers = (*line.modifiers, "", "", "", "")[:4]
    return composite(line.qualifier, line.procedure, *modifiers, line.description)
