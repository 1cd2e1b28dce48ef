"""The command line: keys, exit statuses, several files, whole files or none, one plain sentence for bad input."""

import csv
import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from assistant.cli import main
from assistant.commands.schema import record_schema
from tests.remit.make import claim, line, remittance
from tests.remit.shared import needs_shared, samples

SAMPLES = Path(__file__).resolve().parents[2] / "corpus" / "samples"
VISIT = str(SAMPLES / "office_visit.835")
UNBALANCED = str(SAMPLES / "remittance_unbalanced.835")

CONTRACT = {
    "transaction": "trace_number payer payee payment_date payment_amount balanced imbalance provider_adjustments claims",
    "claim": "control_number payer_control_number status reversal final billed allowed allowed_source paid "
    "provider_responsibility contractual denied other_adjustments patient_responsibility deductible coinsurance copay "
    "patient_owes_now balanced imbalance adjustments remarks actions lines",
    "line": "procedure modifiers date billed allowed paid units line_control_number balanced imbalance adjustments remarks",
    "adjustment": "group reason amount segment",
    "action": "action amount why segments",
    "provider_adjustment": "reason amount reference segment",
    "problem": "severity message segment",
}


def run(capsys: pytest.CaptureFixture[str], *args: str) -> tuple[int, str, str]:
    status = main(["remit", *args])
    captured = capsys.readouterr()
    return status, captured.out, captured.err


