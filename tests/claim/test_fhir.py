"""The FHIR export against the R4 definitions of Claim and of what it contains.

No FHIR library validates this here: the tables below are the elements of the R4 resources that the export uses, with
their least and greatest number and kind, written from https://hl7.org/fhir/R4/claim.html and the pages of the others.
"""

import json
import re
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from assistant.claim.claim import ClaimForm
from assistant.claim.draft import draft_claim
from assistant.claim.fhir import fhir_claim
from assistant.review.encounter import encounter_from_record
from tests.claim.samples import claim, facility_record, record
from tests.claim.strategies import encounters, stays

MADE = date(2026, 11, 23)
HL7 = "http://terminology.hl7.org/CodeSystem/"
MANY = 10**6
Shape = dict[str, tuple[int, int, Any]]

IDENTIFIER: Shape = {"type": (0, 1, "concept"), "system": (0, 1, "uri"), "value": (0, 1, "string")}
ADDRESS: Shape = {
    "line": (0, MANY, "string"), "city": (0, 1, "string"), "state": (0, 1, "string"), "postalCode": (0, 1, "string"),
    "country": (0, 1, "string"),
}  # fmt: skip
NAME: Shape = {"family": (0, 1, "string"), "given": (0, MANY, "string"), "suffix": (0, MANY, "string")}
PERIOD: Shape = {"start": (0, 1, "date"), "end": (0, 1, "date")}
QUANTITY: Shape = {
    "value": (0, 1, "decimal"), "unit": (0, 1, "string"), "system": (0, 1, "uri"), "code": (0, 1, "code"),
}  # fmt: skip
ADJUDICATION: Shape = {"category": (1, 1, "concept"), "reason": (0, 1, "concept"), "amount": (0, 1, "money")}
RESOURCES: dict[str, Shape] = {
    "Claim": {
        "contained": (0, MANY, "resource"), "identifier": (0, MANY, IDENTIFIER), "status": (1, 1, "code"),
        "type": (1, 1, "concept"), "subType": (0, 1, "concept"), "use": (1, 1, "code"), "patient": (1, 1, "reference"),
        "created": (1, 1, "date"), "insurer": (0, 1, "reference"), "provider": (1, 1, "reference"),
        "priority": (1, 1, "concept"),
        "related": (0, MANY, {"relationship": (0, 1, "concept"), "reference": (0, 1, IDENTIFIER)}),
        "payee": (0, 1, {"type": (1, 1, "concept")}), "facility": (0, 1, "reference"),
        "careTeam": (0, MANY, {
            "sequence": (1, 1, "positive"), "provider": (1, 1, "reference"), "role": (0, 1, "concept"),
            "qualification": (0, 1, "concept"),
        }),
        "supportingInfo": (0, MANY, {
            "sequence": (1, 1, "positive"), "category": (1, 1, "concept"), "code": (0, 1, "concept"),
            "timingDate": (0, 1, "date"), "timingPeriod": (0, 1, PERIOD), "valueString": (0, 1, "string"),
            "valueBoolean": (0, 1, "boolean"), "valueQuantity": (0, 1, QUANTITY),
        }),
        "diagnosis": (0, MANY, {
            "sequence": (1, 1, "positive"), "diagnosisCodeableConcept": (1, 1, "concept"), "type": (0, MANY, "concept"),
            "onAdmission": (0, 1, "concept"), "packageCode": (0, 1, "concept"),
        }),
        "procedure": (0, MANY, {
            "sequence": (1, 1, "positive"), "type": (0, MANY, "concept"), "date": (0, 1, "date"),
            "procedureCodeableConcept": (1, 1, "concept"),
        }),
        "insurance": (1, MANY, {
            "sequence": (1, 1, "positive"), "focal": (1, 1, "boolean"), "coverage": (1, 1, "reference"),
            "preAuthRef": (0, MANY, "string"), "claimResponse": (0, 1, "reference"),
        }),
        "accident": (0, 1, {"date": (1, 1, "date"), "type": (0, 1, "concept"), "locationAddress": (0, 1, ADDRESS)}),
        "item": (0, MANY, {
            "sequence": (1, 1, "positive"), "careTeamSequence": (0, MANY, "positive"),
            "diagnosisSequence": (0, MANY, "positive"), "informationSequence": (0, MANY, "positive"),
            "revenue": (0, 1, "concept"), "productOrService": (1, 1, "concept"), "modifier": (0, MANY, "concept"),
            "servicedDate": (0, 1, "date"), "servicedPeriod": (0, 1, PERIOD),
            "locationCodeableConcept": (0, 1, "concept"), "quantity": (0, 1, QUANTITY), "net": (0, 1, "money"),
            "detail": (0, MANY, {
                "sequence": (1, 1, "positive"), "productOrService": (1, 1, "concept"), "quantity": (0, 1, QUANTITY),
            }),
        }),
        "total": (0, 1, "money"),
    },
    "Patient": {
        "identifier": (0, MANY, IDENTIFIER), "name": (0, MANY, NAME), "gender": (0, 1, "code"),
        "birthDate": (0, 1, "date"), "address": (0, MANY, ADDRESS), "deceasedDateTime": (0, 1, "date"),
    },
    "RelatedPerson": {
        "patient": (1, 1, "reference"), "name": (0, MANY, NAME), "gender": (0, 1, "code"), "birthDate": (0, 1, "date"),
        "address": (0, MANY, ADDRESS),
    },
    "Practitioner": {
        "identifier": (0, MANY, IDENTIFIER), "name": (0, MANY, NAME), "address": (0, MANY, ADDRESS),
        "telecom": (0, MANY, {"system": (0, 1, "code"), "value": (0, 1, "string")}),
    },
    "Organization": {
        "identifier": (0, MANY, IDENTIFIER), "name": (0, 1, "string"), "address": (0, MANY, ADDRESS),
        "telecom": (0, MANY, {"system": (0, 1, "code"), "value": (0, 1, "string")}),
    },
    "Location": {"identifier": (0, MANY, IDENTIFIER), "name": (0, 1, "string"), "address": (0, 1, ADDRESS)},
    "Coverage": {
        "status": (1, 1, "code"), "subscriber": (0, 1, "reference"), "subscriberId": (0, 1, "string"),
        "beneficiary": (1, 1, "reference"), "relationship": (0, 1, "concept"), "payor": (1, MANY, "reference"),
        "order": (0, 1, "positive"),
        "class": (0, MANY, {"type": (1, 1, "concept"), "value": (1, 1, "string"), "name": (0, 1, "string")}),
    },
    "ClaimResponse": {
        "identifier": (0, MANY, IDENTIFIER), "status": (1, 1, "code"), "type": (1, 1, "concept"),
        "use": (1, 1, "code"), "patient": (1, 1, "reference"), "created": (1, 1, "date"),
        "insurer": (1, 1, "reference"), "outcome": (1, 1, "code"),
        "item": (0, MANY, {"itemSequence": (1, 1, "positive"), "adjudication": (1, MANY, ADJUDICATION)}),
        "adjudication": (0, MANY, ADJUDICATION),
    },
}  # fmt: skip
SYSTEMS = {
    HL7 + "claim-type": {"professional", "institutional"},
    HL7 + "processpriority": {"stat", "normal", "deferred"},
    HL7 + "ex-relatedclaimrelationship": {"prior", "associated"},
    HL7 + "payeetype": {"subscriber", "provider", "beneficiary", "other"},
    HL7 + "claimcareteamrole": {"primary", "assist", "supervisor", "other"},
    HL7 + "claiminformationcategory": {"info", "onset"},
    HL7 + "ex-diagnosistype": {"admitting", "principal"},
    HL7 + "ex-diagnosis-on-admission": {"y", "n", "u", "w"},
    HL7 + "ex-procedure-type": {"primary", "secondary"},
    HL7 + "subscriber-relationship": {"child", "parent", "spouse", "common", "other", "self", "injured"},
    HL7 + "coverage-class": {"group"},
    HL7 + "adjudication": {"benefit"},
    HL7 + "data-absent-reason": {"not-applicable"},
    HL7 + "v3-ActCode": {"MVA", "WPA"},
    HL7 + "v2-0203": {"MR", "PLAC"},
    "https://x12.org/codes/claim-adjustment-group-codes": {"CO", "PR", "OA", "PI"},
}
"""Code systems with few codes: the ones of R4 that the export may use. Others are checked by shape below."""
SHAPES = {
    "http://hl7.org/fhir/sid/icd-10-cm": r"[A-Z][0-9A-Z]{2}(\.[0-9A-Z]{1,4})?",
    "http://www.cms.gov/Medicare/Coding/ICD10": r"[0-9A-Z]{7}",
    "http://www.ama-assn.org/go/cpt": r"\d{4}[0-9A-Z]|\d{2}",
    "http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets": r"[A-Z]\d{4}|[A-Z0-9]{2}",
    "http://hl7.org/fhir/sid/ndc": r"\d{11}",
    "http://nucc.org/provider-taxonomy": r"[0-9A-Z]{10}",
    "https://www.nubc.org/CodeSystem/TypeOfBill": r"0\d{3}",
    "https://www.nubc.org/CodeSystem/RevenueCodes": r"\d{4}",
    "https://www.nubc.org/CodeSystem/PriorityTypeOfAdmitOrVisit": r"\d",
    "https://www.nubc.org/CodeSystem/PointOfOrigin": r"[0-9A-F]",
    "https://www.nubc.org/CodeSystem/PatDischargeStatus": r"\d\d",
    "https://www.cms.gov/Medicare/Coding/place-of-service-codes/Place_of_Service_Code_Set": r"\d\d",
    "https://www.cms.gov/Medicare/Medicare-Fee-for-Service-Payment/AcuteInpatientPPS/"
    "MS-DRG-Classifications-and-Software": r"\d{3}",
    "https://x12.org/codes/claim-adjustment-reason-codes": r"[0-9A-Z]{1,5}",
}
CODES = {
    "status": {"active"}, "use": {"claim"}, "outcome": {"complete"}, "gender": {"male", "female", "unknown"},
    "system": {"phone"}, "code": {"min", "d", "USD", "[mi_us]", "[lb_av]"},
}  # fmt: skip
PRIMITIVES = {"string": str, "uri": str, "code": str, "boolean": bool, "positive": int, "date": str}


