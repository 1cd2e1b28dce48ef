"""The command line and JSON that other programs rely on: keys, order, exit statuses, one plain sentence for bad input."""

import argparse
import importlib
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from assistant.cli import build_parser, main
from corpus import samples

SAMPLES = Path(samples.__file__).parent
TEXT = {"type": "string"}
MONEY = {"type": ["string", "null"], "pattern": r"^-?\d+\.\d\d$"}


def keys(**properties: Any) -> dict[str, Any]:
    """A JSON Schema of an object that has at least these keys."""
    return {"type": "object", "required": list(properties), "properties": properties}


def listed(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items}


ASSERTION = {
    "enum": [
        "present",
        "possible",
        "negated",
        "conditional",
        "historical",
        "family",
        "other_person",
        "planned",
        "resolved",
    ]
}
REASON = {"enum": [*ASSERTION["enum"][1:], "duplicate", "integral_symptom", "excluded", "incidental", "no_code"]}
SUGGESTION = keys(
    rank={"type": "integer"},
    code=TEXT,
    system={"enum": ["icd10cm", "icd10pcs", "hcpcs"]},
    description=TEXT,
    selected={"type": "boolean"},
    probability={"type": "number", "minimum": 0, "maximum": 1},
    evidence=listed(
        keys(start={"type": "integer"}, end={"type": "integer"}, text=TEXT, section=TEXT, assertion=ASSERTION)
    ),
    citations=listed(keys(source=TEXT, release=TEXT, locator=TEXT, text=TEXT)),
    findings=listed(keys(rule=TEXT, severity={"enum": ["error", "warning", "info"]}, message=TEXT, fix=TEXT)),
    alternatives=listed(keys(code=TEXT, why_not=TEXT)),
)
SUGGESTIONS = keys(
    id=TEXT,
    release={"const": "ICD-10-CM FY2026 (April)"},
    date_of_service={"type": "string", "pattern": r"^\d{4}-\d\d-\d\d$"},
    setting={"enum": ["outpatient", "inpatient"]},
    suggestions=listed(SUGGESTION),
    not_coded=listed(keys(text=TEXT, start={"type": "integer"}, end={"type": "integer"}, reason=REASON)),
)
HITS = keys(
    hits=listed(
        keys(
            rank={"type": "integer"},
            code=TEXT,
            system=TEXT,
            description=TEXT,
            billable={"type": "boolean"},
            matched_term=TEXT,
            score={"type": "number"},
        )
    )
)
ADJUSTMENTS = listed(keys(group=TEXT, reason=TEXT, amount=MONEY, segment={"type": "integer"}))
LINE = keys(
    procedure=TEXT,
    modifiers=listed(TEXT),
    date={"type": ["string", "null"]},
    billed=MONEY,
    allowed=MONEY,
    paid=MONEY,
    units=TEXT,
    line_control_number={"type": ["string", "null"]},
    balanced={"type": "boolean"},
    imbalance=MONEY,
    adjustments=ADJUSTMENTS,
    remarks=listed(TEXT),
)
CLAIM = keys(
    control_number=TEXT,
    payer_control_number=TEXT,
    status=TEXT,
    reversal={"type": "boolean"},
    final={"type": "boolean"},
    **dict.fromkeys(
        (
            *("billed", "allowed", "paid", "provider_responsibility", "contractual", "denied", "other_adjustments"),
            *("patient_responsibility", "deductible", "coinsurance", "copay", "patient_owes_now", "imbalance"),
        ),
        MONEY,
    ),
    allowed_source={"enum": ["stated", "derived", None]},
    balanced={"type": "boolean"},
    adjustments=ADJUSTMENTS,
    remarks=listed(TEXT),
    actions=listed(keys(action=TEXT, amount=MONEY, why=TEXT, segments=listed({"type": "integer"}))),
    lines=listed(LINE),
)
REMITTANCES = keys(
    files=listed(
        keys(
            file=TEXT,
            problems=listed(keys(severity=TEXT, message=TEXT, segment={"type": ["integer", "null"]})),
            transactions=listed(
                keys(
                    trace_number=TEXT,
                    payer=TEXT,
                    payee=TEXT,
                    payment_date=TEXT,
                    payment_amount=MONEY,
                    balanced={"type": "boolean"},
                    imbalance=MONEY,
                    provider_adjustments=listed(
                        keys(reason=TEXT, amount=MONEY, reference=TEXT, segment={"type": "integer"})
                    ),
                    claims=listed(CLAIM),
                )
            ),
        )
    )
)


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    status = main(arguments)
    out, err = capsys.readouterr()
    return status, out, err


