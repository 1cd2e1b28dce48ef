"""The harness itself: known answers in, known numbers out."""

import dataclasses
import json

import pytest

from assistant.errors import InputError
from evals import runner
from evals.cases import load_notes, load_searches
from evals.cases.lines import CASES
from evals.parts import note_outcome, notes
from evals.suites import Block, suite
from evals.table import run_table
from evals.tool import Tool
from tests.evals.fakes import broken, line_of, oracle, silent

FIRST = CASES / "notes" / "first.jsonl"


@pytest.fixture(scope="module")
def cases():
    return load_notes(FIRST)


def quiet(items, total, label):
    return items


def run(tools, name="first", **more):
    return runner.run(name, suite(name), tools, resamples=200, progress=quiet, **more)


def values(scored):
    return {name: row["value"] for name, row in scored["metrics"].items()}


@pytest.fixture(scope="module")
def oracle_run(cases):
    searches = [case for path in suite("search")[0].files for case in load_searches(path)]
    return run([oracle(cases, searches)])


def test_the_oracle_scores_one_everywhere(oracle_run):
    got = values(oracle_run["parts"]["notes"]["tools"]["oracle"])
    for name in ("micro_f1", "macro_f1", "note_f1", "exact_set", "first_listed", "map", "ndcg_at_10", "r_precision", "mrr",
                 "recall_at_20", "category_f1", "prefix_f1", "evidence_overlap", "evidence_token_f1",
                 "evidence_verbatim"):  # fmt: skip
        assert got[name] == 1, name
    for name in ("overcoding_rate", "trap_rate", "invalid_code_rate", "failed_notes"):
        assert got[name] == 0, name
    assert got["ece"] == pytest.approx(0.1)
    assert values(oracle_run["parts"]["search"]["tools"]["oracle"])["hit_at_1"] == 1


def test_scrambled_gold_scores_near_zero(cases):
    """Right answers laid beside the gold of another note: what is left is chance."""
    scores = []
    for shift in range(1, len(cases)):
        scrambled = [
            dataclasses.replace(case, gold=cases[(i + shift) % len(cases)].gold) for i, case in enumerate(cases)
        ]
        outcomes = [
            note_outcome.outcome(wrong, line_of(case, [gold.code for gold in case.gold]))
            for case, wrong in zip(cases, scrambled, strict=True)
        ]
        scored = values(runner.scored(notes.PART, outcomes, resamples=10))
        scores.append(scored["micro_f1"])
        assert scored["exact_set"] == 0
        assert scored["evidence_overlap"] in (None, 0) or scored["micro_f1"] > 0
    assert max(scores) < 0.1
    assert sum(scores) / len(scores) < 0.03


def test_two_runs_with_one_seed_differ_only_in_the_run_block(cases):
    tool = oracle(cases)
    first, second = (
        runner.run("notes", [Block(notes.PART, (FIRST,))], [tool], resamples=100, progress=quiet) for _ in range(2)
    )
    assert {"started", "seconds", "commit", "packages", "hardware"} <= set(first.pop("run"))
    second.pop("run")
    assert json.dumps(first) == json.dumps(second)


def test_another_seed_moves_the_intervals_only(cases):
    tool = Tool("half", suggest=lambda lines: iter([line_of(c, [c.gold[0].code]) for c in cases]))
    block = [Block(notes.PART, (FIRST,))]
    a = runner.run("notes", block, [tool], seed=1, resamples=100, progress=quiet)
    b = runner.run("notes", block, [tool], seed=2, resamples=100, progress=quiet)
    assert a["predictions_sha256"] == b["predictions_sha256"]
    row_a, row_b = (r["parts"]["notes"]["tools"]["half"]["metrics"]["micro_f1"] for r in (a, b))
    assert row_a["value"] == row_b["value"]
    assert (row_a["low"], row_a["high"]) != (row_b["low"], row_b["high"])


def test_silence_and_breakage_are_zero_not_undefined(cases):
    record = run([silent(), broken()])
    for tool in ("silent", "broken"):
        got = values(record["parts"]["notes"]["tools"][tool])
        assert got["micro_f1"] == 0 and got["recall_at_50"] == 0
        assert got["micro_precision"] is None
    assert values(record["parts"]["notes"]["tools"]["broken"])["failed_notes"] == 1
    assert "broken" not in record["parts"]["search"]["tools"]


def test_a_line_for_another_note_counts_as_an_error(cases):
    result = note_outcome.outcome(cases[0], line_of(cases[1], ["I10"]))
    assert result["suggestions"] == [] and "another note" in result["error"]


