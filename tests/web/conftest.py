"""A served page over the real services, and a real browser to drive it."""

import gc
import os
import socket
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from assistant.services import Services

CHROMIUM = Path("/usr/bin/chromium")
WAIT = 20_000
"""Milliseconds; a loaded machine is slow, and no test waits this long when all is well."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The page's library leaves event loops and their sockets unclosed; that is not for these tests to fail on."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning"))


@pytest.fixture(scope="package")
def own_services(index_home: Path, tmp_path_factory: pytest.TempPathFactory) -> "Services":
    """The real services over the shared index, with a store of these tests' own."""
    from assistant.services import Services
    from assistant.settings import load_settings

    home = tmp_path_factory.mktemp("web-home")
    (home / "index").symlink_to(index_home / "index", target_is_directory=True)
    return Services.open(load_settings({"SUPERBILL_HOME": str(home)}), quiet=True)


@pytest.fixture(scope="package")
def address(own_services: "Services") -> Iterator[str]:
    """Where the page is served."""
    from assistant.web.server import running, warm

    warm(own_services)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with running(own_services, "127.0.0.1", port) as url:
        yield url
    # The page's library leaves event loops behind; they are collected here, where nothing of ours can be blamed.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


@pytest.fixture(scope="package")
def browser() -> Iterator["Browser"]:
    """Debian's Chromium, without a window. Skipped where it is absent, except in CI, which must have it."""
    if not CHROMIUM.exists():
        if os.environ.get("CI") == "true":
            pytest.fail("CI has no Chromium: install Debian's package `chromium`")
        pytest.skip("Chromium is not installed (Debian's package `chromium`)")
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=WAIT)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def visit(browser: "Browser", address: str) -> Iterator["Page"]:
    """The page as one new user sees it; fails the test when a script error or a foreign request came up."""
    with_user = browser.new_context(viewport={"width": 1280, "height": 900}, accept_downloads=True)
    page = with_user.new_page()
    page.set_default_timeout(WAIT)
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(f"script error: {error}"))
    page.on("request", lambda request: None if _own(request.url, address) else faults.append(f"asked {request.url}"))
    page.goto(address)
    page.locator("[data-ready]").wait_for()
    yield page
    with_user.close()
    assert not faults


def _own(url: str, address: str) -> bool:
    return url.startswith((address, "data:", "blob:", "about:"))
