"""Modifier proposals: each rule proposes on its case and stays silent on the neighbouring one; nothing is added by itself."""

import dataclasses
import datetime as dt
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from assistant.claim.claim import Claim, ClaimForm, DiagnosisPointer, ServiceLine
from assistant.claim.modifiers import Proposal, placed, propose
from assistant.cli import main
from tests.claim.samples import claim, encounter, record
from tests.claim.test_scrub import Edits

TITLES = {item.code: item.description for item in encounter().diagnoses}


def lines(*said: tuple[str, str] | tuple[str, str, dict[str, Any]], **more: Any) -> Claim:
    """The demo claim with these lines: procedure, modifiers (blank between), further fields."""
    first = claim().lines[0]
    made: list[ServiceLine] = []
    for procedure, modifiers, *rest in said:
        fields: dict[str, Any] = dict(rest[0]) if rest else {}
        made.append(dataclasses.replace(first, procedure=procedure, modifiers=tuple(modifiers.split()), **fields))
    return dataclasses.replace(claim(), lines=tuple(made), **more)


def pointing(*places: int) -> dict[str, Any]:
    return {"pointers": tuple(DiagnosisPointer(place) for place in places)}


def rules(made: Claim, edits: Edits | None = None) -> dict[str, Proposal]:
    return {item.rule: item for item in propose(made, TITLES, edits)}


NEXT_DAY = {"start": dt.date(2026, 11, 20)}
BILLING = claim().billing
CASES: dict[str, tuple[Claim, Claim, str]] = {
    "MOD-01": (lines(("99213", ""), ("29540", "LT")), lines(("99213", "25"), ("29540", "LT")), "1-25"),
    "MOD-02": (lines(("99396", ""), ("99213", "")), lines(("99396", ""), ("99213", "", NEXT_DAY)), "2-25"),
    "MOD-03": (
        lines(("29540", "LT"), ("99213", "", NEXT_DAY)),
        lines(("99213", ""), ("29540", "LT", NEXT_DAY)),
        "2-24",
    ),
    "MOD-05": (lines(("29540", "", pointing(5))), lines(("29540", "LT", pointing(5))), "1-LT"),
    "MOD-08": (lines(("71046", ""), facility_code="22"), lines(("71046", ""), facility_code="11"), "1-26"),
    "MOD-09": (
        lines(("71046", ""), billing=dataclasses.replace(BILLING, taxonomy="335V00000X")),
        lines(("71046", ""), billing=BILLING),
        "1-TC",
    ),
    "MOD-10": (lines(("29540", "LT"), ("29540", "LT")), lines(("29540", "LT"), ("29540", "LT", NEXT_DAY)), "2-76"),
    "MOD-12": (lines(("83036", "QW"), ("83036", "QW")), lines(("83036", "QW"), ("83036", "QW 91")), "2-91"),
    "MOD-13": (lines(("99213", ""), facility_code="10"), lines(("99213", "95"), facility_code="10"), "1-95"),
    "MOD-14": (lines(("83036", "")), lines(("83036", "QW")), "1-QW"),
    "MOD-15": (
        lines(("J1885", ""), filing_indicator="MB"),
        lines(("J1885", ""), filing_indicator="CI"),
        "1-JZ",
    ),
    "MOD-18": (
        lines(("97110", ""), providers=(), billing=dataclasses.replace(BILLING, taxonomy="225100000X")),
        lines(("97110", "GP"), providers=(), billing=dataclasses.replace(BILLING, taxonomy="225100000X")),
        "1-GP",
    ),
    "MOD-19": (
        lines(("97110", ""), providers=(), billing=dataclasses.replace(BILLING, taxonomy="225X00000X")),
        lines(("99213", ""), providers=(), billing=dataclasses.replace(BILLING, taxonomy="225X00000X")),
        "1-GO",
    ),
    "MOD-20": (
        lines(("92507", ""), providers=(), billing=dataclasses.replace(BILLING, taxonomy="235Z00000X")),
        lines(("92507", ""), providers=(), billing=dataclasses.replace(BILLING, taxonomy="225X00000X")),
        "1-GN",
    ),
    "MOD-21": (lines(("00400", "", {"unit": "MJ"})), lines(("00400", "QZ", {"unit": "MJ"})), "1-AA"),
}
ELSEWHERE = {"MOD-04", "MOD-06", "MOD-07", "MOD-11", "MOD-16", "MOD-17"}


@pytest.mark.parametrize("rule", CASES)
def test_a_rule_proposes_on_its_case_only(rule: str) -> None:
    speaks, silent, key = CASES[rule]
    offered = rules(speaks)[rule]
    assert key in offered.keys and offered.keys[0].split("-")[1] == offered.modifiers[0]
    assert (offered.reason and offered.question.endswith(".")) or offered.question.endswith("?")
    assert offered.source and "{" not in offered.reason + offered.question
    assert rule not in rules(silent)


def test_every_rule_has_a_case() -> None:
    from assistant.claim.modifiers import _rules

    assert {rule.id for rule in _rules()} == set(CASES) | ELSEWHERE


