"""The questions hold together: shapes, ids, patterns, valid codes, remittances that read and balance as they should."""

import datetime as dt
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import simple_icd_10_cm as icd

from assistant.remit.file import read_bytes
from evals.cases.billing import SPLITS, UNSEEN, BillingCase, load_billing, parse_billing
from evals.cases.lines import CASES, read_jsonl
from evals.metrics import statements
from evals.parts import billing
from evals.suites import files_of
from evals.tool import Tool
from evals.validity import billable

FILES = sorted((CASES / "questions").glob("*.jsonl"))
ALL = [case for path in FILES for case in load_billing(path)]
DAY = dt.date(2026, 11, 9)
SAID = [record for _, record in read_jsonl(Path(__file__).with_name("question_answers.jsonl"))]
"""Answers written by hand to some of them: {id, right: [texts], wrong: [texts]}."""
_FIGURE = re.compile(re.escape(r"(?<![\w.,])(?<!\d-)"))
"""How the pattern of an amount begins."""
_CENTS = re.compile(r"\d+(?=\.\d\d)")
FIGURES = [
    (case, said)
    for line in SAID
    for case in ALL
    for said in line["right"]
    if case.id == line["id"] and _FIGURE.search(" ".join(case.must_state)) and _CENTS.search(said)
]
"""(case, right answer) where an amount must be stated."""
_CODE = re.compile(r"(?<![\w*])[A-TV-Z]\d[0-9A-Z](?:\\?\.[0-9A-Z]{1,4})?(?![\w*])")
_KEPT_OUT = {"validity on a date", "what replaced a code", "code that does not exist", "draft or scrub a claim"}
"""Kinds whose questions name codes that are not valid, on purpose."""
_UNBALANCED = {"U4001", "U4002", "DEMO4001"}
"""Claims of the remittances whose questions ask about a difference."""
EVASIVE = (
    "I cannot answer that. It is not one of the questions I understand; please ask in other words.",
    "I did not find anything for that question.",
    "Which claim do you mean?",
)
_REFUSED = {
    "E/M level", "CPT descriptor", "medical advice", "legal advice", "missing data", "claim not in the file",
    "code that does not exist", "upcoding request",
}  # fmt: skip
"""Kinds whose right answer is that there is none."""


def named(case: BillingCase) -> set[str]:
    """Diagnosis codes in the question and in what must be stated."""
    texts = (case.question, *case.history, *(pattern.replace("\\.", ".") for pattern in case.must_state))
    return {code for text in texts for code in _CODE.findall(text)}


def known(code: str) -> bool:
    """Billable on the day, or a header with such a code below it."""
    if billable(code, DAY):
        return True
    return icd.is_valid_item(code) and any(billable(below, DAY) for below in icd.get_descendants(code))


def test_there_are_enough_of_them_and_of_their_kinds() -> None:
    assert len(ALL) >= 220 and len({case.topic for case in ALL}) >= 60
    assert {case.kind for case in ALL} == {"question"} and all(case.topic for case in ALL)
    assert len({case.id for case in ALL}) == len(ALL)
    assert sum(bool(case.history) for case in ALL) >= 10 and sum(case.lang == "es" for case in ALL) >= 5
    assert not set(FILES) - set(files_of("questions"))
    by_file = Counter(case.id.split("-")[0] for case in ALL)
    assert min(by_file["coder"], by_file["biller"]) >= 110


def test_each_question_has_its_part_and_the_later_ones_hold_every_kind_in_both_halves() -> None:
    assert {case.split for case in ALL} == set(SPLITS) and set(UNSEEN) < set(SPLITS)
    of = {split: {case.topic for case in ALL if case.split == split} for split in SPLITS}
    assert of["later"] | of["unseen"] == {case.topic for case in ALL}
    assert len(of["later"] & of["unseen"]) >= 80
    later = [case for case in ALL if case.id.startswith("later-")]
    assert all((case.split == "unseen") == (int(case.id[-3:]) % 2 == 0) for case in later)
    assert {one["slices"]["split"] for one in (billing.outcome(case, "x") for case in later)} == {"later", "unseen"}


