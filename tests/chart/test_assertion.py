import json
from pathlib import Path

import pytest

from assistant.chart.assertion import classify
from assistant.chart.mentions import find_mentions
from assistant.chart.note import Assertion, Note, Span
from assistant.chart.sections import sections

CASES = Path(__file__).resolve().parents[2] / "evals" / "cases" / "assertion_traps.jsonl"
TRAPS = [json.loads(line) for line in CASES.read_text(encoding="utf-8").splitlines()]
STATUS_IN_THE_WORDS = ("screened for", "exposed to", "screening for")


def test_the_trap_suite_is_large_and_its_offsets_are_right() -> None:
    assert len(TRAPS) >= 300
    assert len({trap["id"] for trap in TRAPS}) == len(TRAPS)
    for trap in TRAPS:
        assert trap["text"][trap["start"] : trap["end"]] == trap["mention"]
    assert {trap["assertion"] for trap in TRAPS} == set(Assertion)


@pytest.mark.parametrize("trap", TRAPS, ids=lambda trap: trap["id"])
def test_trap(trap: dict[str, str | int]) -> None:
    text = str(trap["text"])
    assert classify(text, int(trap["start"]), int(trap["end"])).assertion == trap["assertion"]


def test_no_trap_becomes_a_present_mention_of_the_patient() -> None:
    leaks = []
    for trap in TRAPS:
        note = Note(trap["id"], trap["text"])
        for mention in find_mentions(note, sections(note)):
            status = mention.text.casefold().startswith(STATUS_IN_THE_WORDS)
            wanted = trap["assertion"] == Assertion.PRESENT
            same = mention.span.overlaps(Span(trap["start"], trap["end"])) and not status
            if same and (mention.assertion == Assertion.PRESENT) != wanted:
                leaks.append(trap["id"])
    assert leaks == []


@pytest.mark.parametrize(
    ("text", "mention", "assertion"),
    [
        ("FAMILY HISTORY\nMother: asthma.\nNo stroke.", "asthma", Assertion.FAMILY),
        ("FAMILY HISTORY\nMother: asthma.\nNo stroke.", "stroke", Assertion.NEGATED),
        ("PMH: hypertension, pneumonia", "hypertension", Assertion.PRESENT),
        ("PMH: hypertension, pneumonia", "pneumonia", Assertion.HISTORICAL),
        ("ROS\nDenies:\n- fever\n- rash\n", "rash", Assertion.NEGATED),
        ("ROS\nDenies:\n- fever\n\nSkin: rash\n", "rash", Assertion.PRESENT),
        ("Const: Denies: chills, fever, rash. Knee pain.", "chills", Assertion.NEGATED),
        ("Const: Denies: chills, fever, rash. Knee pain.", "rash", Assertion.NEGATED),
        ("Lice going around daycare. Diaper rash.", "Lice", Assertion.OTHER_PERSON),
        ("INSTRUCTIONS\nRest. Fever or rash: call.", "rash", Assertion.CONDITIONAL),
        ("SURGICAL HISTORY\nAppendectomy", "Appendectomy", Assertion.HISTORICAL),
    ],
)
def test_section_and_list_priors(text: str, mention: str, assertion: Assertion) -> None:
    start = text.index(mention)
    assert classify(text, start, start + len(mention)).assertion == assertion


def test_the_cue_is_quoted_from_the_note() -> None:
    text = "She Denies any fever or chills."
    assert classify(text, text.index("chills"), text.index("chills") + 6).cue == "Denies any"


def test_a_span_outside_any_sentence_is_present() -> None:
    assert classify("PLAN\n\n", 0, 4).assertion == Assertion.PRESENT