def faults(resource: dict[str, Any]) -> list[str]:
    """Everything in the resource that R4 does not allow."""
    found: list[str] = []
    kind = resource["resourceType"]
    fields = {key: value for key, value in resource.items() if key not in ("resourceType", "id")}
    _check(RESOURCES[kind], fields, kind, found)
    return found


def _check(shape: Shape, value: dict[str, Any], where: str, found: list[str]) -> None:
    found += [f"{where}.{key} is not an element" for key in value if key not in shape and f"_{key}" not in shape
              and not (key.startswith("_") and key[1:] in shape)]  # fmt: skip
    for key, (least, most, kind) in shape.items():
        if f"_{key}" in value:
            continue
        given_ = value.get(key)
        items = [] if given_ is None else given_ if isinstance(given_, list) else [given_]
        if (most > 1) is not isinstance(given_, list) and given_ is not None:
            found.append(f"{where}.{key} is a list or not, wrongly")
        if not least <= len(items) <= most or given_ in ([], {}):
            found.append(f"{where}.{key} occurs {len(items)} times")
        for item in items:
            _check_one(kind, key, item, f"{where}.{key}", found)


def _check_one(kind: Any, key: str, item: Any, where: str, found: list[str]) -> None:
    if isinstance(kind, dict):
        _check(kind, item, where, found)
    elif kind == "resource":
        found += faults(item)
    elif kind == "reference":
        if set(item) != {"reference"} or not re.fullmatch(r"#[A-Za-z0-9\-.]{1,64}", item["reference"]):
            found.append(f"{where} is no reference")
    elif kind == "money":
        if set(item) != {"value", "currency"} or item["currency"] != "USD" or round(item["value"], 2) != item["value"]:
            found.append(f"{where} is no money")
    elif kind == "concept":
        _check_concept(item, where, found)
    elif kind == "decimal":
        if isinstance(item, bool) or not isinstance(item, int | float):
            found.append(f"{where} is no number")
    elif (
        type(item) is not PRIMITIVES[kind]
        or item == ""
        or (isinstance(item, str) and item != item.strip())
        or (kind == "positive" and item < 1)
        or (kind == "date" and not re.fullmatch(r"\d{4}-\d\d-\d\d", item))
    ):
        found.append(f"{where} is no {kind}")
    elif kind == "code" and item not in CODES[key]:
        found.append(f"{where} is the unknown code {item}")


