"""A turn watched while it goes: steps as they come, stopped by whoever watches it."""

import threading
import time
from pathlib import Path

import pytest

from assistant.chat.agent import StepKind, converse, steps
from assistant.chat.outbound import Gate
from assistant.services import Services
from tests.chat.model_server import Call, ModelServer, Say
from tests.chat.model_tools import TOOLS, context_of, plain, settings_of

pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::UserWarning:pydantic.*"),
]
OWES = Call((("patient_owes", "{}"),))
SLOW = Say("The patient owes $60.00 [1]. The plan paid $140.00 on 2026-01-31 [1].", size=6, between=0.2)


def test_stopped_in_mid_answer_the_rules_answer_at_once(services: Services, tmp_path: Path) -> None:
    cancel = threading.Event()
    with ModelServer([OWES, SLOW]) as server:
        gate = Gate(settings_of(tmp_path, server.base))
        turn = steps("What is owed?", context_of(services), gate, plain, TOOLS, cancel)
        assert next(turn).kind is StepKind.TOOL
        assert next(turn).kind is StepKind.SENTENCE
        cancel.set()
        begun = time.monotonic()
        *_, restart, last = turn
        assert time.monotonic() - begun < 1.5
    assert restart.kind is StepKind.RESTART and last.kind is StepKind.ANSWER
    assert last.answer is not None and last.answer.text.startswith("This is the answer by rules.")
    assert "stopped on request" in last.notice and last.notice in last.answer.text


def test_stopped_before_its_first_call_nothing_is_sent(services: Services, tmp_path: Path) -> None:
    cancel = threading.Event()
    cancel.set()
    with ModelServer([Say("Which claim do you mean?")]) as server:
        gate = Gate(settings_of(tmp_path, server.base))
        *_, last = steps("What is owed?", context_of(services), gate, plain, TOOLS, cancel)
        assert "stopped on request" in last.notice
        assert not server.requests
        *_, again = steps("What is owed?", context_of(services), gate, plain, TOOLS, threading.Event())
    assert again.answer is not None and again.answer.asked, "the next turn of the conversation begins anew"


def test_a_watcher_who_leaves_ends_the_call(services: Services, tmp_path: Path) -> None:
    with ModelServer([OWES, SLOW]) as server:
        gate = Gate(settings_of(tmp_path, server.base))
        turn = steps("What is owed?", context_of(services), gate, plain, TOOLS)
        assert next(turn).kind is StepKind.TOOL
        assert next(turn).kind is StepKind.SENTENCE
        turn.close()  # type: ignore[attr-defined]
        ends = time.monotonic() + 3
        while any(one.name == "model" for one in threading.enumerate()) and time.monotonic() < ends:
            time.sleep(0.05)
        assert not any(one.name == "model" for one in threading.enumerate())


def test_without_a_model_the_answer_is_the_only_step(services: Services) -> None:
    (only,) = converse("What is owed?", context_of(services), plain)
    assert only.kind is StepKind.ANSWER and only.notice == ""
