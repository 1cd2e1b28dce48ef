"""Encounters of every shape that may be billed, as JSON records, for hypothesis."""

import datetime as dt
import string
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from assistant.x12 import npi_is_valid

LETTERS = string.ascii_letters + "ÀÉÎÕÜàéîõüñçßØłŠž"
TEXT = LETTERS + string.digits + " '-.,/&#"
DAY = dt.date(2026, 11, 9)
CODES = ("E11.22", "I12.9", "N18.32", "S93.402A", "E78.5", "Z79.84", "J45.909", "M54.50", "R05.1", "I10", "K21.9")
MORE_CODES = (*CODES, "F32.9", "G43.909", "L40.9", "N39.0")
PROCEDURES = ("99213", "99214", "29540", "83036", "L1902", "J1885", "0001F", "0042T", "G0008", "12001")
MODIFIERS = ("25", "59", "LT", "RT", "26", "TC", "QW", "76", "XS", "GA")
STATES = ("OH", "NY", "CA", "TX", "PR", "DC")


def words(longest: int, shortest: int = 1, alphabet: str = TEXT) -> st.SearchStrategy[str]:
    """A text that still has something in it once X12 has had its way; `ß` becomes two letters."""
    room = max(shortest, longest // 2)
    made = st.text(alphabet, min_size=shortest, max_size=room)
    return made.filter(lambda text: len(text.strip()) >= shortest)


def maybe(values: st.SearchStrategy[Any], empty: Any = "") -> st.SearchStrategy[Any]:
    return st.one_of(st.just(empty), values)


def digits(count: int) -> st.SearchStrategy[str]:
    return st.text(string.digits, min_size=count, max_size=count)


def money(most: int = 99_999) -> st.SearchStrategy[str]:
    return st.integers(0, most * 100).map(lambda cents: f"{Decimal(cents) / 100:.2f}")


def days(last: dt.date = DAY) -> st.SearchStrategy[str]:
    return st.dates(dt.date(2025, 1, 1), last).map(str)


@st.composite
def npis(draw: st.DrawFn) -> str:
    stem = "1" + draw(digits(8))
    return next(stem + last for last in string.digits if npi_is_valid(stem + last))


def addresses() -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {
            "line1": words(55),
            "line2": maybe(words(55)),
            "city": words(30, 2, LETTERS),
            "state": st.sampled_from(STATES),
            "zip": st.one_of(digits(9), digits(9).map(lambda code: f"{code[:5]}-{code[5:]}")),
        }
    )


def people() -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {
            "last_name": words(60),
            "first_name": words(35),
            "middle_name": maybe(words(25)),
            "suffix": maybe(st.sampled_from(("JR", "III"))),
            "birth_date": st.dates(dt.date(1910, 1, 1), dt.date(2024, 1, 1)).map(str),
            "sex": st.sampled_from(("female", "male", "unknown")),
            "address": addresses(),
        }
    )


@st.composite
def providers(draw: st.DrawFn, billing: bool = False, place: bool = False, person: bool = False) -> dict[str, Any]:
    made: dict[str, Any] = {"npi": draw(npis()), "taxonomy": draw(maybe(st.sampled_from(("207Q00000X", "208D00000X"))))}
    if not person and draw(st.booleans()):
        made["organization"] = draw(words(60))
    else:
        made.update(last_name=draw(words(60)), first_name=draw(words(35)), suffix=draw(maybe(st.just("JR"))))
    if place:
        made = {"npi": made["npi"], "organization": draw(words(60))}
    if billing or place:
        made["address"] = draw(addresses())
    if billing:
        made.update(tax_id=draw(digits(9)), tax_id_kind=draw(st.sampled_from(("ein", "ssn"))), phone=draw(digits(10)))
        made["contact_name"] = draw(maybe(words(60)))
    return made


