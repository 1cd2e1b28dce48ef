"""The coder's whole job in a real browser, by mouse."""

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

    from assistant.services import Services

pytestmark = pytest.mark.browser
NOTE_TEXT = "#sb-note-text textarea"


def open_sample(page: "Page") -> list[str]:
    """The codes proposed for the sample note."""
    page.get_by_role("button", name="Use the sample note").click()
    page.locator("#sb-cards .sb-card").first.wait_for()
    cards = page.locator("#sb-cards .sb-card[data-selected='1']").all()
    return [str(card.get_attribute("data-code")) for card in cards]


def card(page: "Page", code: str) -> "Locator":
    return page.locator(f"[id='card-{code}']")


def suggest(page: "Page", text: str) -> None:
    page.locator(NOTE_TEXT).fill(text)
    page.get_by_role("button", name="Suggest codes").click()
    page.locator("#sb-note").wait_for()


def select_in_note(page: "Page", words: str) -> None:
    """Mark words of the note as a mouse would."""
    page.locator("#sb-note").evaluate(
        """(note, words) => {
            const walker = document.createTreeWalker(note, NodeFilter.SHOW_TEXT);
            while (walker.nextNode() && !walker.currentNode.data.includes(words)) {}
            const text = walker.currentNode, start = text.data.indexOf(words);
            const range = document.createRange();
            range.setStart(text, start); range.setEnd(text, start + words.length);
            getSelection().removeAllRanges(); getSelection().addRange(range);
        }""",
        words,
    )


def test_from_note_to_claim_by_mouse(visit: "Page", own_services: "Services") -> None:
    before = len(own_services.ledger.entries())
    codes = open_sample(visit)
    assert len(codes) > 5
    submit = visit.locator("#sb-submit")
    expect(submit).to_be_disabled()
    expect(visit.locator("#sb-jobs li")).to_contain_text("Waiting")

    card(visit, codes[0]).locator("[data-act=accept]").click()
    expect(card(visit, codes[0])).to_have_attribute("data-state", "accepted")
    expect(visit.locator("#sb-jobs li")).to_contain_text("In progress")
    expect(visit.locator("#sb-jobs li")).to_contain_text(f"1 of {len(codes)} decided")

    rejected = card(visit, codes[1])
    rejected.locator("[data-act=ask-reject]").click()
    rejected.locator("[data-act=reject]").click()
    expect(rejected).to_have_attribute("data-state", "open"), "a rejection needs a reason"
    rejected.locator(".sb-reason-own").fill("said to be doubtful")
    rejected.locator("[data-act=reject]").click()
    expect(rejected).to_have_attribute("data-state", "rejected")
    expect(rejected).to_contain_text("said to be doubtful")

    changed = card(visit, codes[2])
    changed.locator("[data-act=change]").click()
    other = changed.locator("[data-change]").first
    instead = str(other.get_attribute("data-change"))
    other.click()
    expect(changed).to_have_attribute("data-state", "changed")
    expect(changed).to_contain_text(f"Changed to {instead}")
    expect(submit).to_be_disabled()

    visit.locator("#sb-search input").fill("pink eye")
    hit = visit.locator("#sb-hits li", has=visit.locator("[data-act=add]")).first
    added = str(hit.get_attribute("data-code"))
    hit.click()
    listed = visit.locator("#sb-order li")
    expect(visit.locator(f"#sb-order li[data-code='{added}']")).to_be_visible()

    visit.locator("#sb-accept-all").click()
    expect(submit).to_be_enabled()
    expect(visit.locator("#sb-checks")).to_be_visible()
    expect(visit.locator("#sb-progress-words")).to_contain_text("Every suggestion has a decision")
    listed.last.drag_to(listed.first)
    expect(listed.first).to_have_attribute("data-code", added)
    listed.first.get_by_role("button", name=f"Move {added} down").click()
    expect(listed.nth(1)).to_have_attribute("data-code", added)

    submit.click()
    claim = visit.locator("#sb-claim")
    expect(claim).to_contain_text("Claim DEMO1001")
    expect(claim).to_contain_text("$485.00")
    expect(submit).to_be_disabled()
    expect(visit.locator("#sb-jobs li")).to_contain_text("Submitted")
    entries = own_services.ledger.entries()
    assert len(entries) == before + 1
    said = {item["code"]: item for item in entries[-1].content["decisions"]}
    assert said[codes[0]]["action"] == "accept"
    assert (said[codes[1]]["action"], said[codes[1]]["reason"]) == ("reject", "said to be doubtful")
    assert (said[codes[2]]["action"], said[codes[2]]["reason"]) == ("reject", f"changed to {instead}")
    assert said[instead]["action"] in ("add", "accept") and said[added]["action"] == "add"

    with visit.expect_download() as saved:
        visit.get_by_role("button", name="Claim (837P)").click()
    text = saved.value.path().read_text()
    assert text.startswith("ISA*") and saved.value.suggested_filename == "office-visit.837"
    first, second = codes[0].replace(".", ""), added.replace(".", "")
    assert f"HI*ABK:{first}*ABF:{second}*" in text and codes[1].replace(".", "") not in text
    for name, start in (("CMS-1500 (PDF)", b"%PDF"), ("FHIR Claim (JSON)", b"{"), ("Encounter (JSON)", b"{")):
        with visit.expect_download() as saved:
            visit.get_by_role("button", name=name).click()
        assert saved.value.path().read_bytes().startswith(start)

    visit.get_by_role("button", name="Reopen").click()
    expect(card(visit, codes[0]).locator("[data-act=take-back]")).to_be_enabled()


