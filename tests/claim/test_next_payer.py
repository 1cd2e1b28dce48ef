"""The secondary claim takes every amount of the coordination of benefits from the primary's remittance."""

import json
from pathlib import Path
from typing import Any

import pytest

from assistant.claim.next_payer import for_next_payer
from assistant.cli import main
from assistant.errors import InputError
from assistant.remit.file import read_bytes
from tests.claim.oracle import pyx12_errors
from tests.claim.samples import DETAILS, encounter, record

REMIT = DETAILS.parent / "office_visit.835"


def second(**more: Any) -> dict[str, Any]:
    payer = {"name": "Ohio Second Plan", "id": "OSP22"}
    return {**record()["coverage"], "payer": payer, "member_id": "OSP9", "responsibility": "secondary", **more}


def draft(home: Path, more: dict[str, Any], remittance: Path = REMIT) -> int:
    (home / "e.json").write_text(json.dumps(record(**more)))
    out = ("--out", str(home / "c.837"))
    return main(["claim", "draft", str(home / "e.json"), *out, "--after", str(remittance)])


def test_the_demo_remittance_becomes_a_clean_secondary_claim(home: Path) -> None:
    assert draft(home, {"other_coverages": [second()]}) == 0
    text = (home / "c.837").read_text()
    assert pyx12_errors(text) == []
    for segment in (
        "SBR*S*18*",
        "NM1*PR*2*Ohio Second Plan*****PI*OSP22~",
        "AMT*D*125.42~",
        "AMT*EAF*78~",
        "SVD*BMHP1*112*HC:99214:25**1~",
        "CAS*PR*3*30~",
        "SVD*BMHP1*13.42*HC:83036:QW**1~",
        "CAS*CO*197*110~",
        "REF*F8*26324BM00917~",
        "DTP*573*D8*20261120~",
    ):
        assert segment in text, segment


@pytest.mark.parametrize(
    ("more", "change", "sentence"),
    [
        ({}, ("", ""), "no further coverage"),
        ({"other_coverages": [second(responsibility="primary")]}, ("", ""), "no further coverage"),
        ({"control_number": "OTHER1", "other_coverages": [second()]}, ("", ""), "says nothing about claim OTHER1"),
        ({"other_coverages": [second()]}, ("*112*", "*111*"), "does not balance"),
        ({"other_coverages": [second()]}, ("CLP*DEMO1001*1*", "CLP*DEMO1001*19*"), "wait for that answer"),
        ({"other_coverages": [second()]}, ("CLP*DEMO1001*1*", "CLP*DEMO1001*22*"), "takes an earlier decision back"),
    ],
)
def test_what_cannot_be_used_is_told_and_nothing_written(
    home: Path, more: dict[str, Any], change: tuple[str, str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    text = REMIT.read_text()
    assert change[0] in text
    (home / "r.835").write_text(text.replace(*change) if change[0] else text)
    assert draft(home, more, home / "r.835") == 2
    assert sentence in capsys.readouterr().err
    assert not (home / "c.837").exists()


def test_lines_that_do_not_match_are_for_a_person() -> None:
    claim = read_bytes(REMIT.read_bytes()).transactions[0].claims[0]
    header = read_bytes(REMIT.read_bytes()).transactions[0].header
    fewer = encounter(other_coverages=[second()], services=record()["services"][:3])
    with pytest.raises(InputError, match="lines that the encounter does not have"):
        for_next_payer(fewer, claim, header.payment_date)
    strange = record()["services"]
    strange[0].update(control_number="X", procedure="99215")
    with pytest.raises(InputError, match=r"services\[1\]"):
        for_next_payer(encounter(other_coverages=[second()], services=strange), claim, header.payment_date)
