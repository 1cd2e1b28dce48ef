"""The professional claims that say more: ambulance, anaesthesia, drugs, accidents, late claims; and a third payer."""

import json
from pathlib import Path
from typing import Any

import pytest

from assistant.claim.checks.base import Context
from assistant.claim.claim import Claim
from assistant.claim.draft import draft_claim
from assistant.claim.reader import read_837
from assistant.claim.scrub import scrub_claim
from assistant.cli import main
from assistant.errors import InputError
from assistant.guidelines.finding import Severity
from tests.claim.oracle import pyx12_errors
from tests.claim.samples import DETAILS, encounter, record
from tests.claim.samples import file_of as written_file
from tests.claim.test_scrub import TODAY

HOME = {"line1": "1129 Reindeer Rd", "city": "Carr", "state": "CO", "zip": "80612"}
HOSPITAL = {"line1": "10005 Bannock St", "city": "Cheyenne", "state": "WY", "zip": "82009"}
AMBULANCE: dict[str, Any] = {
    "reason": "A",
    "miles": "21.00",
    "weight": "275.00",
    "stretcher": "Patient immobilised",
    "conditions": ["04", "06", "09"],
    "pick_up": HOME,
    "drop_off": HOSPITAL,
    "drop_off_name": "County Hospital",
}


def claim_of(**more: Any) -> tuple[Claim, str]:
    made = draft_claim(encounter(**more))
    text = written_file(made)
    assert pyx12_errors(text) == []
    assert read_837(text.encode()).batches[0].claims == (made,)
    return made, text


def errors(made: Claim) -> list[str]:
    found = scrub_claim(made, Context(TODAY))
    return [item.rule for item in found if item.severity is not Severity.INFO]


def test_an_ambulance_transport() -> None:
    lines = [
        {"procedure": "A0427", "modifiers": ["RH"], "charge": "700.00"},
        {"procedure": "A0425", "modifiers": ["RH"], "charge": "172.20", "units": "21"},
    ]
    made, text = claim_of(services=lines, place_of_service="41", ambulance=AMBULANCE, rendering_provider=None)
    for segment in (
        "CR1*LB*275**A*DH*21****Patient immobilised~",
        "CRC*07*Y*04*06*09~",
        "NM1*PW*2~",
        "N3*1129 Reindeer Rd~",
        "NM1*45*2*County Hospital~",
    ):
        assert segment in text, segment
    assert errors(made) == []


def test_anaesthesia_by_minutes() -> None:
    line = {"procedure": "00400", "modifiers": ["QZ"], "charge": "900.00", "units": "75", "unit": "MJ"}
    made, text = claim_of(services=[line])
    assert "SV1*HC:00400:QZ*900*MJ*75*" in text and errors(made) == []


def test_a_drug_with_its_national_code() -> None:
    drug = {"ndc": "00409-3795-01", "quantity": "2", "unit": "ML"}
    made, text = claim_of(services=[{"procedure": "J1885", "charge": "30.00", "units": "4", "drug": drug}])
    assert "LIN**N4*00409379501~" in text and "CTP****2*ML~" in text and errors(made) == []


def test_an_accident_with_the_insurers_number_and_days_out_of_work() -> None:
    coverage = {**record()["coverage"], "casualty_number": "WC-2026-77", "filing_indicator": "WC"}
    made, text = claim_of(
        coverage=coverage,
        accident={"kind": "employment", "date": "2026-11-08"},
        disability_start="2026-11-09",
        disability_end="2026-11-11",
        condition_codes=["02"],
    )
    for segment in ("REF*Y4*WC-2026-77~", "DTP*439*D8*20261108~", "DTP*314*RD8*20261109-20261111~", "HI*BG:02~"):
        assert segment in text, segment
    assert "*EM~" in text and errors(made) == []


def test_a_late_claim_says_why_and_payment_may_go_elsewhere() -> None:
    place = {"line1": "PO Box 77", "city": "Dayton", "state": "OH", "zip": "454010077"}
    _, text = claim_of(delay_reason="3", pay_to_address=place)
    head = next(line for line in text.split("\n") if line.startswith("CLM*"))
    assert head.split("*")[20] == "3~" and "NM1*87*2~\nN3*PO Box 77~" in text


def test_screening_family_planning_and_a_remark_on_a_line() -> None:
    services = record()["services"]
    services[0].update(epsdt=True, family_planning=True, note="Second opinion")
    _, text = claim_of(services=services)
    assert "*UN*1***1:2:3:4****Y*Y~" in text and "NTE*ADD*Second opinion~" in text


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"ambulance": {**AMBULANCE, "conditions": ["01", "04", "05", "06", "07", "08"]}}, "names more than five"),
        ({"ambulance": {**AMBULANCE, "conditions": ["4"]}}, "ambulance.conditions must have 2 digits"),
        ({"disability_start": "2026-11-09", "disability_end": "2026-11-01"}, "disability_end lies before"),
        ({"condition_codes": ["02"] * 25}, "condition_codes names more than 24"),
        ({"condition_codes": ["2"]}, "condition_codes is shorter"),
    ],
)
def test_what_cannot_be_sent_is_named(more: dict[str, Any], sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        draft_claim(encounter(**more))


def second_answer(text: str) -> str:
    """The shipped remittance as the second payer's: nothing allowed, everything left as the first payer decided."""
    kept, lines = [], {"99214": "245", "29540": "95", "83036": "35", "L1902": "110"}
    for segment in text.split("~\n"):
        parts = segment.split("*")
        if parts[0] in ("CAS", "AMT"):
            continue
        if parts[0] == "BPR":
            parts[2] = "0"
        elif parts[0] == "CLP":
            parts[2:6] = ["2", "485", "0", ""]
            parts[7] = "SECOND77"
        elif parts[0] == "SVC":
            code = parts[1].split(":")[1]
            parts[3] = "0"
            kept.append("*".join(parts))
            parts = ["CAS", "OA", "23", lines[code]]
        kept.append("*".join(parts))
    count = sum(not item.startswith(("ISA", "GS", "GE", "IEA")) for item in kept if item.strip())
    return "~\n".join(f"SE*{count}*{item.split('*')[2]}" if item.startswith("SE*") else item for item in kept)


def test_a_tertiary_claim_carries_what_two_payers_decided_from_their_remittances(home: Path) -> None:
    def plan(at: int, place: str) -> dict[str, Any]:
        payer = {"name": f"Plan {at}", "id": f"PLAN{at}"}
        return {**record()["coverage"], "payer": payer, "member_id": f"M{at}", "responsibility": place}

    first = DETAILS.parent / "office_visit.835"
    (home / "second.835").write_text(second_answer(first.read_text()))
    others = [plan(2, "secondary"), plan(3, "tertiary")]
    (home / "e.json").write_text(json.dumps(record(other_coverages=others)))
    after = ["--after", str(first), "--after", str(home / "second.835")]
    assert main(["claim", "draft", str(home / "e.json"), "--out", str(home / "c.837"), *after]) == 0
    text = (home / "c.837").read_text()
    assert pyx12_errors(text) == []
    (made,) = read_837(text.encode()).batches[0].claims
    assert (made.responsibility, made.payer.id) == ("T", "PLAN3")
    decided = {other.responsibility: (other.payer.id, str(other.paid), other.control_number) for other in made.others}
    assert decided == {"P": ("BMHP1", "125.42", "26324BM00917"), "S": ("PLAN2", "0", "SECOND77")}
    assert [said.payer_id for said in made.lines[0].decisions] == ["BMHP1", "PLAN2"]
    assert "CL-0405" not in errors(made) and "CL-0407" not in errors(made)
