"""Which part of the store a question is about."""

import datetime as dt
from pathlib import Path

import pytest

from assistant.chat.conversation import answer
from assistant.chat.narrowing import narrowed, span_of
from assistant.chat.papers import papers_of
from assistant.chat.turn import Context
from assistant.remit.file import read_file
from assistant.services import Services

SAMPLES = Path(__file__).resolve().parents[2] / "corpus" / "samples"
FILES = tuple(read_file(path) for path in sorted(SAMPLES.glob("*.835")))
TODAY = dt.date(2026, 12, 4)


@pytest.mark.parametrize(
    ("words", "first", "last"),
    [
        ("payments today", "2026-12-04", "2026-12-04"),
        ("pagos de ayer", "2026-12-03", "2026-12-03"),
        ("due this week", "2026-11-30", "2026-12-06"),
        ("claims of last week", "2026-11-23", "2026-11-29"),
        ("last month's checks", "2026-11-01", "2026-11-30"),
        ("qué pagó este mes", "2026-12-01", "2026-12-31"),
        ("paid last year", "2025-01-01", "2025-12-31"),
    ],
)
def test_spans_of_time(words: str, first: str, last: str) -> None:
    assert span_of(words, TODAY) == (dt.date.fromisoformat(first), dt.date.fromisoformat(last))


def test_no_span_is_made_up() -> None:
    assert span_of("what does CO-45 mean", TODAY) is None


@pytest.mark.parametrize(
    ("words", "claims"),
    [
        ("which claims were on check 8850012077?", ["DEMO3001", "DEMO3002", "DEMO3003"]),
        ("payments from Buckeye", ["DEMO1001", "DEMO2001", "DEMO2002"]),
        ("what did Buckeye pay last month", ["DEMO1001", "DEMO2001", "DEMO2002"]),
        ("what came in yesterday", ["DEMO3001", "DEMO3002", "DEMO3003"]),
        ("payments last year", []),
    ],
)
def test_check_payer_and_time_narrow_the_store(services: Services, words: str, claims: list[str]) -> None:
    papers = papers_of(Context(services, remittances=FILES))
    fewer = narrowed(papers, words, TODAY)
    assert sorted(fewer.numbers()) == claims
    assert fewer.narrowed


def test_a_question_that_names_nothing_of_the_kind_sees_everything(services: Services) -> None:
    papers = papers_of(Context(services, remittances=FILES))
    assert narrowed(papers, "which claims need work for the health plan?", TODAY) is papers


def test_half_a_name_is_enough_when_one_patient_has_it(services: Services) -> None:
    papers = papers_of(Context(services, remittances=FILES))
    assert [one.number for one in papers.of_patient("what did Marisol's plan allow")] == ["DEMO1001"]
    assert [one.number for one in papers.of_patient("anything for Tanaka?")] == ["DEMO1001"]
    assert papers.of_patient("anything for Zelda?") == []


def test_a_stranger_is_said_to_be_none(services: Services) -> None:
    context = Context(services, remittances=FILES)
    told = answer("how much does Zelda Fitzgerald owe?", context).text
    assert "No claim of Zelda Fitzgerald" in told and "$" not in told
    assert "$78.00" in answer("how much does Marisol Tanaka-Reyes owe?", context).text
    assert "No claim" not in answer("Did Buckeye Mutual pay everything?", context).text
