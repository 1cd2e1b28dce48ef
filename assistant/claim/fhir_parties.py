"""People, providers, payers and places of a claim as contained FHIR R4 resources."""

from typing import Any

from assistant.claim.claim import Party, PartyAddress

NPI = "http://hl7.org/fhir/sid/us-npi"
EIN = "urn:oid:2.16.840.1.113883.4.4"
SSN = "http://hl7.org/fhir/sid/us-ssn"
IDENTIFIER_TYPE = "http://terminology.hl7.org/CodeSystem/v2-0203"
SEXES = {"F": "female", "M": "male", "U": "unknown"}
Resource = dict[str, Any]


def patient(key: str, person: Party, record_number: str = "") -> Resource:
    """Patient; `record_number` is the medical record number."""
    made: Resource = {"resourceType": "Patient", "id": key, "name": [human_name(person)]}
    if record_number:
        made["identifier"] = [{"type": coded(IDENTIFIER_TYPE, "MR"), "value": record_number}]
    return made | _demographics(person)


def holder(key: str, person: Party) -> Resource:
    """RelatedPerson who holds the policy of another."""
    said = {"resourceType": "RelatedPerson", "id": key, "patient": reference("patient"), "name": [human_name(person)]}
    return said | _demographics(person)


def provider(key: str, party: Party) -> Resource:
    """Practitioner or Organization with NPI, tax number, address and telephone."""
    identifiers: list[Resource] = [{"system": NPI, "value": party.id}] if party.id_kind == "XX" and party.id else []
    identifiers += [{"system": {"EI": EIN, "SY": SSN}[kind], "value": value} for kind, value in party.references
                    if kind in ("EI", "SY")]  # fmt: skip
    made: Resource = {"resourceType": "Practitioner" if party.person else "Organization", "id": key}
    if identifiers:
        made["identifier"] = identifiers
    made["name"] = [human_name(party)] if party.person else party.name
    numbers = [
        {"system": "phone", "value": value} for item in party.contacts for kind, value in item.numbers if kind == "TE"
    ]
    if numbers:
        made["telecom"] = numbers
    if party.address:
        made["address"] = [address(party.address)]
    return made


def payer(key: str, party: Party) -> Resource:
    """Organization of a plan; its id is the one claims are routed by."""
    made: Resource = {
        "resourceType": "Organization",
        "id": key,
        "identifier": [{"type": {"text": "payer id"}, "value": party.id}],
        "name": party.name,
    }
    if party.address:
        made["address"] = [address(party.address)]
    return made


def location(key: str, party: Party) -> Resource:
    """Location where the service took place."""
    made: Resource = {"resourceType": "Location", "id": key, "name": party.name}
    if party.id:
        made["identifier"] = [{"system": NPI, "value": party.id}]
    if party.address:
        made["address"] = address(party.address)
    return made


def human_name(person: Party) -> Resource:
    """HumanName."""
    made: Resource = {"family": person.name}
    if given := [name for name in (person.first, person.middle) if name]:
        made["given"] = given
    if person.suffix:
        made["suffix"] = [person.suffix]
    return made


def address(here: PartyAddress) -> Resource:
    """Address."""
    lines = [line for line in (here.line1, here.line2) if line]
    parts = {"city": here.city, "state": here.state, "postalCode": here.zip, "country": here.country}
    return ({"line": lines} if lines else {}) | {key: value for key, value in parts.items() if value}


def coded(system: str, code: str) -> Resource:
    """CodeableConcept with one code."""
    return {"coding": [{"system": system, "code": code}]}


def reference(key: str) -> Resource:
    """Reference to a contained resource."""
    return {"reference": f"#{key}"}


def _demographics(person: Party) -> Resource:
    made: Resource = {}
    if person.sex:
        made["gender"] = SEXES[person.sex]
    if person.birth_date:
        made["birthDate"] = person.birth_date.isoformat()
    if person.address:
        made["address"] = [address(person.address)]
    return made
