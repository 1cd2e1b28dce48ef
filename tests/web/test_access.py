"""Every view, light and dark, held to axe: no serious or critical issue. Views of accounts and runs: beside their tests."""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from tests.web import screenshots as pictures

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser
VIEWS: dict[str, tuple[Callable[["Page"], None], ...]] = {
    "coder": (pictures.coder_start, pictures.coder_worklist),
    "biller": (
        pictures.biller_start,
        pictures.biller_claim,
        pictures.biller_patient,
        pictures.biller_letter,
        pictures.biller_segments,
        pictures.biller_queue,
        pictures.biller_balances,
        pictures.biller_ask,
    ),
    "evaluator": (pictures.evaluator_start,),
    "administrator": (pictures.admin_releases, pictures.admin_import, pictures.admin_privacy),
}
WATCHED = ("serious", "critical")


KEY = re.compile(r"\b(?:page|desk|biller|evaluator|admin|coder|claim|live|reasons)\.[a-z]+_[a-z_]+\b")
"""What a text that is missing would look like."""
RAW = re.compile(r"\[object|undefined|\{\{|\bNone\b|\{\"")


def issues(page: "Page", name: str) -> list[str]:
    """What axe finds on the page as it stands, light and dark, and words that are none."""
    from axe_playwright_python.sync_playwright import Axe

    found, shown = [], page.locator("#sb-tabs").inner_text()
    found += [f"{name}: shows {word!r}" for pattern in (KEY, RAW) for word in pattern.findall(shown)]
    for dark in (False, True):
        page.evaluate("dark => document.body.classList.toggle('dark', dark)", dark)
        page.wait_for_timeout(200)
        # The colours are all that differs in the dark.
        rules = {"runOnly": ["color-contrast"]} if dark else {}
        place, wanted = {"include": [["#sb-tabs"], [".sb-head"]]}, {"resultTypes": ["violations"], **rules}
        answer = Axe().run(page, context=place, options=wanted).response
        for issue in answer["violations"]:
            if issue["impact"] in WATCHED:
                places = [" ".join(map(str, node["target"])) for node in issue["nodes"][:4]]
                found.append(f"{name} {'dark' if dark else 'light'}: {issue['id']} {places}")
    page.evaluate("document.body.classList.remove('dark')")
    return found


@pytest.mark.parametrize("role", VIEWS)
def test_no_serious_issue(browser: "Browser", address: str, role: str) -> None:
    found = []
    context = browser.new_context(viewport={"width": 1280, "height": 900}, color_scheme="light")
    context.add_init_script("sessionStorage.clear()")  # every view begins with nothing open
    page = context.new_page()
    page.set_default_timeout(pictures.WAIT)
    for view in VIEWS[role]:
        page.goto(address)
        page.locator("[data-ready]").first.wait_for()
        view(page)
        found += issues(page, view.__name__)
    context.close()
    assert not found, "\n".join(found)


def test_no_serious_issue_in_the_coders_work(visit: "Page") -> None:
    """Every view of one open note, in the order in which a coder meets them."""
    press, found = visit.keyboard.press, []
    visit.get_by_role("button", name="Use the sample note").click()
    visit.locator("#sb-cards .sb-card").first.wait_for()
    for key in ("a", "e", "Escape", "r", "j", "c"):
        press(key)
    visit.locator("#sb-search input").fill("sprain ankle")
    visit.locator("#sb-hits li").first.wait_for()
    found += issues(visit, "rejecting one, changing another, searching")
    visit.locator("#sb-search input").press("Escape")
    press("?")
    visit.get_by_role("dialog").wait_for()
    found += issues(visit, "keys")
    press("Escape")
    press("n")
    visit.locator("#sb-left-out dd button").first.wait_for()
    visit.locator("#sb-left-out summary").focus()
    press("d")
    visit.locator("#sb-visit-form input").first.wait_for()
    press("Escape")
    press("q")
    visit.locator("#sb-chat textarea").fill("Why was stroke not coded?")
    press("Enter")
    visit.locator("#sb-turns .sb-said").first.wait_for()
    visit.locator("#sb-accept-all").click()
    visit.locator("#sb-checks-list > *").first.wait_for()
    found += issues(visit, "not coded, patient and lines, chat, order and checks")
    visit.locator("#sb-submit").click()
    visit.locator(".sb-result").wait_for()
    found += issues(visit, "claim")
    assert not found, "\n".join(found)
