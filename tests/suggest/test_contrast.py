"""Every near miss says what in the note would change the choice, and every mention found is accounted for."""

import os
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from assistant.suggest.contrast import contrast, dropped
from assistant.suggest.engine import WEAKEST
from assistant.suggest.lines import read_line
from assistant.suggest.reading import read
from assistant.suggest.suggestion import NotCodedReason
from evals.cases.note import load_notes
from evals.suites import CASES

if TYPE_CHECKING:
    from assistant.services import Services

TRAINING = sorted((CASES / "notes").glob("train-*.jsonl"))


@pytest.mark.parametrize(
    ("chosen", "other", "told"),
    [
        ("Pain in right knee", "Pain in left knee", 'said "left" instead of "right" (the side)'),
        (
            "Pain in right knee",
            "Pain in unspecified knee",
            'Leaves the side open, for a note that does not say "right"',
        ),
        ("Pain in unspecified knee", "Pain in right knee", 'said "right"; it leaves the side open'),
        ("Obesity, class 1", "Obesity, class 2", 'said "class 2" instead of "class 1" (the class)'),
        (
            "Chronic kidney disease, stage 3b",
            "Chronic kidney disease, unspecified",
            'Leaves the stage open, for a note that does not say "stage 3b"',
        ),
        (
            "Type 2 diabetes mellitus with hyperglycemia",
            "Type 2 diabetes mellitus without complications",
            'said "without complications"',
        ),
        (
            "Sprain of unspecified ligament of left ankle, initial encounter",
            "Sprain of unspecified ligament of left ankle, subsequent encounter",
            'said "subsequent" instead of "initial" (the episode of care)',
        ),
        (
            "Type 2 diabetes mellitus with hyperglycemia",
            "Type 2 diabetes mellitus with other specified complication",
            'For another kind than "hyperglycemia"',
        ),
        (
            "Nausea with vomiting, unspecified",
            "Hypothermia",
            'Another condition: the note would have to say "Hypothermia"',
        ),
    ],
)
def test_the_difference_is_told_in_the_words_that_differ(chosen: str, other: str, told: str) -> None:
    assert told in contrast(chosen, other)


def test_what_was_dropped_says_what_would_bring_it_back() -> None:
    for reason in (NotCodedReason.DUPLICATE, NotCodedReason.EXCLUDED, NotCodedReason.INTEGRAL_SYMPTOM):
        assert "E11.9" in dropped(reason, "E11.9") and "right" in dropped(reason, "E11.9")


def test_every_alternative_of_a_note_has_its_sentence(services: "Services") -> None:
    for case in load_notes(TRAINING[0])[:6]:
        for one in services.suggest_line(case.line()).suggestions:
            for other in one.alternatives:
                assert other.why_not.endswith(".") and '""' not in other.why_not, (one.code, other)


def test_every_mention_found_is_coded_or_has_a_reason(services: "Services") -> None:
    """Every twelfth training note; with ALL_NOTES set, all of them."""
    found = 0
    for path in TRAINING:
        for case in load_notes(path)[:: 1 if os.environ.get("ALL_NOTES") else 12]:
            request = read_line(case.line(), services.settings)
            request = replace(request, note=read(request.note).note)
            engine = services.suggester_on(request.date_of_service)
            answer, trace = engine.traced(request)
            seen = engine.examine(request)
            selected = {one.code for one in answer.suggestions if one.selected}
            told = {(one.start, one.end) for one in answer.not_coded}
            told |= {(e.start, e.end) for one in answer.suggestions if one.selected for e in one.evidence}
            assert len(trace.mentioned) == len(seen.mentions)
            for span, mention in zip(trace.mentioned, seen.mentions, strict=True):
                found += 1
                if (span.start, span.end) in told:
                    continue
                listed = [one for one in seen.candidates.get(mention, ()) if one.score >= WEAKEST]
                assert listed and listed[0].code.code in selected, (case.id, mention.text)
    assert found > 150
