"""Questions to the physician: never leading, never about codes or money, always quoting the note."""

import re
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.record import to_record
from assistant.suggest.queries import ALWAYS, MOST, Kind, kinds
from evals.cases.note import load_notes
from evals.suites import CASES

if TYPE_CHECKING:
    from assistant.services import Services

MONEY = re.compile(
    r"reimburs|\bpa(?:y|id|yment|yer)s?\b|\bbill|\bclaim|\bcharge|\brevenue|\bDRG\b|\bHCC\b|\brisk adjust"
    r"|\bquality (?:measure|score)|\binsur|\bcod(?:e|es|ed|ing)\b|\bICD\b|\bseverity of illness|\bCC\b|\bMCC\b",
    re.I,
)
CODE = re.compile(r"\b[A-TV-Z]\d[0-9A-Z]\.[0-9A-Z]{1,4}\b")


def ask(services: "Services", text: str, **more: Any) -> list[dict[str, Any]]:
    line = {"id": "n", "text": text, "date_of_service": "2026-02-02", **more}
    queries: list[dict[str, Any]] = to_record(services.suggest_line(line).queries)
    for query in queries:
        assert_sound(text, query)
    assert len(queries) <= MOST
    return queries


def assert_sound(text: str, query: dict[str, Any]) -> None:
    words = " ".join((query["topic"], query["question"], *query["options"]))
    assert not CODE.search(words) and not MONEY.search(words), words
    assert tuple(query["options"][-2:]) == ALWAYS and len(query["options"]) >= 4
    assert query["indicators"]
    for found in query["indicators"]:
        assert text[found["start"] : found["end"]] == found["text"]
        assert not CODE.search(found["text"])


def test_there_are_many_kinds_with_ids_of_their_own() -> None:
    assert len(kinds()) >= 80
    assert len({kind.id for kind in kinds()}) == len(kinds())


@pytest.mark.parametrize("kind", kinds(), ids=lambda kind: kind.id)
def test_a_kind_leads_to_nothing(kind: Kind) -> None:
    words = " ".join((kind.topic, kind.ask, *kind.options))
    assert not MONEY.search(words) and not CODE.search(words)
    assert len(kind.options) >= 2, "one choice beside `other` suggests it"
    assert not {option.lower().strip(" .") for option in kind.options} & {"yes", "no"}
    assert kind.ask.startswith(("the ", "which ", "what ", "whether ", "how ")), kind.ask
    assert bool(kind.codes) + kind.open_side + bool(kind.finding) == 1
    assert kind.finding or kind.indicators or kind.open_side


