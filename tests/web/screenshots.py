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


def biller_claim(page: "Page") -> None:
    """Deposits, claims and the first claim."""
    page.get_by_role("tab", name="Biller").click()
    page.get_by_role("button", name="Use the sample remittances").click()
    page.locator("#sb-explained .sb-steps").wait_for()


def biller_patient(page: "Page") -> None:
    """The claim in the patient's words, both languages."""
    biller_claim(page)
    page.get_by_role("tab", name="For the patient").click()
    page.locator("#sb-one-claim").scroll_into_view_if_needed()
    page.locator("#sb-one-claim").evaluate("e => window.scrollTo(0, e.getBoundingClientRect().top + window.scrollY)")


def biller_letter(page: "Page") -> None:
    """A letter."""
    biller_claim(page)
    page.get_by_role("tab", name="Letters").click()
    page.locator("#sb-one-claim").evaluate("e => window.scrollTo(0, e.getBoundingClientRect().top + window.scrollY)")


def biller_work(page: "Page") -> None:
    """The work list and where money is lost."""
    biller_claim(page)
    page.get_by_role("tab", name="Work list").click()


def evaluator_run(page: "Page") -> None:
    """A finished run."""
    page.get_by_role("tab", name="Evaluator").click()
    page.get_by_role("button", name="Run the suite").click()
    page.locator("#sb-run-result .sb-run").wait_for(timeout=300_000)
    page.locator("summary", has_text="Stages and calibration").click()


VIEWS: tuple[Callable[["Page"], None], ...] = (
    coder_start,
    coder_worklist,
    coder_review,
    coder_change,
    coder_words,
    coder_order,
    coder_claim,
    coder_keys,
    coder_chat,
    biller_claim,
    biller_patient,
    biller_letter,
    biller_work,
    evaluator_run,
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
    (biller_claim, 900, "light"),
    (evaluator_run, 900, "light"),
    (coder_review, 1280, "dark"),
    (biller_claim, 1280, "dark"),
    (biller_claim, 390, "light"),
)
"""Views taken again at another width or in the dark."""
WHOLE = (biller_claim, biller_work, evaluator_run)
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
