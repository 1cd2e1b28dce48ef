"""A claim as a FHIR R4 Claim (https://hl7.org/fhir/R4/claim.html), everything it refers to contained in it.

Code systems and their addresses are those of FHIR R4 and HL7 terminology. Nothing is sent anywhere.
"""

import datetime as dt

from assistant.claim.claim import Claim, ClaimForm, OtherPayer, Party
from assistant.claim.fhir_items import claim_items, line_facts, money
from assistant.claim.fhir_parties import Resource, coded, holder, location, patient, payer, provider, reference
from assistant.claim.fhir_responses import claim_response

HL7 = "http://terminology.hl7.org/CodeSystem/"
ICD10CM = "http://hl7.org/fhir/sid/icd-10-cm"
ICD9CM = "http://hl7.org/fhir/sid/icd-9-cm"
ICD10PCS = "http://www.cms.gov/Medicare/Coding/ICD10"
NUBC = "https://www.nubc.org/CodeSystem/"
TAXONOMY = "http://nucc.org/provider-taxonomy"
DRG = "https://www.cms.gov/Medicare/Medicare-Fee-for-Service-Payment/AcuteInpatientPPS/MS-DRG-Classifications-and-Software"
AMBULANCE = {"PW": "ambulance pick-up", "45": "ambulance drop-off"}
PLACES = ("77", *AMBULANCE)
"""Roles of places, not of people."""
RELATIONSHIPS = {"18": "self", "01": "spouse", "19": "child"}
"""Others are `other`."""
DIAGNOSIS_TYPES = {"BK": "principal", "BJ": "admitting"}
TEAM_ROLES = {"82": "primary", "71": "primary", "DQ": "supervisor", "72": "assist"}
"""`claimcareteamrole`; others are `other`, with words."""
ROLE_WORDS = {"DN": "referring", "DK": "ordering", "ZZ": "other operating"}
ACCIDENTS = {"AA": "MVA", "EM": "WPA"}
"""HL7 v3 ActCode: motor vehicle, workplace. Another accident has words only."""
CHANGES = {"7": "replaces", "8": "voids"}
REFERENCES = {"9F": "referral number", "X4": "CLIA number"}
DATES = {
    "431": "onset", "484": "last menstrual period", "454": "initial treatment", "304": "last seen",
    "434": "statement period", "435": "admission", "096": "discharge", "360": "disability from", "361": "disability to",
}  # fmt: skip


def fhir_claim(claim: Claim, created: dt.date) -> Resource:
    """The Claim resource as JSON-ready values. `created` is the day it is made."""
    team = _team(claim)
    place = next((party for party in claim.providers if party.role == "77"), None)
    made: Resource = {
        "resourceType": "Claim",
        "contained": [],
        "identifier": [{"type": coded(f"{HL7}v2-0203", "PLAC"), "value": claim.control_number}],
        "status": "active",
        "type": coded(f"{HL7}claim-type", "professional" if claim.form is ClaimForm.PROFESSIONAL else "institutional"),
        "use": "claim",
        "patient": reference("patient"),
        "created": created.isoformat(),
        "insurer": reference("payer"),
        "provider": reference("billing"),
        "priority": coded(f"{HL7}processpriority", "normal"),
    }
    if claim.form is ClaimForm.INSTITUTIONAL:
        made["subType"] = coded(f"{NUBC}TypeOfBill", f"0{claim.facility_code}{claim.frequency}")
    if claim.frequency in CHANGES:
        number = {"value": claim.reference("F8")}
        relation = coded(f"{HL7}ex-relatedclaimrelationship", "prior") | {"text": CHANGES[claim.frequency]}
        made["related"] = [{"relationship": relation, "reference": number}]
    made["payee"] = {"type": coded(f"{HL7}payeetype", "provider" if claim.assign_benefits == "Y" else "subscriber")}
    made["contained"] = _contained(claim, team, place)
    if place:
        made["facility"] = reference("facility")
    if team:
        made["careTeam"] = [_member(at, party) for at, party in enumerate(team, start=1)]
    said, facts = _information(claim), line_facts(claim)
    if said or facts:
        every = [*said, *(fact for _, fact in facts)]
        made["supportingInfo"] = [{"sequence": at, **item} for at, item in enumerate(every, start=1)]
    made["diagnosis"] = _diagnoses(claim)
    if claim.procedures:
        made["procedure"] = [
            {
                "sequence": at,
                "type": [coded(f"{HL7}ex-procedure-type", "primary" if item.qualifier == "BBR" else "secondary")],
                **({"date": item.date.isoformat()} if item.date else {}),
                "procedureCodeableConcept": coded(ICD10PCS, item.code),
            }
            for at, item in enumerate(claim.procedures, start=1)
        ]
    made["insurance"] = _insurance(claim)
    if claim.accident_causes:
        made["accident"] = _accident(claim)
    made["item"] = claim_items(claim, [(party.role, party.id, party.name) for party in team])
    for at, (line, _) in enumerate(facts, start=len(said) + 1):
        made["item"][line - 1].setdefault("informationSequence", []).append(at)
    made["total"] = money(claim.total)
    return made


