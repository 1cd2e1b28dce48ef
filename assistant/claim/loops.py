"""A claim as loops and segments, in no order yet: what both forms share. `structure` puts them in order."""

from collections.abc import Sequence
from itertools import groupby

from assistant.claim import institutional, professional
from assistant.claim.claim import (
    Claim,
    ClaimAdjustment,
    ClaimDate,
    ClaimForm,
    LineDecision,
    OtherPayer,
    Party,
    ServiceLine,
)
from assistant.claim.structure import Elements, Place, structure
from assistant.claim.wire import composite, day, number, segment
from assistant.errors import InputError

Loops = dict[Place, list[Elements]]
TAXONOMY_ROLES = {"85": "BI", "82": "PE", "71": "AT"}
"""PRV01 by the party's role; the billing provider's PRV stands in loop 2000A."""


def claim_loops(claim: Claim) -> Loops:
    """Every loop of the claim, its ancestors included, extras merged in. HL and LX are not here: they are counted."""
    loops = field_loops(claim)
    for extra in claim.extras:
        place = Place(extra.loop, extra.parent, extra.occurrence)
        segments = loops.setdefault(place, [])
        if extra.replaces in segments:
            segments.remove(extra.replaces)
        if extra.elements:
            segments.append(extra.elements)
    return {place: segments for place, segments in loops.items() if segments}


def field_loops(claim: Claim) -> Loops:
    """What the fields say, without extras."""
    loops: Loops = {
        Place("2000A"): [],
        Place("2010AA"): party_segments(claim.billing),
        Place("2000B"): [_subscriber(claim)],
        Place("2010BA"): party_segments(claim.subscriber),
        Place("2010BB"): party_segments(claim.payer),
    }
    if claim.billing.taxonomy:
        loops[Place("2000A")].append(segment("PRV", "BI", "PXC", claim.billing.taxonomy))
    if claim.pay_to:
        loops[Place("2010AB")] = party_segments(claim.pay_to)
    if claim.patient:
        loops[Place("2000C")] = [_patient(claim, claim.relationship)]
        loops[Place("2010CA")] = party_segments(claim.patient)
    elif claim.death_date or claim.pregnant:
        loops[Place("2000B")].append(_patient(claim, ""))
    form = professional if claim.form is ClaimForm.PROFESSIONAL else institutional
    loops[Place("2300")] = [*form.claim_segments(claim), *_shared(claim)]
    _add_parties(loops, claim.form, "2300", 0, claim.providers)
    for at, other in enumerate(claim.others, start=1):
        _add_other(loops, at, other)
    for at, line in enumerate(claim.lines, start=1):
        _add_line(loops, claim, at, line)
    return loops


def party_segments(party: Party) -> list[Elements]:
    """NM1, N3, N4, DMG, PRV (unless billing), REF and PER of one party."""
    kind = "1" if party.person else "2"
    segments = [
        segment(
            "NM1", party.role, kind, party.name, party.first, party.middle, "", party.suffix, party.id_kind, party.id
        )
    ]
    if party.address:
        here = party.address
        if here.line1 or here.line2:
            segments.append(segment("N3", here.line1, here.line2))
        if here.city or here.state or here.zip or here.country:
            segments.append(segment("N4", here.city, here.state, here.zip, here.country))
    if party.birth_date:
        segments.append(segment("DMG", "D8", day(party.birth_date), party.sex))
    if party.taxonomy and party.role in TAXONOMY_ROLES and party.role != "85":
        segments.append(segment("PRV", TAXONOMY_ROLES[party.role], "PXC", party.taxonomy))
    segments += [segment("REF", kind, value) for kind, value in party.references]
    for contact in party.contacts:
        flat = [part for kind, value in contact.numbers for part in (kind, value)]
        segments.append(segment("PER", "IC", contact.name, *flat))
    return segments


def date_segment(date: ClaimDate) -> Elements:
    """DTP in the shape the date has: a day, a range, or a day with its time."""
    if date.start is None:
        return segment("DTP", date.kind, "TM", date.time)
    if date.end:
        return segment("DTP", date.kind, "RD8", f"{day(date.start)}-{day(date.end)}")
    if date.time:
        return segment("DTP", date.kind, "DT", day(date.start) + date.time)
    return segment("DTP", date.kind, "D8", day(date.start))


def adjustment_segments(adjustments: Sequence[ClaimAdjustment]) -> list[Elements]:
    """CAS, up to six reasons of one group in each."""
    segments = []
    for group, run in groupby(adjustments, key=lambda item: item.group):
        items = list(run)
        for start in range(0, len(items), 6):
            flat: list[str] = []
            for item in items[start : start + 6]:
                quantity = number(item.quantity) if item.quantity is not None else ""
                flat += [item.reason, number(item.amount), quantity]
            segments.append(segment("CAS", group, *flat))
    return segments