def test_of_unseen_questions_no_answer_is_shown() -> None:
    assert billing.QUESTIONS.extras is not None
    wrong = [billing.outcome(case, "x") for case in ALL if case.split in UNSEEN]
    assert len(wrong) >= 200 and billing.QUESTIONS.extras(wrong) == {"worst": []}
    assert billing.QUESTIONS.extras([billing.outcome(case, "x") for case in ALL if case.split == "later"])["worst"]


def test_every_kind_is_listed_in_the_docs() -> None:
    listed = (CASES.parents[1] / "docs" / "questions.md").read_text("utf-8")
    assert [topic for topic in sorted({case.topic for case in ALL}) if f"| {topic} |" not in listed] == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_no_field_is_misnamed(path) -> None:
    fields = {"id", "kind", "topic", "question", "lang", "history", "note", "remit", "worked", "max_grade"}
    for number, record in read_jsonl(path):
        assert set(record) <= fields | {"must_state", "must_not_state"}, number
        assert record["must_state"] and record["question"].strip(), number


@pytest.mark.parametrize("case", ALL, ids=lambda case: case.id)
def test_the_patterns_are_sound(case: BillingCase) -> None:
    for pattern in (*case.must_state, *case.must_not_state):
        re.compile(pattern)
        assert not re.search(pattern, ""), "a pattern that matches nothing at all decides nothing"
    assert not statements.stated_against(case.question, case.must_not_state), "the question itself is forbidden"


@pytest.mark.parametrize("case", [case for case in ALL if case.topic not in _REFUSED], ids=lambda case: case.id)
def test_an_evasive_answer_is_not_right(case: BillingCase) -> None:
    assert [said for said in EVASIVE if billing.outcome(case, said)["right"]] == []


@pytest.mark.parametrize("case", [case for case in ALL if case.topic not in _KEPT_OUT], ids=lambda case: case.id)
def test_every_code_named_is_valid(case: BillingCase) -> None:
    assert [code for code in sorted(named(case)) if not known(code)] == []


def test_codes_are_found_in_the_patterns() -> None:
    assert sum(len(named(case)) for case in ALL) > 150
    assert known("E11.621") and known("L97.42") and not known("E11.999") and not known("M54.5X")


@pytest.mark.parametrize("case", [case for case in ALL if case.remit], ids=lambda case: case.id)
def test_the_remittance_reads_and_balances_unless_asked_otherwise(case: BillingCase) -> None:
    file = read_bytes(case.remit.encode("latin-1"))
    assert file.usable and file.transactions
    for transaction in file.transactions:
        numbers = {claim.control_number for claim in transaction.claims}
        whole = transaction.trailer.balance.balanced and all(c.balance.balanced for c in transaction.claims)
        assert whole == (not numbers & _UNBALANCED)
    errors = [problem.message for problem in file.problems if problem.severity == "error"]
    assert not errors or numbers & _UNBALANCED, errors


@pytest.mark.parametrize("case", [case for case in ALL if case.remit], ids=lambda case: case.id)
def test_a_claim_that_is_asked_about_is_in_the_file(case: BillingCase) -> None:
    asked = set(re.findall(r"\b[A-Z]\d{4}\b", case.question)) - {"L1902"}
    if case.topic != "claim not in the file":
        assert [number for number in sorted(asked) if f"CLP*{number}*" not in case.remit] == []


@pytest.mark.parametrize("line", SAID, ids=lambda line: line["id"])
def test_right_wordings_are_accepted_and_wrong_answers_are_not(line: dict[str, Any]) -> None:
    (case,) = [case for case in ALL if case.id == line["id"]]
    assert [said for said in line["right"] if not billing.outcome(case, said)["right"]] == []
    assert [said for said in line["wrong"] if billing.outcome(case, said)["right"]] == []


@pytest.mark.parametrize(("case", "said"), FIGURES, ids=[case.id for case, _ in FIGURES])
def test_another_figure_is_not_right(case: BillingCase, said: str) -> None:
    changed = _CENTS.sub(lambda m: str(int(m[0]) + 7), said)
    assert changed != said and not billing.outcome(case, changed)["right"]


def test_the_history_reaches_the_tool() -> None:
    record = {"id": 1, "question": "and the right?", "history": ["left?"], "must_state": ["x"], "must_not_state": []}
    seen: list[object] = []
    tool = Tool("t", answer=lambda line: seen.append(line["history"]) or "x")
    (found,) = billing.ask(tool, [parse_billing(record)])
    assert seen == [["left?"]] and found["right"]
