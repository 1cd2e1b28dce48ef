"""The evaluator's job in a real browser, over the shipped search cases."""

import json
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser


@pytest.fixture
def evaluator(visit: "Page") -> "Page":
    visit.get_by_role("tab", name="Evaluator").click()
    return visit


def choose(page: "Page", words: str) -> None:
    page.get_by_role("combobox", name="Suite").click()
    page.get_by_role("option", name=words).click()


def test_run_a_suite_and_read_its_intervals(evaluator: "Page") -> None:
    choose(evaluator, "Search:")
    evaluator.get_by_role("button", name="Run the suite").click()
    result = evaluator.locator("#sb-run-result .sb-run")
    result.wait_for(timeout=180_000)
    expect(result).to_contain_text("95 % intervals")
    expect(result.locator(".sb-metrics tbody tr").first.locator(".sb-soft")).to_contain_text(" to ")
    with evaluator.expect_download() as saved:
        evaluator.get_by_role("button", name="Save the run file").click()
    record = json.loads(saved.value.path().read_text())
    assert record["parts"]["search"]["n"] > 100
    shown = result.locator(".sb-metrics b").first.inner_text()
    metrics = record["parts"]["search"]["tools"]["superbill"]["metrics"]
    assert shown in {f"{row['value']:.3f}" for row in metrics.values() if row["value"] is not None}


def test_predictions_of_another_tool(evaluator: "Page") -> None:
    from evals.suites import suite

    block = suite("notes")[0]
    ids = [case.id for path in block.files for case in block.part.load(path)]
    lines = "\n".join(json.dumps({"id": case, "codes": ["I10"]}) for case in ids)
    evaluator.locator("#sb-predictions-drop input[type=file]").set_input_files(
        {"name": "rival.jsonl", "mimeType": "application/jsonl", "buffer": lines.encode()}
    )
    evaluator.get_by_label("Predictions in rival").check()
    evaluator.get_by_label("Superbill", exact=True).uncheck()
    choose(evaluator, "Notes:")
    evaluator.get_by_role("button", name="Run the suite").click()
    evaluator.locator("#sb-run-result .sb-run").wait_for(timeout=120_000)
    expect(evaluator.locator("#sb-run-result thead").first).to_contain_text("rival")


def test_a_damaged_predictions_file_is_told_in_words(evaluator: "Page") -> None:
    evaluator.locator("#sb-predictions-drop input[type=file]").set_input_files(
        {"name": "rival.jsonl", "mimeType": "application/jsonl", "buffer": b'{"no": "id"}\n'}
    )
    expect(evaluator.get_by_role("alert")).to_contain_text("line 1")


def test_nothing_ticked_is_told_in_words(evaluator: "Page") -> None:
    evaluator.get_by_label("Superbill", exact=True).uncheck()
    evaluator.get_by_role("button", name="Run the suite").click()
    expect(evaluator.get_by_role("alert")).to_contain_text("Nothing is ticked")
    expect(evaluator.get_by_role("button", name="Run the suite")).to_be_enabled()