def test_jump_from_code_to_words_and_back(visit: "Page") -> None:
    codes = open_sample(visit)
    card(visit, codes[1]).locator("button.sb-code").click()
    hot = visit.locator("#sb-note mark.sb-hot").first
    expect(hot).to_be_in_viewport()
    assert codes[1] in (hot.get_attribute("data-codes") or "").split()
    hot.click()
    expect(card(visit, codes[1])).to_be_focused()
    took = visit.evaluate(
        """code => { const started = performance.now();
            document.querySelector(`[id='card-${code}'] button.sb-code`).click();
            document.querySelector('#sb-note mark.sb-hot').getBoundingClientRect();
            return performance.now() - started; }""",
        codes[2],
    )
    assert took < 100


def test_the_note_is_shown_once_and_whole(visit: "Page") -> None:
    from assistant.web.samples import sample_note

    open_sample(visit)
    shown = visit.locator("#sb-note").evaluate(
        "e => { const c = e.cloneNode(true); c.querySelectorAll('sup').forEach(s => s.remove()); return c.textContent; }"
    )
    assert shown == sample_note()


def test_undo_goes_back_step_by_step(visit: "Page") -> None:
    codes = open_sample(visit)
    undo = visit.get_by_role("button", name="Undo")
    expect(undo).to_be_disabled()
    card(visit, codes[0]).locator("[data-act=accept]").click()
    visit.locator("#sb-accept-all").click()
    expect(visit.locator("#sb-order li")).to_have_count(len(codes))
    undo.click()
    expect(visit.locator("#sb-order li")).to_have_count(1)
    undo.click()
    expect(visit.locator("#sb-order li")).to_have_count(0)
    expect(card(visit, codes[0])).to_have_attribute("data-state", "open")
    expect(undo).to_be_disabled()


def test_selected_words_become_a_code(visit: "Page") -> None:
    from assistant.web.samples import sample_note

    open_sample(visit)
    select_in_note(visit, "Four days ago she missed")
    select_in_note(visit, "Cholecystectomy")
    visit.get_by_role("button", name="Find codes for the selected words").click()
    expect(visit.locator("#sb-search input")).to_have_value("Cholecystectomy")
    expect(visit.locator("#sb-hits-head")).to_contain_text("Cholecystectomy")
    hit = visit.locator("#sb-hits li", has=visit.locator("[data-act=add]")).first
    code = hit.get_attribute("data-code")
    hit.click()
    expect(visit.locator(f"#sb-order li[data-code='{code}']")).to_be_visible()
    mark = visit.locator("#sb-note mark.sb-added")
    expect(mark).to_have_text("Cholecystectomy")
    assert mark.get_attribute("data-start") == str(sample_note().index("Cholecystectomy"))


def test_what_was_not_coded_can_be_found(visit: "Page") -> None:
    open_sample(visit)
    visit.locator("#sb-left-out > summary").click()
    expect(visit.locator("#sb-left-out")).to_contain_text("Of the family")
    visit.locator("#sb-left-out-find").fill("stroke")
    shown = visit.locator("#sb-left-out dd button:visible")
    expect(shown).to_have_count(1)
    shown.click()
    expect(visit.locator("#sb-note mark.sb-hot")).to_have_text("stroke")


