"""Drafting: only what was confirmed, nothing made up, and pyx12 has nothing to say."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from assistant.claim.claim import ClaimDate
from assistant.claim.draft import draft_claim
from assistant.claim.reader import read_837
from assistant.errors import InputError
from tests.claim.oracle import pyx12_errors
from tests.claim.samples import CODES, claim, encounter, file_of, record

SUBSCRIBER = {
    "last_name": "Tanaka",
    "first_name": "Kenji",
    "birth_date": "1959-02-03",
    "sex": "male",
    "address": {"line1": "418 Alder Street", "city": "Dayton", "state": "OH", "zip": "45402"},
}


def coverage(**more: Any) -> dict[str, Any]:
    return {**record()["coverage"], **more}


def test_the_demo_claim_is_clean_and_says_what_was_confirmed() -> None:
    made = claim()
    assert made.total == Decimal("485.00")
    assert [item.code for item in made.diagnoses] == list(CODES)
    assert [item.qualifier for item in made.diagnoses] == ["ABK"] + ["ABF"] * 5
    assert [line.control_number for line in made.lines] == [f"DEMO1001-{at}" for at in range(1, 5)]
    text = file_of(made)
    assert pyx12_errors(text) == []
    assert "HI*ABK:E1122*ABF:N1832" in text


def test_a_sided_line_points_to_the_diagnosis_of_its_side() -> None:
    pointers = [line.pointers for line in claim().lines]
    assert pointers == [(1, 2, 3, 4), (5,), (1, 2, 3, 4), (5,)]


def test_given_pointers_are_taken() -> None:
    services = record()["services"]
    services[2]["diagnoses"] = ["Z7984", "E11.22"]
    assert draft_claim(encounter(services=services)).lines[2].pointers == (6, 1)


def test_proposed_and_rejected_codes_never_reach_a_claim() -> None:
    diagnoses = record()["diagnoses"]
    diagnoses[1]["status"] = "proposed"
    diagnoses[2]["status"] = "rejected"
    made = draft_claim(encounter(diagnoses=diagnoses))
    assert [item.code for item in made.diagnoses] == ["E11.22", "E78.5", "S93.402A", "Z79.84"]
    text = file_of(made)
    assert "N1832" not in text and "I129" not in text


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"patient": None}, "patient is missing"),
        ({"coverage": None}, "coverage is missing"),
        ({"billing_provider": None}, "billing_provider is missing"),
        ({"place_of_service": ""}, "place_of_service is missing"),
        ({"services": []}, "services"),
        ({"diagnoses": [{"code": "E11.22", "status": "proposed"}]}, "no diagnosis is confirmed"),
        ({"services": [{"procedure": "99214"}]}, r"services\[1\].charge is missing"),
        ({"services": [{"procedure": "99214", "charge": "1.00", "diagnoses": ["R05.1"]}]}, "not a confirmed diag"),
        (
            {"procedures": [{"code": "L1902", "system": "hcpcs", "status": "rejected"}]},
            r"services\[4\].procedure L1902 is not confirmed",
        ),
        (
            {"procedures": [{"code": "G0008", "system": "hcpcs", "status": "confirmed"}]},
            "G0008 is confirmed and has no line",
        ),
        ({"coverage": coverage(relationship="child")}, "coverage.subscriber"),
        ({"coverage": coverage(member_id="")}, "coverage.member_id is missing"),
        ({"frequency": "replacement"}, "payer_control_number"),
        ({"accident": {"kind": "auto", "date": "2026-11-01"}}, "accident.state is missing"),
        ({"control_number": "X" * 21}, "control_number is longer than 20"),
        ({"referring_provider": {"npi": "1234567893", "organization": "X"}}, "referring_provider must be a person"),
        ({"service_facility": {"npi": "1234567893", "last_name": "X"}}, "service_facility.organization is missing"),
        ({"note": "a*b"}, "note has a character"),
        ({"billing_provider": {**record()["billing_provider"], "npi": "149775854"}}, "npi must have 10 digits"),
        ({"billing_provider": {**record()["billing_provider"], "phone": ""}}, "billing_provider.phone"),
        ({"billing_provider": {**record()["billing_provider"], "tax_id": ""}}, "tax_id is missing"),
    ],
)
def test_what_is_missing_is_named(more: dict[str, Any], sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        draft_claim(encounter(**more))


def test_everything_missing_is_listed_at_once() -> None:
    with pytest.raises(InputError) as told:
        draft_claim(encounter(patient=None, coverage=None, place_of_service=""))
    assert str(told.value).count("is missing") == 3


def test_names_lose_accents_and_nothing_else() -> None:
    patient = {**record()["patient"], "last_name": "Núñez-Østergård", "first_name": "Zoë"}
    made = draft_claim(encounter(patient=patient))
    assert (made.subscriber.name, made.subscriber.first) == ("Nunez-Ostergard", "Zoe")
    with pytest.raises(InputError, match=r"patient\.last_name has a character"):
        draft_claim(encounter(patient={**patient, "last_name": "田中"}))


def test_a_dependent_has_a_loop_of_its_own() -> None:
    made = draft_claim(encounter(coverage=coverage(relationship="spouse", subscriber=SUBSCRIBER)))
    text = file_of(made)
    assert pyx12_errors(text) == []
    assert "HL*2*1*22*1~" in text and "HL*3*2*23*0~" in text and "PAT*01~" in text
    assert "NM1*IL*1*Tanaka*Kenji****MI*BMH4471902~" in text and "NM1*QC*1*Tanaka-Reyes*Marisol~" in text


def secondary() -> dict[str, Any]:
    """The demo visit billed to a second plan, with the primary's decision from its remittance."""
    primary = coverage(
        adjudication={
            "paid": "125.42",
            "date": "2026-11-20",
            "control_number": "26324BM00917",
            "patient_owes": "78.00",
        }
    )
    second = coverage(payer={"name": "Ohio Second Plan", "id": "OSP22"}, member_id="OSP9", responsibility="secondary")
    said = [
        ("112.00", [("CO", "45", "103.00"), ("PR", "3", "30.00")]),
        ("0.00", [("CO", "45", "47.00"), ("PR", "1", "48.00")]),
        ("13.42", [("CO", "45", "21.58")]),
        ("0.00", [("CO", "197", "110.00")]),
    ]
    services = record()["services"]
    for service, (paid, adjustments) in zip(services, said, strict=True):
        rows = [{"group": group, "reason": reason, "amount": amount} for group, reason, amount in adjustments]
        decision = {"paid": paid, "date": "2026-11-20", "adjustments": rows}
        service["adjudications"] = [{"payer_id": "BMHP1", "decision": decision}]
    return {"coverage": second, "other_coverages": [primary], "services": services}


