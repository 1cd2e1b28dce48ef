"""Loops of an 837 to the fields of a claim; what the fields cannot say exactly becomes extras."""

import dataclasses
import re
from collections.abc import Iterable, Sequence
from decimal import Decimal

from assistant.claim.claim import (
    Claim,
    ClaimAdjustment,
    ClaimDate,
    ClaimDiagnosis,
    ClaimForm,
    ClaimProcedure,
    Contact,
    DiagnosisPointer,
    Extra,
    InstitutionalDetail,
    LineDecision,
    LineDrug,
    OtherPayer,
    Party,
    PartyAddress,
    ServiceLine,
)
from assistant.claim.field_codes import read_codes, read_transport
from assistant.claim.loops import Loops, field_loops
from assistant.claim.structure import Elements, Place
from assistant.errors import InputError
from assistant.x12 import parse_amount, parse_date, whole_number
from corpus.codes import dotted

PRINCIPAL = ("ABK", "BK")
DIAGNOSES = ("ABK", "BK", "ABF", "BF", "ABJ", "BJ", "ABN", "BN", "APR", "PR")
PROCEDURES = ("BBR", "BR", "BBQ", "BQ")
NUMERIC = {"CLM", "SV1", "SV2", "AMT", "CAS", "SVD", "CTP", "QTY", "MEA", "HCP", "CR1", "CN1", "MOA", "MIA", "PAT"}
"""Segments in which `8.20` and `8.2` say the same."""
_FRACTION = re.compile(r"(-?\d*)\.(\d*)")


def claim_of(form: ClaimForm, loops: Loops) -> Claim:
    """The claim of these loops (its ancestors included). Raises InputError naming an amount that is none."""
    at = _Segments(loops)
    subscriber_head = at.first("2000B", "SBR")
    patient_head = at.first("2000C", "PAT")
    about_patient = patient_head or at.first("2000B", "PAT")
    head = at.first("2300", "CLM")
    place = _components(head, 5)
    accident = _components(head, 11)
    diagnoses, procedures, drg = _codes(at.all("2300", "HI"))
    told = read_codes(at.all("2300", "HI"))
    billing = party_of("85", loops.get(Place("2010AA"), []), _taxonomy(at.all("2000A", "PRV")))
    admitted = at.first("2300", "CL1")
    inner: dict[int, list[Place]] = {}
    for here in loops:
        inner.setdefault(here.parent, []).append(here)
    claim = Claim(
        form=form,
        control_number=_get(head, 1),
        total=_amount(head, 2),
        facility_code=_component(place, 0),
        facility_qualifier=_component(place, 1),
        frequency=_component(place, 2),
        billing=billing,
        pay_to=party_of("87", loops[Place("2010AB")]) if Place("2010AB") in loops else None,
        subscriber=party_of("IL", loops.get(Place("2010BA"), [])),
        payer=party_of("PR", loops.get(Place("2010BB"), [])),
        patient=party_of("QC", loops.get(Place("2010CA"), [])) if Place("2000C") in loops else None,
        diagnoses=diagnoses,
        procedures=procedures,
        conditions=told.conditions,
        occurrences=told.occurrences,
        values=told.values,
        patient_due=None if form is ClaimForm.PROFESSIONAL else _qualified(at.all("2300", "AMT"), "F3"),
        transport=read_transport(at.first("2300", "CR1"), at.all("2300", "CRC")),
        lines=tuple(_line(loops, at, here.parent, inner.get(here.parent, ())) for here in _places(loops, "2400")),
        responsibility=_get(subscriber_head, 1),
        relationship=_get(patient_head, 1) if Place("2000C") in loops else _get(subscriber_head, 2),
        group_number=_get(subscriber_head, 3),
        group_name=_get(subscriber_head, 4),
        insurance_type=_get(subscriber_head, 5),
        filing_indicator=_get(subscriber_head, 9),
        provider_signature=_get(head, 6) if form is ClaimForm.PROFESSIONAL else "Y",
        assignment=_get(head, 7),
        assign_benefits=_get(head, 8),
        release_information=_get(head, 9),
        signature_source=_get(head, 10),
        accident_causes=tuple(cause for cause in accident[:3] if cause),
        accident_state=_component(accident, 3),
        accident_country=_component(accident, 4),
        special_program=_get(head, 12),
        delay_reason=_get(head, 20),
        death_date=parse_date(_get(about_patient, 6)),
        pregnant=_get(about_patient, 9) == "Y",
        dates=_dates(at.all("2300", "DTP")),
        references=_references(at.all("2300", "REF")),
        patient_paid=_qualified(at.all("2300", "AMT"), "F5") if form is ClaimForm.PROFESSIONAL else None,
        note=next((_get(note, 2) for note in at.all("2300", "NTE") if _get(note, 1) == "ADD"), ""),
        providers=tuple(_party_at(loops, here) for here in loops if here.loop.startswith("2310")),
        others=tuple(_other(loops, at, here.parent) for here in _places(loops, "2320")),
        institutional=(
            InstitutionalDetail(_get(admitted, 1), _get(admitted, 2), _get(admitted, 3), drg) if admitted else None
        ),
    )
    extras = tuple(_differences(loops, field_loops(claim)))
    if not extras:
        return claim
    return dataclasses.replace(claim, extras=extras)


