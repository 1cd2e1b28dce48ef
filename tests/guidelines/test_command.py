"""`superbill check` from the command line, over a real code book."""

import datetime as dt
import json
from pathlib import Path
from types import SimpleNamespace

import pytest

from assistant.cli import main
from assistant.commands import check as command
from corpus.library import CodeBook


@pytest.fixture(autouse=True)
def _library(monkeypatch: pytest.MonkeyPatch, book: CodeBook) -> None:
    services = SimpleNamespace(codebook=book)
    monkeypatch.setattr(command.Services, "open", classmethod(lambda cls: services))


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    status = main(["check", *arguments])
    said = capsys.readouterr()
    return status, said.out, said.err


def test_an_error_finding_gives_status_1(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(capsys, "I10", "N18.30", "--date", "2026-02-02")
    assert status == 1
    assert "CM-0401" in out and "I12.9" in out and "OCG I.C.9.a.2" in out


def test_warnings_alone_give_status_0(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(capsys, "H25.11", "H25.12", "--date", "2026-02-02")
    assert status == 0 and "H25.13" in out


def test_json_names_the_keys_other_programs_read(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(capsys, "e11.9,n1832", "99213", "j1885", "--json", "--date", "2026-02-02")
    record = json.loads(out)
    assert status == 1
    assert record["codes"] == ["E11.9", "N18.32"] and record["not_checked"] == ["99213", "J1885"]
    assert set(record["findings"][0]) == {"rule", "severity", "message", "fix", "source", "codes"}
    assert record["findings"][0]["codes"] == ["E11.9", "N18.32"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["foo"], "'foo' is not a code"),
        ([], "name the codes"),
        (["I10", "--encounter", "x.json"], "name the codes"),
        (["99213"], "no ICD-10-CM code"),
        (["I10", "--date", "2035-01-01"], "2035-01-01"),
        (["I10", "--date", "soon"], "soon"),
        (["--encounter", "nowhere.json"], "nowhere.json"),
    ],
)
def test_bad_input_is_one_sentence_and_status_2(
    capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    status, out, err = run(capsys, *arguments)
    assert status == 2 and out == ""
    assert said in err and err.count("\n") == 1


def test_an_unknown_code_is_a_finding_not_a_failure(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(capsys, "I10", "Q99.99", "--date", "2026-02-02")
    assert status == 1 and "TB-0001" in out


def _encounter(folder: Path, **more: object) -> str:
    record = {
        "id": "e1",
        "date_of_service": "2026-02-02",
        "diagnoses": [
            {"code": "C61", "status": "confirmed"},
            {"code": "I10", "status": "confirmed"},
            {"code": "N18.32", "status": "rejected"},
        ],
    } | more
    path = folder / "encounter.json"
    path.write_text(json.dumps(record), encoding="utf-8")
    return str(path)


def test_an_encounter_brings_its_date_setting_and_patient(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    patient = {
        "last_name": "TEST",
        "first_name": "ANN",
        "birth_date": "1960-03-01",
        "sex": "female",
        "address": {"line1": "1 Main St", "city": "Anytown", "state": "NY", "zip": "10001"},
    }
    status, out, _ = run(capsys, "--encounter", _encounter(tmp_path, patient=patient), "--json")
    record = json.loads(out)
    assert record["codes"] == ["C61", "I10"] and record["date"] == "2026-02-02"
    assert status == 1
    assert [one["codes"] for one in record["findings"] if one["rule"] == "ED-0001"] == [["C61"]]
    assert "ANN" not in out and "1960" not in out


def test_present_on_admission_indicators_are_checked(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    diagnoses = [
        {"code": "A41.9", "status": "confirmed", "present_on_admission": "N"},
        {"code": "Q21.0", "status": "confirmed", "present_on_admission": "exempt"},
    ]
    path = _encounter(tmp_path, setting="inpatient", diagnoses=diagnoses)
    _, out, _ = run(capsys, "--encounter", path, "--json")
    raised = {one["rule"]: one["codes"] for one in json.loads(out)["findings"]}
    assert raised["CM-1202"] == ["A41.9"]
    assert "CM-1204" not in raised


def test_age_in_years_and_in_the_first_year() -> None:
    birth = dt.date(2024, 2, 29)
    assert command.years_between(birth, dt.date(2026, 2, 28)) == 1.0
    assert command.years_between(birth, dt.date(2026, 3, 1)) == 2.0
    assert 0 < command.years_between(birth, dt.date(2024, 3, 10)) < 0.05
    assert command.years_between(birth, dt.date(2023, 3, 10)) == 0.0
