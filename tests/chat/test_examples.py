"""Known questions by kind: their file, their vectors, and what a new question's names are written as."""

import dataclasses

from assistant.chat import examples
from assistant.chat.code_names import named
from assistant.chat.papers import Papers
from assistant.chat.slots import Slots
from assistant.chat.understanding import intents


def test_every_example_has_a_known_kind_and_a_vector() -> None:
    known = {one.id for one in intents()}
    assert {kind for kind, _ in examples.examples()} <= known
    kept = examples._vectors()
    assert kept is not None, "examples.npz is older than examples.tsv: run python -m evals.examples"
    assert len(kept[0]) == len(kept[1]) == len(examples.examples())


def test_names_of_a_question_are_masked() -> None:
    slots = dataclasses.replace(Slots(), claims=("K1001",), codes=("E11.9",), adjustments=(("CO", "45"),))
    said = examples.masked("Is CO-45 on claim K1001 due to E11.9?", slots, Papers((), ()))
    assert said == "Is reason code on claim due to this code?"


def test_no_encoder_adds_nothing() -> None:
    assert examples.points("what does she owe", None) == {}


def test_codes_have_the_names_billers_say() -> None:
    assert named("reason", "PR-3", "en") == "PR-3 (copay)"
    assert "contractual" in named("reason", "CO-45", "en") and "contractual" not in named("reason", "PR-45", "en")
    assert named("reason", "CO-999", "en") == "CO-999" and named("status", "22", "es") == "22 (reversión)"
