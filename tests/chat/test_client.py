"""The client against a real HTTP server on loopback that plays every way in which a model fails."""

import json
import threading
import time
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from assistant.chat.client import ModelClient
from assistant.chat.providers import is_local, providers, require_allowed
from assistant.errors import InputError
from assistant.model import Message, ModelError, Reply, ToolCall, Trouble
from assistant.settings import ModelSettings, load_model_settings
from tests.chat.model_server import Call, Drop, Hang, ModelServer, Raw, Say, Status, Step

pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::UserWarning:pydantic.*"),
]
HELLO = [Message("user", "hello")]
TOOL = {
    "name": "look_up",
    "description": "x",
    "parameters": {"type": "object", "properties": {"code": {"type": "string"}}},
}


def settings(server: ModelServer, **changes: object) -> ModelSettings:
    base = ModelSettings(name="openai/scripted", base=server.base, timeout=40.0, first_token=30.0, retries=1)
    return replace(base, **changes)  # type: ignore[arg-type]


def talk(steps: Sequence[Step], **changes: object) -> tuple[list[str], Reply, ModelServer]:
    with ModelServer(steps) as server:
        *pieces, reply = ModelClient(settings(server, **changes)).talk(HELLO, [TOOL])
    assert isinstance(reply, Reply)
    return [piece for piece in pieces if isinstance(piece, str)], reply, server


def trouble(steps: Sequence[Step], **changes: object) -> tuple[ModelError, ModelServer]:
    with ModelServer(steps) as server, pytest.raises(ModelError) as caught:
        list(ModelClient(settings(server, **changes)).talk(HELLO))
    return caught.value, server


def test_streams_pieces_and_counts_tokens() -> None:
    pieces, reply, server = talk([Say("The claim was paid in full.", size=5)])
    assert len(pieces) > 3
    assert "".join(pieces) == reply.text == "The claim was paid in full."
    assert (reply.usage.prompt_tokens, reply.usage.estimated, reply.usage.cost) == (100, False, 0)
    assert server.requests[0]["stream"] is True
    assert set(server.requests[0]) <= {
        "model",
        "messages",
        "stream",
        "stream_options",
        "temperature",
        "tools",
        "max_tokens",
    }


def test_tokens_are_counted_when_the_server_does_not_say() -> None:
    _, reply, _ = talk([Say("the claim was paid " * 30, usage=False)])
    assert 60 <= reply.usage.answer_tokens <= 400
    assert reply.usage.prompt_tokens > 0


def test_calls_tools_in_pieces() -> None:
    _, reply, server = talk([Call((("look_up", '{"code": "E11.9"}'), ("look_up", '{"code": "I10"}')), size=3)])
    assert [json.loads(call.arguments)["code"] for call in reply.calls] == ["E11.9", "I10"]
    assert len({call.id for call in reply.calls}) == 2
    assert server.requests[0]["tools"][0]["function"]["name"] == "look_up"


def test_a_tool_conversation_goes_over_the_wire_whole() -> None:
    messages = [
        *HELLO,
        Message("assistant", "", (ToolCall("a1", "look_up", "{}"),)),
        Message("tool", "{}", answers="a1"),
    ]
    with ModelServer([Say("done")]) as server:
        list(ModelClient(settings(server)).talk(messages))
    sent = server.requests[0]["messages"]
    assert sent[1]["tool_calls"][0]["id"] == sent[2]["tool_call_id"] == "a1"


