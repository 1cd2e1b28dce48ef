"""What leaves: nothing that identifies a patient, to a model that is not on this machine, as captured at the other end."""

import json
from pathlib import Path

import pytest

from assistant.chat.calls import FOLDER, calls
from assistant.chat.outbound import Gate, preview
from assistant.model import Message, ModelError, Reply, ToolCall, Trouble
from evals.masking import leaked, planted, recall
from tests.chat.model_server import Call, ModelServer, Say
from tests.chat.model_tools import settings_of

pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::UserWarning:pydantic.*"),
]
SHARE = 20
"""Texts of one request."""


def test_the_bodies_of_200_requests_carry_none_of_the_identifiers(tmp_path: Path) -> None:
    """Each as a question, as an answer, in a tool's arguments and in its result, to a server named as a remote model."""
    texts = list(planted())
    with ModelServer([Say("Noted.")]) as server:
        settings = settings_of(tmp_path, server.base, remote=True, timeout=60.0, first_token=60.0, turn_tokens=10**6)
        for at in range(0, len(texts), SHARE):
            messages = []
            for text in texts[at : at + SHARE]:
                call = ToolCall(f"a{at}", "where_in_note", json.dumps({"text": text.text}))
                content = json.dumps({"passages": [{"text": text.text}]}, ensure_ascii=False)
                answered = Message("tool", content, answers=call.id)
                messages += [Message("user", text.text), Message("assistant", text.text, (call,)), answered]
            Gate(settings).complete(messages)
        bodies = [json.dumps(json.loads(body), ensure_ascii=False) for body in server.bodies for _ in range(SHARE)]
        bodies = [body.replace("\\\\n", " ").replace("\\n", " ") for body in bodies]
    assert len(server.bodies) == 200 // SHARE and len(bodies) == len(texts) == 200
    assert [leaked(text, body) for text, body in zip(texts, bodies, strict=True) if leaked(text, body)] == []
    assert all(found == count for found, count in recall(texts, bodies).values())
    kept = "".join(path.read_text() for path in (tmp_path / FOLDER).iterdir())
    assert not any(leaked(text, kept) for text in texts)
    assert all(line["masked"] and line["outcome"] == "answered" for line in calls(tmp_path))
    headers = json.dumps(server.headers)
    assert not any(leaked(text, headers) for text in texts)


def test_answers_come_back_with_their_names(tmp_path: Path) -> None:
    with ModelServer([Say("[NAME_1] owes nothing more; see [ACCOUNT_1].", size=3)]) as server:
        gate = Gate(settings_of(tmp_path, server.base, remote=True))
        *pieces, reply = gate.talk([Message("user", "What does patient Rose Hill owe on claim 2026-001?")])
    assert isinstance(reply, Reply)
    assert reply.text == "".join(map(str, pieces)) == "Rose Hill owes nothing more; see 2026-001."


def test_tools_are_called_with_the_names_themselves(tmp_path: Path) -> None:
    with ModelServer([Call((("find_in_store", '{"text": "[NAME_1]"}'),))]) as server:
        gate = Gate(settings_of(tmp_path, server.base, remote=True))
        *_, reply = gate.talk([Message("user", 'Find patient Rose "Rosie" O\'Neil-Hill')])
    assert isinstance(reply, Reply)
    assert json.loads(reply.calls[0].arguments)["text"].startswith("Rose")


def test_a_model_on_this_machine_is_asked_in_clear_words(tmp_path: Path) -> None:
    with ModelServer([Say("ok")]) as server:
        gate = Gate(settings_of(tmp_path, server.base))
        gate.complete([Message("user", "Patient: Rose Hill")])
        assert gate.mask is None and "Rose Hill" in server.requests[0]["messages"][0]["content"]


def test_a_remote_model_must_be_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError) as caught:
        Gate(settings_of(tmp_path, "https://models.example/v1"))
    assert caught.value.trouble is Trouble.OFF


def test_what_would_be_sent_can_be_shown(tmp_path: Path) -> None:
    settings = settings_of(tmp_path, "https://models.example/v1")
    shown = preview(settings, [Message("user", "What does patient Rose Hill owe?")])
    assert not shown["allowed"] and "SUPERBILL_REMOTE_MODELS" in shown["refusal"]
    assert shown["messages"][0]["content"] == "What does patient [NAME_1] owe?"
    assert (shown["host"], shown["masked"], shown["local"]) == ("models.example", 1, False)
    assert not (tmp_path / FOLDER).exists()


def test_an_answer_that_breaks_the_schema_twice_is_refused(tmp_path: Path) -> None:
    schema = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}
    with ModelServer([Say("{}"), Say('{"n": 3}')]) as server:
        assert json.loads(Gate(settings_of(tmp_path, server.base)).complete([Message("user", "x")], schema)) == {"n": 3}
        assert server.requests[0]["response_format"]["json_schema"]["schema"] == schema
    with ModelServer([Say('{"n": "three"}')]) as server, pytest.raises(ModelError) as caught:
        Gate(settings_of(tmp_path, server.base)).complete([Message("user", "x")], schema)
    assert caught.value.trouble is Trouble.GARBAGE


def test_money_has_a_limit(tmp_path: Path) -> None:
    from decimal import Decimal

    with ModelServer([Say("one")]) as server:
        gate = Gate(settings_of(tmp_path, server.base, remote=True, price=(Decimal(5000), Decimal(5000))))
        gate.complete([Message("user", "x")])
        with pytest.raises(ModelError, match="money"):
            gate.complete([Message("user", "x")])
        assert len(server.requests) == 1
