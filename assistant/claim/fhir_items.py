"""Service lines of a claim as items of a FHIR R4 Claim."""

from collections.abc import Sequence
from decimal import Decimal

from assistant.claim.claim import Claim, ClaimForm, ServiceLine
from assistant.claim.fhir_parties import Resource, coded

CPT = "http://www.ama-assn.org/go/cpt"
HCPCS = "http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets"
CDT = "http://www.ada.org/cdt"
NDC = "http://hl7.org/fhir/sid/ndc"
REVENUE = "https://www.nubc.org/CodeSystem/RevenueCodes"
PLACES = "https://www.cms.gov/Medicare/Coding/place-of-service-codes/Place_of_Service_Code_Set"
ABSENT = "http://terminology.hl7.org/CodeSystem/data-absent-reason"


def claim_items(claim: Claim, team: Sequence[tuple[str, str, str]]) -> list[Resource]:
    """One item a line. `team` is the care team in its order, as (role, id, name)."""
    return [_item(claim, at, line, team) for at, line in enumerate(claim.lines, start=1)]


def line_facts(claim: Claim) -> list[tuple[int, Resource]]:
    """What a line says that an item has no element for, as supporting information, with the line's number."""
    made: list[tuple[int, Resource]] = []
    for at, line in enumerate(claim.lines, start=1):
        if line.emergency:
            made.append((at, {"category": {"text": "emergency"}, "valueBoolean": True}))
        flags = (("screening of a child (EPSDT)", line.epsdt), ("family planning", line.family_planning))
        made += [(at, {"category": {"text": words}, "valueBoolean": True}) for words, is_so in flags if is_so]
        if line.noncovered is not None:
            amount = {"value": float(line.noncovered), "system": "urn:iso:std:iso:4217", "code": "USD"}
            made.append((at, {"category": {"text": "charge not covered"}, "valueQuantity": amount}))
        texts = [("line control number", line.control_number), ("remark", line.note)]
        texts += [("authorisation number", value) for kind, value in line.references if kind == "G1"]
        if line.drug:
            texts.append(("prescription number", line.drug.prescription))
        made += [(at, {"category": {"text": words}, "valueString": value}) for words, value in texts if value]
    return made


def money(amount: Decimal) -> Resource:
    """Money in US dollars."""
    return {"value": float(amount), "currency": "USD"}


def procedure_code(code: str) -> Resource:
    """CPT, HCPCS or (D) dental code by its shape: a letter first is HCPCS. Without a code, the revenue code alone says what
    was done, and FHIR wants that said."""
    if not code:
        return coded(ABSENT, "not-applicable")
    system = CDT if code[0] == "D" else HCPCS if code[0].isalpha() else CPT
    return coded(system, code)


def modifier_code(code: str) -> Resource:
    """CPT modifiers are numbers; those of HCPCS have a letter."""
    return coded(CPT if code.isdigit() else HCPCS, code)


def _item(claim: Claim, at: int, line: ServiceLine, team: Sequence[tuple[str, str, str]]) -> Resource:
    made: Resource = {"sequence": at}
    own = [team.index((party.role, party.id, party.name)) + 1 for party in line.providers if party.role != "77"]
    if own:
        made["careTeamSequence"] = own
    if line.pointers:
        made["diagnosisSequence"] = [int(pointer) for pointer in line.pointers]
    if line.revenue_code:
        made["revenue"] = coded(REVENUE, line.revenue_code)
    made["productOrService"] = procedure_code(line.procedure)
    if line.description:
        made["productOrService"]["text"] = line.description
    if line.modifiers:
        made["modifier"] = [modifier_code(code) for code in line.modifiers]
    if line.start and line.end:
        made["servicedPeriod"] = {"start": line.start.isoformat(), "end": line.end.isoformat()}
    elif line.start:
        made["servicedDate"] = line.start.isoformat()
    if claim.form is ClaimForm.PROFESSIONAL:
        made["locationCodeableConcept"] = coded(PLACES, line.place_of_service or claim.facility_code)
    made["quantity"] = _quantity(line.units, {"MJ": "min", "DA": "d"}.get(line.unit, ""))
    made["net"] = money(line.charge)
    if line.drug:
        drug = {"productOrService": coded(NDC, line.drug.ndc), "quantity": {"value": float(line.drug.quantity)}}
        drug["quantity"]["unit"] = line.drug.unit
        made["detail"] = [{"sequence": 1, **drug}]
    return made


def _quantity(value: Decimal, unit: str) -> Resource:
    """A count, or minutes and days in UCUM."""
    number = int(value) if value == value.to_integral_value() else float(value)
    made: Resource = {"value": number}
    return made | ({"unit": unit, "system": "http://unitsofmeasure.org", "code": unit} if unit else {})