@pytest.mark.parametrize(
    ("steps", "expected", "tries"),
    [
        pytest.param([Status(500)], Trouble.DOWN, 2, id="500"),
        pytest.param([Status(503)], Trouble.DOWN, 2, id="503"),
        pytest.param([Status(429)], Trouble.DOWN, 2, id="429"),
        pytest.param([Status(401)], Trouble.REFUSED, 1, id="401"),
        pytest.param([Status(404)], Trouble.REFUSED, 1, id="404"),
        pytest.param([Status(400)], Trouble.REFUSED, 1, id="400"),
        pytest.param([Raw(b"garbage that is no event\n\n")], Trouble.GARBAGE, 1, id="garbage"),
        pytest.param([Raw(b"data: {not json\n\n")], Trouble.GARBAGE, 1, id="broken event"),
        pytest.param([Raw(b"<html>hello</html>", "text/html")], Trouble.GARBAGE, 1, id="a web page"),
        pytest.param([Say("")], Trouble.GARBAGE, 1, id="empty"),
        pytest.param([Say("   \n ")], Trouble.GARBAGE, 1, id="blank"),
        pytest.param([Say("no", finish="content_filter")], Trouble.REFUSED, 1, id="filtered"),
        pytest.param([Drop("The claim was ")], Trouble.GARBAGE, 1, id="broken off"),
        pytest.param([Drop("The claim was ", clean=True)], Trouble.GARBAGE, 1, id="ended without an end"),
    ],
)
def test_every_failure_has_its_name(steps: list[Step], expected: Trouble, tries: int) -> None:
    error, server = trouble(steps)
    assert error.trouble is expected
    assert len(server.requests) == tries
    assert "script says no" not in str(error) and "hello" not in str(error)
    assert error.__cause__ is None and error.__suppress_context__


def test_a_server_that_does_not_know_the_form_of_an_answer_is_asked_in_a_simpler_one() -> None:
    """As llama-cpp-python answers: it knows `json_object` with a schema, and no `json_schema`."""
    schema = {"type": "object"}

    def script(request: dict[str, Any]) -> Step:
        form = request.get("response_format", {"type": "words"})
        return Status(500) if form["type"] == "json_schema" else Say("{}")

    with ModelServer(script) as server:
        client = ModelClient(settings(server))
        for _ in range(2):
            *_, reply = client.talk(HELLO, json_schema=schema)
            assert isinstance(reply, Reply) and reply.text == "{}"
        forms = [request["response_format"] for request in server.requests]
    assert [form["type"] for form in forms] == ["json_schema", "json_object", "json_object"]
    assert forms[1]["schema"] == schema


def test_a_server_that_knows_no_form_is_asked_in_words() -> None:
    with ModelServer(lambda request: Status(400) if "response_format" in request else Say("{}")) as server:
        *_, reply = ModelClient(settings(server)).talk(HELLO, json_schema={"type": "object"})
        assert isinstance(reply, Reply) and reply.text == "{}"
        assert len(server.requests) == 3


def test_a_failure_before_the_first_piece_is_tried_again() -> None:
    pieces, _, server = talk([Status(500), Say("well again")])
    assert "".join(pieces) == "well again"
    assert len(server.requests) == 2


def test_what_has_begun_is_not_begun_again() -> None:
    with ModelServer([Drop("The claim"), Say("never asked")]) as server:
        got: list[object] = []
        with pytest.raises(ModelError):
            got.extend(ModelClient(settings(server)).talk(HELLO))
        assert len(server.requests) == 1


def test_a_server_that_is_not_there() -> None:
    with ModelServer([Say("x")]) as server:
        gone = settings(server)
    with pytest.raises(ModelError) as caught:
        list(ModelClient(gone).talk(HELLO))
    assert caught.value.trouble is Trouble.DOWN


@pytest.mark.parametrize(
    "step",
    [Hang(30), Say("late", first=30), Say("one two three four five", between=0.4, size=2)],
    ids=["hangs", "slow first token", "drips"],
)
def test_time_is_bounded(step: Step) -> None:
    begun = time.monotonic()
    error, _ = trouble([step], timeout=1.2, first_token=0.6)
    assert error.trouble is Trouble.SLOW
    assert time.monotonic() - begun < 8


def test_the_first_piece_may_be_slow_within_bounds() -> None:
    _, reply, _ = talk([Say("late but there", first=0.5)])
    assert reply.text == "late but there"


