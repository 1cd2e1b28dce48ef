"""What the server allows, keeps and tells, asked over HTTP."""

import argparse
import json
from typing import TYPE_CHECKING, Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from assistant.errors import InputError
from assistant.web.server import checked_host, running
from assistant.web.uploads import take

if TYPE_CHECKING:
    from pathlib import Path

    from assistant.services import Services


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost", "127.0.0.2"])
def test_this_machine_is_served(host: str) -> None:
    assert checked_host(host)


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.4", "::", "example.org", ""])
def test_no_other_machine_is_served(host: str) -> None:
    with pytest.raises(InputError, match="this machine only"):
        checked_host(host)


def test_the_command_refuses_another_host(home: "Path", capsys: pytest.CaptureFixture[str]) -> None:
    from assistant.cli import main

    assert main(["serve", "--host", "0.0.0.0"]) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1 and "127.0.0.1" in said


def test_the_command_refuses_a_port_that_is_none(home: "Path") -> None:
    from assistant.commands.serve import serve

    with pytest.raises(InputError, match="not a port"):
        serve(argparse.Namespace(host=None, port=70000))


def get(url: str) -> tuple[int, str, Any]:
    try:
        with urlopen(url) as answer:
            return answer.status, answer.read().decode(), answer.headers
    except HTTPError as error:
        with error:
            return error.code, "", error.headers


def call(address: str, name: str, *values: Any) -> Any:
    """The result of one public endpoint, as a client gets it."""
    base = f"{address.rstrip('/')}/gradio_api/call/{name}"
    request = Request(base, json.dumps({"data": values}).encode(), {"Content-Type": "application/json"})
    with urlopen(request) as answer:
        event = json.load(answer)["event_id"]
    with urlopen(f"{base}/{event}") as stream:
        lines = stream.read().decode().splitlines()
    kind = [line.removeprefix("event: ") for line in lines if line.startswith("event: ")][-1]
    data = [line.removeprefix("data: ") for line in lines if line.startswith("data: ")][-1]
    return kind, json.loads(data)


def test_only_the_public_endpoints_are_shown(address: str) -> None:
    _, text, _ = get(f"{address.rstrip('/')}/gradio_api/info")
    info = json.loads(text)
    names = {"/find_code", "/suggest_codes", "/check_codes", "/draft_claim", "/explain_remittance"}
    assert set(info["named_endpoints"]) == names
    assert info["unnamed_endpoints"] == {}
    for endpoint in info["named_endpoints"].values():
        assert endpoint["description"]
        assert all(parameter["python_type"]["type"] for parameter in endpoint["parameters"])


def test_find_code(address: str) -> None:
    kind, data = call(address, "find_code", "essential hypertension", 3, "2026-11-09")
    assert kind == "complete" and data[0][0]["code"] == "I10" and len(data[0]) <= 3


def test_suggest_codes(address: str) -> None:
    text = "ASSESSMENT: Essential hypertension."
    kind, data = call(address, "suggest_codes", text, "2026-11-09", "outpatient")
    assert kind == "complete"
    first = data[0]["suggestions"][0]
    assert first["code"] == "I10"
    assert all(text[words["start"] : words["end"]] == words["text"] for words in first["evidence"])


def test_check_codes(address: str) -> None:
    kind, data = call(address, "check_codes", ["E11.22", "I12.9"], "2026-11-09", "outpatient")
    assert kind == "complete" and {"rule", "severity", "message", "fix"} <= set(data[0][0])


def test_draft_claim(address: str) -> None:
    from assistant.web.samples import SAMPLE_DATE, sample_details

    codes = [{"code": "S93.402A", "status": "confirmed"}]
    visit = {"id": "v1", "date_of_service": SAMPLE_DATE, "setting": "outpatient", "diagnoses": codes}
    kind, data = call(address, "draft_claim", visit)
    assert kind == "complete" and data[0]["claim"] is None and data[0]["missing"]
    kind, data = call(address, "draft_claim", {**visit, **sample_details()})
    assert kind == "complete" and data[0]["claim"]["total"] == "485.00" and data[0]["missing"] == []
    assert all({"rule", "severity", "message", "fix"} <= set(finding) for finding in data[0]["findings"])
    kind, data = call(address, "draft_claim", {**visit, "colour": "red"})
    assert kind == "error" and "colour" in json.dumps(data)


def test_explain_remittance(address: str) -> None:
    from assistant.web.samples import sample_remittances

    x12 = sample_remittances()[0][1].decode()
    kind, data = call(address, "explain_remittance", x12, "patient", "en")
    assert kind == "complete" and "You owe $78.00" in json.dumps(data[0]["explanations"])


def test_a_caller_gets_one_sentence_for_bad_input(address: str) -> None:
    kind, data = call(address, "suggest_codes", "  ", "", "outpatient")
    assert kind == "error" and "no text" in json.dumps(data)


def test_no_file_of_ours_is_served(address: str, own_services: "Services") -> None:
    own_services.ledger.entries("none")
    for path in (own_services.settings.home / "superbill.db", "/etc/passwd", __file__):
        status, _, _ = get(f"{address.rstrip('/')}/gradio_api/file={path}")
        assert status in (403, 404)


def test_every_answer_forbids_other_hosts(address: str) -> None:
    _, _, headers = get(address)
    policy = headers["content-security-policy"]
    assert "connect-src 'self'" in policy and "default-src 'self'" in policy and "http" not in policy


@pytest.mark.parametrize("path", ["gradio_api/runs", "gradio_api/mcp/schema", "monitoring"])
def test_what_is_switched_off_is_not_there(address: str, path: str) -> None:
    status, text, _ = get(f"{address.rstrip('/')}/{path}")
    assert status in (403, 404) or "not enabled" in text.lower() or "error" in text.lower()


def test_a_taken_port_is_told_in_a_sentence(address: str, own_services: "Services") -> None:
    port = int(address.rstrip("/").rsplit(":", 1)[1])
    with pytest.raises(InputError, match="taken"), running(own_services, "127.0.0.1", port):
        pass


def test_an_upload_is_gone_once_read(tmp_path: "Path") -> None:
    folder = tmp_path / "abc"
    folder.mkdir()
    (folder / "note.txt").write_bytes(b"words")
    (tmp_path / "tmpempty").touch()
    assert take(folder / "note.txt") == ("note.txt", b"words")
    assert list(tmp_path.iterdir()) == []