def _contained(claim: Claim, team: list[Party], place: Party | None) -> list[Resource]:
    person = claim.patient or claim.subscriber
    found = [
        patient("patient", person, claim.reference("EA")),
        provider("billing", claim.billing),
        payer("payer", claim.payer),
        _coverage("coverage", "payer", claim, None),
    ]
    if claim.patient:
        found.append(holder("holder", claim.subscriber))
    found += [provider(f"team-{at}", party) for at, party in enumerate(team, start=1)]
    if place:
        found.append(location("facility", place))
    for at, other in enumerate(claim.others, start=1):
        found += [payer(f"payer-{at}", other.payer), _coverage(f"coverage-{at}", f"payer-{at}", claim, other)]
        if other.relationship != "18":
            found.append(holder(f"holder-{at}", other.subscriber))
        if other.paid is not None:
            found.append(claim_response(f"response-{at}", f"payer-{at}", claim, other))
    return found


def _coverage(key: str, payer_key: str, claim: Claim, other: OtherPayer | None) -> Resource:
    holding = other or claim
    own = holding.relationship == "18" if other else claim.patient is None
    who = "patient" if own else "holder" + key.removeprefix("coverage")
    made: Resource = {
        "resourceType": "Coverage",
        "id": key,
        "status": "active",
        "subscriber": reference(who),
        "subscriberId": holding.subscriber.id,
        "beneficiary": reference("patient"),
        "relationship": coded(
            f"{HL7}subscriber-relationship", "self" if own else RELATIONSHIPS.get(holding.relationship, "other")
        ),
        "payor": [reference(payer_key)],
        "order": "PST".find(holding.responsibility) + 1 or 1,
    }
    if holding.group_number or holding.group_name:
        kind = coded(f"{HL7}coverage-class", "group")
        group: Resource = {"type": kind, "value": holding.group_number or holding.group_name}
        made["class"] = [group | ({"name": holding.group_name} if holding.group_name else {})]
    return made


def _insurance(claim: Claim) -> list[Resource]:
    billed: Resource = {"sequence": 1, "focal": True, "coverage": reference("coverage")}
    if number := claim.reference("G1"):
        billed["preAuthRef"] = [number]
    made = [billed]
    for at, other in enumerate(claim.others, start=1):
        entry: Resource = {"sequence": at + 1, "focal": False, "coverage": reference(f"coverage-{at}")}
        if other.paid is not None:
            entry["claimResponse"] = reference(f"response-{at}")
        made.append(entry)
    return made


def _team(claim: Claim) -> list[Party]:
    """Every provider but the billing one and the place, each once, those of the claim first."""
    every = (*claim.providers, *(party for line in claim.lines for party in line.providers))
    return list({(party.role, party.id, party.name): party for party in every if party.role not in PLACES}.values())


def _member(at: int, party: Party) -> Resource:
    role: Resource = coded(f"{HL7}claimcareteamrole", TEAM_ROLES.get(party.role, "other"))
    if party.role in ROLE_WORDS:
        role["text"] = ROLE_WORDS[party.role]
    made: Resource = {"sequence": at, "provider": reference(f"team-{at}"), "role": role}
    if party.taxonomy:
        made["qualification"] = coded(TAXONOMY, party.taxonomy)
    return made


def _diagnoses(claim: Claim) -> list[Resource]:
    made = []
    for at, item in enumerate(claim.diagnoses, start=1):
        system = ICD10CM if item.qualifier.startswith("A") else ICD9CM
        entry: Resource = {"sequence": at, "diagnosisCodeableConcept": coded(system, item.code)}
        kind = DIAGNOSIS_TYPES.get(item.qualifier.removeprefix("A"))
        if kind:
            entry["type"] = [coded(f"{HL7}ex-diagnosistype", kind)]
        if item.present_on_admission:
            entry["onAdmission"] = coded(f"{HL7}ex-diagnosis-on-admission", item.present_on_admission.lower())
        if at == 1 and claim.institutional and claim.institutional.drg:
            entry["packageCode"] = coded(DRG, claim.institutional.drg)
        made.append(entry)
    return made


