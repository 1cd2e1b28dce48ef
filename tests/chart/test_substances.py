import pytest

from assistant.chart.mentions import find_mentions
from assistant.chart.note import Assertion, Note
from assistant.chart.sections import sections
from assistant.chart.substances import find_drugs


@pytest.mark.parametrize(
    ("text", "group", "assertion"),
    [
        ("Continue metformin 1000 mg daily.", "oral_hypoglycemic", Assertion.PRESENT),
        ("She takes Eliquis twice a day.", "anticoagulant", Assertion.PRESENT),
        ("We will discontinue warfarin.", "anticoagulant", Assertion.HISTORICAL),
        ("He is not on insulin.", "insulin", Assertion.NEGATED),
        ("Consider adding Ozempic.", "injectable_antidiabetic", Assertion.PLANNED),
        ("MEDICATIONS\nInsulin glargine 20 units", "insulin", Assertion.PRESENT),
    ],
)
def test_a_drug_has_its_group_and_whether_it_is_taken(text: str, group: str, assertion: Assertion) -> None:
    note = Note("n", text)
    [drug] = find_drugs(note, sections(note))
    assert (drug.group, drug.mention.assertion) == (group, assertion)
    assert note.at(drug.mention.span) == drug.mention.text


def test_allergens_are_mentions_without_their_reaction() -> None:
    note = Note("n", "ALLERGIES\nPenicillin (hives), sulfa - rash\nPercocet.\n")
    assert [m.text for m in find_mentions(note, sections(note))] == ["Penicillin", "sulfa", "Percocet"]
    assert find_drugs(note, sections(note)) == ()


@pytest.mark.parametrize("line", ["NKDA", "No known drug allergies.", "None"])
def test_no_allergy_is_no_present_mention(line: str) -> None:
    note = Note("n", f"ALLERGIES\n{line}\n")
    assert [m for m in find_mentions(note, sections(note)) if m.assertion == Assertion.PRESENT] == []
