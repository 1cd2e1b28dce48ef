"""Other tools' predictions, public sets and outside texts."""

import json
from pathlib import Path

import pytest

from assistant.errors import InputError
from evals import authoring, runner
from evals.adapters import codiesp, mdace, outside
from evals.adapters.predictions import tool_from_file
from evals.cases import load_notes, note_problems
from evals.cases.lines import CASES
from evals.suites import suite

SHARED = Path(__file__).resolve().parents[2].parent / "shared"


def write(path, *records):
    path.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    return path


def test_a_predictions_file_of_plain_codes_is_scored(tmp_path):
    cases = load_notes(CASES / "notes" / "first.jsonl")
    path = write(
        tmp_path / "mine.jsonl",
        *({"id": c.id, "codes": [g.code.replace(".", "").lower() for g in c.gold]} for c in cases[:-1]),
    )
    record = runner.run("notes", suite("first")[:1], [tool_from_file(path)], resamples=50, progress=lambda i, n, t: i)
    metrics = record["parts"]["notes"]["tools"]["mine"]["metrics"]
    assert metrics["micro_precision"]["value"] == 1
    assert metrics["failed_notes"]["value"] == pytest.approx(1 / 12, abs=1e-6)
    assert metrics["ece"]["value"] is None
    assert record["run"]["tools"]["mine"]["predictions_sha256"]


def test_ranks_selection_and_errors_of_a_predictions_file(tmp_path):
    entries = [{"code": "I10", "rank": 2, "selected": False, "probability": 0.2}, {"code": "E11.9", "rank": 1}]
    tool = tool_from_file(write(tmp_path / "p.jsonl", {"id": "a", "suggestions": entries}, {"id": "b", "error": "x"}))
    first, second, third = tool.suggest([{"id": "a"}, {"id": "b"}, {"id": "c"}])
    assert [(s["code"], s["rank"], s["selected"]) for s in first["suggestions"]] == [
        ("I10", 2, False),
        ("E11.9", 1, True),
    ]
    assert second["error"] == "x" and "no prediction" in third["error"]


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        ([{"id": "a"}], "line 1 has neither"),
        ([{"codes": ["I10"]}], "line 1 has neither"),
        ([{"id": "a", "codes": ["I10"]}] * 2, "line 2 repeats"),
    ],
)
def test_unusable_predictions_are_named(tmp_path, lines, says):
    with pytest.raises(InputError, match=says):
        tool_from_file(write(tmp_path / "p.jsonl", *lines))


def test_codiesp_map_by_hand(tmp_path):
    path = tmp_path / "devD.tsv"
    path.write_text("d1\tI10\nd1\te11.9\nd1\tE11.9\nd2\tr51.9\nd3\tj18.9\n")
    gold = codiesp.read_gold(path)
    assert gold["d1"] == {"i10", "e11.9"}
    # d1: wrong, right, (repeat), right -> (1/2 + 2/3) / 2; d2: right at 1; d3: silent.
    ranked = {"d1": ["Z00.00", "I10", "i10", "e11.9"], "d2": ["R51.9"]}
    d1 = (1 / 2 + 2 / 3) / 2
    got = codiesp.official_map(gold, ranked)
    assert got["map"] == pytest.approx((d1 + 1) / 2)
    assert got["map_all"] == pytest.approx((d1 + 1) / 3)
    valid = frozenset({"i10", "e11.9"})
    assert codiesp.official_map(gold, ranked, valid)["map"] == pytest.approx(1.0)
    assert codiesp.official_map(gold, {})["map"] == 0


def test_codiesp_agrees_with_its_gold_file():
    folder = SHARED / "data" / "codiesp"
    if not folder.is_dir():
        pytest.skip("the CodiEsp data is not here")
    cases = codiesp.load_cases(folder)
    gold = codiesp.read_gold(folder / "gold_tsv" / "devD.tsv")
    assert len(cases) == 250
    ours = {case.id: frozenset(code.lower() for code in case.codes) for case in cases if case.codes}
    assert ours == gold
    perfect = codiesp.official_map(gold, {document: sorted(codes) for document, codes in gold.items()})
    assert perfect == {"map": 1.0, "map_all": 1.0}


def test_codiesp_and_mdace_folders_without_data_are_refused(tmp_path):
    with pytest.raises(InputError, match=r"no dev\.jsonl"):
        codiesp.load_cases(tmp_path)
    with pytest.raises(InputError, match="no JSON file"):
        mdace.load_cases(tmp_path)
    with pytest.raises(InputError, match="--data FOLDER"):
        suite("codiesp")
    (tmp_path / "1.json").write_text('{"hadm_id": 1, "notes": [{"annotations": []}]}')
    with pytest.raises(InputError, match="injection script"):
        mdace.load_cases(tmp_path)


def test_mdace_notes_of_one_stay_become_one_case(tmp_path):
    notes = [
        {"note_id": 1, "text": "Has gout.", "annotations": []},
        {
            "note_id": 2,
            "text": "Now hypertension.",
            "annotations": [
                {"begin": 4, "end": 16, "code": "I10", "code_system": "ICD-10-CM"},
                {"begin": 0, "end": 3, "code": "0DJ08ZZ", "code_system": "ICD-10-PCS"},
            ],
        },
    ]
    (tmp_path / "7.json").write_text(json.dumps({"hadm_id": 7, "notes": notes}))
    (case,) = mdace.load_cases(tmp_path)
    assert [gold.code for gold in case.gold] == ["I10"]
    (span,) = case.gold[0].evidence
    assert case.text[span.start : span.end] == "hypertension"


OUTSIDE = """id: v1
date_of_service: 2026-02-02
setting: outpatient
sex: male
age: 50
specialty: family medicine
style: dictated
split: dev
order: I10
provenance: test
---
[[I10|Hypertension]] is stable, [[!negated R07|no chest pain]].
"""


def test_outside_texts_stay_outside(tmp_path):
    text = "\n  Hypertension is stable, no chest pain. " + "word " * 80
    (tmp_path / "notes.jsonl").write_text(json.dumps({"id": "v1", "text": text}))
    source = tmp_path / "visit_notes.txt"
    source.write_text(OUTSIDE.rstrip() + " " + ("word " * 80).strip() + "\n")
    assert authoring.main([str(source), "--outside", str(tmp_path / "notes.jsonl")]) == 0
    kept = (tmp_path / "visit_notes.jsonl").read_text()
    assert "chest" not in kept and "stable" not in kept
    (case,) = outside.load_cases(tmp_path / "visit_notes.jsonl", tmp_path / "notes.jsonl")
    assert case.text == text
    span = case.gold[0].evidence[0]
    assert text[span.start : span.end] == "Hypertension"
    assert case.must_not[0].text == "no chest pain"
    assert note_problems([case]) == []
    (tmp_path / "notes.jsonl").write_text(json.dumps({"id": "v1", "text": text + "!"}))
    with pytest.raises(InputError, match="has changed"):
        outside.load_cases(tmp_path / "visit_notes.jsonl", tmp_path / "notes.jsonl")


def test_a_marked_text_that_differs_from_the_outside_one_is_refused(tmp_path, capsys):
    (tmp_path / "notes.jsonl").write_text(json.dumps({"id": "v1", "text": "Another note."}))
    source = tmp_path / "v.txt"
    source.write_text(OUTSIDE)
    assert authoring.main([str(source), "--outside", str(tmp_path / "notes.jsonl")]) == 2
    assert "not the outside text" in capsys.readouterr().err
    assert not (tmp_path / "v.jsonl").exists()
