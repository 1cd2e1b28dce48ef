"""A planted regression is caught; noise is not."""

import pytest

from assistant.errors import InputError
from evals import runner
from evals.cases import load_notes
from evals.cases.lines import CASES
from evals.compare import compare
from evals.parts import notes
from evals.suites import Block
from evals.table import compare_table
from evals.tool import Tool
from tests.evals.fakes import line_of, oracle

FIRST = CASES / "notes" / "first.jsonl"


@pytest.fixture(scope="module")
def cases():
    return load_notes(FIRST)


def run(tool):
    return runner.run("notes", [Block(notes.PART, (FIRST,))], [tool], resamples=500, progress=lambda i, n, t: i)


def test_a_planted_regression_is_caught(cases):
    """The same tool with one rule off: family history is coded as the patient's own."""

    def careless(lines):
        for case, _ in zip(cases, lines, strict=True):
            wrong = [c for item in case.must_not if item.reason == "family" for c in item.codes]
            yield line_of(case, [*(gold.code for gold in case.gold), *dict.fromkeys(wrong)])

    result = compare(run(oracle(cases)), run(Tool("careless", suggest=careless)))
    assert result["worse"] is True
    assert {"micro_precision", "trap_rate"} <= set(result["parts"]["notes"]["worse"])
    assert result["parts"]["notes"]["metrics"]["micro_recall"]["p_value"] == 1
    assert "A headline metric fell." in compare_table(result)
    back = compare(run(Tool("careless", suggest=careless)), run(oracle(cases)))
    assert back["worse"] is False and "trap_rate" in back["parts"]["notes"]["better"]


def test_equal_runs_do_not_differ(cases):
    result = compare(run(oracle(cases)), run(oracle(cases)))
    assert result["worse"] is False
    assert all(row["difference"] in (0, None) for row in result["parts"]["notes"]["metrics"].values())


def test_runs_of_other_cases_are_refused(cases):
    a, b = run(oracle(cases)), run(oracle(cases))
    outcomes = b["parts"]["notes"]["tools"]["oracle"]["outcomes"]
    dropped = outcomes.pop()
    with pytest.raises(InputError, match="only one of the runs"):
        compare(a, b)
    outcomes.append({**dropped, "gold": []})
    with pytest.raises(InputError, match="gold of part notes differs"):
        compare(a, b)
    with pytest.raises(InputError, match="share no part"):
        compare(a, {**b, "parts": {}})
    with pytest.raises(InputError, match="no tool nobody"):
        compare(a, a, tool_b="nobody")