ASKED = [
    ("ASSESSMENT AND PLAN\n1. Congestive heart failure. BNP 640. Increase furosemide.", "PQ-001"),
    ("ASSESSMENT AND PLAN\n1. Chronic kidney disease. Creatinine 1.9, eGFR 38.", "PQ-003"),
    ("ASSESSMENT AND PLAN\n1. Ankle sprain. Brace given.", "PQ-004"),
    ("ASSESSMENT AND PLAN\n1. Asthma. Albuterol inhaler refilled.", "PQ-005"),
    ("ASSESSMENT AND PLAN\n1. Anemia. Hemoglobin 9.1, start ferrous sulfate.", "PQ-009"),
    ("ASSESSMENT AND PLAN\n1. Depression. PHQ-9 is 14. Start sertraline.", "PQ-020"),
    ("ASSESSMENT AND PLAN\n1. Atrial fibrillation. Continue apixaban and metoprolol.", "PQ-024"),
    ("Medications: metformin 500 mg BID.\nASSESSMENT AND PLAN\n1. Acute bronchitis. Rest.", "PQ-101"),
    ("Medications: levothyroxine 75 mcg daily.\nASSESSMENT AND PLAN\n1. Acute bronchitis.", "PQ-102"),
    ("Medications: apixaban 5 mg BID.\nASSESSMENT AND PLAN\n1. Acute bronchitis.", "PQ-103"),
    ("LABS: Sodium 126, potassium 4.1.\nASSESSMENT AND PLAN\n1. Acute bronchitis.", "PQ-201"),
    ("LABS: A1c 8.2.\nASSESSMENT AND PLAN\n1. Acute bronchitis.", "PQ-204"),
]
SILENT = [
    ("ASSESSMENT AND PLAN\n1. Chronic systolic heart failure. BNP 640. Increase furosemide.", "PQ-001"),
    ("ASSESSMENT AND PLAN\n1. Congestive heart failure.", "PQ-001"),
    ("ASSESSMENT AND PLAN\n1. CKD stage 3b. eGFR 38.", "PQ-003"),
    ("ASSESSMENT AND PLAN\n1. Right ankle sprain. Brace given.", "PQ-004"),
    ("ASSESSMENT AND PLAN\n1. Mild persistent asthma. Albuterol inhaler refilled.", "PQ-005"),
    ("ASSESSMENT AND PLAN\n1. Iron deficiency anemia. Hemoglobin 9.1.", "PQ-009"),
    ("ASSESSMENT AND PLAN\n1. Depression, moderate. PHQ-9 is 14. Start sertraline.", "PQ-020"),
    ("ASSESSMENT AND PLAN\n1. Paroxysmal atrial fibrillation. Continue apixaban.", "PQ-024"),
    ("Medications: metformin 500 mg BID.\nASSESSMENT AND PLAN\n1. Type 2 diabetes.", "PQ-101"),
    ("Not taking metformin.\nASSESSMENT AND PLAN\n1. Acute bronchitis. Rest.", "PQ-101"),
    ("FAMILY HISTORY: Mother takes metformin.\nASSESSMENT AND PLAN\n1. Acute bronchitis. Rest.", "PQ-101"),
    ("Allergies: metformin.\nASSESSMENT AND PLAN\n1. Acute bronchitis. Rest.", "PQ-101"),
    ("LABS: Sodium 138.\nASSESSMENT AND PLAN\n1. Acute bronchitis.", "PQ-201"),
]


@pytest.mark.parametrize(("text", "kind"), ASKED)
def test_a_missing_detail_is_asked_for(services: "Services", text: str, kind: str) -> None:
    assert kind in [query["id"] for query in ask(services, text)]


@pytest.mark.parametrize(("text", "kind"), SILENT)
def test_what_is_said_or_not_the_patients_is_not_asked(services: "Services", text: str, kind: str) -> None:
    assert kind not in [query["id"] for query in ask(services, text)]


def test_a_drug_or_a_value_is_never_coded(services: "Services") -> None:
    line = {"id": "n", "text": ASKED[7][0], "date_of_service": "2026-02-02"}
    answer = services.suggest_line(line)
    assert not [one.code for one in answer.suggestions if one.selected and one.code.startswith(("E08", "E11", "R73"))]


def test_a_text_that_is_no_note_is_asked_nothing(services: "Services") -> None:
    assert (
        ask(services, "Le patient souffre d'insuffisance cardiaque, traitement par metformin et furosemide. " * 5) == []
    )


def test_words_of_codes_and_payers_in_a_note_are_not_quoted(services: "Services") -> None:
    text = "ASSESSMENT AND PLAN\n1. Congestive heart failure I50.9. BNP 640, furosemide per insurance payment. Edema."
    assert [query["id"] for query in ask(services, text)]


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.sampled_from(
            [text.split("\n")[-1] for text, _ in (*ASKED, *SILENT)] + ["ICD-10 E11.9 billed.", "LABS: A1c 9.9"]
        ),
        min_size=1,
        max_size=6,
    )
)
def test_every_query_of_any_note_is_sound(services: "Services", lines: list[str]) -> None:
    ask(services, "ASSESSMENT AND PLAN\n" + "\n".join(lines))


def test_every_query_of_training_notes_is_sound(services: "Services") -> None:
    asked = 0
    for case in load_notes(CASES / "notes" / "train-a.jsonl")[:12]:
        asked += len(ask(services, case.text, setting=case.setting.value))
    assert asked