@st.composite
def coverages(draw: st.DrawFn, responsibility: str, number: int, decided: bool = False) -> dict[str, Any]:
    relationship = draw(st.sampled_from(("self", "self", "spouse", "child", "other", "life_partner")))
    made: dict[str, Any] = {
        "payer": {
            "name": draw(words(60)),
            "id": f"P{number}{draw(digits(4))}",
            "address": draw(maybe(addresses(), None)),
        },
        "member_id": draw(words(30, 2, string.ascii_uppercase + string.digits)),
        "relationship": relationship,
        "filing_indicator": draw(st.sampled_from(("CI", "MB", "MC", "BL", "HM", "12", "16", "ZZ"))),
        "responsibility": responsibility,
        "group_number": draw(maybe(words(50))),
        "group_name": draw(maybe(words(60))),
        "subscriber": draw(people()) if relationship != "self" else None,
    }
    if responsibility != "primary" and draw(st.booleans()):
        made["insurance_type"] = draw(st.sampled_from(("12", "47")))
    if decided:
        rows = draw(st.lists(adjustments(), max_size=8))
        made["adjudication"] = {
            "paid": draw(money()),
            "date": draw(days()),
            "adjustments": rows,
            "patient_owes": draw(maybe(money(), None)),
            "control_number": draw(maybe(words(40, 1, string.ascii_uppercase + string.digits))),
        }
    return made


def adjustments() -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {
            "group": st.sampled_from(("CO", "PR", "OA", "PI")),
            "reason": st.sampled_from(("1", "2", "3", "45", "97", "197", "253")),
            "amount": money(),
        }
    )


@st.composite
def services(draw: st.DrawFn, diagnoses: list[str], payers: list[str]) -> dict[str, Any]:
    start = draw(days())
    made: dict[str, Any] = {
        "procedure": draw(st.sampled_from(PROCEDURES)),
        "charge": draw(money()),
        "modifiers": draw(st.lists(st.sampled_from(MODIFIERS), unique=True, max_size=4)),
        "units": draw(st.sampled_from(("1", "2", "0.5", "12", "100"))),
        "unit": draw(st.sampled_from(("UN", "UN", "MJ"))),
        "diagnoses": draw(st.lists(st.sampled_from(diagnoses), unique=True, max_size=4)),
        "place_of_service": draw(maybe(st.sampled_from(("11", "22", "23")))),
        "description": draw(maybe(words(40, 1, LETTERS))),
        "emergency": draw(st.booleans()),
        "prior_authorization": draw(maybe(words(40))),
        "note": draw(maybe(words(80))),
        "epsdt": draw(st.booleans()),
        "family_planning": draw(st.booleans()),
    }
    if draw(st.booleans()):
        made["date"] = start
        if draw(st.booleans()):
            made["end_date"] = str(draw(st.dates(dt.date.fromisoformat(start), DAY)))
    if draw(st.booleans()):
        unit = draw(st.sampled_from(("UN", "ML", "GR", "ME", "F2")))
        drug = {"ndc": draw(digits(11)), "quantity": draw(st.sampled_from(("1", "2.5", "0.125"))), "unit": unit}
        made["drug"] = {**drug, "prescription_number": draw(maybe(words(20)))}
    made["rendering_provider"] = draw(maybe(providers(), None))
    made["ordering_provider"] = draw(maybe(providers(person=True), None))
    for payer in payers:
        decision = {
            "paid": draw(money()),
            "date": draw(days()),
            "adjustments": draw(st.lists(adjustments(), max_size=4)),
        }
        decision["patient_owes"] = draw(maybe(money(), None))
        made.setdefault("adjudications", []).append({"payer_id": payer, "decision": decision})
    return made