def party_of(role: str, segments: Sequence[Elements], taxonomy: str = "", left_out: Iterable[str] = ()) -> Party:
    """The party that NM1 and what follows it say. REF qualifiers in `left_out` are not the party's own."""
    by_name: dict[str, Elements] = {}
    for elements in reversed(segments):
        by_name[elements[0]] = elements
    name = by_name.get("NM1", ("NM1",))
    street, town, born = by_name.get("N3", ()), by_name.get("N4", ()), by_name.get("DMG", ())
    address = None
    if street or town:
        address = PartyAddress(
            _get(street, 1), _get(street, 2), _get(town, 1), _get(town, 2), _get(town, 3), _get(town, 4)
        )
    birth_date = parse_date(_get(born, 2)) if _get(born, 1) == "D8" else None
    return Party(
        _get(name, 1) or role,
        _get(name, 3),
        _get(name, 4),
        _get(name, 5),
        _get(name, 7),
        person=_get(name, 2) == "1",
        id_kind=_get(name, 8),
        id=_get(name, 9),
        address=address,
        birth_date=birth_date,
        sex=_get(born, 3) if birth_date else "",
        taxonomy=taxonomy or _taxonomy([by_name["PRV"]] if "PRV" in by_name else []),
        references=_references([item for item in segments if item[0] == "REF" and _get(item, 1) not in left_out]),
        contacts=tuple(_contact(item) for item in segments if item[0] == "PER"),
    )


class _Segments:
    """Look-up of segments by loop and name."""

    def __init__(self, loops: Loops) -> None:
        self._loops = loops

    def all(self, loop: str, name: str, parent: int = 0, occurrence: int = 1) -> list[Elements]:
        found = self._loops.get(Place(loop, parent, occurrence), [])
        return [elements for elements in found if elements[0] == name]

    def first(self, loop: str, name: str, parent: int = 0, occurrence: int = 1) -> Elements:
        return next(iter(self.all(loop, name, parent, occurrence)), ())


