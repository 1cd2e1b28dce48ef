"""Reading encounters: faults name the field and never the value."""

import json
from pathlib import Path
from typing import Any

import pytest

from assistant.errors import InputError
from assistant.review.encounter import encounter_from_json, read_encounter

BASE = {"id": "v1", "date_of_service": "2026-11-09", "diagnoses": [{"code": "e1122", "status": "confirmed"}]}


def read(**more: Any) -> Any:
    return encounter_from_json(json.dumps({**BASE, **more}), "visit.json")


def test_codes_come_dotted_whatever_was_written() -> None:
    assert read().diagnoses[0].code == "E11.22"


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"date_of_service": "11/09/2026"}, "date_of_service is not an ISO date"),
        ({"date_of_service": 20261109}, "date_of_service is not an ISO date"),
        ({"diagnoses": [{"code": "E11.22"}]}, r"diagnoses\[1\].status is missing"),
        ({"diagnoses": [{"code": "E11.22", "status": "ok"}]}, r"diagnoses\[1\].status must be"),
        ({"services": [{"procedure": "99214", "charge": "many"}]}, r"services\[1\].charge is not a number"),
        ({"services": [{"procedure": "99214", "charge": "1.005"}]}, r"services\[1\].charge has more than two"),
        ({"services": [{"procedure": "99214", "charge": "NaN"}]}, r"services\[1\].charge is not a number"),
        ({"services": {}}, "services is not a list"),
        ({"patient": {"last_name": "Secretname"}}, "patient.first_name is missing; .*patient.birth_date is missing"),
        ({"coverage": {"member": "Secret-1"}}, "coverage.member is not a field"),
        ({"accept_assignment": "yes"}, "accept_assignment is not true or false"),
    ],
)
def test_faults_name_the_field(more: dict[str, Any], sentence: str) -> None:
    with pytest.raises(InputError, match=sentence) as told:
        read(**more)
    assert "Secret" not in str(told.value)


@pytest.mark.parametrize("text", ["", "{", "[1]", "null", '"x"'])
def test_rubbish_is_told(text: str) -> None:
    with pytest.raises(InputError, match=r"visit\.json is not an encounter"):
        encounter_from_json(text, "visit.json")


def test_unreadable_files_are_told(tmp_path: Path) -> None:
    for path, sentence in (
        (tmp_path, "is a folder"),
        (tmp_path / "absent.json", "cannot be read"),
    ):
        with pytest.raises(InputError, match=sentence):
            read_encounter(path)
    empty, binary = tmp_path / "empty.json", tmp_path / "binary.json"
    empty.write_bytes(b" \n")
    binary.write_bytes(b"\xff\xfe\x00\x01")
    with pytest.raises(InputError, match="is empty"):
        read_encounter(empty)
    with pytest.raises(InputError, match="not UTF-8"):
        read_encounter(binary)
