"""Rows that say otherwise than the query."""

import pytest

from corpus.index.agreement import conflicts, fits, numbers_of


@pytest.mark.parametrize(
    ("query", "row", "expected"),
    [
        ("pressure ulcer sacrum stage 3", "stage I pressure ulcer of sacrum", 1),
        ("pressure ulcer sacrum stage 3", "Pressure ulcer of sacral region, stage 3", 0),
        ("pressure ulcer stage III", "pressure ulcer, stage 3", 0),
        ("type 2 diabetes mellitus", "Type 1 diabetes mellitus", 1),
        ("second degree burn", "Burn of third degree of hand", 1),
        ("second degree burn", "2nd degree burn of hand", 0),
        ("chronic kidney disease stage 3b", "Chronic kidney disease, stage 3a", 1),
        ("chronic kidney disease stage 3b", "Chronic kidney disease, stage 3 (moderate)", 0),
        ("chronic kidney disease", "Chronic kidney disease, stage 3 (moderate)", 0),
        ("pressure ulcer stage 3", "pressure ulcer", 0),
        ("grade 2 sprain", "type 1 diabetes", 0),
    ],
)
def test_another_number_of_the_same_thing_is_a_conflict(query: str, row: str, expected: int) -> None:
    assert conflicts(query, [row]).tolist() == [expected]


def test_a_letter_belongs_to_its_stage() -> None:
    assert numbers_of("CKD stage 3b") == {("stage", "3"), ("stage letter", "b")}


def test_a_history_is_not_the_disease() -> None:
    rows = ["Malignant neoplasm of breast", "Family history of malignant neoplasm of breast", "FHx breast ca"]
    assert fits("family", rows).tolist() == [0, 1, 1]
    assert fits("personal", ["TIA", "h/o TIA", "Personal history of transient ischemic attack"]).tolist() == [0, 1, 1]
    assert fits("after", ["amputation", "Acquired absence of left leg below knee"]).tolist() == [0, 1]
