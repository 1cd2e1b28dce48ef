"""The biller's whole job in a real browser."""

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser


@pytest.fixture
def biller(visit: "Page") -> "Page":
    visit.get_by_role("tab", name="Biller").click()
    return visit


def open_samples(page: "Page") -> None:
    page.get_by_role("button", name="Use the sample remittances").click()
    page.locator("#sb-claims tr[data-row]").first.wait_for()


def test_from_deposits_to_one_claim(biller: "Page") -> None:
    open_samples(biller)
    deposits = biller.locator("#sb-deposits")
    expect(deposits).to_contain_text("$125.42")
    expect(deposits).to_contain_text("Agrees")
    expect(deposits).to_contain_text("Off by $10.00")

    biller.get_by_role("button", name="Open claim DEMO1001").click()
    explained = biller.locator("#sb-explained")
    expect(explained).to_contain_text("Patient owes now")
    expect(explained).to_contain_text("$78.00")
    expect(explained).to_contain_text("CO-197")
    assert explained.locator(".sb-fall tr").count() == 5
    biller.get_by_role("tab", name="For the patient").click()
    expect(biller.locator("#sb-patient")).to_contain_text("You owe $78.00")
    expect(biller.locator("#sb-patient [lang=es]")).to_contain_text("78.00")
    biller.get_by_role("tab", name="In the file").click()
    expect(biller.locator("#sb-segments")).to_contain_text("CLP*DEMO1001")


def test_letters_in_both_languages(biller: "Page") -> None:
    open_samples(biller)
    biller.get_by_role("button", name="Open claim DEMO1001").click()
    biller.get_by_role("tab", name="Letters").click()
    letter = biller.locator("#sb-letter")
    expect(letter).to_contain_text("You owe $78.00")
    biller.get_by_role("combobox", name="Language").click()
    biller.get_by_role("option", name="Español").click()
    expect(letter).not_to_contain_text("You owe $78.00")
    biller.get_by_role("combobox", name="Letter").click()
    biller.get_by_role("option", name="Refund to the patient").click()
    expect(letter).to_contain_text("nothing on this claim calls for a refund")


def test_filters_and_search_narrow_the_list(biller: "Page") -> None:
    open_samples(biller)
    rows = biller.locator("#sb-claims tr[data-row]")
    everything = rows.count()
    biller.get_by_role("radio", name="Reversals").check()
    expect(rows).to_have_count(1)
    biller.get_by_role("radio", name="All").check()
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
    biller.locator("#sb-remit-drop input[type=file]").set_input_files(
        {"name": "hostile.835", "mimeType": "application/octet-stream", "buffer": hostile}
    )
    biller.get_by_role("button", name="Open claim DEMO1001").click()
    expect(biller.locator("#sb-explained")).to_contain_text("<script>window.__ran=2</script>")
    assert biller.locator("#sb-claims img, #sb-explained img, #sb-explained script").count() == 0
    biller.wait_for_timeout(300)
    assert biller.evaluate("window.__ran") is None


def test_a_file_that_is_none_is_told_in_words(biller: "Page") -> None:
    biller.locator("#sb-remit-drop input[type=file]").set_input_files(
        {"name": "photo.835", "mimeType": "application/octet-stream", "buffer": b"\x89PNG not a remittance"}
    )
    expect(biller.locator("#sb-biller-status")).to_contain_text("None of these files holds a remittance")
    expect(biller.locator("#sb-deposits")).to_contain_text("photo.835")
