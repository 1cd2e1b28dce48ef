"""Sides, qualifiers, encounters and long-term drugs as notes write them."""

from typing import TYPE_CHECKING

import pytest

from assistant.suggest.resolution import stated_side
from tests.suggest.test_engine import ask, selected

if TYPE_CHECKING:
    from assistant.services import Services


@pytest.mark.parametrize(
    ("text", "eye", "side"),
    [
        ("Sprain R ankle", False, "right"),
        ("DOG BITE L FOREARM", False, "left"),
        ("R 18, SpO2 98", False, ""),
        ("R/O ankle fracture", False, ""),
        ("pain at L4 level", False, ""),
        ("R knee and L knee", False, ""),
        ("dry eye OU", True, "bilateral"),
        ("NS cataract OD", True, "right"),
        ("aspirin 81 OD", False, ""),
        ("left ankle", False, "left"),
    ],
)
def test_sides_as_notes_write_them(text: str, eye: bool, side: str) -> None:
    assert stated_side(text, eye) == side


@pytest.mark.parametrize(
    ("problem", "code"),
    [
        ("Sprain R ankle, acute", "S93.401A"),
        ("Major depressive disorder, recurrent, moderate, partial response", "F33.1"),
        ("ADHD, predominantly inattentive: add 10 mg at noon", "F90.0"),
        ("Nuclear sclerotic cataract OD, bothersome", "H25.11"),
    ],
)
def test_what_follows_the_name_of_a_problem_makes_its_code_more_specific(
    services: "Services", problem: str, code: str
) -> None:
    assert code in selected(ask(services, f"ASSESSMENT AND PLAN\n1. {problem}\n"))


def test_a_cause_at_a_later_visit_has_the_encounter_of_its_injury(services: "Services") -> None:
    text = (
        "HPI: Returns six weeks after she fell down the stairs.\n\n"
        "ASSESSMENT\n1. Displaced bimalleolar fracture of right ankle, healing, routine follow-up\n"
    )
    codes = selected(ask(services, text))
    assert "S82.841D" in codes
    assert not [code for code in codes if code[0] in "VWXY" and code[-1] != "D"]


MEDICINES = "Medications: {}\n\nASSESSMENT AND PLAN\n1. Permanent atrial fibrillation, rate controlled, continue.\n"


@pytest.mark.parametrize(
    ("medicines", "code", "wanted"),
    [
        ("apixaban 5 mg twice daily", "Z79.01", True),
        ("will start apixaban next week", "Z79.01", False),
        ("enoxaparin for 28 days", "Z79.01", False),
        ("prednisone 40 mg x 5 days", "Z79.52", False),
        ("stopped aspirin last year", "Z79.82", False),
    ],
)
def test_a_drug_taken_for_long_has_its_status_code_and_a_course_has_none(
    services: "Services", medicines: str, code: str, wanted: bool
) -> None:
    assert (code in selected(ask(services, MEDICINES.format(medicines)))) is wanted
