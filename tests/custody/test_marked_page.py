"""The page, its public endpoints and many notes at once with marked names: none in logs, errors, temporary files, the store."""

import base64
import contextlib
import gc
import json
import logging
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from assistant.cli import main
from assistant.services import Services
from assistant.settings import load_settings
from assistant.store.keys import new_site_key
from assistant.web.server import running
from tests.custody.test_marked import MARK, left_behind, marked

pytestmark = pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")
SECRET = f"{MARK}NAME"


@pytest.fixture(autouse=True)
def collected() -> Iterator[None]:
    """The page's library leaves event loops behind; they are collected here, where nothing of ours can be blamed."""
    yield
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


@pytest.fixture
def place(indexed_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for what is read and written; temporary files and the working folder are the test's own; the store has a key."""
    for name in ("tmp", "cwd", "work"):
        (tmp_path / name).mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "tmp"))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))
    monkeypatch.chdir(tmp_path / "cwd")
    monkeypatch.setenv("SUPERBILL_LOG", str(tmp_path / "log.jsonl"))
    monkeypatch.setenv("SUPERBILL_KEY", new_site_key())
    monkeypatch.delenv("SUPERBILL_DEBUG", raising=False)
    return tmp_path / "work"


@pytest.fixture
def own(place: Path, services: Services) -> Services:
    """Services over a store of the test's own, with the codes and the encoder of the session's."""
    made = Services(load_settings(), quiet=True)
    vars(made)["catalog"] = services.catalog
    return made


class Page:
    """The served page, asked as a browser and as another program would."""

    def __init__(self, url: str) -> None:
        self._url = url.rstrip("/")
        with urlopen(f"{self._url}/config") as answer:
            parts = json.load(answer)["components"]
        self._tabs = {one["props"].get("elem_id"): int(one["id"]) for one in parts}
        self._keys: dict[str, str] = {}

    def post(self, path: str, body: bytes, kind: str = "application/json") -> tuple[int, bytes]:
        """Status and body of an answer."""
        request = Request(f"{self._url}/gradio_api/{path}", body, {"Content-Type": kind})
        try:
            with urlopen(request, timeout=60) as answer:
                return answer.status, answer.read()
        except HTTPError as error:
            with error:
                return error.code, error.read()

    def ask(self, tab: str, what: str, /, **said: Any) -> dict[str, Any]:
        """One call of a tab's own functions."""
        own = tab == "coder"
        said = {**said, "key": self._keys.get(tab, ""), "lang": "en"} | ({} if own else {"do": what})
        call = {"data": said, "component_id": self._tabs[f"sb-{tab}-tab"], "session_hash": "marked"}
        status, body = self.post("component_server/", json.dumps({**call, "fn_name": what if own else "act"}).encode())
        assert status == 200, (tab, what)
        answer: dict[str, Any] = json.loads(body)
        self._keys[tab] = answer.get("key") or self._keys.get(tab, "")
        return answer

    def call(self, name: str, *values: Any) -> str:
        """One call of a public endpoint: the stream of its events."""
        _, body = self.post(f"call/{name}", json.dumps({"data": values}).encode())
        with urlopen(f"{self._url}/gradio_api/call/{name}/{json.loads(body)['event_id']}", timeout=60) as answer:
            return str(answer.read(), "utf-8")


def sent(path: Path, name: str) -> dict[str, str]:
    return {"name": name, "data": base64.b64encode(path.read_bytes()).decode()}