def _check_concept(item: dict[str, Any], where: str, found: list[str]) -> None:
    if not item or set(item) - {"coding", "text"} or item.get("text", "x") == "":
        found.append(f"{where} is no concept")
    for coding in item.get("coding", ()):
        system, code = coding["system"], coding["code"]
        known = code in SYSTEMS[system] if system in SYSTEMS else re.fullmatch(SHAPES.get(system, "(?!)"), code)
        if set(coding) != {"system", "code"} or not known:
            found.append(f"{where}: {system} has no {code}")


def links(made: dict[str, Any]) -> list[str]:
    """Broken links: references to nothing, contained resources nobody refers to (dom-3), sequences that do not exist."""
    text = json.dumps(made)
    ids = [item["id"] for item in made["contained"]]
    used = set(re.findall(r'"reference": "#([^"]+)"', text))
    found = [f"#{key}" for key in used ^ set(ids)] + (["two of one id"] if len(ids) != len(set(ids)) else [])
    for element, wanted in (("careTeam", "careTeam"), ("diagnosis", "diagnosis"), ("supportingInfo", "information")):
        there = {item["sequence"] for item in made.get(element, ())}
        if there != set(range(1, len(there) + 1)):
            found.append(f"{element} is not counted from 1")
        for item in made["item"]:
            found += [f"{wanted}Sequence {at}" for at in item.get(f"{wanted}Sequence", ()) if at not in there]
    if [item["focal"] for item in made["insurance"]].count(True) != 1:
        found.append("not one focal insurance")
    return found


