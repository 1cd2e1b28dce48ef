"""The table of a README fits its run, or the test says why not."""

from pathlib import Path

import pytest

from assistant.errors import InputError
from evals import accuracy, runner
from evals.cases import load_notes
from evals.cases.lines import CASES
from evals.suites import suite
from tests.evals.fakes import oracle

README = Path(__file__).resolve().parents[2] / "README.md"
EMPTY = "# x\n<!-- accuracy -->\n<!-- accuracy end -->\nrest\n"


@pytest.fixture(scope="module")
def record():
    cases = load_notes(CASES / "notes" / "first.jsonl")
    run = runner.run("first", suite("first")[:1], [oracle(cases)], resamples=50, progress=lambda i, n, t: i)
    return {**run, "cases_sha256": runner.digest(path for block in suite("first") for path in block.files)}


def test_the_readme_table_is_current():
    assert accuracy.stale(README.read_text(encoding="utf-8")) == []


def test_a_table_is_written_once_and_replaced(record):
    text = accuracy.written(EMPTY, record)
    assert "| micro f1 | 1.000 [1.000, 1.000] |" in text and text.endswith("rest\n")
    assert accuracy.stale(text) == []
    assert accuracy.written(text, record) == text


def test_changed_cases_and_edited_tables_are_stale(record):
    text = accuracy.written(EMPTY, record)
    assert "edited by hand" in accuracy.stale(text.replace("1.000 [1.000", "1.100 [1.000"))[0]
    moved = accuracy.written(EMPTY, {**record, "cases_sha256": "0" * 64})
    assert "changed since the run" in accuracy.stale(moved)[0]


def test_a_file_without_marks_is_refused(record, tmp_path, capsys):
    with pytest.raises(InputError, match="no accuracy block"):
        accuracy.written("# x\n", record)
    run, readme = tmp_path / "run.json", tmp_path / "README.md"
    runner.write(record, run)
    readme.write_text(EMPTY)
    assert accuracy.main([str(run), str(readme)]) == 0
    assert "micro f1" in readme.read_text()
    assert accuracy.main([str(tmp_path / "absent.json"), str(readme)]) == 2
    assert "cannot be read" in capsys.readouterr().err
