"""The letter and explanation cases: sound in themselves, met by Superbill, and failed by an answer that is wrong."""

import re
from decimal import Decimal

import pytest

from assistant.remit.file import read_bytes
from evals.answers import answer
from evals.cases.billing import BillingCase, adjustment_codes, load_billing, parse_billing
from evals.cases.lines import CASES
from evals.metrics import statements
from evals.parts import billing
from evals.tool import Tool

ALL = load_billing(CASES / "billing.jsonl")
MONEY = re.compile(r"(?<![\d.])\d[\d,]*\.\d\d(?!\d)")


def asked(case: BillingCase) -> str:
    line = {"question": case.question, "kind": case.kind, "lang": case.lang, "note": case.note, "remit": case.remit}
    return answer({**line, "about": dict(case.about)})


def test_there_are_enough_of_each_kind() -> None:
    assert len(ALL) >= 30 and len({case.id for case in ALL}) == len(ALL)
    kinds = {(case.kind, case.lang) for case in ALL}
    assert kinds == {(kind, language) for kind in ("letter", "explanation") for language in ("en", "es")}
    assert {case.about.get("letter") for case in ALL if case.kind == "letter"} == {
        "patient", "appeal", "corrected", "refund", "next_payer",
    }  # fmt: skip


@pytest.mark.parametrize("case", ALL, ids=lambda case: case.id)
def test_a_case_is_sound(case: BillingCase) -> None:
    for pattern in (*case.must_state, *case.must_not_state):
        re.compile(pattern)
    file = read_bytes(case.remit.encode("latin-1"))
    assert file.usable and (case.about.get("claim", "") in case.remit)
    errors = [problem for problem in file.problems if problem.severity == "error"]
    assert bool(errors) == case.id.startswith("unbalanced")


@pytest.mark.parametrize("case", ALL, ids=lambda case: case.id)
def test_superbill_states_the_facts_and_invents_none(case: BillingCase) -> None:
    said = asked(case)
    found = billing.outcome(case, said)
    assert found["missing"] == []
    assert statements.unsupported(said, case.sources, case.must_not_state) == []
    assert found["easy_enough"] in (None, True), found["reading"]


@pytest.mark.parametrize("case", [case for case in ALL if MONEY.search(asked(case))], ids=lambda case: case.id)
def test_another_figure_is_caught(case: BillingCase) -> None:
    wrong = MONEY.sub(lambda match: f"{Decimal(match.group().replace(',', '')) + Decimal('1.13'):.2f}", asked(case))
    assert billing.outcome(case, wrong)["unsupported"] > 0


def test_an_answer_of_nothing_states_nothing() -> None:
    tool = Tool("silent", answer=lambda line: "")
    assert sum(outcome["stated"] for outcome in billing.ask(tool, ALL)) == 0
    assert answer({"kind": "question", "question": "?", "lang": "en", "note": "", "remit": ""}) == ""
    assert answer({"kind": "letter", "question": "?", "lang": "en", "note": "", "remit": "ISA*", "about": {}}) == ""


def test_a_sample_is_read_and_its_codes_are_given() -> None:
    record = {"id": 1, "kind": "letter", "question": "?", "remit": "office_visit.835", "must_state": ["x"]}
    case = parse_billing({**record, "must_not_state": []})
    assert case.remit.startswith("ISA") and "CO-197" in case.sources[3]
    assert adjustment_codes("CAS*CO*45*80*1*253*2.24*1~CAS*PR*2*28~") == ["CO-45", "CO-253", "PR-2"]
    with pytest.raises(ValueError, match="about knows"):
        parse_billing({**record, "must_not_state": [], "about": {"colour": "red"}})


def test_spanish_days_are_days() -> None:
    assert statements.facts("Atención del 9 de noviembre de 2026") == statements.facts("2026-11-09")