def test_cancel_ends_a_call_at_once() -> None:
    with ModelServer([Hang(30)]) as server:
        client = ModelClient(settings(server))
        threading.Timer(0.3, client.cancel.set).start()
        begun = time.monotonic()
        with pytest.raises(ModelError) as caught:
            list(client.talk(HELLO))
    assert caught.value.trouble is Trouble.CANCELLED
    assert time.monotonic() - begun < 8


def test_a_redirect_is_not_followed() -> None:
    """A server on this machine that points elsewhere must not take the words there."""
    error, _ = trouble([Status(307)])
    assert error.trouble in (Trouble.REFUSED, Trouble.DOWN, Trouble.GARBAGE)


def test_a_proxy_is_not_used_for_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    with ModelServer([Say("from the proxy")]) as proxy:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, proxy.base.removesuffix("/v1"))
        _, reply, _ = talk([Say("from the model")])
        assert reply.text == "from the model"
        assert not proxy.requests


def test_providers_said_to_keep_to_the_base_do() -> None:
    for provider in providers().values():
        with ModelServer([Status(400)]) as server:
            chosen = replace(settings(server), name=f"{provider.prefix}/scripted", retries=0)
            assert is_local(chosen) is provider.keeps_base
            if provider.keeps_base:
                with pytest.raises(ModelError):
                    list(ModelClient(chosen).talk(HELLO))
                assert server.bodies, provider.prefix


def test_price() -> None:
    _, reply, _ = talk([Say("a" * 400)], price=(Decimal(3), Decimal(15)))
    assert reply.usage.cost == (100 * Decimal(3) + 100 * Decimal(15)) / 1_000_000


@pytest.mark.parametrize(
    ("name", "base", "remote", "local", "allowed"),
    [
        ("ollama_chat/llama3", "http://127.0.0.1:11434", "", True, True),
        ("ollama_chat/llama3", "http://localhost:11434", "", True, True),
        ("openai/x", "http://[::1]:8080/v1", "", True, True),
        ("openai/gpt-4o", "", "", False, False),
        ("openai/gpt-4o", "", "openai/gpt-4o", False, True),
        ("openai/gpt-4o", "", "openai/gpt-4", False, False),
        ("openai/x", "http://10.0.0.5:8080/v1", "", False, False),
        ("openai/x", "http://127.0.0.1.evil.example/v1", "", False, False),
        ("openai/x", "http://localhost.evil.example/v1", "", False, False),
        ("openai/x", "http://127.0.0.1@evil.example/v1", "", False, False),
        ("ollama_chat/llama3", "", "", False, False),
        ("openai/x", "http://127.0.0.1:4000/v1", "openai/x", False, True),
        ("bedrock/anthropic.claude", "http://127.0.0.1:8080", "", False, False),
        ("llama3", "http://127.0.0.1:11434", "", False, False),
        ("", "", "", False, False),
    ],
)
def test_local_and_allowed(name: str, base: str, remote: str, local: bool, allowed: bool) -> None:
    env = {"SUPERBILL_MODEL": name, "SUPERBILL_MODEL_BASE": base, "SUPERBILL_REMOTE_MODELS": remote}
    chosen = load_model_settings(env)
    assert is_local(chosen) is local
    if allowed:
        require_allowed(chosen)
    else:
        with pytest.raises(ModelError) as caught:
            require_allowed(chosen)
        assert caught.value.trouble is Trouble.OFF


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SUPERBILL_MODEL_TIMEOUT", "soon"),
        ("SUPERBILL_MODEL_TIMEOUT", "-1"),
        ("SUPERBILL_MODEL_DAY_COST", "nan"),
        ("SUPERBILL_MODEL_BASE", "127.0.0.1:11434"),
        ("SUPERBILL_MODEL_PRICE", "3"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(name: str, value: str) -> None:
    with pytest.raises(InputError, match=name):
        load_model_settings({name: value})
