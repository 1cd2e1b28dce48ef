"""The door of the served page: with accounts, nothing behind it is answered until someone has logged in.

An ASGI layer around the whole application. It reads the session's cookie (or `Authorization: Bearer`, or what a trusted
proxy says), and leaves the person in `scope[PERSON]`; `assistant.web.server` makes that `principal.current`.
"""

import time
from http.cookies import CookieError, SimpleCookie
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from assistant.accounts.principal import NOBODY, Principal
from assistant.accounts.proxy import SECRET_HEADER, proxied
from assistant.accounts.sessions import Sessions
from assistant.errors import StoreError
from assistant.trust import TrustSettings
from assistant.web.views import render
from assistant.web.words import LANGUAGES, say, speaking

if TYPE_CHECKING:
    from anyio import CapacityLimiter

PERSON = "superbill.person"
COOKIE = "superbill"
LOGINS_AT_ONCE = 4
LONGEST_FORM = 4096
"""Bytes of a login form."""
REMEMBERED = 1.0
"""Seconds for which a session found good is not asked for again: one page asks for a hundred small files."""
STARTING = "/gradio_api/startup-events"
"""What the page's library asks itself once, from this machine, before anyone can log in."""


class Door:
    """Wraps `app`. `sessions` are those of the site's store."""

    def __init__(self, app: Any, sessions: Sessions, settings: TrustSettings) -> None:
        self._app = app
        self._sessions = sessions
        self._settings = settings
        self._lately: dict[str, tuple[float, Principal]] = {}
        self._limiter: CapacityLimiter | None = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Let known people through, answer `/login` and `/logout`, and send everyone else to the form."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        root = scope.get("root_path", "")
        path = scope["path"].removeprefix(root).rstrip("/")
        with speaking(_language(headers)):
            if scope["type"] == "http" and path in ("/login", "/logout"):
                await self._at_the_door(scope, receive, send, headers, path, root)
                return
            who = await self._person(headers)
            if who is None and not (path == STARTING and _from_here(scope)):
                await self._refused(scope, send, headers, root)
                return
        # Only left in the scope: the page's library works in tasks that outlive the request they were started in.
        scope[PERSON] = who or NOBODY
        await self._app(scope, receive, send)

    async def _person(self, headers: dict[str, str]) -> Principal | None:
        from anyio.to_thread import run_sync

        if SECRET_HEADER in headers and (said := await run_sync(self._proxied, headers)) is not None:
            return said
        token = _token(headers)
        moment, who = self._lately.get(token, (0.0, NOBODY))
        if token and time.monotonic() - moment < REMEMBERED:
            return who
        found = await run_sync(self._sessions.principal, token)
        self._lately = {kept: value for kept, value in self._lately.items() if time.monotonic() - value[0] < REMEMBERED}
        if token and found is not None:
            self._lately[token] = (time.monotonic(), found)
        return found

    def _at_once(self) -> "CapacityLimiter":
        """Few passwords are tried at a time: each takes 64 MiB, on purpose."""
        from anyio import CapacityLimiter

        if self._limiter is None:
            self._limiter = CapacityLimiter(LOGINS_AT_ONCE)
        return self._limiter

    def _proxied(self, headers: dict[str, str]) -> Principal | None:
        return proxied(headers, self._settings, self._sessions.users)

    async def _at_the_door(
        self, scope: Any, receive: Any, send: Any, headers: dict[str, str], path: str, root: str
    ) -> None:
        from anyio.to_thread import run_sync

        if scope["method"] == "GET":
            await _page(send, 200, _form(root, ""))
            return
        if scope["method"] != "POST" or not _same_site(headers):
            await _page(send, 405, _form(root, ""))
            return
        if path == "/logout":
            token = _token(headers)
            self._lately.pop(token, None)
            await run_sync(self._sessions.logout, token)
            await _answer(send, 303, [_location(f"{root}/login"), _cookie("", headers, scope, 0)])
            return
        form = parse_qs((await _body(receive)).decode("utf-8", "replace"))
        name, password = (form.get(field, [""])[0] for field in ("name", "password"))
        try:
            token = await run_sync(self._sessions.login, name, password, limiter=self._at_once())
        except StoreError as error:
            await _page(send, 503, _form(root, str(error)))
            return
        if not token:
            await _page(send, 401, _form(root, say("login.refused")))
            return
        seconds = self._settings.session_hours * 3600
        await _answer(send, 303, [_location(f"{root}/"), _cookie(token, headers, scope, seconds)])

    async def _refused(self, scope: Any, send: Any, headers: dict[str, str], root: str) -> None:
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        elif scope["method"] == "GET" and "text/html" in headers.get("accept", ""):
            await _answer(send, 303, [_location(f"{root}/login")])
        else:
            await _answer(send, 401, [(b"content-type", b"text/plain; charset=utf-8")], say("login.needed").encode())


def _language(headers: dict[str, str]) -> str:
    first = headers.get("accept-language", "").partition(",")[0].strip()[:2].lower()
    return first if first in LANGUAGES else LANGUAGES[0]


def _token(headers: dict[str, str]) -> str:
    kind, _, bearer = headers.get("authorization", "").partition(" ")
    if kind.lower() == "bearer" and bearer:
        return bearer.strip()
    try:
        found = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
    except CookieError:
        return ""
    return found.value if found else ""


def _same_site(headers: dict[str, str]) -> bool:
    """Whether a form was sent from our own page: another site's may neither log in nor out.

    A page that sends no referrer sends its forms with the origin `null`; then the browser's own word counts, or our
    cookie, which it keeps from requests of other sites.
    """
    origin = headers.get("origin", "")
    if origin == "null":
        return headers.get("sec-fetch-site", "") == "same-origin" or bool(_token(headers))
    return not origin or urlsplit(origin).netloc == headers.get("host", "")


def _from_here(scope: Any) -> bool:
    import ipaddress

    try:
        return ipaddress.ip_address((scope.get("client") or ("",))[0]).is_loopback
    except ValueError:
        return False


async def _body(receive: Any) -> bytes:
    body = b""
    while len(body) <= LONGEST_FORM:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body"):
            break
    return body[:LONGEST_FORM]


def _form(root: str, fault: str) -> bytes:
    from assistant.web.words import spoken

    return render("login", root=root, fault=fault, language=spoken()).encode()


def _location(place: str) -> tuple[bytes, bytes]:
    return b"location", place.encode("latin-1", "replace")


def _cookie(token: str, headers: dict[str, str], scope: Any, seconds: int) -> tuple[bytes, bytes]:
    safe = scope.get("scheme") == "https" or headers.get("x-forwarded-proto", "") == "https"
    said = f"{COOKIE}={token}; Path=/; HttpOnly; SameSite=Strict; Max-Age={seconds}{'; Secure' if safe else ''}"
    return b"set-cookie", said.encode()


async def _page(send: Any, status: int, body: bytes) -> None:
    await _answer(send, status, [(b"content-type", b"text/html; charset=utf-8"), (b"cache-control", b"no-store")], body)


async def _answer(send: Any, status: int, headers: list[tuple[bytes, bytes]], body: bytes = b"") -> None:
    length = (b"content-length", str(len(body)).encode())
    await send({"type": "http.response.start", "status": status, "headers": [*headers, length]})
    await send({"type": "http.response.body", "body": body})