def test_help_answers_at_once() -> None:
    imported = (
        "import sys; from assistant.cli import build_parser; build_parser(); "
        "print([m for m in ('torch', 'chromadb', 'gradio', 'numpy', 'pydantic', 'sqlalchemy', 'litellm') if m in sys.modules])"
    )
    out = subprocess.run([sys.executable, "-c", imported], capture_output=True, text=True, check=True).stdout
    assert out.strip() == "[]"


def test_every_command_of_the_contract_is_there() -> None:
    commands = build_parser()._subparsers._group_actions[0].choices  # type: ignore[union-attr]
    assert set(commands) >= {  # type: ignore[arg-type]
        *("demo", "corpus", "search", "suggest", "confirm", "check", "claim", "remit", "ask", "eval", "schema"),
        *("audit", "backup", "restore", "purge", "serve"),
    }


def _handlers(parser: argparse.ArgumentParser) -> set[str]:
    found = {handler} if (handler := parser.get_default("handler")) else set()
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            found |= {name for child in action.choices.values() for name in _handlers(child)}
    return found


def test_every_command_has_its_code() -> None:
    handlers = _handlers(build_parser())
    assert len(handlers) > 20
    for handler in handlers:
        module, function = handler.split(":")
        assert callable(getattr(importlib.import_module(f"assistant.commands.{module}"), function)), handler