def test_read_json_has_every_key_of_the_contract(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(capsys, "read", "--json", VISIT, str(SAMPLES / "remittance_reversal.835"))
    assert status == 0
    files = json.loads(out)["files"]
    assert [Path(entry["file"]).name for entry in files] == ["office_visit.835", "remittance_reversal.835"]
    needs = {name: set(keys.split()) for name, keys in CONTRACT.items()}
    for transaction in (transaction for entry in files for transaction in entry["transactions"]):
        assert needs["transaction"] <= set(transaction)
        for item in transaction["provider_adjustments"]:
            assert needs["provider_adjustment"] <= set(item)
        for record in transaction["claims"]:
            assert needs["claim"] <= set(record)
            assert record["actions"] and all(needs["action"] <= set(action) for action in record["actions"])
            for entry in record["lines"]:
                assert needs["line"] <= set(entry)
                assert all(needs["adjustment"] <= set(item) for item in entry["adjustments"])


def test_the_demo_remittance_figure_by_figure(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(capsys, "read", "--json", VISIT)
    (transaction,) = json.loads(out)["files"][0]["transactions"]
    (record,) = transaction["claims"]
    assert status == 0 and transaction["trace_number"] == "7004418201" and transaction["payment_amount"] == "125.42"
    assert transaction["payment_date"] == "2026-11-20" and transaction["balanced"] is True
    expected = {
        "billed": "485.00",
        "allowed": "203.42",
        "allowed_source": "stated",
        "paid": "125.42",
        "provider_responsibility": "281.58",
        "contractual": "171.58",
        "denied": "110.00",
        "other_adjustments": "0.00",
        "patient_responsibility": "78.00",
        "deductible": "48.00",
        "coinsurance": "0.00",
        "copay": "30.00",
        "patient_owes_now": "78.00",
        "imbalance": "0.00",
        "paid_percent_of_allowed": "61.7",
        "paid_percent_of_billed": "25.9",
    }
    assert {key: record[key] for key in expected} == expected
    assert [(action["action"], action["amount"]) for action in record["actions"]] == [
        ("appeal", "110.00"),
        ("do_not_bill_patient", "110.00"),
        ("post_payment", "125.42"),
        ("write_off", "171.58"),
        ("bill_patient", "78.00"),
    ]
    assert [entry["procedure"] for entry in record["lines"]] == ["99214", "29540", "83036", "L1902"]
    assert record["lines"][0]["modifiers"] == ["25"] and record["lines"][0]["units"] == "1"
    assert record["lines"][3]["line_control_number"] == "DEMO1001-4"


def test_every_record_fits_the_published_schema(capsys: pytest.CaptureFixture[str]) -> None:
    validator = Draft202012Validator(record_schema("remittance"))
    paths = [str(path) for path in [*sorted(SAMPLES.glob("*.835")), *samples("835", "synthetic", "derived")]]
    _, out, _ = run(capsys, "read", "--json", *paths)
    record = json.loads(out)
    assert len(record["files"]) == len(paths)
    assert [error.message for error in validator.iter_errors(record)] == []


@needs_shared
def test_json_lines_hold_the_same_as_json(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    paths = [str(path) for path in samples("835", "synthetic", "derived")]
    out = tmp_path / "all.jsonl"
    first, _, _ = run(capsys, "read", *paths, "--out", str(out))
    second, text, _ = run(capsys, "read", "--json", *paths)
    assert first == second == 1
    lines = [json.loads(row) for row in out.read_text("utf-8").splitlines()]
    whole = [(entry["file"], item) for entry in json.loads(text)["files"] for item in entry["transactions"]]
    assert len(lines) == len(whole)
    for row, (name, item) in zip(lines, whole, strict=True):
        assert row.pop("file") == name
        row.pop("problems")
        assert row == item
    problems = [problem for entry in json.loads(text)["files"] for problem in entry["problems"]]
    told = [problem for row in out.read_text("utf-8").splitlines() for problem in json.loads(row)["problems"]]
    assert len(told) == len(problems)


@pytest.mark.parametrize(
    ("content", "status", "said"),
    [
        (b"", 2, "it is empty"),
        (b"%PDF-1.7 not a remittance", 2, "does not look like X12"),
        (b"\x00\x01" * 50, 2, "not a text file"),
        (remittance("0").replace(b"ST*835", b"ST*837"), 2, "holds no remittance"),
        (remittance("5", *claim("1", "5", "4", "0")), 1, "does not balance"),
        (remittance("5", *claim("1", "5", "5", "0")), 0, ""),
    ],
)
def test_exit_statuses(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, content: bytes, status: int, said: str
) -> None:
    path = tmp_path / "x.835"
    path.write_bytes(content)
    code, out, _ = run(capsys, "read", "--json", str(path))
    assert code == status
    problems = json.loads(out)["files"][0]["problems"]
    assert said in " ".join(problem["message"] for problem in problems)
    for command in (
        ["read", str(path)],
        ["read", str(path), "--out", str(tmp_path / "o.jsonl")],
        ["worklist", str(path)],
    ):
        assert run(capsys, *command)[0] == status
    if status == 2:
        for command in ("explain", "letter"):
            code, out, err = run(capsys, command, str(path))
            assert code == 2 and out == "" and len(err.splitlines()) == 1


def test_the_worst_status_counts_and_every_file_is_reported(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    status, out, err = run(capsys, "read", "--json", VISIT, str(tmp_path / "absent.835"), UNBALANCED)
    assert status == 2 and len(json.loads(out)["files"]) == 3
    assert "absent.835: the file cannot be opened" in err
    assert run(capsys, "read", VISIT, UNBALANCED)[0] == 1


def test_a_folder_that_cannot_be_written_leaves_nothing(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    status, _, err = run(capsys, "read", VISIT, "--out", str(tmp_path / "no" / "o.jsonl"))
    assert status == 2 and len(err.splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


def test_explain_one_claim_in_text_and_json(capsys: pytest.CaptureFixture[str]) -> None:
    path = str(SAMPLES / "remittance_reversal.835")
    status, out, _ = run(capsys, "explain", path, "--claim", "DEMO2002")
    assert status == 0 and "DEMO2002" in out and "DEMO2001" not in out and "[38]" in out
    _, out, _ = run(capsys, "explain", path, "--claim", "DEMO2002", "--audience", "patient", "--lang", "es", "--json")
    (told,) = json.loads(out)["explanations"]
    assert told["headline"]["text"].startswith("Por ahora usted no debe nada") and told["headline"]["segments"]
    status, _, err = run(capsys, "explain", path, "--claim", "NONE")
    assert status == 2 and "no claim has this control number" in err


def test_worklist_is_most_urgent_first(capsys: pytest.CaptureFixture[str]) -> None:
    paths = [str(path) for path in sorted(SAMPLES.glob("*.835"))]
    status, out, _ = run(capsys, "worklist", "--json", *paths)
    record = json.loads(out)
    assert status == 1
    assert [item["action"] for item in record["items"]] == [
        "review",
        "review",
        "refund_patient",
        "refund_patient",
        "correct_and_resubmit",
        "appeal",
        "bill_next_payer",
    ]
    dated = {item["control_number"]: item["deadline"] for item in record["items"] if item["deadline_source"]}
    assert dated == {"DEMO3003": "2027-11-04"}
    assert {item["deadline"] for item in record["items"] if not item["deadline_source"]} == {"see the notice"}
    assert [(cause["code"], cause["amount"]) for cause in record["causes"]] == [
        ("CO-197", "110.00"),
        ("CO-16", "95.00"),
        ("CO-97", "60.00"),
    ]
    assert [(cause["code"], cause["payer"]) for cause in record["root_causes"]] == [
        ("CO-197", "BUCKEYE MUTUAL HEALTH PLAN"),
        ("CO-16", "SAMPLE MEDICARE CONTRACTOR"),
        ("CO-97", "BUCKEYE MUTUAL HEALTH PLAN"),
    ]
    _, out, _ = run(capsys, "worklist", "--json", *paths, "--payer", "medicare", "--reason", "16")
    assert [item["control_number"] for item in json.loads(out)["items"]] == ["DEMO3003"]
    status, _, err = run(capsys, "worklist", *paths, "--set", "1", "--status", "paid")
    assert status == 2 and len(err.splitlines()) == 1


def test_a_file_with_nothing_to_work_on(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "x.835"
    path.write_bytes(remittance("60", *claim("1", "100", "60", "0", *line("99213", "100", "60", "CAS*CO*45*40"))))
    status, out, _ = run(capsys, "worklist", str(path))
    assert status == 0 and out.strip() == "Nothing to work on in these remittances."


def test_worklist_as_csv_in_another_order(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    out = tmp_path / "work.csv"
    paths = [str(path) for path in sorted(SAMPLES.glob("*.835"))]
    assert run(capsys, "worklist", *paths, "--by", "amount", "--csv", str(out))[0] == 1
    rows = list(csv.DictReader(out.read_text("utf-8").splitlines()))
    assert [row["amount"] for row in rows][:3] == ["110.00", "95.00", "60.00"]
    assert rows[0]["codes"] == "CO-197" and rows[0]["control_number"] == "DEMO1001"


def test_csv_cells_are_no_formulas(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path, out = tmp_path / "x.835", tmp_path / "work.csv"
    segments = claim("1", "100", "0", "0", *line("99213", "100", "0", "CAS*CO*197*100"), number="-1+1")
    path.write_bytes(remittance("0", *segments))
    run(capsys, "worklist", str(path), "--csv", str(out))
    assert next(csv.DictReader(out.read_text("utf-8").splitlines()))["control_number"] == "'-1+1"
