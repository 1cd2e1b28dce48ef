"""The page of a site with accounts: nobody in without one, everybody as who they are."""

import http.cookiejar
import json
from typing import TYPE_CHECKING, Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, OpenerDirector, Request, build_opener

import pytest

from assistant.accounts.principal import acting
from tests.accounts.conftest import PASSWORD

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from assistant.services import Services

Guarded = tuple[str, "Services"]


def browser() -> OpenerDirector:
    return build_opener(HTTPCookieProcessor(http.cookiejar.CookieJar()))


def get(client: OpenerDirector, url: str, data: bytes | None = None, **headers: str) -> tuple[int, str, Any]:
    request = Request(url, data, {name.replace("_", "-"): value for name, value in headers.items()})
    try:
        with client.open(request) as answer:
            return answer.status, answer.read().decode(), answer.headers
    except HTTPError as error:
        with error:
            return error.code, error.read().decode(), error.headers


def log_in(client: OpenerDirector, address: str, name: str, password: str = PASSWORD) -> tuple[int, str, Any]:
    return get(client, f"{address}/login", urlencode({"name": name, "password": password}).encode())


@pytest.mark.parametrize(
    "path", ["", "/config", "/gradio_api/info", "/gradio_api/queue/join", "/gradio_api/call/find_code", "/assets/x.js"]
)
def test_nothing_is_answered_before_the_login(guarded: Guarded, path: str) -> None:
    assert get(browser(), guarded[0] + path)[0] == 401
    status, text, _ = get(browser(), guarded[0] + path, accept="text/html")
    assert status == 200 and 'action="/login"' in text and "gradio" not in text


def test_the_form_speaks_the_readers_language(guarded: Guarded) -> None:
    _, text, _ = get(browser(), f"{guarded[0]}/login", accept_language="es-MX,es;q=0.9")
    assert 'lang="es"' in text and "Contraseña" in text


def test_a_person_gets_in_and_out_again(guarded: Guarded) -> None:
    client = browser()
    status, text, _ = log_in(client, guarded[0], "cora")
    assert status == 200 and "gradio" in text
    assert get(client, f"{guarded[0]}/gradio_api/info")[0] == 200
    assert json.loads(get(client, f"{guarded[0]}/config")[1])["username"] == "cora"
    status, text, _ = get(client, f"{guarded[0]}/logout", b"")
    assert 'action="/login"' in text
    assert get(client, f"{guarded[0]}/gradio_api/info")[0] == 401


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(guarded: Guarded) -> None:
    jar = http.cookiejar.CookieJar()
    log_in(build_opener(HTTPCookieProcessor(jar)), guarded[0], "cora")
    (cookie,) = jar
    assert cookie.has_nonstandard_attr("HttpOnly")
    assert cookie.get_nonstandard_attr("SameSite") == "Strict"
    assert cookie.value and cookie.value.encode() not in (guarded[1].settings.home / "superbill.db").read_bytes()


@pytest.mark.parametrize("name", ["cora", "nobody-at-all", "", "cora'; --"])
def test_a_wrong_name_or_password_is_told_alike(guarded: Guarded, name: str) -> None:
    status, text, _ = log_in(browser(), guarded[0], name, "wrong password")
    assert status == 401 and "wrong, or the account is locked" in text
    assert name == "" or name not in text


def test_another_site_cannot_send_the_form(guarded: Guarded) -> None:
    form = urlencode({"name": "cora", "password": PASSWORD}).encode()
    assert get(browser(), f"{guarded[0]}/login", form, Origin="http://elsewhere.example")[0] == 405


def test_a_form_without_an_origin_needs_our_own_word(guarded: Guarded) -> None:
    form = urlencode({"name": "cora", "password": PASSWORD}).encode()
    url = f"{guarded[0]}/login"
    assert get(browser(), url, form, Origin="null")[0] == 405
    assert get(browser(), url, form, Origin="null", Sec_Fetch_Site="cross-site")[0] == 405
    assert get(browser(), url, form, Origin="null", Sec_Fetch_Site="same-origin")[0] == 200


def test_a_browser_logs_in(guarded: Guarded, chromium: "Browser") -> None:
    page = chromium.new_page()
    page.goto(guarded[0])
    page.fill("#name", "cora")
    page.fill("#password", "not this one")
    page.keyboard.press("Enter")
    page.get_by_role("alert").wait_for()
    page.fill("#name", "cora")
    page.fill("#password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{guarded[0]}/")
    page.wait_for_function("window.gradio_config !== undefined")
    assert page.evaluate("window.gradio_config.username") == "cora"
    assert page.evaluate("document.cookie") == ""
    page.close()


def test_a_name_from_the_proxy_needs_its_secret(guarded: Guarded) -> None:
    url = f"{guarded[0]}/gradio_api/info"
    right = {"X_Forwarded_User": "bill", "X_Superbill_Proxy_Secret": "a secret of the proxy's"}
    assert get(browser(), url, **right)[0] == 200
    assert get(browser(), url, X_Forwarded_User="bill")[0] == 401
    assert get(browser(), url, **{**right, "X_Superbill_Proxy_Secret": "a secret of the proxy'z"})[0] == 401
    assert get(browser(), url, **{**right, "X_Forwarded_User": "stranger"})[0] == 401


def test_what_the_proxy_says_is_not_remembered_for_a_session(guarded: Guarded) -> None:
    address, client = guarded[0], browser()
    log_in(client, address, "cora")
    right = {"X_Forwarded_User": "bill", "X_Superbill_Proxy_Secret": "a secret of the proxy's"}
    names = [
        json.loads(get(client, f"{address}/config", **headers)[1])["username"] for headers in ({}, right, {}, right)
    ]
    assert names == ["cora", "bill", "cora", "bill"]


def test_an_event_of_the_page_acts_as_its_person(guarded: Guarded) -> None:
    """What the page's library runs in threads of its own is done by who asked, never by the machine's account."""
    from assistant.accounts import principal

    address, services = guarded
    seen: list[str] = []
    with pytest.MonkeyPatch.context() as patch:
        real = type(services).search

        def watched(self: Any, *values: Any) -> Any:
            seen.append(principal.current().name)
            return real(self, *values)

        patch.setattr(type(services), "search", watched)
        for name in ("cora", "bill"):
            client = browser()
            log_in(client, address, name)
            base = f"{address}/gradio_api/call/find_code"
            data = json.dumps({"data": ["diabetes", 1, ""]}).encode()
            _, text, _ = get(client, base, data, Content_Type="application/json")
            _, text, _ = get(client, f"{base}/{json.loads(text)['event_id']}")
            assert "event: complete" in text
    assert seen == ["cora", "bill"]


def test_a_thread_without_a_person_may_nothing(guarded: Guarded) -> None:
    from assistant.accounts.principal import SYSTEM, Role, current, require
    from assistant.errors import ForbiddenError

    assert current().roles == frozenset()
    with pytest.raises(ForbiddenError, match="needs the role coder or biller"):
        require(Role.CODER, Role.BILLER)
    with acting(SYSTEM):
        assert require(Role.CODER) == SYSTEM
