"""Starts the page: this machine only unless there are accounts, nothing recorded in the browser, no file of ours within
reach."""

import contextlib
import ipaddress
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.errors import InputError
from assistant.services import Services
from assistant.settings import Settings, ensure_home
from assistant.web.quiet import without_messages

if TYPE_CHECKING:
    from assistant.accounts.principal import Principal

MOST_UPLOAD = "200mb"
POLICY = "; ".join(
    (
        "default-src 'self'",
        # The page's library compiles its templates in the browser and writes styles inline.
        "script-src 'self' 'unsafe-inline' 'unsafe-eval'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
HEADERS = (
    (b"content-security-policy", POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
)


class Headers:
    """ASGI layer that tells the browser to load nothing from, and send nothing to, anywhere else."""

    def __init__(self, app: Any) -> None:
        self._app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Pass everything through, with the headers added to each response."""

        async def with_headers(message: Any) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message.get("headers", ()), *HEADERS]}
            await send(message)

        await self._app(scope, receive, with_headers if scope["type"] == "http" else send)


def checked_host(host: str, accounts: bool = False) -> str:
    """`host`, when it is this machine alone, or with accounts any address. Raises InputError for another."""
    if host == "localhost":
        return "127.0.0.1"
    with contextlib.suppress(ValueError):
        if ipaddress.ip_address(host).is_loopback or accounts:
            return host
    if accounts:
        raise InputError(
            f"{host} is not an address; use --host 127.0.0.1, or 0.0.0.0 for every address of this machine."
        )
    raise InputError(
        "The page is served on this machine only until it has accounts; "
        f"use --host 127.0.0.1 instead of {host}, or make one with `superbill user add`."
    )


def has_accounts(settings: Settings) -> bool:
    """Whether people have to log in: the site has made an account."""
    from assistant.accounts.users import Users
    from assistant.store.engine import open_store

    engine = open_store(settings)
    try:
        return Users(engine, settings.trust).any()
    finally:
        engine.dispose()


@contextlib.contextmanager
def running(services: Services, host: str, port: int | None) -> Iterator[str]:
    """The page, served while the block runs; gives its address. `port` None takes any free one.

    Uploads live in a private folder inside the data folder until they are read, and the folder goes at the end.
    Raises InputError when the port is taken.
    """
    accounts = has_accounts(services.settings)
    host = checked_host(host, accounts)
    with _private_uploads(services.settings), _people(services.settings, accounts) as layers, without_messages():
        from starlette.middleware import Middleware

        from assistant.web.page import build_page, look

        page = build_page(services)
        try:
            _, url, _ = page.launch(
                server_name=host,
                server_port=port,
                prevent_thread_lock=True,
                quiet=True,
                share=False,
                inbrowser=False,
                show_error=False,
                run_history=False,
                allowed_paths=[],
                blocked_paths=[str(services.settings.index_dir), str(services.settings.home / "superbill.db")],
                max_file_size=MOST_UPLOAD,
                enable_monitoring=False,
                ssr_mode=False,
                mcp_server=False,
                pwa=False,
                footer_links=[],
                auth_dependency=_named if accounts else None,
                app_kwargs={"middleware": [Middleware(Headers), *layers]},
                **look(),
            )
        except OSError:
            raise InputError(f"Port {port} is taken on {host}; choose another with --port.") from None
        try:
            yield url
        finally:
            page.close(verbose=False)


@contextlib.contextmanager
def _people(settings: Settings, accounts: bool) -> Iterator[list[Any]]:
    """The layers that let only known people in, while the block runs; none for a site without accounts."""
    if not accounts:
        yield []
        return
    from starlette.middleware import Middleware

    from assistant.accounts.principal import asked_of
    from assistant.accounts.sessions import Sessions
    from assistant.store.engine import open_store
    from assistant.web.door import Door

    engine = open_store(settings)
    try:
        with asked_of(_acting):
            yield [Middleware(Door, sessions=Sessions(engine, settings.trust), settings=settings.trust)]
    finally:
        engine.dispose()


def _named(request: Any) -> str | None:
    """The name under which the page's library knows who asked."""
    from assistant.accounts.principal import NOBODY
    from assistant.web.door import PERSON

    return request.scope.get(PERSON, NOBODY).name or None


def _acting() -> "Principal":
    """Who acts in a thread of the page's library: the person behind the request it works for."""
    from gradio.context import LocalContext

    from assistant.accounts.principal import NOBODY
    from assistant.web.door import PERSON

    asked = LocalContext.request.get(None)
    request = getattr(asked, "request", None)
    scope = getattr(request, "scope", None)
    found: Principal = scope.get(PERSON, NOBODY) if isinstance(scope, dict) else NOBODY
    return found


@contextlib.contextmanager
def _private_uploads(settings: Settings) -> Iterator[Path]:
    """A folder of this process for uploads, gone afterwards."""
    quiet = {"GRADIO_ANALYTICS_ENABLED": "False", "HF_HUB_OFFLINE": "1", "GRADIO_RUN_HISTORY": "False"}
    with tempfile.TemporaryDirectory(dir=ensure_home(settings), prefix="uploads-") as folder:
        before = {name: os.environ.get(name) for name in (*quiet, "GRADIO_TEMP_DIR")}
        os.environ.update(quiet, GRADIO_TEMP_DIR=folder)
        try:
            yield Path(folder)
        finally:
            for name, value in before.items():
                if value is None:
                    os.environ.pop(name, None)
                else:
                    os.environ[name] = value


def _warm_model(services: Services) -> None:
    """Load the library that talks to the site's model, in the background; it takes seconds."""
    if services.settings.model.name:
        with contextlib.suppress(ModuleNotFoundError):
            from assistant.chat.client import warm_up

            warm_up()


def warm(services: Services) -> None:
    """Open index, engine, code validity, claim rules and store, so that the first user does not wait for them.

    Goes through the sample visit up to its claim; nothing is recorded.
    """
    import datetime as dt
    from dataclasses import replace

    _warm_model(services)
    from assistant.claim.draft import draft_claim
    from assistant.claim.scrub import Context, scrub_claims
    from assistant.record import to_record
    from assistant.review.confirmation import confirm
    from assistant.web.coder_desk import CoderDesk
    from assistant.web.samples import SAMPLE_DATE, sample_details, sample_note

    line = {"id": "warm-up", "text": sample_note(), "date_of_service": SAMPLE_DATE}
    answer = to_record(services.suggest_line(line))
    answer["date_of_service"] = dt.date.fromisoformat(SAMPLE_DATE)
    drafted = confirm(answer, services.codebook, accept="selected", details=sample_details())
    claim = draft_claim(replace(drafted.encounter, control_number="WARM"))
    scrub_claims([claim], Context(today=dt.date.today(), codebook=services.codebook))
    services.ledger.entries("warm-up")
    CoderDesk(services).rehearse()
