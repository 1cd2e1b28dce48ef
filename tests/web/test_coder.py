"""The coder's whole job in a real browser."""

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from assistant.services import Services

pytestmark = pytest.mark.browser


def open_sample(page: "Page") -> None:
    page.get_by_role("button", name="Use the sample note").click()
    page.locator("#sb-cards .sb-card").first.wait_for()


def test_decide_on_every_suggestion_then_submit(visit: "Page", own_services: "Services") -> None:
    before = len(own_services.ledger.entries())
    open_sample(visit)
    submit = visit.locator("#sb-submit")
    expect(submit).to_be_disabled()
    cards = visit.locator("#sb-cards .sb-card[data-selected='1']")
    codes = [card.get_attribute("data-code") for card in cards.all()]
    assert len(codes) > 3

    visit.locator(f"[id='card-{codes[0]}'] [data-act=accept]").click()
    expect(visit.locator(f"[id='card-{codes[0]}']")).to_have_attribute("data-state", "accepted")
    expect(submit).to_be_disabled()

    second = visit.locator(f"[id='card-{codes[1]}']")
    second.locator("[data-open-reject]").click()
    second.locator("[data-act=reject]").click()
    expect(visit.get_by_role("alert")).to_contain_text("needs a reason")
    expect(second).to_have_attribute("data-state", "open")
    second.locator(".sb-reason-own").fill("said to be doubtful")
    second.locator("[data-act=reject]").click()
    expect(second).to_have_attribute("data-state", "rejected")
    expect(second).to_contain_text("said to be doubtful")
    expect(submit).to_be_disabled()

    visit.locator("[data-act=accept_all]").click()
    expect(submit).to_be_enabled()
    submit.click()
    expect(visit.locator("#sb-claim")).to_contain_text("Claim DEMO1001")
    expect(visit.locator("#sb-claim")).to_contain_text("$485.00")
    entries = own_services.ledger.entries()
    assert len(entries) == before + 1
    said = {item["code"]: item for item in entries[-1].content["decisions"]}
    assert said[codes[0]]["action"] == "accept"
    assert (said[codes[1]]["action"], said[codes[1]]["reason"]) == ("reject", "said to be doubtful")

    with visit.expect_download() as saved:
        visit.get_by_role("button", name="Save the claim (837P)").click()
    text = saved.value.path().read_text()
    assert text.startswith("ISA*") and codes[0].replace(".", "") in text
    assert f"ABF:{codes[1].replace('.', '')}" not in text and f"ABK:{codes[1].replace('.', '')}" not in text


def test_jump_from_code_to_words_and_back(visit: "Page") -> None:
    open_sample(visit)
    card = visit.locator("#sb-cards .sb-card[data-selected='1']").nth(1)
    code = card.get_attribute("data-code")
    card.locator("button.sb-code").click()
    hot = visit.locator("#sb-note mark.sb-hot").first
    expect(hot).to_be_in_viewport()
    assert code in (hot.get_attribute("data-codes") or "").split()
    visit.keyboard.press("Enter")
    expect(visit.locator(".sb-card.sb-hot").first).to_be_in_viewport()


def test_the_note_is_shown_once_and_whole(visit: "Page") -> None:
    from assistant.web.samples import sample_note

    open_sample(visit)
    shown = visit.locator("#sb-note").evaluate(
        "e => { const c = e.cloneNode(true); c.querySelectorAll('sup').forEach(s => s.remove()); return c.textContent; }"
    )
    assert shown == sample_note()


def test_keys_alone_decide(visit: "Page") -> None:
    open_sample(visit)
    first = visit.locator("#sb-cards .sb-card").first
    first.focus()
    visit.keyboard.press("a")
    expect(first).to_have_attribute("data-state", "accepted")
    visit.keyboard.press("u")
    expect(first).to_have_attribute("data-state", "open")
    visit.keyboard.press("j")
    second = visit.locator("#sb-cards .sb-card").nth(1)
    expect(second).to_be_focused()
    visit.keyboard.press("r")
    visit.keyboard.press("ArrowDown")
    visit.keyboard.press("Enter")
    expect(second).to_have_attribute("data-state", "rejected")


def test_add_a_code_by_search(visit: "Page") -> None:
    open_sample(visit)
    visit.locator("#sb-search textarea, #sb-search input").first.fill("pink eye")
    hit = visit.locator("#sb-hits li", has=visit.locator("[data-act=add]")).first
    hit.wait_for()
    code = hit.get_attribute("data-code")
    hit.locator("[data-act=add]").click()
    expect(visit.locator(f".sb-order li[data-code='{code}']")).to_be_visible()
    visit.locator(f".sb-order li[data-code='{code}'] [data-act=undo]").click()
    expect(visit.locator(f".sb-order li[data-code='{code}']")).to_have_count(0)


