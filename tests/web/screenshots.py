"""Pictures of every view with the shipped samples: `python -m tests.web.screenshots` writes docs/screenshots/.

Uses the site's code index (SUPERBILL_HOME) and a store of its own that is thrown away.
"""

import argparse
import io
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from tests.web.conftest import CHROMIUM, WAIT

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "screenshots"
COLOURS = 160
"""Colours kept, so that the pictures stay small."""


def coder_start(page: "Page") -> None:
    """Before anything was done."""


def _sample(page: "Page") -> None:
    page.get_by_role("button", name="Use the sample note").click()
    page.locator("#sb-cards .sb-card").first.wait_for()


def coder_worklist(page: "Page") -> None:
    """Notes in every state, one of them open."""
    notes = {
        "knee-follow-up.txt": b"ASSESSMENT: Primary osteoarthritis of the right knee. Continue naproxen.",
        "ear-visit.txt": b"ASSESSMENT: Acute otitis media of the right ear. Amoxicillin for ten days.",
        "blood-pressure.txt": b"ASSESSMENT: Essential hypertension. Continue losartan.",
    }
    files = [{"name": name, "mimeType": "text/plain", "buffer": data} for name, data in notes.items()]
    page.locator("#sb-note-drop input").set_input_files(files)
    page.locator("#sb-open:not([hidden])").wait_for()
    page.locator("#sb-accept-all").click()
    page.locator("#sb-submit").click()
    page.locator(".sb-result").wait_for()
    page.locator("#sb-entry > summary").click()
    _sample(page)
    page.locator("#sb-visit-name", has_text="office-visit").wait_for()
    page.keyboard.press("a")
    page.keyboard.press("a")
    page.locator("#sb-jobs li", has_text="In progress").wait_for()
    page.evaluate("scrollTo(0, 0)")


def coder_review(page: "Page") -> None:
    """Some decisions made, one rejection under way, the words of a code lit in the note."""
    _sample(page)
    page.keyboard.press("a")
    page.keyboard.press("e")
    page.keyboard.press("Escape")
    page.keyboard.press("r")


def coder_change(page: "Page") -> None:
    """Another code instead of a suggestion: its alternatives, and the search."""
    _sample(page)
    page.keyboard.press("c")
    page.locator("#sb-search input").fill("sprain ankle")
    page.locator("#sb-hits li").first.wait_for()


def coder_words(page: "Page") -> None:
    """A code for words selected in the note, and what was not coded."""
    _sample(page)
    page.keyboard.press("n")
    page.locator("#sb-left-out-find").fill("o")
    page.locator("#sb-left-out dd button", has_text="stroke").click()


def coder_order(page: "Page") -> None:
    """Everything decided: the list in the order of the claim and the checks on it."""
    _sample(page)
    page.locator("#sb-accept-all").click()
    page.locator("#sb-checks-list > *").first.wait_for()
    page.locator("#sb-checks-list summary").first.click()
    page.locator("#sb-order").evaluate("e => scrollTo(0, e.getBoundingClientRect().top + scrollY - 200)")


def coder_claim(page: "Page") -> None:
    """Submitted: the claim with its findings and the files to save."""
    _sample(page)
    page.locator("#sb-accept-all").click()
    page.locator("#sb-submit").click()
    page.locator(".sb-result").wait_for()


def coder_missing(page: "Page") -> None:
    """Submitted without patient and payer: what the claim lacks."""
    page.locator("#sb-note-text textarea").fill("ASSESSMENT: Essential hypertension. Continue losartan.")
    page.get_by_role("button", name="Suggest codes").click()
    page.locator("#sb-cards .sb-card").first.wait_for()
    page.locator("#sb-accept-all").click()
    page.locator("#sb-submit").click()
    page.locator("#sb-claim .sb-missing").wait_for()


def coder_details(page: "Page") -> None:
    """Patient, payer and lines to bill, by form."""
    _sample(page)
    page.keyboard.press("d")


def coder_keys(page: "Page") -> None:
    """The list of keys."""
    _sample(page)
    page.keyboard.press("?")


def coder_chat(page: "Page") -> None:
    """The chat beside the open note."""
    _sample(page)
    page.keyboard.press("q")
    for question in ("Why was stroke not coded?", "Where does it say she smokes?"):
        page.locator("#sb-chat textarea").fill(question)
        page.locator("#sb-chat textarea").press("Enter")
        page.locator("#sb-turns .sb-turn", has_text=question).wait_for()
        page.locator("#sb-chat [type=submit]:not([disabled])").wait_for()


def _tab(page: "Page", name: str) -> None:
    page.locator("#sb-tabs").get_by_role("tab", name=name, exact=True).first.click()


def biller_start(page: "Page") -> None:
    """Before any remittance was dropped."""
    _tab(page, "Biller")
    page.locator("#sb-biller").wait_for()


