"""The gold of the visit notes is sound without the notes, and fits them where they are."""

import csv
import datetime as dt
import hashlib
from pathlib import Path

import pytest

from assistant.suggest.suggestion import NotCodedReason
from evals.adapters import outside
from evals.cases import note_problems
from evals.cases.lines import CASES, read_jsonl
from evals.suites import VISIT_GOLD
from evals.validity import billable

RECORDS = [record for _, record in read_jsonl(CASES / VISIT_GOLD)]
NOTES = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "aci-notes" / "notes.jsonl"
KEYS = {
    "id",
    "setting",
    "date_of_service",
    "sex",
    "age",
    "specialty",
    "style",
    "split",
    "gold",
    "must_not",
    "provenance",
    "text_sha256",
}


def test_ids_and_splits_follow_the_rule():
    ids = [record["id"] for record in RECORDS]
    assert len(ids) == len(set(ids)) == 83
    first = set(sorted(ids, key=lambda i: hashlib.sha256(i.encode()).hexdigest())[:50])
    assert {record["id"] for record in RECORDS if record["split"] == "dev"} == first
    assert {record["split"] for record in RECORDS} == {"dev", "report"}


def test_no_word_of_a_note_is_kept():
    for record in RECORDS:
        assert set(record) == KEYS
        assert all(set(item) == {"start", "end", "reason"} for item in record["must_not"])
        assert all(set(gold) <= {"code", "evidence", "first_listed"} for gold in record["gold"])
    for key in ("specialty", "style", "provenance", "setting"):
        assert len({record[key] for record in RECORDS}) == 1


def test_codes_spans_and_reasons_are_sound():
    day = dt.date(2026, 2, 2)
    for record in RECORDS:
        assert record["date_of_service"] == day.isoformat()
        codes = [gold["code"] for gold in record["gold"]]
        assert codes and len(codes) == len(set(codes)), record["id"]
        assert [code for code in codes if billable(code, day) is not True] == [], record["id"]
        assert [gold.get("first_listed", False) for gold in record["gold"]] == [True] + [False] * (len(codes) - 1)
        evidence = [span for gold in record["gold"] for span in gold["evidence"]]
        assert all(gold["evidence"] for gold in record["gold"])
        assert all(0 <= span["start"] < span["end"] for span in evidence + record["must_not"])
        assert all(item["reason"] in {reason.value for reason in NotCodedReason} for item in record["must_not"])
        for item in record["must_not"]:
            assert not any(s["start"] < item["end"] and item["start"] < s["end"] for s in evidence), record["id"]


def test_every_settlement_is_carried_out():
    gold = {record["id"]: {item["code"] for item in record["gold"]} for record in RECORDS}
    with (CASES / "visit_notes_settlement.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    assert len(rows) == len({(row["id"], row["code"]) for row in rows}) > 0
    for row in rows:
        assert row["decision"] in {"keep", "drop", "add"} and row["reason"].strip()
        assert (row["code"] in gold[row["id"]]) == (row["decision"] != "drop"), row


def test_the_gold_fits_the_notes():
    if not NOTES.is_file():
        pytest.skip("the visit notes are not here; they stay outside the project")
    cases = outside.load_cases(CASES / VISIT_GOLD, NOTES)
    assert len(cases) == 83
    assert note_problems(cases) == []
