"""What only facility claims say, through the draft, the file and back: codes, days, surgeons, amounts."""

from decimal import Decimal
from typing import Any

import pytest

from assistant.claim.claim import Claim, ClaimForm
from assistant.claim.draft import draft_claim
from assistant.claim.reader import read_837
from assistant.errors import InputError
from assistant.review.encounter import encounter_from_record
from tests.claim.oracle import pyx12_errors
from tests.claim.samples import facility_record, file_of

SURGEON = {"npi": "1881764595", "last_name": "Abara", "first_name": "Ada"}
FULL: dict[str, Any] = {
    "operating_provider": SURGEON,
    "other_operating_provider": {**SURGEON, "npi": "1497758544", "last_name": "Bello"},
    "occurrences": [
        {"code": "72", "date": "2026-11-02", "end_date": "2026-11-06"},
        {"code": "11", "date": "2026-11-01"},
        {"code": "01", "date": "2026-10-31"},
    ],
    "values": [{"code": "01", "amount": "1200.00"}, {"code": "A1", "amount": "250.50"}],
    "covered_days": 3,
    "noncovered_days": 1,
    "coinsurance_days": 0,
    "lifetime_reserve_days": 2,
    "accident_state": "oh",
    "patient_due": "88.10",
}


def stay(more: dict[str, Any] | None = None, **encounter: Any) -> Claim:
    facility = {**facility_record()["facility"], **(FULL if more is None else more)}
    made = facility_record(facility=facility, **encounter)
    return draft_claim(encounter_from_record(made, "stay"), "stay", ClaimForm.INSTITUTIONAL)


def test_every_code_of_a_stay_is_written_and_read_back() -> None:
    services = facility_record()["services"]
    services[0]["noncovered_charge"] = "1200.00"
    made = stay(services=services, condition_codes=["09", "C5"], delay_reason="7")
    text = file_of(made)
    assert pyx12_errors(text) == []
    assert read_837(text.encode()).batches[0].claims == (made,)
    for segment in (
        "HI*BI:72:RD8:20261102-20261106~",
        "HI*BH:11:D8:20261101*BH:01:D8:20261031~",
        "HI*BE:01:::1200*BE:A1:::250.5*BE:80:::3*BE:81:::1*BE:82:::0*BE:83:::2~",
        "HI*BG:09*BG:C5~",
        "NM1*72*1*Abara*Ada****XX*1881764595~",
        "NM1*ZZ*1*Bello*Ada****XX*1497758544~",
        "REF*LU*OH~",
        "AMT*F3*88.1~",
        "SV2*0120**4800*DA*4**1200~",
    ):
        assert segment in text, segment
    assert "*7~" in next(line for line in text.split("\n") if line.startswith("CLM*"))


def test_what_the_patient_came_with_goes_on_an_outpatient_bill() -> None:
    outpatient = {"bill_type": "13", "reasons_for_visit": ["R05.1", "R50.9"], "drg": "", "admitting_diagnosis": ""}
    text = file_of(stay(outpatient, setting="outpatient", procedures=[]))
    assert pyx12_errors(text) == [] and "HI*APR:R051*APR:R509~" in text


def test_the_principal_procedure_has_its_own_date_and_every_diagnosis_its_indicator() -> None:
    made = stay()
    assert [(item.qualifier, str(item.date)) for item in made.procedures] == [
        ("BBR", "2026-11-03"),
        ("BBQ", "2026-11-02"),
    ]
    marks = {item.code: item.present_on_admission for item in made.diagnoses if item.qualifier in ("ABK", "ABF", "ABN")}
    assert marks == {"J18.9": "Y", "E11.22": "Y", "N18.32": "Y", "W19.XXXA": ""}, "exempt codes carry none"


def test_many_codes_go_over_several_segments() -> None:
    values = [{"code": f"A{at % 10}" if at < 10 else f"B{at % 10}", "amount": "1.00"} for at in range(20)]
    text = file_of(stay({"values": values}))
    assert pyx12_errors(text) == [] and text.count("HI*BE:") == 2
    assert [item.amount for item in read_837(text.encode()).batches[0].claims[0].values] == [Decimal("1")] * 20


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        (
            {"occurrences": [{"code": "72", "date": "2026-11-06", "end_date": "2026-11-02"}]},
            r"occurrences\[1\] ends before",
        ),
        ({"occurrences": [{"code": "1", "date": "2026-11-06"}]}, r"occurrences\[1\].code is shorter"),
        ({"values": [{"code": "80", "amount": "4.00"}], "covered_days": 4}, "value code 80 is given twice"),
        ({"values": [{"code": "01", "amount": "1.00"}] * 25}, "more than 24 value codes"),
        ({"reasons_for_visit": ["R05.1", "R50.9", "R07.9", "R11.0"]}, "reasons_for_visit names more than three"),
        ({"operating_provider": {"npi": "1881764591", "organization": "X"}}, "operating_provider must be a person"),
        ({"accident_state": "Ohio"}, "accident_state is longer"),
    ],
)
def test_what_cannot_be_sent_is_named(more: dict[str, Any], sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        stay(more)
