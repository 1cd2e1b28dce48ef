"""Which selected code stands first, and why: the plan's first problem, and what the guidelines fix."""

from typing import TYPE_CHECKING, Any

import pytest

from assistant.guidelines.rulebook import rulebook
from assistant.record import to_record
from assistant.suggest.sequencing import _data, selectors

if TYPE_CHECKING:
    from assistant.services import Services

PLAN = "ASSESSMENT AND PLAN\n"
CASES = [
    (PLAN + "1. Gout. Colchicine.\n2. Hypertension, continue lisinopril.", {}, "M10.9", "OCG IV.G"),
    (PLAN + "1. Hypertension, continue lisinopril.\n2. Sprain of left ankle. Brace.", {}, "S93.402A", "OCG IV.G"),
    (
        PLAN + "1. Sprain of left ankle. Brace.\n2. Closed fracture of the shaft of the right humerus. Splint.",
        {},
        "S42.301A",
        "OCG I.C.19.b",
    ),
    (
        PLAN + "1. Obesity, BMI 34.0. Diet.\n2. Encounter for general adult medical examination, normal.",
        {},
        "Z00.00",
        "OCG I.C.21",
    ),
    (
        "Principal diagnosis: Cellulitis of left leg.\nOther diagnoses: Hypertension.",
        {"setting": "inpatient"},
        "L03.116",
        "OCG II",
    ),
]


def ask(services: "Services", text: str, **more: Any) -> dict[str, Any]:
    line = {"id": "n", "text": text, "date_of_service": "2026-02-02", **more}
    answer: dict[str, Any] = to_record(services.suggest_line(line))
    return answer


@pytest.mark.parametrize(("text", "more", "code", "rule"), CASES)
def test_the_first_code_and_the_guideline_behind_it(
    services: "Services", text: str, more: dict[str, str], code: str, rule: str
) -> None:
    first = ask(services, text, **more)["first_listed"]
    assert first["code"] == code, first
    assert first["rule"].startswith(rule)
    assert first["kind"] == ("principal" if more else "first_listed")
    assert first["why"].endswith(".") and "{" not in first["why"]


def test_every_selected_code_has_a_place_and_no_other_does(services: "Services") -> None:
    answer = ask(services, CASES[3][0])
    selected = [one for one in answer["suggestions"] if one["selected"]]
    assert sorted(one["sequence"] for one in selected) == list(range(1, len(selected) + 1))
    assert all(one["sequence"] is None for one in answer["suggestions"] if not one["selected"])
    assert next(one["code"] for one in selected if one["sequence"] == 1) == answer["first_listed"]["code"]
    body_mass = [one["sequence"] for one in selected if one["code"].startswith("Z68")]
    assert body_mass == [len(selected)]


def test_an_external_cause_is_never_first(services: "Services") -> None:
    text = PLAN + "1. Fall from ladder.\n2. Contusion of right knee."
    first = ask(services, text)["first_listed"]
    assert first and first["code"][0] not in "VWXY"


def test_nothing_selected_has_no_first(services: "Services") -> None:
    assert ask(services, "lorem ipsum " * 40)["first_listed"] is None


def test_the_data_names_codes_and_sections() -> None:
    assert all(one.include for one in selectors())
    sections = {rule.source for rule in rulebook().rules}
    for reason in _data()["reasons"].values():
        assert {"outpatient", "inpatient", "why"} == set(reason)
        for setting in ("outpatient", "inpatient"):
            assert reason[setting].startswith("OCG ")
    assert any(source.startswith("OCG I.C.15.a") for source in sections)