def test_the_chat_sees_what_is_open(visit: "Page") -> None:
    open_sample(visit)
    visit.locator("#sb-chat-open").click()
    question = visit.locator("#sb-chat textarea")
    question.fill("Why was stroke not coded?")
    visit.locator("#sb-chat").get_by_role("button", name="Ask").click()
    turns = visit.locator("#sb-turns .sb-turn")
    expect(turns).to_contain_text("family history")
    turns.get_by_role("button", name="note").first.click()
    expect(visit.locator("#sb-note mark.sb-hot")).to_have_text("stroke")
    question.fill("<img src=x onerror='window.__ran=1'> is that coded?")
    question.press("Enter")
    expect(turns).to_have_count(2)
    expect(turns.last).to_contain_text("<img src=x")
    assert visit.locator("#sb-turns img").count() == 0 and visit.evaluate("window.__ran") is None


def test_several_notes_wait_on_the_worklist(visit: "Page") -> None:
    notes = {
        "first.txt": b"ASSESSMENT: Essential hypertension. Continue losartan.",
        "second.txt": b"ASSESSMENT: Gout of the left foot.",
        "second.details.json": b'{"place_of_service": "11"}',
        "photo.txt": b"\x89PNG no note",
    }
    visit.locator("#sb-note-drop input[type=file]").set_input_files(
        [{"name": name, "mimeType": "application/octet-stream", "buffer": data} for name, data in notes.items()]
    )
    rows = visit.locator("#sb-jobs li")
    expect(rows).to_have_count(2)
    expect(visit.locator("#sb-visit-name")).to_have_text("first")
    expect(rows.nth(1)).to_contain_text("Waiting")
    visit.get_by_role("button", name="Open second").click()
    expect(visit.locator("#sb-note")).to_contain_text("Gout")
    expect(visit.locator("#sb-details-shown")).to_contain_text("11")
    visit.locator("#sb-accept-all").click()
    visit.get_by_role("button", name="Open first").click()
    expect(visit.locator("#sb-note")).to_contain_text("hypertension")
    expect(rows.nth(1)).to_contain_text("In progress")
    visit.reload()
    expect(rows).to_have_count(2)
    visit.get_by_role("button", name="Open second").click()
    expect(visit.locator("#sb-order li").first).to_be_visible()
    visit.get_by_role("button", name="Take second off the worklist").click()
    expect(rows).to_have_count(1)


def test_without_details_the_page_says_what_is_missing(visit: "Page", own_services: "Services") -> None:
    suggest(visit, "ASSESSMENT: Essential hypertension. Continue losartan.")
    visit.locator("#sb-accept-all").click()
    visit.locator("#sb-submit").click()
    expect(visit.locator("#sb-claim")).to_contain_text("Missing before this visit can be billed")
    expect(visit.locator("#sb-claim .sb-missing li").first).to_be_visible()
    expect(visit.locator("#sb-jobs li")).to_contain_text("claim incomplete")
    before = len(own_services.ledger.entries())
    visit.locator("#sb-details-drop input").set_input_files(
        {"name": "a.json", "mimeType": "application/json", "buffer": b'{"place_of_service": "11"}'}
    )
    expect(visit.locator("#sb-details-shown")).to_contain_text("11")
    visit.get_by_role("button", name="Draft the claim again").click()
    expect(visit.locator("#sb-submit")).to_be_enabled()
    assert len(own_services.ledger.entries()) == before, "the same decisions are recorded once"


def test_pages_of_a_document_are_named(visit: "Page") -> None:
    import io

    from reportlab.pdfgen.canvas import Canvas

    out = io.BytesIO()
    canvas = Canvas(out)
    for words in ("HISTORY: cough since Monday.", "ASSESSMENT: Essential hypertension. Continue losartan."):
        canvas.drawString(72, 700, words)
        canvas.showPage()
    canvas.save()
    visit.locator("#sb-note-drop input[type=file]").set_input_files(
        {"name": "scan.pdf", "mimeType": "application/pdf", "buffer": out.getvalue()}
    )
    expect(visit.locator("#sb-note .sb-page")).to_have_attribute("data-label", "page 2")
    expect(visit.locator("#sb-cards .sb-card").first).to_contain_text("page 2")


