"""A decision on one note changes what is suggested for the next like it, and says so; without one nothing changes."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from assistant.record import to_record
from assistant.review.confirmation import confirm, read_suggestions, record
from assistant.services import Services
from assistant.settings import load_settings

if TYPE_CHECKING:
    from assistant.suggest.suggestion import Suggestion

NOTE = """HPI: Here for cough for three days.
ASSESSMENT AND PLAN
1. Acute bronchitis. Supportive care.
2. Occasional headache, no treatment.
"""


@pytest.fixture
def site(indexed_home: Path, services: Services) -> Services:
    made = Services.open(load_settings(), quiet=True)
    made.catalog = services.catalog  # the same index, opened once a session
    return made


def ask(site: Services, text: str, note: str) -> dict[str, Any]:
    line = {"id": note, "text": text, "date_of_service": "2026-02-02"}
    return {one.code: one for one in site.suggest_line(line, 50).suggestions}


def test_what_was_confirmed_rises_and_what_was_rejected_falls(site: Services) -> None:
    answer = to_record(site.suggest_line({"id": "first", "text": NOTE, "date_of_service": "2026-02-02"}, 50))
    before: dict[str, Suggestion] = ask(site, NOTE, "first")
    said = read_suggestions(json.dumps(answer), "x")
    assert before["R51.9"].passages
    made = confirm(said, site.codebook, accept="J20.9", reject=["R51.9=not treated"])
    record(made, site.ledger, "coder", precedents=site.precedents)
    after: dict[str, Suggestion] = ask(site, NOTE.replace("three days", "a week"), "second")
    assert after["J20.9"].probability > before["J20.9"].probability
    assert after["R51.9"].probability < before["R51.9"].probability
    (precedent,) = after["J20.9"].precedents
    assert (precedent.encounter, precedent.date_of_service, precedent.action) == ("first", "2026-02-02", "confirmed")
    assert "Acute bronchitis" in precedent.passage
    assert after["R51.9"].precedents[0].action == "rejected"
    assert site.precedents
    site.precedents.undo("first")
    assert ask(site, NOTE, "first") == before
