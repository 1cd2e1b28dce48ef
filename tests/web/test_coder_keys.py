"""The coder's whole job by keyboard alone: not one click."""

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from assistant.services import Services

pytestmark = pytest.mark.browser


def open_sample(page: "Page") -> list[str]:
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == "sb-sample-note":
            break
    page.keyboard.press("Enter")
    page.locator("#sb-cards .sb-card").first.wait_for()
    return [str(one.get_attribute("data-code")) for one in page.locator(".sb-card[data-selected='1']").all()]


def state(page: "Page", code: str) -> str | None:
    return page.locator(f"[id='card-{code}']").get_attribute("data-state")


def test_a_right_set_takes_a_key_a_code_and_one_more(visit: "Page", own_services: "Services") -> None:
    before = len(own_services.ledger.entries())
    codes = open_sample(visit)
    for _ in codes:
        visit.keyboard.press("a")
    visit.keyboard.press("Control+Enter")
    expect(visit.locator("#sb-claim")).to_contain_text("Claim DEMO1001")
    entry = own_services.ledger.entries()[before]
    assert {item["code"] for item in entry.content["decisions"] if item["action"] == "accept"} == set(codes)


def test_from_note_to_claim_by_keys(visit: "Page", own_services: "Services") -> None:
    before = len(own_services.ledger.entries())
    codes = open_sample(visit)
    press = visit.keyboard.press
    expect(visit.locator(f"[id='card-{codes[0]}']")).to_be_focused()

    press("?")
    expect(visit.get_by_role("dialog")).to_contain_text("Everything by keyboard")
    press("Escape")
    expect(visit.get_by_role("dialog")).to_have_count(0)

    press("e")
    expect(visit.locator("#sb-note mark.sb-hot").first).to_be_in_viewport()
    press("Escape")
    expect(visit.locator(f"[id='card-{codes[0]}']")).to_be_focused()

    press("r")
    press("4")
    assert state(visit, codes[0]) == "rejected"
    expect(visit.locator(f"[id='card-{codes[1]}']")).to_be_focused()
    press("u")
    assert state(visit, codes[0]) == "open"
    expect(visit.locator(f"[id='card-{codes[0]}']")).to_be_focused()

    press("c")
    press("1")
    assert state(visit, codes[0]) == "changed"
    expect(visit.locator(f"[id='card-{codes[1]}']")).to_be_focused()
    press("r")
    for _ in range(5):
        press("Tab")
    visit.keyboard.type("not this one")
    press("Enter")
    assert state(visit, codes[1]) == "rejected"
    press("k")
    press("x")
    assert state(visit, codes[1]) == "open", "X takes back the decision about the focused suggestion"
    press("a")
    assert state(visit, codes[1]) == "accepted"

    press("/")
    visit.keyboard.type("pink eye")
    expect(visit.locator("#sb-hits li").first).to_be_visible()
    press("ArrowDown")
    press("Enter")
    expect(visit.locator("#sb-search input")).to_have_value("")
    for _ in codes[2:]:
        press("a")
    listed = visit.locator("#sb-order li")
    expect(listed).to_have_count(len(codes) + 1)
    expect(visit.locator("#sb-submit")).to_be_enabled()
    last = codes[-1]
    expect(visit.locator(f"[id='card-{last}']")).to_be_focused()
    for _ in range(len(codes) + 1):
        press("[")
    expect(listed.first).to_have_attribute("data-code", last)
    press("]")
    expect(listed.nth(1)).to_have_attribute("data-code", last)
    press("n")
    visit.keyboard.type("stroke")
    expect(visit.locator("#sb-left-out dd button:visible")).to_have_count(1)
    press("Control+Enter")
    expect(visit.locator("#sb-claim")).to_contain_text("Claim DEMO1001")
    decisions = own_services.ledger.entries()[before].content["decisions"]
    assert {item["action"] for item in decisions} == {"accept", "add", "reject"}
    with visit.expect_download():
        press("Enter")


def test_a_header_is_narrowed_by_keys(visit: "Page") -> None:
    open_sample(visit)
    visit.keyboard.press("/")
    visit.keyboard.type("S82.62")
    expect(visit.locator("#sb-hits li").first).to_have_attribute("data-code", "S82.62XA")
    visit.keyboard.press("ArrowUp")
    visit.keyboard.press("Enter")
    expect(visit.locator("#sb-order li")).to_have_attribute("data-code", "S82.62XS")


def test_words_of_the_note_are_selected_by_keys(visit: "Page") -> None:
    open_sample(visit)
    visit.keyboard.press("w")
    visit.keyboard.press("Control+Home")
    visit.keyboard.type("typing changes nothing")
    for _ in range(2):
        visit.keyboard.press("Control+Shift+ArrowRight")
    visit.keyboard.press("Enter")
    expect(visit.locator("#sb-search input")).to_have_value("OFFICE VISIT")
    expect(visit.locator("#sb-note")).to_contain_text("OFFICE VISIT NOTE")
    expect(visit.locator("#sb-note")).not_to_contain_text("typing")


def test_notes_of_the_worklist_by_keys(visit: "Page") -> None:
    open_sample(visit)
    visit.locator("#sb-note-drop input[type=file]").set_input_files(
        {"name": "gout.txt", "mimeType": "text/plain", "buffer": b"ASSESSMENT: Gout of the left foot."}
    )
    expect(visit.locator("#sb-jobs li")).to_have_count(2)
    visit.locator("body").press(">")
    expect(visit.locator("#sb-visit-name")).to_have_text("gout")
    visit.keyboard.press("<")
    expect(visit.locator("#sb-visit-name")).to_have_text("office-visit")