def test_markup_in_a_note_is_only_text(visit: "Page") -> None:
    hostile = (
        "ASSESSMENT: Hypertension <img src=x onerror='window.__ran=1'><script>window.__ran=2</script> "
        "${window.__ran=3} {{constructor}} `${window.__ran=4}` </div></mark> Type 2 diabetes <b>mellitus</b>."
    )
    visit.locator("#sb-visit-id").fill("<img src=x onerror='window.__ran=5'>")
    suggest(visit, hostile)
    expect(visit.locator("#sb-note")).to_contain_text("<script>window.__ran=2</script>")
    expect(visit.locator("#sb-note")).to_contain_text("${window.__ran=3}")
    expect(visit.locator("#sb-jobs li")).to_contain_text("<img src=x")
    visit.locator("#sb-left-out > summary").click()
    visit.locator("#sb-accept-all").click()
    visit.locator("#sb-submit").click()
    visit.locator(".sb-result").wait_for()
    assert visit.locator("#sb-note b, #sb-coder img, #sb-coder script").count() == 0
    visit.wait_for_timeout(300)
    assert visit.evaluate("window.__ran") is None


def test_two_users_see_only_their_own(visit: "Page", browser: "Browser", address: str) -> None:
    open_sample(visit)
    visit.locator("#sb-accept-all").click()
    expect(visit.locator("#sb-submit")).to_be_enabled()
    other = browser.new_context()
    second = other.new_page()
    second.goto(address)
    second.locator("[data-ready]").wait_for()
    expect(second.locator("#sb-worklist")).to_be_hidden()
    suggest(second, "ASSESSMENT: Acute otitis media, right ear.")
    expect(second.locator("#sb-submit")).to_be_disabled()
    expect(second.locator("#sb-jobs li")).to_have_count(1)
    expect(second.locator("#sb-note")).not_to_contain_text("ankle")
    expect(visit.locator("#sb-note")).to_contain_text("ankle")
    expect(visit.locator("#sb-jobs li")).to_have_count(1)
    expect(visit.locator("#sb-cards")).not_to_contain_text("otitis")
    other.close()


def test_an_empty_note_and_a_bad_date_are_told_in_words(visit: "Page") -> None:
    visit.get_by_role("button", name="Suggest codes").click()
    expect(visit.get_by_role("alert")).to_contain_text("There is no note yet")
    visit.locator("#sb-date").fill("tomorrow")
    visit.locator(NOTE_TEXT).fill("ASSESSMENT: Hypertension.")
    visit.get_by_role("button", name="Suggest codes").click()
    expect(visit.get_by_role("alert")).to_contain_text("is not a date")
    expect(visit.locator(NOTE_TEXT)).to_have_value("ASSESSMENT: Hypertension.")


def test_the_visit_can_be_edited(visit: "Page") -> None:
    open_sample(visit)
    visit.get_by_role("button", name="Edit visit").click()
    expect(visit.locator("#sb-date")).to_have_value("2026-11-09")
    visit.locator(NOTE_TEXT).fill("ASSESSMENT: Gout of the left foot.")
    visit.get_by_role("button", name="Suggest codes").click()
    expect(visit.locator("#sb-note")).to_contain_text("Gout")
    expect(visit.locator("#sb-jobs li")).to_have_count(1)
    expect(visit.locator("#sb-details-shown")).to_contain_text("Tanaka-Reyes")


def test_the_page_speaks_spanish(visit: "Page") -> None:
    codes = open_sample(visit)
    card(visit, codes[0]).locator("[data-act=accept]").click()
    visit.locator("#sb-entry > summary").click()
    visit.locator("#sb-page-language").select_option("es")
    expect(visit.locator("#sb-progress-words")).to_contain_text("por decidir")
    expect(card(visit, codes[0])).to_have_attribute("data-state", "accepted")
    expect(card(visit, codes[0])).to_contain_text("Aceptado")


def test_nothing_stays_in_the_browser_or_on_disk(visit: "Page", address: str, own_services: "Services") -> None:
    marker = b"ASSESSMENT: Hypertension. Unrepeatable-marker-7319."
    visit.locator("#sb-note-drop input[type=file]").set_input_files(
        {"name": "visit_7.txt", "mimeType": "text/plain", "buffer": marker}
    )
    expect(visit.locator("#sb-note")).to_contain_text("Unrepeatable-marker-7319")
    kept = visit.evaluate("JSON.stringify({...localStorage}) + JSON.stringify({...sessionStorage}) + document.cookie")
    assert "marker" not in kept and "visit_7" not in kept
    assert visit.request.get(f"{address.rstrip('/')}/gradio_api/runs").status == 404
    left = [
        path
        for path in own_services.settings.home.rglob("*")
        if path.is_file() and "index" not in path.parts and b"Unrepeatable-marker" in path.read_bytes()
    ]
    assert left == []
