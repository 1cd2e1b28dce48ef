"""What an earlier payer decided, as a FHIR R4 ClaimResponse contained in the claim for the next payer."""

from collections.abc import Sequence
from decimal import Decimal

from assistant.claim.claim import Claim, ClaimAdjustment, ClaimForm, OtherPayer
from assistant.claim.fhir_items import money
from assistant.claim.fhir_parties import Resource, coded, reference

ADJUDICATION = "http://terminology.hl7.org/CodeSystem/adjudication"
GROUPS = "https://x12.org/codes/claim-adjustment-group-codes"
REASONS = "https://x12.org/codes/claim-adjustment-reason-codes"


def claim_response(key: str, payer_key: str, claim: Claim, other: OtherPayer) -> Resource:
    """The decision with its amounts: paid (`benefit`), and each adjustment with its group and reason."""
    kind = "professional" if claim.form is ClaimForm.PROFESSIONAL else "institutional"
    dates = [said.date for line in claim.lines for said in line.decisions if said.payer_id == other.payer.id]
    decided = other.date or next((date for date in dates if date), None)
    made: Resource = {
        "resourceType": "ClaimResponse",
        "id": key,
        "status": "active",
        "type": coded("http://terminology.hl7.org/CodeSystem/claim-type", kind),
        "use": "claim",
        "patient": reference("patient"),
        "insurer": reference(payer_key),
        "outcome": "complete",
    }
    if decided:
        made["created"] = decided.isoformat()
    else:
        made["_created"] = {
            "extension": [
                {
                    "url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason",
                    "valueCode": "unknown",
                }
            ]
        }
    if other.control_number:
        made["identifier"] = [{"value": other.control_number}]
    items = [
        {"itemSequence": at, "adjudication": _amounts(said.paid, said.adjustments)}
        for at, line in enumerate(claim.lines, start=1)
        for said in line.decisions
        if said.payer_id == other.payer.id
    ]
    if items:
        made["item"] = items
    made["adjudication"] = _amounts(other.paid, other.adjustments)
    return made


def _amounts(paid: Decimal | None, adjustments: Sequence[ClaimAdjustment]) -> list[Resource]:
    made: list[Resource] = []
    if paid is not None:
        made.append({"category": coded(ADJUDICATION, "benefit"), "amount": money(paid)})
    for item in adjustments:
        group = coded(GROUPS, item.group)
        made.append({"category": group, "reason": coded(REASONS, item.reason), "amount": money(item.amount)})
    return made