@st.composite
def encounters(draw: st.DrawFn) -> dict[str, Any]:
    """One billable encounter."""
    codes = draw(st.lists(st.sampled_from(MORE_CODES), min_size=1, max_size=12, unique=True))
    place = draw(st.integers(0, 2))
    order = ("primary", "secondary", "tertiary")
    earlier = [draw(coverages(order[at], at, decided=True)) for at in range(place)]
    later = [draw(coverages(order[place + 1], place + 1))] if place < 2 and draw(st.booleans()) else []
    payers = [coverage["payer"]["id"] for coverage in earlier]
    change = draw(st.sampled_from(("original", "original", "replacement", "void")))
    made: dict[str, Any] = {
        "id": "generated",
        "date_of_service": str(DAY),
        "end_date": draw(maybe(st.just("2026-11-10"), None)),
        "place_of_service": draw(st.sampled_from(("11", "22", "21", "10"))),
        "diagnoses": [{"code": code, "status": "confirmed"} for code in codes],
        "services": draw(st.lists(services(codes, payers), min_size=1, max_size=5)),
        "patient": {
            **draw(people()),
            "death_date": draw(maybe(days(), None)),
            "pregnant": draw(st.booleans()),
            "medical_record_number": draw(maybe(words(40))),
        },
        "coverage": draw(coverages(order[place], place)),
        "other_coverages": earlier + later,
        "billing_provider": draw(providers(billing=True)),
        "rendering_provider": draw(maybe(providers(), None)),
        "referring_provider": draw(maybe(providers(person=True), None)),
        "supervising_provider": draw(maybe(providers(person=True), None)),
        "service_facility": draw(maybe(providers(place=True), None)),
        "control_number": draw(words(20, 1, string.ascii_uppercase + string.digits)),
        "frequency": change,
        "payer_control_number": draw(words(40, 1)) if change != "original" else "",
        "accept_assignment": draw(st.booleans()),
        "assign_benefits": draw(st.booleans()),
        "release_information": draw(st.booleans()),
        "provider_signature": draw(st.booleans()),
        "prior_authorization": draw(maybe(words(40))),
        "referral_number": draw(maybe(words(40))),
        "clia_number": draw(maybe(st.just("36D0998877"))),
        "patient_paid": draw(maybe(money(), None)),
        "note": draw(maybe(words(80))),
    }
    made["disability_start"] = draw(maybe(days(dt.date(2025, 12, 31)), None))
    made["disability_end"] = draw(maybe(st.dates(dt.date(2026, 1, 1), DAY).map(str), None))
    made["delay_reason"] = draw(maybe(st.sampled_from(("1", "7", "11"))))
    made["condition_codes"] = draw(st.lists(st.sampled_from(("02", "17", "A3", "AJ")), unique=True, max_size=3))
    made["pay_to_address"] = draw(maybe(addresses(), None))
    made["coverage"]["casualty_number"] = draw(maybe(words(40)))
    made["ambulance"] = draw(maybe(transports(), None))
    for field in ("onset_date", "initial_treatment_date", "last_seen_date", "last_menstrual_period"):
        made[field] = draw(maybe(days(), None))
    for field in ("admission_date", "discharge_date"):
        made[field] = draw(maybe(days(), None))
    if draw(st.booleans()):
        kind = draw(st.sampled_from(("auto", "employment", "other")))
        made["accident"] = {"kind": kind, "date": draw(days()), "state": "OH" if kind == "auto" else ""}
    if draw(st.booleans()):
        who = {"name": draw(words(60)), "id": draw(words(20, 2, string.digits)), "contact_name": draw(words(60))}
        made["submitter"] = {**who, "phone": draw(digits(10))}
    return made


@st.composite
def transports(draw: st.DrawFn) -> dict[str, Any]:
    """An ambulance transport; both places are given or none."""
    codes = ("01", "04", "05", "06", "07", "08", "09", "12")
    made: dict[str, Any] = {
        "reason": draw(st.sampled_from("ABCDE")),
        "miles": draw(st.sampled_from(("12.00", "0.50", "187.00"))),
        "weight": draw(maybe(st.sampled_from(("154.00", "201.50")), None)),
        "round_trip": draw(maybe(words(60))),
        "stretcher": draw(maybe(words(60))),
        "conditions": draw(st.lists(st.sampled_from(codes), unique=True, max_size=5)),
        "conditions_apply": draw(st.booleans()),
    }
    if draw(st.booleans()):
        made.update(pick_up=draw(addresses()), drop_off=draw(addresses()), drop_off_name=draw(maybe(words(60))))
    return made


def occurrences() -> st.SearchStrategy[dict[str, Any]]:
    """Occurrence codes (`01` ...) and spans (`70` ...)."""
    day = st.fixed_dictionaries({"code": st.sampled_from(("01", "11", "18", "A1")), "date": days()})
    span = st.fixed_dictionaries(
        {
            "code": st.sampled_from(("70", "72", "M0")),
            "date": days(dt.date(2025, 6, 1)),
            "end_date": st.just("2026-01-31"),
        }
    )
    return st.one_of(day, span)


def amounts() -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({"code": st.sampled_from(("01", "02", "A1", "D3")), "amount": money()})