def biller_claim(page: "Page") -> None:
    """Deposits, claims and the first claim."""
    biller_start(page)
    page.get_by_role("button", name="Use the sample remittances").click()
    page.locator("#sb-explained .sb-steps").wait_for()


def _to_claim(page: "Page", side: str) -> None:
    biller_claim(page)
    page.get_by_role("tab", name=side).click()
    page.locator("#sb-one-claim").evaluate("e => scrollTo(0, e.getBoundingClientRect().top + scrollY - 10)")


def biller_patient(page: "Page") -> None:
    """The claim in the patient's words, both languages."""
    _to_claim(page, "For the patient")


def biller_letter(page: "Page") -> None:
    """A letter."""
    _to_claim(page, "Letters")


def biller_segments(page: "Page") -> None:
    """The claim as the payer wrote it."""
    _to_claim(page, "In the file")


def biller_queue(page: "Page") -> None:
    """The denial queue with one entry open, and where money is lost."""
    biller_claim(page)
    page.get_by_role("button", name="Post to the store").click()
    page.locator("#sb-biller .sb-banner.sb-done").wait_for()
    page.get_by_role("tab", name="Denial queue").click()
    page.locator("#sb-queue [data-entry]").first.click()
    page.locator(".sb-entry-open").wait_for()


def biller_balances(page: "Page") -> None:
    """Where posted claims stand."""
    biller_claim(page)
    page.get_by_role("button", name="Post to the store").click()
    page.locator("#sb-biller .sb-banner.sb-done").wait_for()
    page.get_by_role("tab", name="Balances").click()
    page.locator("#sb-balances td").first.wait_for()


def biller_ask(page: "Page") -> None:
    """A question about the open remittances."""
    biller_claim(page)
    page.get_by_role("tab", name="Ask", exact=True).click()
    page.locator("#sb-panel-ask input").fill("Why was DEMO1001 not paid in full?")
    page.locator("#sb-panel-ask input").press("Enter")
    page.locator("#sb-biller-turns .sb-turn").wait_for()


def biller_source(page: "Page") -> None:
    """What a sentence of an answer rests on, in the file."""
    biller_ask(page)
    page.locator("#sb-biller-turns .sb-said", has_text="CO-197").first.get_by_role("button").first.click()
    page.locator("#sb-segments .sb-lit").first.wait_for()


def biller_spanish(page: "Page") -> None:
    """The biller's page in Spanish."""
    biller_claim(page)
    page.locator("#sb-page-language").select_option("es")
    page.locator("#sb-explained", has_text="Qué hacer").wait_for()


def evaluator_start(page: "Page") -> None:
    """Before a run."""
    _tab(page, "Evaluator")
    page.locator("#sb-evaluator").wait_for()


def _run(page: "Page", suite: str) -> None:
    evaluator_start(page)
    page.locator("#sb-suite").select_option(suite)
    page.get_by_role("button", name="Run the suite").click()
    page.locator("#sb-run-result .sb-run").wait_for(timeout=300_000)


def evaluator_progress(page: "Page") -> None:
    """A run under way."""
    evaluator_start(page)
    page.get_by_role("button", name="Run the suite").click()
    page.locator("#sb-eval-progress progress[max]").wait_for(timeout=60_000)


def evaluator_run(page: "Page") -> None:
    """A finished run, compared with naive predictions that were dropped."""
    _run(page, "first")
    page.locator("summary", has_text="Stages and calibration").click()
    page.locator("summary", has_text="Worst cases").click()


def evaluator_compare(page: "Page") -> None:
    """Two runs side by side."""
    evaluator_start(page)
    page.get_by_label("Naive baseline beside it").check()
    _run(page, "first")
    page.get_by_role("button", name="Compare", exact=True).click()
    page.locator("#sb-compared table").wait_for()
    page.locator("#sb-runs").evaluate("e => scrollTo(0, e.getBoundingClientRect().top + scrollY - 10)")


def admin_releases(page: "Page") -> None:
    """Code systems, releases and their index."""
    _tab(page, "Administrator")
    page.locator("#sb-releases td").first.wait_for()


def admin_import(page: "Page") -> None:
    """What dropped files would change."""
    from tests.corpus.sources import miniature

    admin_releases(page)
    page.locator("#sb-import-drop input").set_input_files(
        {"name": "HCPC2031_JAN_ANWEB.txt", "mimeType": "text/plain", "buffer": miniature.hcpcs().encode()}
    )
    page.locator("#sb-import .sb-sheet").wait_for()
    page.locator("#sb-import").evaluate("e => scrollTo(0, e.getBoundingClientRect().top + scrollY - 300)")


def admin_privacy(page: "Page") -> None:
    """What leaves the machine."""
    admin_releases(page)
    page.get_by_role("tab", name="Models and privacy").click()
    text = "Maria Tanaka-Reyes, born 03/14/1961, member XQ123456: why was her claim denied?"
    page.locator("#sb-panel-privacy textarea").fill(text)
    page.get_by_role("button", name="Show what would be sent").click()
    page.locator("#sb-outbound pre").wait_for()