def test_the_demo_claim() -> None:
    made = fhir_claim(claim(), MADE)
    assert faults(made) == [] and links(made) == []
    assert made["total"] == {"value": 485.0, "currency": "USD"}
    assert sum(item["net"]["value"] for item in made["item"]) == 485.0
    assert [item["diagnosisSequence"] for item in made["item"]] == [[1, 2, 3, 4], [5], [1, 2, 3, 4], [5]]
    assert [item["productOrService"]["coding"][0]["system"].rsplit("/", 1)[1] for item in made["item"]] == [
        "cpt", "cpt", "cpt", "HCPCSReleaseCodeSets",
    ]  # fmt: skip
    assert made["diagnosis"][0]["diagnosisCodeableConcept"]["coding"][0]["code"] == "E11.22"
    assert made["provider"] == {"reference": "#billing"} and made["created"] == "2026-11-23"


def test_a_facility_stay() -> None:
    read = encounter_from_record(facility_record(), "stay")
    made = fhir_claim(draft_claim(read, "stay", ClaimForm.INSTITUTIONAL), MADE)
    assert faults(made) == [] and links(made) == []
    assert made["subType"]["coding"][0]["code"] == "0111"
    assert made["diagnosis"][0]["packageCode"]["coding"][0]["code"] == "208"
    assert [item["productOrService"]["coding"][0]["code"] for item in made["item"]] == [
        "not-applicable", "71046", "not-applicable",
    ]  # fmt: skip
    assert made["item"][0]["quantity"]["code"] == "d"
    assert [item["type"][0]["coding"][0]["code"] for item in made["procedure"]] == ["primary", "secondary"]


def test_a_second_payer_with_what_the_first_decided() -> None:
    first = {
        "payer": {"name": "First Plan", "id": "FP1"}, "member_id": "S1", "relationship": "self",
        "filing_indicator": "CI", "responsibility": "primary",
        "adjudication": {"paid": "300.00", "date": "2026-11-20", "control_number": "ICN5", "adjustments": [
            {"group": "CO", "reason": "45", "amount": "185.00"}]},
    }  # fmt: skip
    services = record()["services"]
    decision = {"paid": "200.00", "date": "2026-11-20", "adjustments": [{"group": "PR", "reason": "2", "amount": "45"}]}
    services[0]["adjudications"] = [{"payer_id": "FP1", "decision": decision}]
    coverage = {**record()["coverage"], "responsibility": "secondary"}
    read = encounter_from_record(record(services=services, coverage=coverage, other_coverages=[first]), "visit")
    made = fhir_claim(draft_claim(read), MADE)
    assert faults(made) == [] and links(made) == []
    response = next(item for item in made["contained"] if item["resourceType"] == "ClaimResponse")
    assert response["identifier"] == [{"value": "ICN5"}] and response["created"] == "2026-11-20"
    assert [item["amount"]["value"] for item in response["adjudication"]] == [300.0, 185.0]
    assert response["item"][0]["adjudication"][1]["reason"]["coding"][0]["code"] == "2"
    orders = {item["id"]: item["order"] for item in made["contained"] if item["resourceType"] == "Coverage"}
    assert orders == {"coverage": 2, "coverage-1": 1}


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(encounters())
def test_every_professional_claim_is_a_sound_resource(said: dict[str, Any]) -> None:
    made = fhir_claim(draft_claim(encounter_from_record(said, "generated")), MADE)
    assert faults(made) == [] and links(made) == []


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(stays())
def test_every_facility_claim_is_a_sound_resource(said: dict[str, Any]) -> None:
    read = encounter_from_record(said, "generated")
    made = fhir_claim(draft_claim(read, "generated", ClaimForm.INSTITUTIONAL), MADE)
    assert faults(made) == [] and links(made) == []


@pytest.mark.parametrize(
    ("spoil", "fault"),
    [
        (lambda made: made.pop("priority"), "Claim.priority occurs 0 times"),
        (lambda made: made["total"].update(currency="EUR"), "Claim.total is no money"),
        (lambda made: made["item"][0].pop("productOrService"), "Claim.item.productOrService occurs 0 times"),
        (lambda made: made.update(billable="x"), "Claim.billable is not an element"),
        (lambda made: made["type"]["coding"][0].update(code="dental"), f"Claim.type: {HL7}claim-type has no dental"),
    ],
)
def test_the_check_itself_finds_what_is_wrong(spoil: Any, fault: str) -> None:
    made = fhir_claim(claim(), MADE)
    spoil(made)
    assert faults(made) == [fault]
