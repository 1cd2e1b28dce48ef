"""Accounts in a store of a test's own, and the page served with them."""

import gc
import os
import socket
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import Engine

from assistant.accounts.principal import Role
from assistant.accounts.users import Users
from tests.store.conftest import cluster, engine, opened, settings

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from assistant.services import Services

__all__ = ["cluster", "engine", "opened", "settings"]

PASSWORD = "correct horse battery"
PEOPLE = {
    "ada": (Role.ADMINISTRATOR,),
    "cora": (Role.CODER,),
    "bill": (Role.BILLER,),
    "eve": (Role.EVALUATOR,),
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The page's library leaves event loops and their sockets unclosed; that is not for these tests to fail on."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning"))


@pytest.fixture(scope="package", autouse=True)
def cheap_passwords() -> Iterator[None]:
    """argon2 with the least it can do: what it costs in earnest is not what is tested."""
    from argon2 import PasswordHasher

    from assistant.accounts import passwords

    with pytest.MonkeyPatch.context() as patch:
        hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
        patch.setattr(passwords, "_hasher", lambda: hasher)
        yield


@pytest.fixture(scope="module")
def chromium() -> Iterator["Browser"]:
    """Debian's Chromium. Skipped where it is absent, except in CI, which must have it."""
    place = Path("/usr/bin/chromium")
    if not place.exists():
        if os.environ.get("CI") == "true":
            pytest.fail("CI has no Chromium: install Debian's package `chromium`")
        pytest.skip("Chromium is not installed (Debian's package `chromium`)")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(place), args=["--no-sandbox"])
        yield browser
        browser.close()


def people(engine: Engine) -> Users:
    """The store with one account for each role."""
    users = Users(engine)
    for name, roles in PEOPLE.items():
        users.add(name, PASSWORD, roles)
    return users


@pytest.fixture(scope="module")
def guarded(index_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, "Services"]]:
    """The page of a site with accounts: its address, and the services behind it."""
    from assistant.services import Services
    from assistant.settings import load_settings
    from assistant.store.engine import open_store
    from assistant.web.server import running

    home = tmp_path_factory.mktemp("guarded")
    (home / "index").symlink_to(index_home / "index", target_is_directory=True)
    environ = {"SUPERBILL_HOME": str(home), "SUPERBILL_PROXY_SECRET": "a secret of the proxy's"}
    services = Services.open(load_settings(environ), quiet=True)
    store = open_store(services.settings)
    people(store)
    store.dispose()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with pytest.MonkeyPatch.context() as patch:
        # The endpoints alone: what the door lets through is not its concern, and the whole page takes seconds.
        patch.setattr("assistant.web.page.build_page", _endpoints)
        patch.setattr("assistant.web.page.look", dict)
        with running(services, "127.0.0.1", port) as url:
            yield url.rstrip("/"), services
    # The page's library leaves event loops behind; they are collected here, where nothing of ours can be blamed.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


def _endpoints(services: "Services") -> Any:
    import gradio as gr

    from assistant.web.endpoints import add_endpoints

    with gr.Blocks(analytics_enabled=False) as page:
        add_endpoints(services)
    page.queue()
    return page
