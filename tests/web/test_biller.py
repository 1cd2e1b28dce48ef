"""The biller's whole job in a real browser, by mouse."""

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser


def open_tab(page: "Page", name: str) -> "Page":
    page.locator("#sb-tabs").get_by_role("tab", name=name, exact=True).first.click()
    return page


@pytest.fixture
def biller(visit: "Page") -> "Page":
    open_tab(visit, "Biller").locator("#sb-biller").wait_for()
    return visit


def open_samples(page: "Page") -> None:
    page.get_by_role("button", name="Use the sample remittances").click()
    page.locator("#sb-claims tr[data-place]").first.wait_for()


def drop(page: "Page", name: str, content: bytes) -> None:
    page.locator("#sb-remit-drop input[type=file]").set_input_files(
        {"name": name, "mimeType": "application/octet-stream", "buffer": content}
    )


def test_from_the_drop_to_the_letter_and_the_settled_denial(biller: "Page") -> None:
    from assistant.web.samples import sample_remittances

    for name, content in sample_remittances():
        drop(biller, name, content)
        expect(biller.locator("#sb-deposits")).to_contain_text(name)
    deposits = biller.locator("#sb-deposits")
    expect(deposits).to_contain_text("$125.42")
    expect(deposits).to_contain_text("Agrees")
    expect(deposits).to_contain_text("Off by $10.00")

    # One claim from every side.
    biller.get_by_role("button", name="Open claim DEMO1001").click()
    explained = biller.locator("#sb-explained")
    expect(explained).to_contain_text("Patient owes now")
    expect(explained).to_contain_text("CO-197")
    picture = explained.get_by_role("img", name="Where the charge went")
    expect(picture).to_have_attribute("aria-label", re.compile(r"Denied, may be won: \$110\.00"))
    assert picture.locator("rect[fill^='url']").count() == 5
    biller.get_by_role("tab", name="For the patient").click()
    expect(biller.locator("#sb-patient")).to_contain_text("You owe $78.00")
    expect(biller.locator("#sb-patient [lang=es]")).to_contain_text("78.00")
    biller.get_by_role("tab", name="In the file").click()
    expect(biller.locator("#sb-segments")).to_contain_text("CLP*DEMO1001")

    # A letter, in three forms and two languages.
    biller.get_by_role("tab", name="Letters").click()
    expect(biller.locator("#sb-letter")).to_contain_text("You owe $78.00")
    for form, head in (("Text", b"MIAMI"), ("Word", b"PK"), ("PDF", b"%PDF")):
        with biller.expect_download() as saved:
            biller.get_by_role("button", name=f"Save as {form}").click()
        assert saved.value.path().read_bytes().startswith(head)
    biller.get_by_label("Language of the letter").select_option("es")
    expect(biller.locator("#sb-letter")).not_to_contain_text("You owe $78.00")
    biller.get_by_role("combobox", name="Letter", exact=True).select_option("refund")
    expect(biller.locator("#sb-letter")).to_contain_text("nothing on this claim calls for a refund")

    # What it calls for is posted, taken up and settled.
    biller.get_by_role("button", name="Post to the store").click()
    expect(biller.locator("#sb-biller [data-told]")).to_contain_text("Held back")
    biller.get_by_role("tab", name="Denial queue").click()
    queue = biller.locator("#sb-queue")
    expect(biller.locator("#sb-causes").get_by_role("img", name="Not paid, by reason")).to_be_visible()
    biller.get_by_label("Reason code").fill("CO-197")
    expect(queue.locator("[data-entry]")).to_have_count(1)
    queue.locator("[data-entry]").click()
    entry = biller.locator(".sb-entry-open")
    entry.get_by_label("Status").select_option("appealed")
    entry.get_by_label("Appeal sent on").fill("2026-11-30")
    entry.get_by_label("Note", exact=True).fill("Sent with the <b>authorization</b> log")
    entry.get_by_role("button", name="Note it").click()
    expect(entry.locator(".sb-log")).to_contain_text("Sent with the <b>authorization</b> log")
    entry.get_by_label("Status").select_option("paid")
    entry.get_by_label("Outcome").select_option("won")
    entry.get_by_label("Recovered").fill("110.00")
    entry.get_by_role("button", name="Note it").click()
    expect(queue).to_contain_text("Nothing in the queue fits")
    with biller.expect_download() as saved:
        biller.get_by_role("button", name="Save as a sheet").click()
    assert saved.value.path().read_text().startswith("number,status")

    # What the patient paid.
    biller.get_by_role("tab", name="Balances").click()
    receipt = biller.locator("#sb-receipt")
    receipt.get_by_label("Claim").fill("DEMO1001")
    receipt.get_by_label("Amount").fill("78.00")
    receipt.get_by_role("button", name="Note the payment").click()
    expect(biller.locator("#sb-biller [data-told]")).to_contain_text("$0.00 left to ask")
    expect(receipt.get_by_label("Amount")).to_have_value("")
    expect(biller.locator("#sb-balances tr", has_text="DEMO1001")).to_contain_text("$78.00")

    # A question about what lies open.
    biller.get_by_role("tab", name="Ask", exact=True).click()
    biller.locator("#sb-panel-ask input").fill("Why was DEMO1001 not paid in full?")
    biller.get_by_role("button", name="Ask", exact=True).click()
    expect(biller.locator("#sb-biller-turns .sb-turn")).to_contain_text("DEMO1001")


