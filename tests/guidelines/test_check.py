"""`check_codes` as other stations call it: order, repeatability, speed, odd input, and the independent cases."""

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.guidelines.check import check_codes
from assistant.guidelines.finding import Severity
from assistant.guidelines.rulebook import rulebook
from corpus.library import CodeBook

DATE = dt.date(2026, 2, 2)
CASES = Path(__file__).resolve().parents[2] / "evals" / "cases" / "guideline_rules.jsonl"
VISIT = ("E11.22", "I12.9", "N18.32", "E78.5", "I25.10", "Z79.4", "Z79.84", "F17.210", "J44.1", "M17.11", "K21.9")
VISIT += ("E66.9", "Z68.35", "R05.9", "Z23")
POOL = [
    *VISIT,
    "I10",
    "E11.9",
    "I50.9",
    "O80",
    "S93.401A",
    "W01.0XXA",
    "Z34.02",
    "C50.911",
    "XYZ",
    "E11",
    "H25.11",
    "H25.12",
]


def _cases() -> list[dict[str, Any]]:
    return [json.loads(line) for line in CASES.read_text(encoding="utf-8").split("\n") if line]


@pytest.mark.parametrize("case", _cases(), ids=lambda case: case["id"])
def test_case(case: dict[str, Any], book: CodeBook) -> None:
    found = check_codes(
        case["codes"],
        codebook=book,
        date=case["date_of_service"],
        setting=case["setting"],
        sex=case["sex"],
        age=case["age"],
    )
    raised = {one.rule for one in found}
    for wanted in case["expect"]:
        assert any(
            one.rule == wanted["rule"]
            and one.severity.value == wanted["severity"]
            and set(wanted["codes"]) <= set(one.codes)
            for one in found
        ), wanted
    assert raised.isdisjoint(case["forbid"])
    if case.get("clean"):
        assert [one for one in found if one.severity is not Severity.INFO] == []


def test_there_are_at_least_100_cases_of_both_kinds() -> None:
    cases = _cases()
    assert len(cases) >= 100 and len({case["id"] for case in cases}) == len(cases)
    assert sum(bool(case.get("clean")) for case in cases) >= 40
    assert len({rule["rule"] for case in cases for rule in case["expect"]}) >= 90


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(codes=st.lists(st.sampled_from(POOL), max_size=12), ordered=st.booleans())
def test_the_answer_is_repeatable_sorted_and_about_the_codes(book: CodeBook, codes: list[str], ordered: bool) -> None:
    found = check_codes(codes, codebook=book, date=DATE, first_listed=ordered, sex="F", age=50)
    assert found == check_codes(codes, codebook=book, date="2026-02-02", first_listed=ordered, sex="female", age=50)
    ranks = [["error", "warning", "info"].index(one.severity.value) for one in found]
    assert ranks == sorted(ranks)
    assert len(set(found)) == len(found)
    assert all(set(one.codes) <= set(codes) for one in found)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(codes=st.lists(st.text(max_size=10), max_size=5))
def test_no_code_breaks_the_check(book: CodeBook, codes: list[str]) -> None:
    for one in check_codes(codes, codebook=book, date=DATE):
        assert one.message and one.fix


def test_no_codes_have_no_findings(book: CodeBook) -> None:
    assert check_codes([], codebook=book, date=DATE) == ()


def test_a_wrong_date_is_refused(book: CodeBook) -> None:
    with pytest.raises(ValueError, match="isoformat"):
        check_codes(["I10"], codebook=book, date="yesterday")


def test_an_uncertain_diagnosis_depends_on_the_setting(book: CodeBook) -> None:
    def raised(setting: str, code: str) -> dict[str, str]:
        found = check_codes([code], codebook=book, date=DATE, setting=setting, uncertain=[code])
        return {
            one.source: one.severity.value for one in found if one.source in ("OCG IV.H", "OCG II.H", "OCG I.C.1.g.1.a")
        }

    assert raised("outpatient", "J18.9") == {"OCG IV.H": "error"}
    assert raised("inpatient", "J18.9") == {"OCG II.H": "info"}
    assert raised("inpatient", "U07.1")["OCG I.C.1.g.1.a"] == "error"


def test_words_of_the_note_are_cited(book: CodeBook) -> None:
    words = {"I50.9": "acute on chronic systolic heart failure", "M25.569": "pain in the left knee"}
    found = check_codes(["I50.9", "M25.569"], codebook=book, date=DATE, words=words)
    said = " ".join(one.message for one in found)
    assert '"systolic"' in said and '"left"' in said


def test_sections_cited_cover_the_guidelines() -> None:
    chapters = {rule.source.split(".")[2] for rule in rulebook().rules if rule.source.startswith("OCG I.C.")}
    reserved = {"3", "7", "8", "11", "22"}  # without rules for code sets in the FY2026 edition
    assert chapters >= {str(number) for number in range(1, 22)} - reserved