def _line(loops: Loops, at: _Segments, number: int, inner: Sequence[Place]) -> ServiceLine:
    """Line `number`; `inner` are the places of the loops with that parent."""
    professional = at.first("2400", "SV1", number)
    service = professional or at.first("2400", "SV2", number)
    # SV2 has the revenue code in front: everything stands one element later.
    shift = 0 if professional else 1
    said = _components(service, 1 + shift)
    dates = _dates(at.all("2400", "DTP", number))
    served = next((date for date in dates if date.kind == "472" and not date.time), None)
    references = _references(at.all("2400", "REF", number))
    control = next((value for kind, value in references if kind == "6R"), "")
    drug = at.first("2410", "LIN", number)
    amount = at.first("2410", "CTP", number)
    pointers = _components(professional, 7)
    return ServiceLine(
        procedure=_component(said, 1),
        qualifier=_component(said, 0) or "HC",
        modifiers=tuple(modifier for modifier in said[2:6] if modifier),
        description=_component(said, 6),
        charge=_amount(service, 2 + shift),
        unit=_get(service, 3 + shift),
        units=parse_amount(_get(service, 4 + shift)) or Decimal(0),
        place_of_service=_get(professional, 5),
        pointers=tuple(DiagnosisPointer(place) for place in map(whole_number, pointers) if place is not None),
        emergency=_get(professional, 9) == "Y",
        epsdt=_get(professional, 11) == "Y",
        family_planning=_get(professional, 12) == "Y",
        noncovered=None if professional else parse_amount(_get(service, 7)),
        revenue_code="" if professional else _get(service, 1),
        start=served.start if served else None,
        end=served.end if served else None,
        control_number=control,
        references=tuple(item for item in references if item != ("6R", control)),
        dates=tuple(date for date in dates if date is not served),
        note=next((_get(note, 2) for note in at.all("2400", "NTE", number) if _get(note, 1) == "ADD"), ""),
        providers=tuple(_party_at(loops, here) for here in inner if here.loop[:3] == "242"),
        drug=(
            LineDrug(
                _get(drug, 3),
                parse_amount(_get(amount, 4)) or Decimal(0),
                _component(_components(amount, 5), 0),
                next((_get(ref, 2) for ref in at.all("2410", "REF", number) if _get(ref, 1) == "XZ"), ""),
            )
            if drug
            else None
        ),
        decisions=tuple(_decision(at, here) for here in sorted(place for place in inner if place.loop == "2430")),
    )


def _decision(at: _Segments, here: Place) -> LineDecision:
    where = (here.parent, here.occurrence)
    said = at.first("2430", "SVD", *where)
    procedure = _components(said, 3)
    decided = _dates(at.all("2430", "DTP", *where))
    return LineDecision(
        payer_id=_get(said, 1),
        paid=_amount(said, 2),
        procedure=_component(procedure, 1),
        modifiers=tuple(modifier for modifier in procedure[2:6] if modifier),
        units=parse_amount(_get(said, 5)) or Decimal(0),
        date=next((date.start for date in decided if date.kind == "573"), None),
        adjustments=_adjustments(at.all("2430", "CAS", *where)),
        patient_owes=_qualified(at.all("2430", "AMT", *where), "EAF"),
        revenue_code=_get(said, 4),
    )


def _other(loops: Loops, at: _Segments, number: int) -> OtherPayer:
    head = at.first("2320", "SBR", number)
    terms = at.first("2320", "OI", number)
    amounts = at.all("2320", "AMT", number)
    payer = loops.get(Place("2330B", number), [])
    numbers = _references(at.all("2330B", "REF", number))
    decided = _dates(at.all("2330B", "DTP", number))
    return OtherPayer(
        responsibility=_get(head, 1),
        relationship=_get(head, 2),
        group_number=_get(head, 3),
        group_name=_get(head, 4),
        insurance_type=_get(head, 5),
        filing_indicator=_get(head, 9),
        subscriber=party_of("IL", loops.get(Place("2330A", number), [])),
        payer=party_of("PR", payer, left_out=("F8",)),
        assign_benefits=_get(terms, 3),
        signature_source=_get(terms, 4),
        release_information=_get(terms, 6),
        paid=_qualified(amounts, "D"),
        patient_owes=_qualified(amounts, "EAF"),
        adjustments=_adjustments(at.all("2320", "CAS", number)),
        date=next((date.start for date in decided if date.kind == "573"), None),
        control_number=next((value for kind, value in numbers if kind == "F8"), ""),
    )


def _codes(segments: Sequence[Elements]) -> tuple[tuple[ClaimDiagnosis, ...], tuple[ClaimProcedure, ...], str]:
    diagnoses, procedures, drg = [], [], ""
    for elements in segments:
        for item in elements[1:]:
            parts = item.split(":")
            qualifier, code = parts[0], _component(parts, 1)
            if qualifier in DIAGNOSES and code:
                diagnoses.append(ClaimDiagnosis(_pointed(code, qualifier), qualifier, _component(parts, 8)))
            elif qualifier in PROCEDURES and code:
                procedures.append(ClaimProcedure(code, qualifier, parse_date(_component(parts, 3))))
            elif qualifier == "DR":
                drg = code
    return tuple(diagnoses), tuple(procedures), drg


