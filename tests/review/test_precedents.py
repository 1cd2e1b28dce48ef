"""What was decided before: kept with the store, found by likeness, gone with the patient, off when the site says so."""

import datetime as dt
import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from assistant.errors import InputError
from assistant.review.decision import Decision, DecisionAction
from assistant.review.precedents import FOLDER, Precedents, kept
from assistant.settings import Settings, load_settings
from assistant.suggest.precedents import LIMIT, shift, shifted
from assistant.suggest.suggestion import Precedent
from corpus.codes import CodeSystem

DAY = dt.date(2026, 2, 2)
CODED = (Decision(DecisionAction.ACCEPT, "I10", CodeSystem.ICD10CM),)
REFUSED = (Decision(DecisionAction.REJECT, "I10", CodeSystem.ICD10CM, "resolved"),)


class Words:
    """An encoder by hashed words: the same words give the same vector, more words in common a smaller angle."""

    def encode(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> Any:
        rows = np.zeros((len(texts), 384), np.float32)
        for row, text in zip(rows, texts, strict=True):
            for word in text.lower().split():
                row[int(hashlib.sha256(word.encode()).hexdigest(), 16) % 384] += 1
            row /= np.linalg.norm(row) or 1
        return rows


@pytest.fixture
def settings(home: Path) -> Settings:
    return load_settings()


@pytest.fixture
def precedents(settings: Settings) -> Precedents:
    return Precedents.open(settings)


def learn(precedents: Precedents, encounter: str, passage: str, decisions: Any = CODED, **more: Any) -> None:
    precedents.learn(encounter, DAY, decisions, {"I10": (passage,)}, **more)


def recalled(precedents: Precedents, passage: str, encoder: str = "words") -> list[str]:
    memory = precedents.memory(Words(), encoder)
    found = memory.like({"I10": (passage,), "E11.9": (passage,)}) if memory else {}
    assert set(found) <= {"I10"}
    return [one.encounter for one in found.get("I10", ())]


def on_disk(settings: Settings, words: str) -> bool:
    files = [path for path in settings.home.rglob("*") if path.is_file()]
    return any(words.encode() in path.read_bytes() for path in files)


def test_nothing_is_opened_where_nothing_was_kept(settings: Settings, precedents: Precedents) -> None:
    assert not kept(settings)
    assert precedents.memory(Words(), "words") is None
    assert not (settings.home / FOLDER).exists()


def test_like_passages_are_found_and_others_are_not(settings: Settings, precedents: Precedents) -> None:
    learn(precedents, "e1", "hypertension stable on lisinopril")
    learn(precedents, "e2", "blood pressure at goal today")
    assert kept(settings)
    assert recalled(precedents, "hypertension stable on amlodipine") == ["e1"]
    assert recalled(precedents, "gout of the left toe") == []


def test_what_was_decided_again_takes_the_place_of_what_was(precedents: Precedents) -> None:
    learn(precedents, "e1", "hypertension stable")
    learn(precedents, "e1", "hypertension stable", REFUSED)
    memory = precedents.memory(Words(), "words")
    assert memory
    (found,) = memory.like({"I10": ("hypertension stable",)})["I10"]
    assert (found.action, found.similarity) == ("rejected", 1.0)


def test_a_purge_takes_rows_and_vectors_off_the_disk(settings: Settings, precedents: Precedents) -> None:
    learn(precedents, "e1", "marker-one hypertension", patient="P1")
    learn(precedents, "e2", "marker-two hypertension", patient="P2")
    assert recalled(precedents, "marker-one hypertension") == ["e1"]
    folders = set((settings.home / FOLDER).glob("vectors-*"))
    assert precedents.forget("P1") == 1
    assert not folders & set((settings.home / FOLDER).glob("vectors-*"))
    assert not on_disk(settings, "marker-one")
    assert recalled(precedents, "marker-two hypertension") == ["e2"]
    assert precedents.forget("") == 0


def test_age_and_undoing_remove_too(precedents: Precedents) -> None:
    learn(precedents, "old", "hypertension stable", decided_on=dt.date(2020, 1, 1))
    learn(precedents, "new", "hypertension stable", decided_on=dt.date(2026, 1, 1))
    assert precedents.expire(dt.date(2025, 1, 1)) == 1
    assert recalled(precedents, "hypertension stable") == ["new"]
    assert precedents.undo("new") == 1
    assert recalled(precedents, "hypertension stable") == []


def test_another_process_and_another_encoder(settings: Settings, precedents: Precedents) -> None:
    learn(precedents, "e1", "hypertension stable")
    assert recalled(precedents, "hypertension stable") == ["e1"]
    learn(Precedents.open(settings), "e2", "hypertension stable")
    assert recalled(precedents, "hypertension stable") == ["e1", "e2"]
    before = set((settings.home / FOLDER).glob("vectors-*"))
    assert recalled(precedents, "hypertension stable", "other words") == ["e1", "e2"]
    assert not before & set((settings.home / FOLDER).glob("vectors-*"))


def test_a_code_decided_without_a_passage_is_not_kept(precedents: Precedents) -> None:
    assert precedents.learn("e1", DAY, CODED, {}) == 0
    assert precedents.count() == 0


def test_the_site_can_turn_it_off(home: Path) -> None:
    learn(Precedents.open(load_settings()), "e1", "hypertension stable")
    off = load_settings({"SUPERBILL_HOME": str(home), "SUPERBILL_PRECEDENTS": "off"})
    assert not off.precedents and not kept(off)
    with pytest.raises(InputError, match="SUPERBILL_PRECEDENTS"):
        load_settings({"SUPERBILL_HOME": str(home), "SUPERBILL_PRECEDENTS": "sometimes"})


def test_the_shift_is_bounded_and_balanced() -> None:
    def found(action: str, count: int, similarity: float = 1.0) -> list[Precedent]:
        return [Precedent(f"e{n}", "2026-01-01", action, "x", similarity) for n in range(count)]

    assert shift([]) == 0
    assert shift(found("confirmed", 1)) == pytest.approx(LIMIT / 2)
    assert shift(found("rejected", 1)) == pytest.approx(-LIMIT / 2)
    assert shift(found("confirmed", 2) + found("rejected", 2)) == 0
    assert LIMIT / 2 < shift(found("confirmed", 50)) < LIMIT
    assert shift(found("confirmed", 3, 0.6)) == pytest.approx(0)
    assert shifted(0.4321, 0.0) == 0.4321
    assert 0 < shifted(1.0, -LIMIT) < 1 and 0 < shifted(0.0, LIMIT) < 0.01
