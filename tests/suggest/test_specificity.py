"""Sides, qualifiers, encounters and long-term drugs as notes write them."""

import datetime as dt
from typing import TYPE_CHECKING

import pytest

from assistant.chart.note import Assertion, Mention, Span
from assistant.suggest.candidates import _long_ago, query_for
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


LISTED = "HPI: Seen in follow-up.\n\nASSESSMENT AND PLAN\n{}\n"


@pytest.mark.parametrize(
    ("problems", "wanted", "never"),
    [
        ("1. Diabetes mellitus, A1c 6.9, continue metformin.", "E11.9", "E10.9"),
        ("1. Type 1 diabetes mellitus, A1c 6.9, continue insulin.", "E10.9", "E11.9"),
        ("1. Panic disorder without agoraphobia, continue sertraline.", "F41.0", "F40.01"),
        ("1. Type 2 diabetes with mild nonproliferative retinopathy OS, no macular edema.", "E11.3292", "E11.3299"),
        ("1. Pulmonary hypertension, continue sildenafil.", "I27.20", "I27.23"),
        ("1. Acute hypoxic respiratory failure, intubated on arrival.", "J96.01", "J95.821"),
    ],
)
def test_what_nobody_said_is_not_coded(services: "Services", problems: str, wanted: str, never: str) -> None:
    codes = selected(ask(services, LISTED.format(problems)))
    assert wanted in codes and never not in codes


def test_a_disease_in_pregnancy_is_coded_with_the_disease_itself(services: "Services") -> None:
    text = "HPI: G2P1 at 28w3d by ultrasound.\n\nASSESSMENT\n1. Iron deficiency anemia in pregnancy: ferrous sulfate.\n"
    codes = selected(ask(services, text))
    assert {"O99.013", "D50.9"} <= set(codes)


def test_a_steroid_given_once_in_the_emergency_department_is_no_long_term_use(services: "Services") -> None:
    text = "ED course: Solu-Medrol 125 mg IV, two nebulizers.\n\nDIAGNOSIS\n1. COPD exacerbation\n"
    assert "Z79.52" not in selected(ask(services, text))


def test_an_accident_in_the_year_of_the_visit_is_not_long_ago() -> None:
    day = dt.date(2026, 6, 1)
    assert not _long_ago("fell from a ladder in 2026", day)
    assert _long_ago("fell from a ladder in 2019", day) and _long_ago("fell from a ladder years ago", day)


def test_tobacco_given_up_is_searched_as_the_code_book_says_it() -> None:
    for words in ("gave up cigarettes", "smoked until 2018", "former cigarette use"):
        assert query_for(Mention(Span(0, len(words)), words, "social_history", Assertion.PRESENT)) == "former smoker"


def test_what_is_screened_for_is_not_coded_as_had(services: "Services") -> None:
    codes = selected(ask(services, "ASSESSMENT AND PLAN\n1. Screen for chlamydia and gonorrhea per age.\n"))
    assert not [code for code in codes if code[0] != "Z"]


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("A/P: Type 2 diabetes with chronic kidney disease stage 3b, stable.", {"E11.22", "N18.32"}),
        ("A/P: Chronic kidney disease stage 3b, stable.", {"N18.32"}),
    ],
)
def test_a_disease_and_what_it_is_coded_after_are_both_read_from_the_words_that_say_both(
    services: "Services", text: str, codes: set[str]
) -> None:
    assert set(selected(ask(services, text))) == codes