def code_a_visit(page: Page, note: Path, details: Path) -> None:
    """Upload, decide, ask, fill in, record; then what cannot be done."""
    page.ask("coder", "hello")
    dropped = [{**sent(note, f"{SECRET}.txt"), "date": "2026-11-09"}]
    added = page.ask("coder", "add", notes=dropped)["added"]
    opened = page.ask("coder", "open", id=added[0])
    assert SECRET in opened["note"] and opened["name"] == SECRET and opened["items"]
    here = {"id": added[0]}
    chosen = [item["code"] for item in opened["items"]]
    choices = {code: {"action": "accepted"} for code in chosen}
    choices[[code for code in chosen if "." in code][-1]] = {"action": "rejected", "reason": f"{MARK}REASON"}
    assert "error" not in page.ask("coder", "keep", **here, choices=choices, order=chosen, sequence=1, note=True)
    page.ask("coder", "find", **here, text=f"{SECRET} with gout")
    heard = page.ask("coder", "ask", **here, question=f"Why was {SECRET} of {MARK}TOWN not coded for gout?")
    while heard.get("pending"):
        heard = page.ask("coder", "heard", **here, seen=heard["seen"])
    assert heard["answer"]
    assert SECRET in page.ask("coder", "details", **here, **sent(details, f"{SECRET}.json"))["form"]
    done = page.ask("coder", "submit", **here, choices=choices, order=chosen, sequence=2)
    assert "claim" in done, done.get("error")
    page.ask("coder", "form", **here, form="encounter")
    for name, said in (
        ("add", {"notes": [{"name": f"{SECRET}.pdf", "data": base64.b64encode(b"%PDF-1.4 x").decode()}]}),
        ("add", {"notes": [{"name": f"{SECRET}.txt", "data": "not base64!"}]}),
        ("add", {"notes": [{"name": SECRET, "text": SECRET, "date": SECRET}]}),
        ("details", {**here, "name": SECRET, "data": base64.b64encode(SECRET.encode()).decode()}),
        ("check_added", {**here, "code": SECRET}),
        ("open", {"id": SECRET}),
        ("visit", {**here, "fields": SECRET, "lines": []}),
        ("form", {**here, "form": SECRET}),
    ):
        answer = page.ask("coder", name, **said)
        assert answer.get("error") or answer.get("told"), name


def post_a_remittance(page: Page, paid: Path) -> None:
    """Drop, look, write a letter, post, ask, note; then what cannot be done."""
    page.ask("biller", "hello")
    assert SECRET in str(page.ask("biller", "drop", files=[sent(paid, f"{SECRET}.835")])["panels"])
    assert SECRET in str(page.ask("biller", "open", values={"place": "0"})["panels"])
    assert page.ask("biller", "letter_file", values={"suffix": ".pdf"})["saves"]
    assert not page.ask("biller", "post").get("error")
    page.ask("biller", "filter", values={"words": SECRET})
    heard = page.ask("biller", "ask", values={"question": f"Why does {SECRET} owe anything?"})
    while heard.get("poll"):
        heard = page.ask("biller", "progress")
    page.ask("biller", "queue")
    page.ask("biller", "change", values={"number": "1", "status": "in_progress", "note": f"{MARK}WORK"})
    page.ask("biller", "balances")
    for name, values in (("receive", {"claim": SECRET, "amount": SECRET}), ("open", {"place": SECRET})):
        assert page.ask("biller", name, values=values)["error"]
    assert page.ask("biller", "drop", files=[{"name": SECRET, "data": base64.b64encode(b"x").decode()}])["told"]


def use_the_endpoints(page: Page, note: Path, paid: Path) -> None:
    """What other programs may call, with sense and without; and an upload that nobody asked for."""
    text = note.read_text(encoding="utf-8")
    assert SECRET in page.call("suggest_codes", text, "2026-11-09", "outpatient")
    assert "explanations" in page.call("explain_remittance", paid.read_text(encoding="utf-8"), "biller", "en")
    for name, values in (
        ("suggest_codes", (SECRET, SECRET, SECRET)),
        ("check_codes", ([SECRET], SECRET, "outpatient")),
        ("draft_claim", ({"id": SECRET, "patient": SECRET},)),
        ("explain_remittance", (SECRET, SECRET, "en")),
        ("find_code", (SECRET, SECRET, SECRET)),
        ("find_code", ({SECRET: SECRET},)),
    ):
        page.call(name, *values)
    form = f'--x\r\nContent-Disposition: form-data; name="files"; filename="{SECRET}.txt"\r\n\r\n{SECRET}\r\n--x--\r\n'
    page.post("upload", form.encode(), "multipart/form-data; boundary=x")
    page.post(f"call/{SECRET}", b"{")


