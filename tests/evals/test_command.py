"""`superbill eval run` and `compare` from the command line, on predictions files and on a stand-in for the services."""

import json

import pytest

from assistant.cli import main
from assistant.settings import load_settings
from assistant.suggest.engine import Trace
from assistant.suggest.suggestion import Suggestion, SuggestionSet
from corpus.codes import CodeSystem
from evals.cases import load_notes
from evals.cases.lines import CASES
from evals.superbill import superbill


@pytest.fixture
def files(tmp_path):
    cases = load_notes(CASES / "notes" / "first.jsonl")
    good, bad = tmp_path / "good.jsonl", tmp_path / "bad.jsonl"
    good.write_text("".join(json.dumps({"id": c.id, "codes": [g.code for g in c.gold]}) + "\n" for c in cases))
    bad.write_text("".join(json.dumps({"id": c.id, "codes": ["R69", "I10", "E11.9"]}) + "\n" for c in cases))
    return good, bad


def test_run_and_compare(files, tmp_path, capsys):
    runs = []
    for path in files:
        out = tmp_path / f"{path.stem}.run.json"
        page = tmp_path / f"{path.stem}.html"
        wanted = ["--predictions", str(path), "--out", str(out), "--report", str(page), "--resamples", "200"]
        status = main(["eval", "run", "first", "--stages", *wanted])
        assert status == 0 and page.read_text().startswith("<!doctype html>")
        runs.append(str(out))
    printed = capsys.readouterr()
    assert "micro_f1" in printed.out and "recall_at_10" in printed.out and "recall after each stage" in printed.out
    assert "12 cases" in printed.err
    assert main(["eval", "compare", *runs]) == 1
    assert "A headline metric fell." in capsys.readouterr().out
    assert main(["eval", "compare", "--json", *reversed(runs)]) == 0
    assert json.loads(capsys.readouterr().out)["parts"]["notes"]["better"]


def test_json_has_numbers_and_no_outcomes(files, capsys):
    assert main(["eval", "run", "--json", "--predictions", str(files[0]), "--resamples", "50"]) == 0
    record = json.loads(capsys.readouterr().out)
    entry = record["parts"]["notes"]["tools"]["good"]
    assert set(entry["metrics"]["micro_f1"]) == {"value", "low", "high", "n"}
    assert "outcomes" not in entry


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["run", "fast"], "no suite named fast"),
        (["run", "codiesp"], "--data FOLDER"),
        (["run", "--predictions", "absent.jsonl"], "cannot be read"),
        (["compare", "absent-a.json", "absent-b.json"], "cannot be read as a run file"),
    ],
)
def test_bad_input_is_one_sentence_and_status_2(arguments, says, capsys):
    assert main(["eval", *arguments]) == 2
    error = capsys.readouterr().err
    assert says in error and error.count("\n") == 1


class Hit:
    def __init__(self, code):
        self.code = code


class Stand:
    """What `evals.superbill` asks of the services, answered from memory."""

    class searcher:
        class release:
            title = "test release"

        class manifest:
            fingerprint = "f" * 64

    settings = load_settings()

    @staticmethod
    def search(text, k, date, system):
        assert (date.isoformat(), system.value) == ("2026-02-02", "icd10cm")
        return [Hit("I10"), Hit("I11.9")][:k]

    def suggester_on(self, date):
        return self

    def with_procedures(self, answer, request):
        return answer

    def traced(self, request, top):
        assert top == 50
        found = Suggestion(1, "I10", CodeSystem.ICD10CM, "", True, 0.9, (), ())
        answer = SuggestionSet(request.note.id, "", request.date_of_service.isoformat(), request.setting, (found,), ())
        return answer, Trace((), (), ("I10",), ("I10",))


def test_superbill_is_asked_through_its_services():
    cases = load_notes(CASES / "notes" / "first.jsonl")
    tool = superbill(Stand())
    assert tool.search(["htn"], 1) == [["I10"]]
    (line,) = tool.suggest([cases[0].line()])
    assert line["suggestions"][0]["code"] == "I10"
    assert tool.remit("not an 835")["transactions"] == []
    assert tool.versions["release"] == "test release"