def test_a_secondary_claim_carries_what_the_primary_decided() -> None:
    made = draft_claim(encounter(**secondary()))
    text = file_of(made)
    assert pyx12_errors(text) == []
    for segment in ("SBR*S*18*", "SBR*P*18*", "AMT*D*125.42~", "AMT*EAF*78~", "REF*F8*26324BM00917~"):
        assert segment in text
    assert "SVD*BMHP1*112*HC:99214:25**1~" in text and "CAS*CO*45*103~\nCAS*PR*3*30~" in text
    assert read_837(text.encode()).batches[0].claims == (made,)


@pytest.mark.parametrize(("frequency", "code"), [("replacement", "7"), ("void", "8")])
def test_corrected_and_void_claims_name_the_payers_number(frequency: str, code: str) -> None:
    text = file_of(draft_claim(encounter(frequency=frequency, payer_control_number="26324BM00917")))
    assert pyx12_errors(text) == []
    assert f"11:B:{code}*" in text and "REF*F8*26324BM00917~" in text


def test_a_full_encounter_is_clean_and_reads_back_equal() -> None:
    person = {"npi": "1234567893", "last_name": "Okafor", "first_name": "Chidi", "taxonomy": "207X00000X"}
    services = record()["services"]
    services[0].update(emergency=True, place_of_service="23", prior_authorization="LINE-7", description="Visit")
    services[2].update(date="2026-11-08", end_date="2026-11-09", rendering_provider=person, ordering_provider=person)
    services[3].update(drug={"ndc": "00026-0635-12", "quantity": "2.5", "unit": "ML", "prescription_number": "RX1"})
    more: dict[str, Any] = {
        "services": services,
        "referring_provider": person,
        "supervising_provider": person,
        "service_facility": {
            "npi": "1234567893",
            "organization": "Riverside Clinic",
            "address": {"line1": "9 River Rd", "line2": "Suite 2", "city": "Dayton", "state": "OH", "zip": "454020001"},
        },
        "accident": {"kind": "auto", "date": "2026-11-08", "state": "OH"},
        "onset_date": "2026-11-01",
        "initial_treatment_date": "2026-11-02",
        "last_seen_date": "2026-11-03",
        "admission_date": "2026-11-04",
        "discharge_date": "2026-11-05",
        "prior_authorization": "PA-77",
        "referral_number": "RF-1",
        "patient_paid": "20.00",
        "note": "Corrected address",
        "submitter": {"name": "Clear House", "id": "CH1", "contact_name": "Desk", "phone": "8005550100"},
    }
    made = draft_claim(encounter(**more))
    text = file_of(made)
    assert pyx12_errors(text) == []
    assert read_837(text.encode()).batches[0].claims == (made,)
    assert ClaimDate("439", dt.date(2026, 11, 8)) in made.dates


def test_bytes_follow_from_claims_numbers_and_clock() -> None:
    assert file_of(claim()) == file_of(claim())
