"""The dev half of the questions: a sample answered right, and the floor of the rate."""

from typing import TYPE_CHECKING

from evals.answers import answer
from evals.cases.billing import load_billing
from evals.parts.billing import outcome
from evals.suites import files_of

if TYPE_CHECKING:
    from assistant.services import Services

FLOOR = 0.95
"""Below what is measured (all 140 on 2026-11-23)."""


def test_dev_questions_stay_right(services: "Services") -> None:
    cases = [case for path in files_of("questions") for case in load_billing(path) if case.split == "dev"]
    right = 0
    for case in cases:
        line = {"kind": case.kind, "question": case.question, "lang": case.lang, "note": case.note, "remit": case.remit}
        right += outcome(case, answer(line | {"history": list(case.history)}, services))["right"]
    assert right >= FLOOR * len(cases)