def test_suggest_keeps_its_keys(indexed_home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(
        capsys, "suggest", str(SAMPLES / "office_visit.txt"), "--date", "2026-11-09", "--top", "50", "--json"
    )
    answer = json.loads(out)
    assert status == 0
    jsonschema.validate(answer, SUGGESTIONS)
    text = (SAMPLES / "office_visit.txt").read_bytes().decode()
    for item in answer["suggestions"]:
        assert all(text[found["start"] : found["end"]] == found["text"] for found in item["evidence"])


def test_many_notes_give_one_line_each_in_order(
    indexed_home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    notes, out = tmp_path / "notes.jsonl", tmp_path / "out.jsonl"
    lines = [
        json.dumps(
            {"id": "a", "text": "Assessment: asthma.", "date_of_service": "2026-02-02", "age": "nan", "sex": None}
        ),
        "not json",
        json.dumps({"id": "c"}),
        json.dumps({"id": "d", "text": "GERD", "setting": "inpatient"}),
    ]
    notes.write_text("\n".join(lines) + "\n")
    status, _, _ = run(capsys, "suggest", "--notes", str(notes), "--out", str(out), "--top", "5")
    assert status == 0
    answers = [json.loads(line) for line in out.read_text().splitlines()]
    assert [answer["id"] for answer in answers] == ["a", None, "c", "d"]
    jsonschema.validate(answers[0], SUGGESTIONS)
    assert answers[0]["date_of_service"] == "2026-02-02"
    assert "line 2" in answers[1]["error"]
    assert "error" in answers[2]
    assert answers[3]["setting"] == "inpatient"
    assert not list(tmp_path.glob("*.partial"))


def test_a_stopped_run_is_continued(indexed_home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    notes, out = tmp_path / "notes.jsonl", tmp_path / "out.jsonl"
    notes.write_text("".join(json.dumps({"id": str(n), "text": "Asthma."}) + "\n" for n in range(3)))
    done = {"id": "0", "kept": True}
    (tmp_path / "out.jsonl.partial").write_text(json.dumps(done) + '\n{"id": "torn')
    run(capsys, "suggest", "--notes", str(notes), "--out", str(out), "--resume")
    answers = [json.loads(line) for line in out.read_text().splitlines()]
    assert answers[0] == done
    assert [answer["id"] for answer in answers] == ["0", "1", "2"]


def test_search_keeps_its_keys(indexed_home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(capsys, "search", "pink eye", "-k", "3", "--date", "2026-11-09", "--json")
    answer = json.loads(out)
    assert status == 0
    jsonschema.validate(answer, HITS)
    assert len(answer["hits"]) == 3


def test_many_queries_give_one_line_each_in_order(
    indexed_home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    queries, out = tmp_path / "q.jsonl", tmp_path / "out.jsonl"
    lines: list[dict[str, Any]] = [
        {"id": "1", "text": "E11.9"},
        {"id": "2", "text": ""},
        {"id": "3", "text": "asthma", "date": "2031-01-01"},
        {"id": "4", "text": "asthma", "system": "icd10cm", "date": "2026-01-05"},
    ]
    queries.write_text("".join(json.dumps(line) + "\n" for line in lines))
    assert run(capsys, "search", "--queries", str(queries), "--out", str(out))[0] == 0
    answers = [json.loads(line) for line in out.read_text().splitlines()]
    assert [answer["id"] for answer in answers] == ["1", "2", "3", "4"]
    jsonschema.validate(answers[0], HITS)
    assert answers[0]["hits"][0]["code"] == "E11.9"
    assert "error" in answers[1]
    assert "error" in answers[2]
    assert answers[3]["hits"][0]["code"] == "J45.909"


def test_remit_read_keeps_its_keys(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(capsys, "remit", "read", str(SAMPLES / "office_visit.835"), "--json")
    answer = json.loads(out)
    assert status == 0
    jsonschema.validate(answer, REMITTANCES)
    claim = answer["files"][0]["transactions"][0]["claims"][0]
    assert (claim["paid"], claim["patient_owes_now"], claim["denied"]) == ("125.42", "78.00", "110.00")


def test_the_chain_from_suggestions_to_a_clean_claim(
    indexed_home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from tests.claim.oracle import pyx12_errors

    _, out, _ = run(capsys, "suggest", str(SAMPLES / "office_visit.txt"), "--date", "2026-11-09", "--json")
    suggestions, encounter, claim = tmp_path / "s.json", tmp_path / "e.json", tmp_path / "c.837"
    suggestions.write_text(out)
    details = str(SAMPLES / "office_visit.details.json")
    confirm = ["confirm", str(suggestions), "--accept", "selected", "--details", details, "--out", str(encounter)]
    assert run(capsys, *confirm)[0] == 0
    assert run(capsys, "claim", "draft", str(encounter), "--out", str(claim))[0] == 0
    assert pyx12_errors(claim.read_text()) == []


def test_the_demo_runs_the_whole_chain(indexed_home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(capsys, "demo")
    assert status == 0
    for words in ("S93.402A", "ST*837*0001*005010X222A1~", "CLP*DEMO1001", "$78.00", "superbill serve"):
        assert words in out
    assert not list(indexed_home.glob("superbill.db*"))  # the demo leaves no trace in the store


BAD = [
    (["suggest"], "no note given"),
    (["suggest", "absent.txt"], "absent.txt"),
    (["search", "  "], "nothing to search for"),
    (["search", "cough", "--date", "yesterday"], "YYYY-MM-DD"),
    (["search", "cough", "--date", "2031-01-01"], "2027-03-31"),
    (["search", "cough", "-k", "0"], "at least 1"),
    (["search", "--queries", "q.jsonl"], "--out"),
    (["suggest", "--notes", "absent.jsonl", "--out", "x.jsonl"], "absent.jsonl"),
    (["confirm", "absent.json", "--accept", "all", "--out", "e.json"], "absent.json"),
    (["claim", "draft", "absent.json", "--out", "c.837"], "absent.json"),
    (["remit", "explain", "absent.835"], "absent.835"),
    (["corpus", "import", "x.xml"], "x.xml"),
    (["suggest", "note.txt", "--model", "x"], "names no provider"),
]


@pytest.mark.parametrize(("arguments", "told"), BAD, ids=[" ".join(arguments) for arguments, _ in BAD])
def test_bad_input_gives_one_plain_sentence_and_status_2(
    arguments: list[str],
    told: str,
    indexed_home: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    before = sorted(path.name for path in tmp_path.iterdir())
    status, out, err = run(capsys, *arguments)
    assert status == 2
    assert told in err + out
    assert "Traceback" not in err
    assert sorted(path.name for path in tmp_path.iterdir()) == before


@pytest.mark.parametrize(
    ("content", "told"),
    [(b"", "empty"), (b"\x00\x01\x02\xff" * 100, "text"), (b"word " * 1_000_001, "5,000,005|larger")],
)
def test_a_note_that_cannot_be_read_is_refused(
    content: bytes, told: str, indexed_home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    import re

    note = tmp_path / "note.txt"
    note.write_bytes(content)
    status, _, err = run(capsys, "suggest", str(note))
    assert status == 2
    assert re.search(told, err)
    assert len(err.strip().splitlines()) == 1
    assert note.read_bytes() == content


def test_a_data_folder_that_cannot_be_made_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("SUPERBILL_HOME", str(tmp_path / "file" / "home"))
    status, _, err = run(capsys, "search", "cough")
    assert status == 2
    assert "SUPERBILL_HOME" in err