def admin_users(page: "Page") -> None:
    """Accounts."""
    admin_releases(page)
    page.get_by_role("tab", name="Users").click()
    page.locator("#sb-users .sb-empty, #sb-users table").wait_for()
    for name, role in (("amara", "Administrator"), ("billing.desk", "Biller")):
        if page.locator("#sb-users td", has_text=name).count():
            continue
        form = page.locator("#sb-add-user")
        form.get_by_label("Name").fill(name)
        form.get_by_label("Password").fill("a quiet harbour at noon")
        for other in form.get_by_role("checkbox").all():
            other.uncheck()
        form.get_by_label(role).check()
        form.get_by_role("button", name="Add").click()
        page.locator("#sb-users td", has_text=name).first.wait_for()


def admin_audit(page: "Page") -> None:
    """The trail."""
    admin_users(page)
    page.get_by_role("tab", name="Audit").click()
    page.locator("#sb-audit td").first.wait_for()
    page.get_by_role("button", name="Verify the chain").click()
    page.locator("#sb-admin .sb-banner.sb-done").wait_for()


VIEWS: tuple[Callable[["Page"], None], ...] = (
    coder_start,
    coder_worklist,
    coder_review,
    coder_change,
    coder_words,
    coder_order,
    coder_details,
    coder_claim,
    coder_missing,
    coder_keys,
    coder_chat,
    biller_start,
    biller_claim,
    biller_patient,
    biller_letter,
    biller_segments,
    biller_queue,
    biller_balances,
    biller_ask,
    biller_source,
    biller_spanish,
    evaluator_start,
    evaluator_progress,
    evaluator_run,
    evaluator_compare,
    admin_releases,
    admin_import,
    admin_privacy,
    admin_users,
    admin_audit,
)
ALSO: tuple[tuple[Callable[["Page"], None], int, str], ...] = (
    *(
        (view, 900, "light")
        for view in (coder_start, coder_worklist, coder_review, coder_order, coder_claim, coder_chat)
    ),
    *(
        (view, 1280, "dark")
        for view in (coder_start, coder_worklist, coder_change, coder_order, coder_claim, coder_chat)
    ),
    (coder_review, 1280, "dark"),
    *((view, 900, "light") for view in (biller_claim, biller_queue, evaluator_run, admin_releases, admin_users)),
    *((view, 1280, "dark") for view in (biller_claim, biller_queue, evaluator_run, admin_privacy, admin_users)),
    *((view, 390, "light") for view in (biller_start, biller_claim, biller_patient, biller_letter, biller_queue)),
)
"""Views taken again at another width or in the dark."""
WHOLE = (
    biller_claim,
    biller_queue,
    biller_balances,
    biller_ask,
    biller_spanish,
    evaluator_run,
    evaluator_compare,
    admin_import,
    admin_privacy,
)
"""Views taken down to the end of the page."""


def main() -> None:
    """Serve the page, take every picture, and say where they are."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=FOLDER)
    parser.add_argument("--only", default="", help="beginning of the names of the views to take, such as coder")
    args = parser.parse_args()
    out: Path = args.out
    from playwright.sync_api import sync_playwright

    from assistant.services import Services
    from assistant.settings import load_settings
    from assistant.web.server import running, warm

    site = Services.open()
    _ = site.searcher  # builds the index when it is missing
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="superbill-pictures-") as folder:
        (Path(folder) / "index").symlink_to(site.settings.index_dir.resolve(), target_is_directory=True)
        services = Services.open(load_settings({"SUPERBILL_HOME": folder}))
        warm(services)
        with running(services, "127.0.0.1", None) as address, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
            wanted = [*((view, 1280, "light") for view in VIEWS), *ALSO]
            for view, width, scheme in [one for one in wanted if one[0].__name__.startswith(args.only)]:
                suffix = "" if (width, scheme) == (1280, "light") else f"-{width if scheme == 'light' else scheme}"
                target = out / f"{view.__name__.replace('_', '-')}{suffix}.png"
                target.write_bytes(_picture(browser, address, view, width, scheme))
                print(target)
            browser.close()


def _picture(browser: "Browser", address: str, view: Callable[["Page"], None], width: int, scheme: str) -> bytes:
    from PIL import Image

    dark = "dark" if scheme == "dark" else "light"
    context = browser.new_context(viewport={"width": width, "height": 860}, color_scheme=dark)
    page = context.new_page()
    page.set_default_timeout(WAIT)
    page.goto(address)
    page.locator("[data-ready]").wait_for()
    view(page)
    page.wait_for_timeout(600)
    taken = page.screenshot(full_page=view in WHOLE)
    context.close()
    small = io.BytesIO()
    Image.open(io.BytesIO(taken)).convert("RGB").quantize(COLOURS).save(small, "PNG", optimize=True)
    return small.getvalue()


if __name__ == "__main__":
    main()
