"""Codes that the note states beside another: how an injury came about, drugs blamed, weeks, organisms, what the note decides."""

import datetime as dt
from typing import TYPE_CHECKING

import pytest

from assistant.chart.note import Note, Span
from assistant.suggest.circumstances import circumstances
from assistant.suggest.companions import stated_companions
from assistant.suggest.drug_effects import drug_effects
from assistant.suggest.gestation import gestation, trimester_of_note, weeks_in
from assistant.suggest.selection import Validator
from tests.suggest.test_engine import ask, selected

if TYPE_CHECKING:
    from assistant.services import Services

DATE = dt.date(2026, 2, 2)


@pytest.fixture(scope="module")
def valid(services: "Services") -> Validator:
    return Validator(services.searcher, DATE)


@pytest.mark.parametrize(
    ("story", "codes"),
    [
        ("She fell off a ladder while cleaning the gutters of her house.", {"W11.XXXA", "Y92.017", "Y93.H9"}),
        ("Tripped on the stairs carrying laundry in his apartment.", {"W10.9XXA", "Y92.038", "Y93.E2"}),
        ("Slipped on ice in the parking lot of the store and fell.", {"W00.0XXA", "Y92.481"}),
        ("He twisted the knee playing soccer.", {"Y93.66"}),
        ("Bitten by a dog in the park while jogging.", {"W54.0XXA", "Y92.830", "Y93.02"}),
        ("He hurt it. In 2015 he fell off a ladder.", set()),
        (
            "Hot oil splashed on the hand while she was cooking in the kitchen at home.",
            {"X10.2XXA", "Y92.000", "Y93.G3"},
        ),
    ],
)
def test_cause_place_and_activity_are_read(valid: Validator, story: str, codes: set[str]) -> None:
    found = circumstances(["S93.401A"], Note("n", f"HPI: {story}"), valid)
    assert {one.code.code for one in found} == codes
    for one in found:
        assert 0 <= one.span.start < one.span.end <= len(story) + 5


def test_without_an_injury_or_after_the_first_encounter_little_is_added(valid: Validator) -> None:
    note = Note("n", "HPI: She fell off a ladder while cleaning the gutters of her house.")
    assert not circumstances(["J45.909"], note, valid)
    assert {one.code.code for one in circumstances(["S93.401D"], note, valid)} == {"W11.XXXD"}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Anemia due to chemotherapy.", "T45.1X5A"),
        ("Anemia from the naproxen.", "T39.315A"),
        ("Anemia, steroid-induced.", "T38.0X5A"),
        ("Anemia is not from the naproxen.", None),
        ("Anemia. Takes naproxen.", None),
        ("Anemia could be due to naproxen.", None),
    ],
)
def test_a_drug_that_is_blamed_has_its_code(valid: Validator, text: str, code: str | None) -> None:
    found = drug_effects([("D64.9", [Span(0, 6)])], Note("n", text), valid)
    assert [one.code.code for one in found] == ([code] if code else [])


@pytest.mark.parametrize(
    ("text", "weeks", "trimester"),
    [
        ("G2P1 at 28w3d. Induction set for 39w0d.", 28, "third"),
        ("Second pregnancy, now 12 weeks and 4 days.", 12, "first"),
        ("Pregnant. Cast for 6 weeks.", None, ""),
        ("Wound check 2 weeks 3 days after surgery.", None, ""),
    ],
)
def test_weeks_reached_are_told_from_plans(text: str, weeks: int | None, trimester: str) -> None:
    found = gestation(text)
    assert (weeks_in(found) if found else None) == weeks
    assert trimester_of_note(text) == trimester


@pytest.mark.parametrize(
    ("selected", "text", "codes"),
    [
        (["N39.0"], "UTI, culture grew E. coli.", ["B96.20"]),
        (["N39.0"], "UTI, no E. coli grew.", []),
        (["I10"], "Culture grew E. coli.", []),
        (["I63.9"], "NIH stroke scale 7 on arrival.", ["R29.707"]),
        (["T23.261A"], "Burn, about 2% TBSA.", ["T31.0"]),
        (["E66.811"], "Obesity in pregnancy, 30w1d.", ["O99.213"]),
    ],
)
def test_companions_need_their_code_and_their_words(
    services: "Services", valid: Validator, selected: list[str], text: str, codes: list[str]
) -> None:
    chosen = [*selected, "O24.410"] if "pregnancy" in text else selected
    found = stated_companions(chosen, Note("n", text), services.codebook, valid)
    assert [one.code.code for one in found] == codes


@pytest.mark.parametrize(
    ("note", "code", "other"),
    [
        ("SH: smokes a pack a day.\nASSESSMENT AND PLAN\n1. Nicotine dependence, counseled.", "F17.210", "F17.200"),
        ("Nocturia three times.\nASSESSMENT AND PLAN\n1. BPH, start tamsulosin.", "N40.1", "N40.0"),
        ("No nocturia.\nASSESSMENT AND PLAN\n1. BPH, stable.", "N40.0", "N40.1"),
        (
            "Sugars are high.\nASSESSMENT AND PLAN\n1. Type 2 diabetes with hyperglycemia, add insulin.",
            "E11.65",
            "E11.9",
        ),
        ("ASSESSMENT AND PLAN\n1. Asthma, moderate persistent, flaring: prednisone.", "J45.41", "J45.909"),
        ("ASSESSMENT AND PLAN\n1. Dry eye syndrome OU: artificial tears.", "H04.123", "H04.129"),
        ("ASSESSMENT AND PLAN\n1. Acute otitis media, right ear: amoxicillin.", "H66.91", "H65.01"),
    ],
)
def test_the_rest_of_the_note_decides_the_code(services: "Services", note: str, code: str, other: str) -> None:
    chosen = selected(ask(services, note))
    assert code in chosen
    assert other not in chosen
