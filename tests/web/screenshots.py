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


def coder_review(page: "Page") -> None:
    """Some decisions made, one rejection under way."""
    page.get_by_role("button", name="Use the sample note").click()
    cards = page.locator("#sb-cards .sb-card")
    cards.first.locator("[data-act=accept]").click()
    page.locator(".sb-state-accepted").first.wait_for()
    cards.nth(1).locator("[data-open-reject]").click()
    cards.nth(1).locator("button.sb-code").click()
    page.locator(".sb-work").evaluate("e => window.scrollTo(0, e.offsetTop + 60)")


def coder_claim(page: "Page") -> None:
    """Everything decided and submitted."""
    page.get_by_role("button", name="Use the sample note").click()
    page.locator("[data-act=accept_all]").click()
    page.locator("#sb-submit:not([disabled])").click()
    page.locator(".sb-result").wait_for()
    page.locator("#sb-submit").evaluate("e => window.scrollTo(0, e.getBoundingClientRect().top + window.scrollY - 90)")


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
    coder_review,
    coder_claim,
    biller_claim,
    biller_patient,
    biller_letter,
    biller_work,
    evaluator_run,
)
ALSO: tuple[tuple[Callable[["Page"], None], int, str], ...] = (
    (coder_review, 900, "light"),
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
    out: Path = parser.parse_args().out
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
            for view, width, scheme in [*((view, 1280, "light") for view in VIEWS), *ALSO]:
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
    page.get_by_role("button", name="Use the sample note").wait_for()
    view(page)
    page.wait_for_timeout(600)
    taken = page.screenshot(full_page=view in WHOLE)
    context.close()
    small = io.BytesIO()
    Image.open(io.BytesIO(taken)).convert("RGB").quantize(COLOURS).save(small, "PNG", optimize=True)
    return small.getvalue()


if __name__ == "__main__":
    main()