def test_nothing_marked_is_left_by_the_page(
    own: Services,
    place: Path,
    indexed_home: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG, logger="assistant")
    caplog.set_level(logging.INFO)
    note, details, paid = marked(place)
    with running(own, "127.0.0.1", None) as url:
        page = Page(url)
        code_a_visit(page, note, details)
        post_a_remittance(page, paid)
        use_the_endpoints(page, note, paid)
        for tab in ("evaluator", "admin"):
            page.ask(tab, "hello")
            page.ask(tab, SECRET, values={SECRET: SECRET})

        def meets(*_: object, **__: object) -> None:
            raise RuntimeError(f"{SECRET} was in the way")

        with monkeypatch.context() as broken:
            broken.setattr("assistant.remit.payments.PaymentLedger.balances", meets)
            assert "RuntimeError" in page.ask("biller", "balances")["told"]
            broken.setattr("assistant.services.Services.search", meets)
            broken.setattr("assistant.services.Services.suggest_line", meets)
            page.call("find_code", SECRET, 3, "")
            page.call("suggest_codes", SECRET, "", "outpatient")
            added = page.ask("coder", "add", notes=[{"name": SECRET, "text": f"{SECRET}: gout"}])["added"]
            assert page.ask("coder", "open", id=added[0])["error"]
    said = capfd.readouterr()
    assert MARK not in said.out + said.err
    assert MARK not in caplog.text
    assert "a call failed: RuntimeError" in caplog.text and "balances failed: RuntimeError" in caplog.text
    assert left_behind(indexed_home) == [], "the store is encrypted and uploads are gone"
    assert [left_behind(tmp_path / name) for name in ("tmp", "cwd")] == [[], []]
    assert not list(indexed_home.glob("uploads-*"))
    log = tmp_path / "log.jsonl"
    assert not log.exists() or MARK not in log.read_text()


def test_nothing_marked_is_left_by_many_notes(
    own: Services,
    place: Path,
    indexed_home: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """A folder with notes, a shard with broken lines, and files that cannot be read; the answers are the user's own."""
    monkeypatch.setattr(Services, "open", lambda *_, **__: own)
    note, _, paid = marked(place)
    folder = tmp_path / "cwd" / "in"
    folder.mkdir()
    lines = [json.dumps({"id": SECRET, "text": note.read_text("utf-8")[:800]}), SECRET, json.dumps({"text": [SECRET]})]
    (folder / "shard.jsonl").write_text("\n".join([*lines, json.dumps({"id": "b", "setting": SECRET, "text": "x"})]))
    (folder / "note.txt").write_text(f"ASSESSMENT: {SECRET} has gout.")
    (folder / "broken.pdf").write_bytes(b"%PDF-1.4 " + SECRET.encode())
    (folder / "broken.docx").write_bytes(b"PK\x03\x04" + SECRET.encode())
    out = place / "out"
    assert main(["suggest", "--notes", str(folder), "--out", str(out)]) == 0
    answered = "".join(path.read_text() for path in out.rglob("*.jsonl"))
    assert SECRET in answered and answered.count('"error"') >= 5
    remits = tmp_path / "cwd" / "paid"
    remits.mkdir()
    (remits / "paid.835").write_bytes(paid.read_bytes())
    (remits / "broken.835").write_text(f"ISA*{SECRET}~")
    assert main(["remit", "explain", str(remits), "--out", str(place / "told"), "--audience", "patient"]) == 1
    with contextlib.suppress(SystemExit):
        main(["suggest", "--notes", str(folder), "--out", str(out)])  # there already
    said = capfd.readouterr()
    assert MARK not in said.out + said.err
    assert left_behind(indexed_home) == [] and left_behind(tmp_path / "tmp") == []
    assert MARK not in (tmp_path / "log.jsonl").read_text()