def test_filters_search_and_what_matches_no_sent_claim(biller: "Page") -> None:
    open_samples(biller)
    rows = biller.locator("#sb-claims tr[data-place]")
    everything = rows.count()
    filters = biller.locator("#sb-filters")
    filters.get_by_label("Reversals").check()
    expect(rows).to_have_count(1)
    filters.get_by_label("No sent claim").check()
    expect(biller.locator("#sb-claims")).to_contain_text("No sent claims are known")
    filters.get_by_label("All", exact=False).check()
    expect(rows).to_have_count(everything)
    biller.get_by_label("Find a claim").fill("DEMO1001")
    expect(rows).to_have_count(1)
    biller.get_by_label("Find a claim").fill("no such claim")
    expect(biller.locator("#sb-claims")).to_contain_text("No claim fits")


def test_markup_in_a_name_is_only_text(biller: "Page") -> None:
    from assistant.web.samples import sample_remittances

    _, content = sample_remittances()[0]
    hostile = content.replace(b"TANAKA-REYES", b"<img src=x onerror=window.__ran=1><script>window.__ran=2</script>")
    assert hostile != content
    drop(biller, "<img src=y onerror=window.__ran=3>.835", hostile)
    biller.get_by_role("button", name="Open claim DEMO1001").click()
    expect(biller.locator("#sb-explained")).to_contain_text("<script>window.__ran=2</script>")
    assert biller.locator("#sb-biller img, #sb-biller script").count() == 0
    biller.wait_for_timeout(300)
    assert biller.evaluate("window.__ran") is None


def test_a_file_that_is_none_is_told_in_words(biller: "Page") -> None:
    drop(biller, "photo.835", b"\x89PNG not a remittance")
    expect(biller.locator("#sb-biller [data-told]")).to_contain_text("None of these files holds a remittance")
    expect(biller.locator("#sb-deposits")).to_contain_text("photo.835")


def test_two_billers_see_only_their_own_and_a_reload_keeps_it(biller: "Page", browser: "Browser", address: str) -> None:
    open_samples(biller)
    context = browser.new_context()
    other = context.new_page()
    other.goto(address)
    open_tab(other, "Biller").locator("#sb-biller").wait_for()
    expect(other.locator("#sb-deposits")).to_contain_text("No remittance yet")
    assert "DEMO1001" not in other.locator("#sb-biller").inner_text()
    context.close()
    biller.reload()
    open_tab(biller, "Biller")
    expect(biller.locator("#sb-deposits")).to_contain_text("office_visit.835")


def test_on_a_phone_nothing_is_wider_than_the_screen_and_spanish_is_kept(biller: "Page") -> None:
    biller.set_viewport_size({"width": 390, "height": 800})
    biller.locator("#sb-page-language").select_option("es")
    biller.get_by_role("button", name="Usar los pagos de muestra").click()
    expect(biller.locator("#sb-explained")).to_contain_text("Qué hacer")
    for name in ("Para el paciente", "Cartas", "En el archivo", "Qué pasó"):
        biller.get_by_role("tab", name=name).click()
        assert biller.evaluate("document.documentElement.scrollWidth") <= 390, name
    expect(biller.locator("#sb-tabs").get_by_role("tab", name="Facturación").first).to_be_visible()
    assert biller.evaluate("document.documentElement.lang") == "es"
