"""Doses said, and the units they make."""

import pytest

from assistant.suggest.procedures.doses import billed_unit, dose_in, reckon


@pytest.mark.parametrize(
    ("before", "after", "unit", "units"),
    [
        ("", " 60 mg IM given.", "15 mg", 4),
        ("80 mg of ", " was injected.", "1 mg", 80),
        ("1 mL of ", " 40 mg/mL was injected", "10 mg", 4),
        ("", "-40 1 mL IM", "10 mg", 4),
        ("", " 1.2 million units IM", "100000 units", 12),
        ("", " 1 g IM", "250 mg", 4),
        ("", " 1000 mcg IM", "up to 1000 mcg", 1),
        ("", " 0.3 mg IM", "0.1 mg", 3),
        ("", " 62.5 mg IV", "5 mg", 13),
        ("", " 500 mg IV x2", "500 mg", 2),
        ("", " 1 mg/kg (70 mg) IM", "10 mg", 7),
        ("", ", 1 mL (1000 mcg/mL) IM", "up to 1000 mcg", 1),
        ("", " 4 mg IV, repeated 4 mg IV", "1 mg", None),
        ("", " 2.4 million units IM, 1.2 million units in each buttock", "100000 units", None),
        ("got three ", " treatments", "up to 2.5 mg with up to 0.5 mg", 3),
        ("2 g ", " IV and 4 mg ", "500 mg", 4),
        ("", " IM and 25 mg ", "15 mg", None),
        ("", " 30 mg IM and 25 mg ", "15 mg", 2),
        ("", " 30-60 mg IM", "15 mg", None),
        ("", " IM given", "15 mg", None),
        ("", " 40 mg/mL given IM", "10 mg", None),
        ("", " 2 mL IM", "10 mg", None),
        ("", " 6 mg IM", "3 mg of each", None),
    ],
)
def test_units_follow_from_the_dose_or_are_asked_for(before: str, after: str, unit: str, units: int | None) -> None:
    billed = billed_unit(unit)
    dose = dose_in(before, after, before + "DRUG" + after, billed[1]) if billed else None
    found = reckon(unit, dose, before, after, before + "DRUG" + after)
    assert found.units == units
    assert bool(found.arithmetic) == (units is not None)
    assert bool(found.question) == (units is None)


def test_each_knee_counts_twice_and_both_sides_are_asked_about() -> None:
    each = " 40 mg injected into each knee"
    dose = dose_in("", each, each, "mg")
    assert reckon("10 mg", dose, "", each, each).units == 8
    both = " 40 mg injected, bilateral knees"
    asked = reckon("10 mg", dose_in("", both, both, "mg"), "", both, both)
    assert asked.units == 4
    assert "each side" in asked.question
