"""Suggestions stand with the problem of the note that they are for."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from assistant.web.coder_problems import _blocks, problems

NOTE = """HISTORY
Seen for cough. Has diabetes.

ASSESSMENT AND PLAN:
1. Type 2 diabetes with neuropathy, at goal. Continue
metformin.
2) Hypertension. Continue losartan.

Gout
Asthma, mild
"""


def item(code: str, words: str, selected: bool = True, at: int | None = None) -> dict[str, Any]:
    start = NOTE.index(words) if at is None else at
    return {"code": code, "selected": selected, "evidence": [{"start": start}]}


def test_codes_of_one_item_stand_together() -> None:
    items = [item("I10", "Hypertension"), item("E11.40", "Type 2 diabetes"), item("Z79.84", "metformin")]
    found, elsewhere = problems(NOTE, [*items, item("E11.9", "Type 2", selected=False), item("R05.9", "cough", False)])
    assert [(one.heading, [each["code"] for each in one.selected]) for one in found] == [
        ("Hypertension.", ["I10"]),
        ("Type 2 diabetes with neuropathy, at goal.", ["E11.40", "Z79.84"]),
    ]
    assert NOTE[found[1].start : found[1].end] == "Type 2 diabetes with neuropathy, at goal."
    assert [each["code"] for each in found[1].others] == ["E11.9"]
    assert [each["code"] for each in elsewhere] == ["R05.9"]


def test_sentences_and_short_lines_are_problems_of_their_own() -> None:
    found, _ = problems(NOTE, [item("R05.9", "cough"), item("E11.9", "diabetes"), item("J45.20", "Asthma")])
    assert [one.heading for one in found] == ["Seen for cough.", "Has diabetes.", "Asthma, mild"]


def test_a_code_without_words_has_a_place_too() -> None:
    found, _ = problems(NOTE, [{"code": "Z00.00", "selected": True, "evidence": []}])
    assert [(one.heading, one.start) for one in found] == [("", None)]


@given(st.text(alphabet="aA1. :-\n\f\r#*)", max_size=80))
def test_the_blocks_are_the_note(text: str) -> None:
    assert "".join(text[start:end] for start, end in _blocks(text)) == text
