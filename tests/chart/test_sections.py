import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.chart.note import Note, Span
from assistant.chart.sections import sections


def kinds(text: str) -> list[tuple[str, str]]:
    return [(part.kind, part.heading) for part in sections(Note("n", text))]


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("ASSESSMENT AND PLAN", "assessment_and_plan"),
        ("A/P:", "assessment_and_plan"),
        ("A&P", "assessment_and_plan"),
        ("Assessment/Plan:", "assessment_and_plan"),
        ("Impression - acute bronchitis", "assessment"),
        ("IMPRESSION: acute bronchitis", "assessment"),
        ("Impression and Plan", "assessment_and_plan"),
        ("**Physical Exam**", "physical_exam"),
        ("## Review of Systems", "review_of_systems"),
        ("PERTINENT PAST MEDICAL HISTORY:", "past_medical_history"),
        ("PMH: HTN, DM2", "past_medical_history"),
        ("HISTORY OF PRESENT ILLNESS (HPI):", "history_of_present_illness"),
        ("HISTROY OF PRESENT ILLNESS", "history_of_present_illness"),
        ("Current Medications:", "medications"),
        ("- Allergies: penicillin", "allergies"),
        ("S: cough for a week", "history_of_present_illness"),
        ("Discharge Diagnoses:", "discharge_diagnosis"),
        ("Brief Hospital Course:", "hospital_course"),
        ("IMPRESSION Stable asthma today", "assessment"),
        ("=== PLAN ===", "plan"),
        ("Vitals Reviewed", "vitals"),
    ],
)
def test_a_heading_in_any_style_opens_its_section(line: str, kind: str) -> None:
    assert kinds(line + "\nmore text\n")[0][0] == kind


def test_headings_inside_one_dictated_line() -> None:
    text = "45yo M with chest pain. PMH: HTN, DM2. PSH: appendectomy. Meds: metformin. FH: mother with CAD. SH: smoker"
    assert [kind for kind, _ in kinds(text)] == [
        "other",
        "past_medical_history",
        "past_surgical_history",
        "medications",
        "family_history",
        "social_history",
    ]


def test_labels_inside_a_problem_stay_in_assessment_and_plan() -> None:
    text = "A/P:\n1. HTN - stable. Plan: continue lisinopril\n2. DM2\n- Medications: metformin\n- Labs: A1c\n"
    assert kinds(text) == [("assessment_and_plan", "A/P")]


def test_a_listed_problem_is_no_heading() -> None:
    assert kinds("ASSESSMENT\n1. Allergies.\n2. Depression\n") == [("assessment", "ASSESSMENT")]


def test_short_heading_counts_only_under_its_parent() -> None:
    assert [kind for kind, _ in kinds("PAST HISTORY\n\nMedical\nGout.\n\nSurgical\nAppendectomy.\n")] == [
        "past_medical_history",
        "past_medical_history",
        "past_surgical_history",
    ]
    assert [kind for kind, _ in kinds("PLAN\nRest.\n\nMedical\n")] == ["plan"]


def test_a_note_without_headings_is_one_section() -> None:
    assert kinds("Patient came in with a cough. No fever.") == [("other", "")]
    assert kinds("") == []


def test_body_starts_behind_the_heading() -> None:
    note = Note("n", "PMH: HTN\nPLAN\nRest\n")
    assert [note.at(part.body).strip() for part in sections(note)] == ["HTN", "Rest"]


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.one_of(
            st.sampled_from(
                ["PLAN\n", "A/P: ", "\r\n", "1. ", "• ", "HPI - ", "\u200f", "\x00", "S:", " ", "** PMH **\n"]
            ),
            st.text(max_size=20),
        ),
        max_size=30,
    ).map("".join)
)
def test_sections_cover_every_text_without_gap_or_overlap(text: str) -> None:
    parts = sections(Note("n", text))
    at = 0
    for part in parts:
        assert part.span.start == at
        assert part.span.contains(part.body)
        at = part.span.end
    assert at == len(text)


def test_a_part_told_on_one_line_ends_at_the_blank_line() -> None:
    text = "Reason for visit: follow up\n\nPt is well.\n\nPMHx: gout, HTN\nSoc: works\n\nBP 120/80\n\n"
    text += "Allergies: none\n\n1. Gout\n"
    assert [kind for kind, _ in kinds(text)] == [
        "chief_complaint",
        "history_of_present_illness",
        "past_medical_history",
        "social_history",
        "other",
        "allergies",
        "assessment_and_plan",
    ]
    assert [kind for kind, _ in kinds("HPI: First.\n\nSecond.\n")] == ["history_of_present_illness"]


def test_a_numbered_list_without_heading_is_the_assessment() -> None:
    text = "Pt is well.\n\nBP 120/80\n\n1. Gout, stable\n2. HTN\nRTC 3 mo\n"
    assert [kind for kind, _ in kinds(text)] == ["other", "assessment_and_plan"]
    assert [kind for kind, _ in kinds("RESULTS\n\n1. CT\n2. MRI\n\nPLAN\nRest\n")] == ["results", "plan"]


def test_a_note_that_begins_with_its_problems_is_an_assessment() -> None:
    text = "1. Diabetes\n2. Hypertension"
    assert [(part.kind, part.span) for part in sections(Note("n", text))] == [
        ("assessment_and_plan", Span(0, len(text)))
    ]


def test_problems_are_the_assessment_where_no_other_part_is() -> None:
    listed = "HPI: Weak on the right side.\n\nPROBLEMS\n1. Aphasia, better.\n2. Hypertension.\n"
    assert ("assessment_and_plan", "PROBLEMS") in kinds(listed)
    assert ("past_medical_history", "PROBLEMS") in kinds(f"{listed}\nASSESSMENT AND PLAN\n1. Gout.\n")