@st.composite
def stays(draw: st.DrawFn) -> dict[str, Any]:
    """One facility encounter, inpatient or outpatient."""
    inpatient = draw(st.booleans())
    codes = draw(st.lists(st.sampled_from((*MORE_CODES, "W19.XXXA", "Y92.009")), min_size=1, max_size=17, unique=True))
    present = st.sampled_from(("Y", "N", "U", "W", "exempt", None))
    pcs = draw(st.lists(st.sampled_from(("0BH17EZ", "5A1935Z", "02HV33Z", "0DTJ4ZZ")), unique=True, max_size=4))
    earlier = [draw(coverages("primary", 0, decided=True))] if draw(st.booleans()) else []
    payers = [coverage["payer"]["id"] for coverage in earlier]
    status = draw(st.sampled_from(("01", "03", "20", "30")))
    facility: dict[str, Any] = {
        "bill_type": draw(st.sampled_from(("11", "12", "21") if inpatient else ("13", "14", "85"))),
        "admission_type": draw(st.sampled_from("12359")),
        "admission_source": draw(st.sampled_from("12459")),
        "patient_status": status,
        "attending_provider": draw(providers(person=True)),
        "drg": draw(maybe(digits(3))) if inpatient else "",
        "operating_provider": draw(maybe(providers(person=True), None)),
        "other_operating_provider": draw(maybe(providers(person=True), None)),
        "reasons_for_visit": [] if inpatient else draw(st.lists(st.sampled_from(("R05.1", "M54.50")), max_size=2)),
        "occurrences": draw(st.lists(occurrences(), max_size=15)),
        "values": draw(st.lists(amounts(), max_size=15)),
        "covered_days": draw(maybe(st.integers(0, 99), None)),
        "noncovered_days": draw(maybe(st.integers(0, 99), None)),
        "accident_state": draw(maybe(st.sampled_from(STATES))),
        "patient_due": draw(maybe(money(), None)),
    }
    if inpatient:
        facility.update(admission_date="2026-11-02", admission_hour="0930", admitting_diagnosis="R06.02")
        facility["discharge_hour"] = "" if status == "30" else "1415"
    lines = []
    for line in draw(st.lists(services(codes, payers), min_size=1, max_size=6)):
        kept = {key: line[key] for key in ("procedure", "charge", "modifiers", "units", "drug") if key in line}
        kept.update(revenue_code=draw(digits(4)), unit=draw(st.sampled_from(("UN", "DA"))))
        kept.update({key: line[key] for key in ("date", "adjudications") if key in line})
        kept["noncovered_charge"] = draw(maybe(money(), None))
        kept["rendering_provider"] = draw(maybe(providers(person=True), None))
        if inpatient and not payers and draw(st.booleans()):
            kept.update(procedure="", modifiers=[])
        lines.append(kept)
    change = draw(st.sampled_from(("original", "replacement", "void")))
    billing = {**draw(providers(billing=True)), "organization": draw(words(60)), "tax_id_kind": "ein"}
    billing.update(last_name="", first_name="", suffix="")
    current = {**draw(coverages("secondary" if earlier else "primary", 1)), "insurance_type": ""}
    return {
        "id": "generated",
        "setting": "inpatient" if inpatient else "outpatient",
        "date_of_service": "2026-11-02",
        "end_date": draw(maybe(st.just("2026-11-06"), None)),
        "diagnoses": [{"code": code, "status": "confirmed", "present_on_admission": draw(present)} for code in codes],
        "procedures": [{"code": code, "system": "icd10pcs", "status": "confirmed"} for code in pcs],
        "services": lines,
        "patient": {**draw(people()), "medical_record_number": draw(maybe(words(40)))},
        "coverage": current,
        "other_coverages": earlier,
        "billing_provider": billing,
        "rendering_provider": draw(maybe(providers(person=True), None)),
        "referring_provider": draw(maybe(providers(person=True), None)),
        "service_facility": draw(maybe(providers(place=True), None)),
        "facility": facility,
        "condition_codes": draw(st.lists(st.sampled_from(("02", "17", "A3", "C5")), unique=True, max_size=4)),
        "pay_to_address": draw(maybe(addresses(), None)),
        "delay_reason": draw(maybe(st.sampled_from(("1", "7", "11")))),
        "control_number": draw(words(20, 1, string.ascii_uppercase + string.digits)),
        "frequency": change,
        "payer_control_number": draw(words(40)) if change != "original" else "",
        "prior_authorization": draw(maybe(words(40))),
        "referral_number": draw(maybe(words(40))),
        "note": draw(maybe(words(80))),
    }