def _information(claim: Claim) -> list[Resource]:
    """Dates, admission data, numbers, remark and what the patient has paid."""
    made: list[Resource] = []
    for date in claim.dates:
        if date.kind not in DATES:
            continue
        category: Resource = {"text": DATES[date.kind]}
        if date.kind == "431":
            category |= coded(f"{HL7}claiminformationcategory", "onset")
        item: Resource = {"category": category}
        if date.start and date.end:
            item["timingPeriod"] = {"start": date.start.isoformat(), "end": date.end.isoformat()}
        elif date.start:
            item["timingDate"] = date.start.isoformat()
        if date.time:
            item["valueString"] = f"{date.time[:2]}:{date.time[2:]}"
        made.append(item)
    if detail := claim.institutional:
        for words, system, code in (
            ("type of admission", "PriorityTypeOfAdmitOrVisit", detail.admission_type),
            ("point of origin", "PointOfOrigin", detail.admission_source),
            ("patient status", "PatDischargeStatus", detail.patient_status),
        ):
            if code:
                made.append({"category": {"text": words}, "code": coded(NUBC + system, code)})
    made += [
        {"category": {"text": words}, "valueString": value}
        for kind, words in REFERENCES.items()
        if (value := claim.reference(kind))
    ]
    if claim.note:
        made.append({"category": coded(f"{HL7}claiminformationcategory", "info"), "valueString": claim.note})
    made += _codes(claim)
    if claim.patient_paid is not None:
        paid = {"value": float(claim.patient_paid), "system": "urn:iso:std:iso:4217", "code": "USD"}
        made.append({"category": {"text": "paid by the patient"}, "valueQuantity": paid})
    return made


def _codes(claim: Claim) -> list[Resource]:
    """Condition, occurrence and value codes of the UB-04, what the patient is to owe, and an ambulance transport."""
    made: list[Resource] = [
        {"category": {"text": "condition code"}, "code": {"text": code}} for code in claim.conditions
    ]
    for item in claim.occurrences:
        entry: Resource = {"category": {"text": "occurrence code"}, "code": {"text": item.code}}
        if item.end:
            entry["timingPeriod"] = {"start": item.start.isoformat(), "end": item.end.isoformat()}
        else:
            entry["timingDate"] = item.start.isoformat()
        made.append(entry)
    for value in claim.values:
        amount = {"value": float(value.amount)}
        made.append({"category": {"text": "value code"}, "code": {"text": value.code}, "valueQuantity": amount})
    if claim.patient_due is not None:
        due = {"value": float(claim.patient_due), "system": "urn:iso:std:iso:4217", "code": "USD"}
        made.append({"category": {"text": "the patient is expected to owe"}, "valueQuantity": due})
    if said := claim.transport:
        miles = {"value": float(said.miles), "system": "http://unitsofmeasure.org", "code": "[mi_us]", "unit": "mile"}
        made.append({"category": {"text": "ambulance miles"}, "code": {"text": said.reason}, "valueQuantity": miles})
        if said.weight is not None:
            weight = {
                "value": float(said.weight),
                "system": "http://unitsofmeasure.org",
                "code": "[lb_av]",
                "unit": "pound",
            }
            made.append({"category": {"text": "patient weight"}, "valueQuantity": weight})
        words = (("ambulance round trip", said.round_trip), ("ambulance stretcher", said.stretcher))
        made += [{"category": {"text": name}, "valueString": text} for name, text in words if text]
        for apply, codes in said.conditions:
            text = f"{'' if apply else 'not '}{' '.join(codes)}"
            made.append({"category": {"text": "ambulance conditions"}, "valueString": text})
    for party in claim.providers:
        if party.role in AMBULANCE and party.address:
            where = party.address
            text = ", ".join(filter(None, (party.name, where.line1, where.line2, where.city, where.state, where.zip)))
            made.append({"category": {"text": AMBULANCE[party.role]}, "valueString": text})
    return made


def _accident(claim: Claim) -> Resource:
    date = next((item.start for item in claim.dates if item.kind == "439"), None)
    made: Resource = {}
    if date:
        made["date"] = date.isoformat()
    codes = [ACCIDENTS[cause] for cause in claim.accident_causes if cause in ACCIDENTS]
    made["type"] = coded(f"{HL7}v3-ActCode", codes[0]) if codes else {"text": "other accident"}
    if claim.accident_state:
        made["locationAddress"] = {"state": claim.accident_state}
    return made
