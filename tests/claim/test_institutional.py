"""Facility claims: drafted, written as 837I, read back equal, and clean in pyx12."""

import datetime as dt
from typing import Any

import pytest

from assistant.claim.checks.base import Context
from assistant.claim.claim import Claim, ClaimForm
from assistant.claim.draft import draft_claim
from assistant.claim.reader import read_837
from assistant.claim.scrub import scrub_claim
from assistant.errors import InputError
from assistant.guidelines.finding import Severity
from assistant.review.encounter import encounter_from_record
from corpus.library import CodeBook
from tests.claim.oracle import pyx12_errors
from tests.claim.samples import facility_record, file_of


def stay(**more: Any) -> Claim:
    return draft_claim(encounter_from_record(facility_record(**more), "stay"), "stay", ClaimForm.INSTITUTIONAL)


def facility(**more: Any) -> dict[str, Any]:
    return {**facility_record()["facility"], **more}


def outpatient() -> Claim:
    lean = facility(
        bill_type="13", admission_date=None, admission_hour="", discharge_hour="", drg="", admitting_diagnosis=""
    )
    services = [{"procedure": "71046", "revenue_code": "0324", "charge": "310.50"}]
    codes = [{"code": "J18.9", "status": "confirmed"}]
    return stay(setting="outpatient", end_date=None, facility=lean, services=services, procedures=[], diagnoses=codes)


def test_an_inpatient_stay_is_clean_and_reads_back_equal() -> None:
    made = stay()
    text = file_of(made)
    assert pyx12_errors(text) == []
    assert read_837(text.encode()).batches[0].claims == (made,)
    for segment in (
        "CLM*STAY1001*5522.57***11:A:1**A*Y*Y~",
        "DTP*096*TM*1415~",
        "DTP*434*RD8*20261102-20261106~",
        "DTP*435*DT*202611020930~",
        "CL1*1*1*01~",
        "HI*ABK:J189:::::::Y~",
        "HI*ABJ:R0602~",
        "HI*ABN:W19XXXA~",
        "HI*DR:208~",
        "HI*ABF:E1122:::::::Y*ABF:N1832:::::::Y~",
        "HI*BBR:0BH17EZ:D8:20261103~",
        "HI*BBQ:5A1935Z:D8:20261102~",
        "SV2*0120**4800*DA*4~",
        "SV2*0324*HC:71046*310.5*UN*2~",
        "PRV*AT*PXC*207R00000X~",
    ):
        assert segment in text, segment
    assert "02HV33Z" not in text


def test_an_outpatient_facility_claim_is_clean() -> None:
    text = file_of(outpatient())
    assert pyx12_errors(text) == []
    assert "11:A" not in text and "13:A:1" in text and "DTP*435" not in text


def test_the_scrubber_finds_no_error_in_either(book: CodeBook) -> None:
    for made in (stay(), outpatient()):
        found = scrub_claim(made, Context(today=dt.date(2026, 11, 12), codebook=book))
        assert [finding for finding in found if finding.severity is Severity.ERROR] == []


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"facility": None}, "facility is missing"),
        ({"facility": facility(attending_provider=None)}, "attending_provider is missing"),
        ({"facility": facility(admission_date=None)}, "facility.admission_date is missing"),
        ({"facility": facility(admitting_diagnosis="")}, "facility.admitting_diagnosis is missing"),
        ({"facility": facility(discharge_hour="")}, "facility.discharge_hour is missing"),
        ({"facility": facility(bill_type="111")}, "facility.bill_type must have 2 digits"),
        ({"services": [{"procedure": "71046", "charge": "1.00"}]}, r"services\[1\].revenue_code is missing"),
        ({"rendering_provider": {"npi": "1234567893", "organization": "X"}}, "rendering_provider must be a person"),
        (
            {"billing_provider": {**facility_record()["billing_provider"], "organization": "", "last_name": "X"}},
            "billing_provider.organization",
        ),
        ({"coverage": {**facility_record()["coverage"], "insurance_type": "12"}}, "insurance_type of a coverage"),
        ({"clia_number": "36D0998877"}, "clia_number has no place on a facility claim"),
        ({"patient_paid": "5.00"}, "patient_paid has no place on a facility claim"),
        ({"services": [{"procedure": "", "revenue_code": "0120", "charge": "1.00", "emergency": True}]}, "emergency"),
    ],
)
def test_what_is_missing_or_has_no_place_is_named(more: dict[str, Any], sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        stay(**more)


def test_a_patient_who_is_still_there_needs_no_discharge_hour() -> None:
    text = file_of(stay(facility=facility(discharge_hour="", patient_status="30")))
    assert pyx12_errors(text) == []


def test_a_dependents_stay_and_a_replacement_are_clean() -> None:
    base = facility_record()
    subscriber = {key: value for key, value in base["patient"].items() if key not in ("id",)}
    coverage = {**base["coverage"], "relationship": "child", "subscriber": subscriber}
    made = stay(coverage=coverage, frequency="replacement", payer_control_number="PCN77")
    text = file_of(made)
    assert pyx12_errors(text) == []
    assert read_837(text.encode()).batches[0].claims == (made,)
    assert "11:A:7" in text and "REF*F8*PCN77~" in text
