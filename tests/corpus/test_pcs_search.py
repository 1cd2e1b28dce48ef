"""Procedures found by words, over the real index."""

import datetime as dt
from typing import TYPE_CHECKING

import pytest

from corpus.codes import CodeSystem, Hit

if TYPE_CHECKING:
    from assistant.services import Services

DATE = dt.date(2025, 1, 15)


def find(services: "Services", text: str, k: int = 10, date: dt.date = DATE) -> list[Hit]:
    return services.search(text, k, date, CodeSystem.ICD10PCS)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("laparoscopic appendectomy", "0DTJ4ZZ"),
        ("lap chole", "0FT44ZZ"),
        ("PICC line", "02HV33Z"),
        ("low transverse c-section", "10D00Z1"),
        ("cystoscopy with left double J stent", "0T778DZ"),
        ("VATS right upper lobe lobectomy", "0BTC4ZZ"),
        ("EGD with gastric biopsy", "0DB68ZX"),
        ("left uncemented THA ceramic on poly", "0SRB04A"),
        ("DC cardioversion", "5A2204Z"),
    ],
)
def test_words_that_decide_every_axis_give_the_code(services: "Services", text: str, code: str) -> None:
    assert find(services, text)[0].code == code


@pytest.mark.parametrize(
    ("text", "table"),
    [
        ("bypass from femoral to popliteal artery with vein", "041"),
        ("open reduction of fracture of left tibia", "0QS"),
        ("stent in the right common iliac artery", "047"),
        ("core biopsy of left breast", "0HB"),
        ("below knee amputation", "0Y6"),
        ("excisional debridement of muscle of the back", "0KB"),
        ("posterior fusion of lumbar joints with interbody cage", "0SG"),
        ("MRI of the brain", "B03"),
        ("transfusion of platelets", "302"),
        ("apendectomy", "0DT"),
    ],
)
def test_the_table_is_first(services: "Services", text: str, table: str) -> None:
    assert find(services, text)[0].code[:3] == table


def test_what_the_words_leave_open_is_said(services: "Services") -> None:
    hit = find(services, "total knee replacement")[0]
    assert (hit.code, hit.billable) == ("0SR", False)
    assert [part.split(" (")[0] for part in hit.missing.split("; ")] == ["body part", "device", "qualifier"]
    assert "C Knee Joint, Right" in hit.missing and "Hip" not in hit.missing


def test_a_side_chooses_the_body_part(services: "Services") -> None:
    assert [find(services, f"{side} total knee replacement")[0].code for side in ("right", "left")] == ["0SRC", "0SRD"]


def test_converted_to_open_is_open(services: "Services") -> None:
    hit = find(services, "laparoscopic converted to open cholecystectomy")[0]
    assert hit.code == "0FT40ZZ"


def test_two_approaches_decide_nothing(services: "Services") -> None:
    assert "approach" in find(services, "open percutaneous drainage of liver")[0].missing


def test_a_retired_code_is_not_found(services: "Services") -> None:
    """Lefamulin had codes of its own until the end of FY2024."""
    before = find(services, "introduction of lefamulin", 10, dt.date(2024, 5, 1))
    after = find(services, "introduction of lefamulin", 50, dt.date(2026, 10, 15))
    valid = services.codebook_on(dt.date(2026, 10, 15), CodeSystem.ICD10PCS)
    assert any("Lefamulin" in hit.matched_term for hit in before)
    assert all(valid.valid_on(hit.code, dt.date(2026, 10, 15)) for hit in after)


def test_part_of_a_code_lists_what_it_begins(services: "Services") -> None:
    assert {hit.code for hit in find(services, "0DTJ4", 50)} == {"0DTJ4ZZ", "0DTJ4ZG"}