def _subscriber(claim: Claim) -> Elements:
    relationship = "" if claim.patient else claim.relationship
    return segment(
        "SBR",
        claim.responsibility,
        relationship,
        claim.group_number,
        claim.group_name,
        claim.insurance_type,
        "",
        "",
        "",
        claim.filing_indicator,
    )


def _patient(claim: Claim, relationship: str) -> Elements:
    died = ("D8", day(claim.death_date)) if claim.death_date else ("", "")
    return segment("PAT", relationship, "", "", "", *died, "", "", "Y" if claim.pregnant else "")


def _shared(claim: Claim) -> list[Elements]:
    """Segments of loop 2300 that both forms write alike."""
    segments = [date_segment(date) for date in claim.dates]
    segments += [segment("REF", kind, value) for kind, value in claim.references]
    if claim.note:
        segments.append(segment("NTE", "ADD", claim.note))
    return segments


def _add_parties(loops: Loops, form: ClaimForm, section: str, parent: int, parties: Sequence[Party]) -> None:
    order = structure(form)
    for party in parties:
        loop = order.opens(section, ("NM1", party.role))
        if loop is None:
            raise InputError(f"An {form.value} has no place for a provider in role {party.role} in loop {section}.")
        loops[free_place(loops, loop, parent)] = party_segments(party)


def free_place(loops: Loops, loop: str, parent: int) -> Place:
    """The place of one more loop of a kind. Those before it are there without gaps: it is found by halving."""
    below, above = 0, 1
    while Place(loop, parent, above) in loops:
        below, above = above, above * 2
    while above - below > 1:
        middle = (below + above) // 2
        below, above = (middle, above) if Place(loop, parent, middle) in loops else (below, middle)
    return Place(loop, parent, above)


def _add_other(loops: Loops, at: int, other: OtherPayer) -> None:
    said = loops[Place("2320", at)] = [
        segment(
            "SBR",
            other.responsibility,
            other.relationship,
            other.group_number,
            other.group_name,
            other.insurance_type,
            "",
            "",
            "",
            other.filing_indicator,
        ),
        *adjustment_segments(other.adjustments),
    ]
    if other.paid is not None:
        said.append(segment("AMT", "D", number(other.paid)))
    if other.patient_owes is not None:
        said.append(segment("AMT", "EAF", number(other.patient_owes)))
    said.append(segment("OI", "", "", other.assign_benefits, other.signature_source, "", other.release_information))
    loops[Place("2330A", at)] = party_segments(other.subscriber)
    payer = loops[Place("2330B", at)] = party_segments(other.payer)
    if other.date:
        payer.append(date_segment(ClaimDate("573", other.date)))
    if other.control_number:
        payer.append(segment("REF", "F8", other.control_number))


def _add_line(loops: Loops, claim: Claim, at: int, line: ServiceLine) -> None:
    form = professional if claim.form is ClaimForm.PROFESSIONAL else institutional
    said = loops[Place("2400", at)] = [form.service_segment(line)]
    if line.start:
        said.append(date_segment(ClaimDate("472", line.start, line.end)))
    said += [date_segment(date) for date in line.dates]
    if line.control_number:
        said.append(segment("REF", "6R", line.control_number))
    said += [segment("REF", kind, value) for kind, value in line.references]
    if line.note:
        said.append(segment("NTE", "ADD", line.note))
    if line.drug:
        drug = loops[Place("2410", at)] = [segment("LIN", "", "N4", line.drug.ndc)]
        drug.append(segment("CTP", "", "", "", number(line.drug.quantity), line.drug.unit))
        if line.drug.prescription:
            drug.append(segment("REF", "XZ", line.drug.prescription))
    _add_parties(loops, claim.form, "2400", at, line.providers)
    for occurrence, decision in enumerate(line.decisions, start=1):
        loops[Place("2430", at, occurrence)] = _decision(decision, line.qualifier)


def _decision(decision: LineDecision, qualifier: str) -> list[Elements]:
    procedure = composite(qualifier, decision.procedure, *decision.modifiers) if decision.procedure else ""
    segments = [
        segment(
            "SVD", decision.payer_id, number(decision.paid), procedure, decision.revenue_code, number(decision.units)
        ),
        *adjustment_segments(decision.adjustments),
    ]
    if decision.date:
        segments.append(date_segment(ClaimDate("573", decision.date)))
    if decision.patient_owes is not None:
        segments.append(segment("AMT", "EAF", number(decision.patient_owes)))
    return segments
