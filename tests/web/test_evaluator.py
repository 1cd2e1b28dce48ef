"""The evaluator's job in a real browser, over the shipped cases, by mouse."""

import json
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.web.test_access import issues
from tests.web.test_biller import open_tab

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser


@pytest.fixture
def evaluator(visit: "Page") -> "Page":
    open_tab(visit, "Evaluator").locator("#sb-evaluator").wait_for()
    return visit


def drop(page: "Page", name: str, content: str) -> None:
    page.locator("#sb-predictions-drop input[type=file]").set_input_files(
        {"name": name, "mimeType": "application/jsonl", "buffer": content.encode()}
    )


def run(page: "Page", suite: str) -> None:
    page.get_by_label("Suite").select_option(suite)
    page.get_by_role("button", name="Run the suite").click()
    expect(page.locator("#sb-evaluator .sb-banner.sb-done")).to_be_visible(timeout=180_000)


def test_run_compare_and_open_the_worst_case(evaluator: "Page") -> None:
    from evals.suites import suite

    cases = [case for block in suite("notes") for path in block.files for case in block.part.load(path)]
    for name, codes in (("rival", ["I10"]), ("better", ["I10", "E11.9"])):
        drop(evaluator, f"{name}.jsonl", "\n".join(json.dumps({"id": case.id, "codes": codes}) for case in cases))
        expect(evaluator.get_by_label(f"Predictions in {name}")).to_be_checked()
        run(evaluator, "notes")
        expect(evaluator.locator("#sb-run-result thead").first).to_contain_text(name)
        evaluator.locator("#sb-evaluator [data-told]").evaluate("e => e.replaceChildren()")
    result = evaluator.locator("#sb-run-result .sb-run")
    expect(result).to_contain_text("95 % intervals")
    expect(result).to_contain_text("No certified coder has checked them")
    with evaluator.expect_download() as saved:
        evaluator.get_by_role("button", name="Save the run file").click()
    record = json.loads(saved.value.path().read_text())
    shown = result.locator(".sb-metrics b").first.inner_text()
    metrics = record["parts"]["notes"]["tools"]["better"]["metrics"]
    assert shown in {f"{row['value']:.3f}" for row in metrics.values() if row["value"] is not None}

    evaluator.get_by_role("button", name="Compare", exact=True).click()
    compared = evaluator.locator("#sb-compared")
    expect(compared).to_contain_text(f"paired bootstrap over {len(cases)} cases")
    expect(compared.locator("tbody tr").first).to_contain_text("notes")

    for fold in evaluator.locator("#sb-run-result summary").all():
        fold.click()
    assert not issues(evaluator, "result")
    worst = evaluator.locator("#worst-notes [data-case]")
    held_out = {case.id for case in cases if case.split == "test"}
    assert not held_out.intersection(worst.all_inner_texts())
    expect(evaluator.locator("#worst-notes")).to_contain_text("held-out part")
    name = worst.first.inner_text()
    worst.first.click()
    expect(evaluator.locator("#sb-visit-name")).to_have_text(name)


def test_a_run_shows_its_progress_and_can_be_stopped(evaluator: "Page") -> None:
    evaluator.get_by_label("Suite").select_option("search")
    evaluator.get_by_role("button", name="Run the suite").click()
    expect(evaluator.locator("#sb-eval-progress progress")).to_be_visible()
    expect(evaluator.get_by_role("button", name="Run the suite")).to_be_disabled()
    evaluator.get_by_role("button", name="Stop").click()
    expect(evaluator.locator("#sb-evaluator [data-told]")).to_contain_text("The run was stopped")
    expect(evaluator.get_by_role("button", name="Run the suite")).to_be_enabled()


def test_what_cannot_be_measured_is_told_in_words(evaluator: "Page") -> None:
    drop(evaluator, "rival.jsonl", '{"no": "id"}\n')
    expect(evaluator.get_by_role("alert")).to_contain_text("line 1")
    evaluator.get_by_label("Superbill", exact=True).uncheck()
    evaluator.get_by_role("button", name="Run the suite").click()
    expect(evaluator.get_by_role("alert")).to_contain_text("Nothing is ticked")
