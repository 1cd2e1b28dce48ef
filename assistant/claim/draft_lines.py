"""One service of an encounter to one line of a claim, and the choice of its diagnosis pointers."""

import re
from collections.abc import Sequence
from decimal import Decimal

from assistant.claim.claim import ClaimAdjustment, DiagnosisPointer, LineDecision, LineDrug, ServiceLine
from assistant.claim.parties import Wording, provider_party
from assistant.review.encounter import Encounter
from assistant.review.party import Adjudication
from assistant.review.service import Service

MOST_POINTERS = 4
SIDES = {"LT": "left", "RT": "right"}


def draft_line(
    encounter: Encounter, service: Service, at: int, diagnoses: Sequence[tuple[str, str]], words: Wording
) -> ServiceLine:
    where = f"services[{at}]"
    start = service.date or encounter.date_of_service
    end = service.end_date or (encounter.end_date if service.date is None else None)
    providers = []
    if service.rendering_provider:
        providers.append(provider_party("82", service.rendering_provider, words, f"{where}.rendering_provider"))
    if service.ordering_provider:
        providers.append(provider_party("DK", service.ordering_provider, words, f"{where}.ordering_provider"))
    drug = None
    if service.drug:
        number = words.text(service.drug.prescription_number, f"{where}.drug.prescription_number", 50)
        ndc = words.text(service.drug.ndc.replace("-", ""), f"{where}.drug.ndc", 11)
        drug = LineDrug(ndc, service.drug.quantity, service.drug.unit, number)
    authorization = words.text(service.prior_authorization, f"{where}.prior_authorization", 50)
    return ServiceLine(
        procedure=words.text(service.procedure, f"{where}.procedure", 48),
        charge=service.charge if service.charge is not None else Decimal("0.00"),
        units=service.units,
        unit=words.text(service.unit, f"{where}.unit", 2),
        modifiers=tuple(words.text(item, f"{where}.modifiers", 2) for item in service.modifiers),
        pointers=pointers(service, diagnoses),
        description=words.text(service.description, f"{where}.description", 80),
        place_of_service=(
            ""
            if service.place_of_service == encounter.place_of_service
            else words.text(service.place_of_service, f"{where}.place_of_service", 2)
        ),
        emergency=service.emergency,
        start=start,
        end=None if end == start else end,
        control_number=words.text(service.control_number or f"{encounter.control_number}-{at}", where, 30),
        references=(("G1", authorization),) if authorization else (),
        providers=tuple(providers),
        drug=drug,
        note=words.text(service.note, f"{where}.note", 80),
        noncovered=service.noncovered_charge,
        epsdt=service.epsdt,
        family_planning=service.family_planning,
        decisions=tuple(
            LineDecision(
                payer_id=said.payer_id,
                paid=said.decision.paid,
                procedure=words.text(said.decision.procedure or service.procedure, where, 48),
                modifiers=() if said.decision.procedure else service.modifiers,
                units=said.units,
                date=said.decision.date,
                adjustments=adjustments_of(said.decision),
                patient_owes=said.decision.patient_owes,
            )
            for said in service.adjudications
        ),
    )


def pointers(service: Service, diagnoses: Sequence[tuple[str, str]]) -> tuple[DiagnosisPointer, ...]:
    """The diagnoses the service says it was for; else those of its side (LT, RT) when some title names that side,
    else the first four. `diagnoses` are (code, title) in claim order."""
    places = {code: DiagnosisPointer(at) for at, (code, _) in enumerate(diagnoses, start=1)}
    if service.diagnoses:
        return tuple(places[code] for code in service.diagnoses)
    side = next((SIDES[modifier] for modifier in service.modifiers if modifier in SIDES), None)
    if side:
        same = [places[code] for code, title in diagnoses if re.search(rf"\b{side}\b", title, re.IGNORECASE)]
        if same:
            return tuple(same[:MOST_POINTERS])
    return tuple(places.values())[:MOST_POINTERS]


def adjustments_of(decided: Adjudication) -> tuple[ClaimAdjustment, ...]:
    """Those of one group together, groups in the order met: CAS holds six of one group, and few CAS are allowed."""
    groups = list(dict.fromkeys(item.group for item in decided.adjustments))
    ordered = sorted(decided.adjustments, key=lambda item: groups.index(item.group))
    return tuple(ClaimAdjustment(item.group, item.reason, item.amount) for item in ordered)