def test_selected_words_are_searched(visit: "Page") -> None:
    open_sample(visit)
    visit.locator("#sb-note").evaluate(
        """note => {
            const walker = document.createTreeWalker(note, NodeFilter.SHOW_TEXT);
            while (walker.nextNode() && !walker.currentNode.data.includes("Cholecystectomy")) {}
            const text = walker.currentNode, start = text.data.indexOf("Cholecystectomy");
            const range = document.createRange();
            range.setStart(text, start); range.setEnd(text, start + 15);
            getSelection().removeAllRanges(); getSelection().addRange(range);
        }"""
    )
    visit.get_by_role("button", name="Find codes for the selected words").click()
    expect(visit.locator("#sb-search input, #sb-search textarea").first).to_have_value("Cholecystectomy")
    expect(visit.locator("#sb-hits li").first).to_be_visible()


def test_without_details_the_page_says_what_is_missing(visit: "Page") -> None:
    visit.locator("#sb-note-text textarea").fill("ASSESSMENT: Essential hypertension. Continue losartan.")
    visit.get_by_role("button", name="Suggest codes").click()
    visit.locator("#sb-cards .sb-card").first.wait_for()
    visit.locator("[data-act=accept_all]").click()
    expect(visit.locator("#sb-submit")).to_be_enabled()
    visit.locator("#sb-submit").click()
    expect(visit.locator("#sb-claim")).to_contain_text("Missing before this visit can be billed")
    expect(visit.locator("#sb-claim .sb-missing li").first).to_be_visible()


def test_markup_in_a_note_is_only_text(visit: "Page") -> None:
    hostile = (
        "ASSESSMENT: Hypertension <img src=x onerror='window.__ran=1'><script>window.__ran=2</script> "
        "${window.__ran=3} {{constructor}} `${window.__ran=4}` </div></mark> Type 2 diabetes <b>mellitus</b>."
    )
    visit.locator("#sb-note-text textarea").fill(hostile)
    visit.get_by_role("button", name="Suggest codes").click()
    visit.locator("#sb-note").wait_for()
    expect(visit.locator("#sb-note")).to_contain_text("<script>window.__ran=2</script>")
    expect(visit.locator("#sb-note")).to_contain_text("${window.__ran=3}")
    assert visit.locator("#sb-note img, #sb-note script, #sb-note b").count() == 0
    visit.wait_for_timeout(300)
    assert visit.evaluate("window.__ran") is None


def test_two_users_see_only_their_own(visit: "Page", browser: "Browser", address: str) -> None:
    open_sample(visit)
    visit.locator("[data-act=accept_all]").click()
    expect(visit.locator("#sb-submit")).to_be_enabled()
    other = browser.new_context()
    second = other.new_page()
    second.goto(address)
    second.locator("#sb-note-text textarea").fill("ASSESSMENT: Acute otitis media, right ear.")
    second.get_by_role("button", name="Suggest codes").click()
    second.locator("#sb-cards .sb-card").first.wait_for()
    expect(second.locator("#sb-submit")).to_be_disabled()
    expect(second.locator("#sb-note")).not_to_contain_text("ankle")
    expect(visit.locator("#sb-note")).to_contain_text("ankle")
    expect(visit.locator("#sb-cards")).not_to_contain_text("otitis")
    other.close()


def test_an_empty_note_is_told_in_words(visit: "Page") -> None:
    visit.get_by_role("button", name="Suggest codes").click()
    expect(visit.get_by_role("alert")).to_contain_text("There is no note yet")


def test_a_dropped_note_is_read_and_gone(visit: "Page", own_services: "Services") -> None:
    marker = b"ASSESSMENT: Hypertension. Unrepeatable-marker-7319."
    visit.locator("#sb-note-drop input[type=file]").set_input_files(
        {"name": "visit_7.txt", "mimeType": "text/plain", "buffer": marker}
    )
    expect(visit.locator("#sb-note-text textarea")).to_have_value(marker.decode())
    left = [
        path
        for folder in own_services.settings.home.glob("uploads-*")
        for path in folder.rglob("*")
        if path.is_file() and marker in path.read_bytes()
    ]
    assert left == []


def test_nothing_stays_in_the_browser(visit: "Page", address: str) -> None:
    open_sample(visit)
    kept = visit.evaluate("JSON.stringify({...localStorage}) + JSON.stringify({...sessionStorage}) + document.cookie")
    assert "ankle" not in kept and "Tanaka" not in kept
    assert visit.request.get(f"{address.rstrip('/')}/gradio_api/runs").status == 404