def test_sides_come_from_the_titles_of_the_diagnoses_pointed_to() -> None:
    sides = {"S93.401A": "Sprain of right ankle", "S93.402A": "Sprain of left ankle", "H25.13": "Bilateral cataract"}
    codes = [dataclasses.replace(claim().diagnoses[0], code=code) for code in (*sides, "I10")]
    base = dataclasses.replace(claim(), diagnoses=tuple(codes))

    def offered(*places: int) -> list[str]:
        made = dataclasses.replace(lines(("29540", "", pointing(*places))), diagnoses=base.diagnoses)
        return [
            key for item in propose(made, sides) for key in item.keys if item.rule in ("MOD-05", "MOD-06", "MOD-07")
        ]

    assert offered(1) == ["1-RT"] and offered(2, 4) == ["1-LT"]
    assert offered(1, 2) == ["1-50"] and offered(3) == ["1-50"]
    assert offered(4) == []


def test_an_edit_that_a_modifier_sets_aside_is_proposed_on_its_second_code() -> None:
    offered = rules(lines(("29540", ""), ("L1902", "")), Edits())["MOD-04"]
    assert (offered.line, offered.keys[0]) == (2, "2-XS") and "2-59" in offered.keys
    assert "MOD-04" not in rules(lines(("29540", ""), ("L1902", "XS")), Edits())
    assert "MOD-04" not in rules(lines(("29540", "LT"), ("L1902", "RT")), Edits())
    assert "MOD-04" not in rules(lines(("29540", ""), ("L1902", "", NEXT_DAY)), Edits())
    assert "MOD-04" not in rules(lines(("29540", ""), ("L1902", "")))
    other = claim().providers[:1] or (claim().billing,)
    apart = {"providers": (dataclasses.replace(other[0], role="82", id="1234567893"),)}
    assert rules(lines(("29540", ""), ("L1902", "", apart)), Edits())["MOD-04"].keys[0] == "2-XP"


def test_a_repeat_by_another_provider_is_77() -> None:
    other = {"providers": (dataclasses.replace(claim().billing, role="82", id="1234567893"),)}
    assert rules(lines(("29540", "LT"), ("29540", "LT", other)))["MOD-11"].keys == ("2-77",)


@pytest.mark.parametrize(("plan", "rule", "key"), [("MB", "MOD-16", "1-PT"), ("CI", "MOD-17", "1-33")])
def test_a_screening_that_became_more(plan: str, rule: str, key: str) -> None:
    codes = tuple(dataclasses.replace(claim().diagnoses[0], code=code) for code in ("Z12.11", "K63.5"))
    made = lines(("45385", ""), diagnoses=codes, filing_indicator=plan)
    assert rules(made)[rule].keys == (key,)
    assert rule not in rules(dataclasses.replace(made, diagnoses=codes[1:]))


def test_an_inpatient_stay_has_no_proposals_and_codes_of_another_shape_none() -> None:
    made = dataclasses.replace(lines(("29540", ""), ("29540", "")), form=ClaimForm.INSTITUTIONAL, facility_code="11")
    assert propose(made, TITLES) == ()
    assert rules(lines(("0042T", ""), ("0001F", ""))) == {}


@pytest.mark.parametrize(
    ("before", "added", "after"),
    [
        ((), "25", ["25"]),
        (("LT",), "59", ["59", "LT"]),
        (("25",), "LT", ["25", "LT"]),
        (("26", "RT"), "76", ["26", "76", "RT"]),
    ],
)
def test_what_decides_on_payment_stands_first(before: Sequence[str], added: str, after: list[str]) -> None:
    assert list(placed(before, added)) == after


def test_a_proposal_is_told_and_added_only_by_its_key(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    services = record()["services"]
    services[0]["modifiers"] = []

    def draft(*accepted: str) -> tuple[int, dict[str, Any], str]:
        (home / "e.json").write_text(json.dumps(record(services=services, accept_modifiers=list(accepted))))
        status = main(["claim", "draft", str(home / "e.json"), "--out", str(home / "c.837"), "--json"])
        told = capsys.readouterr()
        text = (home / "c.837").read_text() if (home / "c.837").exists() else ""
        return status, json.loads(told.out) if told.out else {"error": told.err}, text

    status, said, text = draft()
    assert status == 0 and "HC:99214*245" in text
    (offered,) = [item for item in said["modifier_proposals"] if item["rule"] == "MOD-01"]
    assert offered["keys"] == ["1-25", "1-57"] and offered["claim"] == "DEMO1001"
    status, said, text = draft("1-25")
    assert status == 0 and "HC:99214:25*245" in text
    assert not [item for item in said["modifier_proposals"] if item["rule"] == "MOD-01"]
    for key in ("1-59", "9-25", "25", ""):
        status, said, _ = draft(key)
        assert status == 2 and "which is not proposed (1-25, 1-57" in said["error"], key
    (home / "e.json").write_text(json.dumps(record(services=services)))
    assert main(["claim", "draft", str(home / "e.json"), "--out", str(home / "c.837")]) == 0
    out = capsys.readouterr().out
    assert "accept_modifiers: 1-25 or 1-57" in out and "Nothing was added." in out
