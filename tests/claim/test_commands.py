"""The commands as a person meets them: confirm, draft, scrub, schema and the store, through the real command line."""

import dataclasses
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from assistant.claim.history import ClaimHistory
from assistant.cli import main
from assistant.settings import load_settings
from assistant.store.engine import open_store
from tests.claim.oracle import pyx12_errors
from tests.claim.samples import DETAILS, record
from tests.review.fakes import suggestion_set

CODES = ("E11.22", "N18.32", "I12.9", "E78.5", "S93.402A", "Z79.84")


def confirm(home: Path, *more: str) -> int:
    (home / "s.json").write_text(json.dumps(suggestion_set(*CODES, unselected=("R05",))))
    return main(["confirm", str(home / "s.json"), *more, "--out", str(home / "e.json")])


@pytest.fixture
def encounter(home: Path) -> Path:
    assert confirm(home, "--accept", "selected", "--details", str(DETAILS)) == 0
    return home / "e.json"


def draft(home: Path, *more: str) -> int:
    return main(["claim", "draft", str(home / "e.json"), "--out", str(home / "c.837"), *more])


def test_the_chain_gives_a_clean_file(home: Path, encounter: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert draft(home, "--json") == 0
    said = json.loads(capsys.readouterr().out)
    assert said["control_number"] == "DEMO1001"
    assert [finding["severity"] for finding in said["findings"] if finding["severity"] == "error"] == []
    assert pyx12_errors((home / "c.837").read_text()) == []
    assert main(["claim", "scrub", str(home / "c.837")]) == 0
    assert main(["claim", "scrub", str(encounter)]) == 0
    assert main(["audit", "verify"]) == 0


def test_two_files_never_share_a_control_number(home: Path, encounter: Path) -> None:
    heads = []
    for _ in range(2):
        assert draft(home) == 0
        segments = [line.split("*") for line in (home / "c.837").read_text().split("~\n")]
        heads.append((segments[0][13], segments[1][6], segments[2][2], segments[3][3]))
    assert all(one != other for one, other in zip(*heads, strict=True))


def test_a_claim_number_is_drawn_when_none_is_given(home: Path, encounter: Path) -> None:
    said = json.loads(encounter.read_text())
    said["control_number"] = ""
    for line in said["services"]:
        line["control_number"] = ""
    encounter.write_text(json.dumps(said))
    numbers = []
    for _ in range(2):
        assert draft(home) == 0
        numbers.append((home / "c.837").read_text().split("CLM*")[1].split("*")[0])
    assert numbers == ["SB00000001", "SB00000002"]


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        (("--accept", "E11.23"), "not among the suggestions"),
        (("--accept", "all"), "R05 is a header"),
        (("--accept", "selected", "--add", "Q99.99"), "not a code of any loaded system"),
        (("--accept", "selected", "--add", "E11"), "header"),
        (("--accept", "selected", "--reject", "R05"), "needs a reason"),
        (("--accept", "selected", "--details", "/absent.json"), "cannot be read"),
    ],
)
def test_refusals_write_nothing(
    home: Path, more: tuple[str, ...], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert confirm(home, *more) == 2
    said = capsys.readouterr().err
    assert sentence in said and said.count("\n") == 1
    assert not (home / "e.json").exists()


def test_an_older_encounter_survives_a_refusal(home: Path, encounter: Path) -> None:
    before = encounter.read_bytes()
    assert confirm(home, "--accept", "selected", "--add", "Q99.99") == 2
    assert encounter.read_bytes() == before
    assert sorted(path.name for path in home.iterdir()) == ["e.json", "home", "s.json"]


def test_what_is_missing_is_listed_and_nothing_written(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert confirm(home, "--accept", "selected") == 0
    assert draft(home) == 2
    said = capsys.readouterr().err
    for field in ("patient", "coverage", "billing_provider", "place_of_service", "services"):
        assert f"{field}" in said
    assert not (home / "c.837").exists()


def test_a_changed_file_is_not_billed(home: Path, encounter: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = json.loads(encounter.read_text())
    said["diagnoses"].append({"code": "R53.1", "status": "confirmed"})
    encounter.write_text(json.dumps(said))
    assert draft(home) == 2
    assert "R53.1 was never confirmed" in capsys.readouterr().err
    assert not (home / "c.837").exists()


def test_an_error_finding_is_status_1_and_told(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = record(billing_provider={**record()["billing_provider"], "npi": "1497758545"})
    (home / "e.json").write_text(json.dumps(said))
    assert draft(home) == 1
    assert "CL-0101" in capsys.readouterr().err


def test_a_missing_folder_is_told_before_anything_is_recorded(home: Path) -> None:
    (home / "s.json").write_text(json.dumps(suggestion_set(*CODES)))
    assert main(["confirm", str(home / "s.json"), "--accept", "all", "--out", str(home / "no" / "e.json")]) == 2
    assert main(["confirm", str(home / "s.json"), "--accept", "all", "--out", str(home)]) == 2
    assert not (home / "home").exists()


@pytest.mark.parametrize("name", ["encounter", "claim", "suggestion"])
def test_schemas_describe_themselves(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema", name]) == 0
    made = json.loads(capsys.readouterr().out)
    jsonschema.Draft202012Validator.check_schema(made)
    assert made["properties"]


def test_every_field_of_the_encounter_is_described_and_real_encounters_fit(
    home: Path, encounter: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert main(["schema", "encounter"]) == 0
    made = json.loads(capsys.readouterr().out)
    for kind in (made, *made["$defs"].values()):
        for field, said in kind.get("properties", {}).items():
            assert said.get("description"), field
    jsonschema.validate(json.loads(encounter.read_text()), made)
    jsonschema.validate(record(), made)
    for example in made["examples"]:
        jsonschema.validate(example, made)
    wrong: dict[str, Any] = record()
    wrong["services"][0]["charge"] = "245"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(wrong, made)


def test_the_example_in_the_schema_becomes_a_clean_claim(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema", "encounter"]) == 0
    (example,) = json.loads(capsys.readouterr().out)["examples"]
    (home / "e.json").write_text(json.dumps(example))
    assert draft(home) == 0
    assert pyx12_errors((home / "c.837").read_text()) == []


def test_backup_restore_and_purge(home: Path, encounter: Path, capsys: pytest.CaptureFixture[str]) -> None:
    copy = str(home / "copy.db")
    assert draft(home) == 0
    assert main(["backup", copy]) == 0
    assert main(["backup", copy]) == 2
    assert draft(home) == 0
    first = (home / "c.837").read_text()
    assert main(["restore", copy]) == 0
    assert draft(home) == 0
    assert (home / "c.837").read_text().split("~")[0] != first.split("~")[0], "a number was used twice after a restore"
    assert main(["purge", "P-20417"]) == 0
    assert main(["purge", "nobody"]) == 2
    assert main(["audit", "verify"]) == 0
    assert main(["restore", str(DETAILS)]) == 2
    assert main(["audit", "verify", "--json"]) == 0
    assert '"purged": 1' in capsys.readouterr().out


def test_titles_come_from_the_code_book_when_the_file_has_none(home: Path) -> None:
    (home / "e.json").write_text(json.dumps(record(diagnoses=[{"code": c, "status": "confirmed"} for c in CODES])))
    assert draft(home) == 0
    assert "SV1*HC:29540:LT*95*UN*1***5~" in (home / "c.837").read_text()


def several(home: Path, *records: dict[str, Any]) -> int:
    names = []
    for at, said in enumerate(records):
        names.append(str(home / f"e{at}.json"))
        Path(names[-1]).write_text(json.dumps(said))
    return main(["claim", "draft", *names, "--out", str(home / "c.837")])


def test_several_encounters_share_one_file(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    records = [record(id=f"v{at}", control_number=f"C{at}", services=plain()) for at in range(3)]
    assert several(home, *records) == 0
    text = (home / "c.837").read_text()
    assert pyx12_errors(text) == []
    assert text.count("CLM*") == 3 and text.count("HL*") == 2 and text.count("ST*") == 1
    assert "(3 claims)" in capsys.readouterr().out


def plain() -> list[dict[str, Any]]:
    return [{**line, "control_number": ""} for line in record()["services"]]


def test_one_bad_encounter_among_several_stops_all_and_each_is_told(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    records = [record(control_number="C1"), record(patient=None), record(coverage=None)]
    assert several(home, *records) == 2
    said = capsys.readouterr().err
    assert "e1.json" in said and "e2.json" in said and "2 of 3" in said
    assert not (home / "c.837").exists()


def test_a_number_on_two_claims_or_of_another_visit_is_found(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert several(home, record(id="v1"), record(id="v1")) == 1
    assert "CL-0505" in capsys.readouterr().err
    assert several(home, record(id="v2")) == 1
    assert "CL-0506" in capsys.readouterr().err


def test_different_payers_want_different_files(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = {**record()["coverage"], "payer": {"name": "Other Plan", "id": "OP1"}}
    assert several(home, record(control_number="C1"), record(control_number="C2", coverage=other)) == 2
    assert "one file for each" in capsys.readouterr().err


def test_the_same_visit_under_a_second_number_is_told_until_the_first_is_rejected(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert several(home, record(id="v1", control_number="C1", services=plain())) == 0
    assert "CL-0523" not in capsys.readouterr().err
    assert several(home, record(id="v1", control_number="C2", services=plain())) == 0
    assert (
        "CL-0523: Claim C2: A service of this claim went to the same payer before, on claim C1."
        in capsys.readouterr().err
    )
    second = {**record()["coverage"], "payer": {"name": "Other", "id": "O1"}}
    assert several(home, record(id="v1", control_number="C3", services=plain(), coverage=second)) == 0
    assert "CL-0523" not in capsys.readouterr().err
    history = ClaimHistory(open_store(load_settings()))
    for number in ("C1", "C2"):
        sent = history.get(number)
        assert sent is not None
        history.add(dataclasses.replace(sent, state="rejected"))
    assert several(home, record(id="v1", control_number="C4", services=plain())) == 0
    assert "CL-0523" not in capsys.readouterr().err
    assert several(home, *(record(id=f"v{at}", control_number=f"D{at}", services=plain()) for at in range(2))) == 0
    assert "on claim C4, D1." in capsys.readouterr().err


KILLED = """
import sys
from pathlib import Path
import tests.claim.killed
tests.claim.killed.run(Path(sys.argv[1]), int(sys.argv[2]))
"""


@pytest.mark.parametrize("after", [0, 1, 2, 5, 20, 40])
def test_a_kill_in_the_middle_of_writing_leaves_no_half_file_and_no_number_to_use_twice(
    home: Path, encounter: Path, after: int
) -> None:
    """A child drafts and is killed by its own hand after so many segments; then we draft for real."""
    assert draft(home) == 0
    before = (home / "c.837").read_bytes()
    root = Path(__file__).resolve().parents[2]
    env = {**os.environ, "PYTHONPATH": str(root)}
    command = [sys.executable, "-c", KILLED, str(home), str(after)]
    child = subprocess.run(command, env=env, cwd=root, capture_output=True, text=True, check=False)
    assert child.returncode == -signal.SIGKILL, child.stderr
    assert (home / "c.837").read_bytes() == before
    used = int(child.stdout.split()[-1])
    assert draft(home) == 0
    assert int((home / "c.837").read_text().split("*")[13]) > used
    assert main(["audit", "verify"]) == 0