def _pointed(code: str, qualifier: str) -> str:
    """With its dot; ICD-9 external causes have theirs after four characters."""
    if qualifier[0] != "A" and code[:1] == "E" and len(code) > 4:
        return f"{code[:4]}.{code[4:]}"
    return dotted(code)


def _dates(segments: Sequence[Elements]) -> tuple[ClaimDate, ...]:
    """Those that are dates; a DTP of any other shape stays an extra."""
    made = []
    for elements in segments:
        kind, shape, text = _get(elements, 1), _get(elements, 2), _get(elements, 3)
        start = parse_date(text[:8])
        if shape == "D8" and start and len(text) == 8:
            made.append(ClaimDate(kind, start))
        elif shape == "RD8" and start and (end := parse_date(text[9:])) and text[8:9] == "-":
            made.append(ClaimDate(kind, start, end))
        elif shape == "DT" and start and whole_number(text[8:]) is not None:
            made.append(ClaimDate(kind, start, time=text[8:]))
        elif shape == "TM" and whole_number(text) is not None:
            made.append(ClaimDate(kind, None, time=text))
    return tuple(made)


def _references(segments: Sequence[Elements]) -> tuple[tuple[str, str], ...]:
    return tuple((elements[1], elements[2]) for elements in segments if len(elements) == 3)


def _adjustments(segments: Sequence[Elements]) -> tuple[ClaimAdjustment, ...]:
    made = []
    for elements in segments:
        for start in range(2, len(elements), 3):
            amount = parse_amount(_get(elements, start + 1))
            if elements[start] and amount is not None:
                quantity = parse_amount(_get(elements, start + 2))
                made.append(ClaimAdjustment(_get(elements, 1), elements[start], amount, quantity))
    return tuple(made)


def _contact(elements: Elements) -> Contact:
    pairs = [(_get(elements, at), _get(elements, at + 1)) for at in range(3, len(elements), 2)]
    return Contact(_get(elements, 2), tuple(pairs))


def _party_at(loops: Loops, here: Place) -> Party:
    return party_of("", loops[here])


def _places(loops: Loops, loop: str) -> list[Place]:
    return [here for here in loops if here.loop == loop]


def _taxonomy(segments: Sequence[Elements]) -> str:
    return next((_get(item, 3) for item in segments if _get(item, 2) == "PXC"), "")


def _qualified(segments: Sequence[Elements], qualifier: str) -> Decimal | None:
    return next((parse_amount(_get(item, 2)) for item in segments if _get(item, 1) == qualifier), None)


def _amount(elements: Elements, position: int) -> Decimal:
    amount = parse_amount(_get(elements, position))
    if amount is None:
        name = elements[0] if elements else "a service segment"
        raise InputError(f"{name}{position:02} is not an amount" if elements else f"{name} is missing")
    return amount


def _differences(read: Loops, made: Loops) -> Iterable[Extra]:
    """What was read and the fields do not write, paired with what they write and was not read."""
    for place in dict.fromkeys([*read, *made]):
        wanted = {_canonical(elements): elements for elements in made.get(place, [])}
        missing = []
        for elements in read.get(place, []):
            if wanted.pop(_canonical(elements), None) is None:
                missing.append(elements)
        wrong = list(wanted.values())
        for elements in missing:
            replaced = next((item for item in wrong if item[0] == elements[0]), ())
            if replaced:
                wrong.remove(replaced)
            yield Extra(place.loop, place.parent, place.occurrence, elements, replaced)
        for elements in wrong:
            yield Extra(place.loop, place.parent, place.occurrence, (), elements)


def _canonical(elements: Elements) -> Elements:
    if elements[0] not in NUMERIC:
        return elements
    return tuple(_number(element) for element in elements)


def _number(text: str) -> str:
    if "." not in text or not _FRACTION.fullmatch(text):
        return text
    return text.rstrip("0").rstrip(".") or "0"


def _components(elements: Elements, position: int) -> list[str]:
    text = _get(elements, position)
    return text.split(":") if text else []


def _component(parts: Sequence[str], position: int) -> str:
    return parts[position] if position < len(parts) else ""


def _get(elements: Elements, position: int) -> str:
    return elements[position] if position < len(elements) else ""