def test_a_trap_is_sprung_by_its_code_or_by_its_words(cases):
    case = cases[0]
    trap = next(item for item in case.must_not if item.reason == "family")
    by_code = line_of(case, ["C50.919"])
    assert any(notes.traps_sprung(note_outcome.outcome(case, by_code)))
    by_words = line_of(case, ["R69"])
    by_words["suggestions"][0]["evidence"] = [{"start": trap.span.start, "end": trap.span.end, "text": trap.text}]
    assert any(notes.traps_sprung(note_outcome.outcome(case, by_words)))
    right = line_of(case, [gold.code for gold in case.gold])
    assert not any(notes.traps_sprung(note_outcome.outcome(case, right)))


def test_false_citations_and_invalid_codes_are_seen(cases):
    line = line_of(cases[0], ["E11", "I10"])
    line["suggestions"][0]["evidence"] = [{"start": 0, "end": 5, "text": "wrong"}]
    got = values(runner.scored(notes.PART, [note_outcome.outcome(cases[0], line)], resamples=10))
    assert got["invalid_code_rate"] == 0.5
    assert got["evidence_verbatim"] == 0


def test_the_run_file_keeps_no_note_text(oracle_run, cases):
    text = json.dumps(oracle_run, ensure_ascii=False)
    for case in cases:
        for gold in case.gold:
            for span in gold.evidence:
                words = case.text[span.start : span.end]
                assert len(words) < 15 or words not in text


def test_slices_and_stages(cases, oracle_run):
    entry = oracle_run["parts"]["notes"]["tools"]["oracle"]
    assert entry["slices"]["setting"]["inpatient"]["micro_f1"]["n"] == 1
    assert entry["slices"]["chapter"]["injury"]["micro_f1"]["value"] == 1
    line = {**line_of(cases[0], ["I10"]), "stages": {"mentions": [], "candidates": ["E1122", "I12.9"]}}
    stages = notes.extras([note_outcome.outcome(cases[0], line)])["stages"]
    assert list(stages) == ["mentions", "candidates", "listed", "selected"]
    assert stages["candidates"] == pytest.approx(2 / 6, abs=1e-6)


def test_run_files_are_read_back_or_refused(tmp_path, oracle_run):
    path = tmp_path / "run.json"
    runner.write(oracle_run, path)
    assert runner.read(path) == json.loads(json.dumps(oracle_run))
    path.write_text("{}")
    with pytest.raises(InputError, match="not a run file"):
        runner.read(path)
    with pytest.raises(InputError, match="cannot be read"):
        runner.read(tmp_path / "absent.json")
    with pytest.raises(InputError, match="cannot be written"):
        runner.write(oracle_run, tmp_path / "no" / "run.json")


def test_unknown_suite_and_empty_split_are_refused(tmp_path):
    with pytest.raises(InputError, match="no suite named"):
        suite("fast")
    with pytest.raises(InputError, match="has no cases"):
        suite("notes", tmp_path)
    with pytest.raises(InputError, match="Nothing to measure"):
        runner.run("first", suite("first")[:1], [silent()], split="tune", progress=quiet)


def test_the_first_listed_code_is_the_first_of_the_sequence_not_of_the_ranks():
    def one(code, selected=True, **more):
        return {"code": code, "selected": selected} | more

    ranked = [one("E11.9", sequence=2), one("Z00.00", False), one("I10", sequence=1)]
    assert notes.first_of({"suggestions": ranked}) == "I10"
    assert notes.first_of({"suggestions": [one("R05.9", False), one("J45.909")]}) == "J45.909"
    assert notes.first_of({"suggestions": [one("R05.9", False)]}) is None


def test_the_sequence_of_a_line_reaches_the_first_listed_metric():
    (case,) = [case for case in load_notes(CASES / "notes" / "first.jsonl") if len(case.gold) > 1][:1]
    line = line_of(case, [gold.code for gold in reversed(case.gold)])
    for place, suggestion in enumerate(reversed(line["suggestions"]), 1):
        suggestion["sequence"] = place
    for lines, right in ((line, 1.0), (line_of(case, [gold.code for gold in reversed(case.gold)]), 0.0)):
        scored = runner.scored(notes.PART, [note_outcome.outcome(case, lines)], resamples=20)
        assert scored["metrics"]["first_listed"]["value"] == right


@pytest.mark.parametrize(
    ("name", "metric"), [("codiesp", "map"), ("codiesp", "mean_recall_at_10"), ("notes", "recall_at_max_10")]
)
def test_a_suite_prints_the_metrics_its_goals_are_set_in(oracle_run, name, metric):
    assert metric not in run_table(oracle_run)
    assert metric in run_table(oracle_run | {"suite": name})


def test_the_table_shows_headline_numbers_with_intervals(oracle_run):
    text = run_table(oracle_run, stages=True)
    assert "micro_f1" in text and "1.000 [1.000, 1.000]" in text
    assert "recall after each stage, oracle" in text
    assert "no certified coder" in text
