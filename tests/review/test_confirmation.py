"""From suggestions to an encounter: every way to decide, every refusal, and the ledger's word against a changed file."""

import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest

from assistant.errors import InputError, UnknownCodeError
from assistant.review.confirmation import confirm, contradiction, read_suggestions, record
from assistant.review.decision import DecisionAction
from assistant.review.encounter import encounter_from_json, encounter_json
from assistant.review.ledger import Ledger
from assistant.review.service import CodeStatus, Diagnosis
from assistant.settings import load_settings
from assistant.store.engine import open_store
from tests.review.fakes import FakeCodeBook, suggestion_set

DETAILS = Path(__file__).resolve().parents[2] / "corpus" / "samples" / "office_visit.details.json"
CODES = ("E11.22", "N18.32", "I12.9", "E78.5", "S93.402A", "Z79.84")


def proposed(*codes: str, **more: Any) -> dict[str, Any]:
    return read_suggestions(json.dumps(suggestion_set(*codes, **more)), "suggestions.json")


def confirmed(encounter: Any) -> list[str]:
    return [item.code for item in encounter.diagnoses if item.status is CodeStatus.CONFIRMED]


def test_accept_all_selected_or_named() -> None:
    book = FakeCodeBook()
    said = proposed("E11.22", "N18.32", unselected=("I12.9",))
    assert confirmed(confirm(said, book, accept="all").encounter) == ["E11.22", "N18.32", "I12.9"]
    made = confirm(said, book, accept="selected")
    assert confirmed(made.encounter) == ["E11.22", "N18.32"]
    assert made.undecided == ("I12.9",)
    assert confirmed(confirm(said, book, accept="i129,E11.22").encounter) == ["I12.9", "E11.22"]


def test_reject_with_reason_and_add() -> None:
    made = confirm(
        proposed("E11.22", "N18.32"),
        FakeCodeBook(),
        accept="selected",
        reject=["N18.32=stage not documented"],
        add=["Z79.84", "99214"],
    )
    assert confirmed(made.encounter) == ["E11.22", "Z79.84"]
    assert [item.code for item in made.encounter.procedures] == ["99214"]
    rejected = [item for item in made.decisions if item.action is DecisionAction.REJECT]
    assert [(item.code, item.reason) for item in rejected] == [("N18.32", "stage not documented")]
    statuses = {item.code: item.status for item in made.encounter.diagnoses}
    assert statuses["N18.32"] is CodeStatus.REJECTED


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"accept": "E11.23"}, "not among the suggestions"),
        ({"accept": "all", "reject": ["N18.32"]}, "needs a reason"),
        ({"accept": "all", "reject": ["N18.32="]}, "needs a reason"),
        ({"accept": "E11.22", "reject": ["E11.22=no"]}, "both accepted and rejected"),
        ({"accept": "all", "reject": ["Z99.0=no"]}, "not among the suggestions"),
        ({"accept": "all", "add": ["Q99.999"]}, "not a code of any loaded system"),
        ({"accept": "all", "add": ["E11"]}, "header"),
        ({"accept": "all", "add": ["R53.1"]}, "was not valid on 2026-11-09"),
        ({"accept": "all", "reject": ["N18.32=no"], "add": ["N18.32"]}, "both rejected and added"),
        (
            {"accept": "all", "details": {"diagnoses": [{"code": "E11.22", "status": "confirmed"}]}},
            "comes from the dec",
        ),
        ({"accept": "all", "details": {"date_of_service": "2026-11-10"}}, "date_of_service differs"),
        ({"accept": "all", "details": {"setting": "inpatient"}}, "setting differs"),
        ({"accept": "all", "details": {"colour": "red"}}, "colour is not a field"),
        ({"accept": "all", "details": {"services": [{"procedure": "nonsense"}]}}, "not a five-character"),
    ],
)
def test_refusals_are_one_sentence(arguments: dict[str, Any], sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        confirm(proposed("E11.22", "N18.32"), FakeCodeBook(), **arguments)


def test_a_suggested_code_is_checked_too() -> None:
    with pytest.raises(UnknownCodeError):
        confirm(proposed("E11.99"), FakeCodeBook(), accept="all")
    with pytest.raises(InputError, match="header"):
        confirm(proposed("E11"), FakeCodeBook(), accept="all")


def test_a_date_outside_what_is_known_is_refused() -> None:
    with pytest.raises(InputError, match="not known"):
        confirm(proposed("E11.22", date="2027-05-01"), FakeCodeBook(), accept="all")


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "{}", '{"id": "n1", "error": "x"}', '{"id": "n", "suggestions": [{"code": "E11.22"}]}']
)
def test_other_files_are_refused(text: str) -> None:
    with pytest.raises(InputError, match=r"s\.json"):
        read_suggestions(text, "s.json")


def test_a_line_of_a_rejected_code_is_refused() -> None:
    said = proposed("E11.22")
    said["suggestions"].append({"rank": 2, "code": "L1902", "system": "hcpcs", "selected": False})
    with pytest.raises(InputError, match="rejected"):
        confirm(
            said,
            FakeCodeBook(),
            accept="E11.22",
            reject=["L1902=not given"],
            details={"services": [{"procedure": "L1902", "charge": "1.00"}]},
        )


def test_the_sample_becomes_a_whole_encounter_that_reads_back_equal() -> None:
    details = json.loads(DETAILS.read_text("utf-8"))
    made = confirm(proposed(*CODES), FakeCodeBook(), accept="all", details=details)
    assert made.encounter.patient is not None and made.encounter.patient.last_name == "Tanaka-Reyes"
    assert sum(line.charge or 0 for line in made.encounter.services) == 485
    assert [item.code for item in made.decisions[-4:]] == ["99214", "29540", "83036", "L1902"]
    assert encounter_from_json(encounter_json(made.encounter), "x") == made.encounter


def test_the_ledger_knows_what_was_confirmed(tmp_path: Path) -> None:
    ledger = Ledger(open_store(load_settings({"SUPERBILL_HOME": str(tmp_path)})))
    details = json.loads(DETAILS.read_text("utf-8"))
    encounter = record(confirm(proposed(*CODES), FakeCodeBook(), accept="all", details=details), ledger, "coder")
    assert contradiction(encounter, ledger) is None
    smuggled = (*encounter.diagnoses, Diagnosis("R53.1", CodeStatus.CONFIRMED))
    changed = dataclasses.replace(encounter, diagnoses=smuggled)
    assert "R53.1 was never confirmed" in str(contradiction(changed, ledger))
    line = dataclasses.replace(encounter.services[0], procedure="99215")
    changed = dataclasses.replace(encounter, services=(line, *encounter.services[1:]))
    assert "99215" in str(contradiction(changed, ledger))
    unknown = dataclasses.replace(encounter, confirmation="f" * 64)
    assert "no such confirmation" in str(contradiction(unknown, ledger))
    assert contradiction(dataclasses.replace(encounter, confirmation=""), ledger) is None
    ledger.purge("P-20417")
    assert contradiction(encounter, ledger) is None
