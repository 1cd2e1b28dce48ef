"""A turn with a model, through real HTTP: what it may say, and what happens whenever it fails."""

import json
from pathlib import Path
from typing import Any

import pytest

from assistant.chat.agent import Step, StepKind, steps
from assistant.chat.calls import FOLDER, calls
from assistant.chat.outbound import Gate
from assistant.services import Services
from tests.chat.model_server import Call, Drop, Hang, ModelServer, Raw, Say, Script, Status
from tests.chat.model_tools import TOOLS, context_of, plain, settings_of

pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::UserWarning:pydantic.*"),
]
BY_RULES = "This is the answer by rules."
OWES = Call((("patient_owes", "{}"),))
GOOD = "The patient owes $60.00 [1]. The plan paid $140.00 on 2026-01-31 [1]."


@pytest.fixture(scope="module", autouse=True)
def _library() -> None:
    from assistant.chat import client

    client._litellm()


def turn(
    script: Script, services: Services, folder: Path, question: str = "What does the patient owe?", **changes: Any
) -> tuple[list[Step], ModelServer]:
    with ModelServer(script) as server:
        gate = Gate(settings_of(folder, server.base, **changes))
        done = list(steps(question, context_of(services), gate, plain, TOOLS))
    assert done[-1].kind is StepKind.ANSWER and done[-1].answer is not None
    return done, server


def text(done: list[Step]) -> str:
    assert done[-1].answer is not None
    return done[-1].answer.text


def test_the_model_words_what_the_tools_found(services: Services, tmp_path: Path) -> None:
    done, server = turn([OWES, Say(GOOD, size=7)], services, tmp_path)
    answer = done[-1].answer
    assert answer is not None
    assert answer.text.splitlines()[:2] == ["The patient owes $60.00.", "The plan paid $140.00 on 2026-01-31."]
    assert answer.sentences[0].sources[0].locator == "17, 18"
    assert [step.kind for step in done] == [StepKind.TOOL, StepKind.SENTENCE, StepKind.SENTENCE, StepKind.ANSWER]
    assert done[-1].usage.tokens > 200
    told = json.loads(server.requests[1]["messages"][-1]["content"])
    assert told["data"]["patient_owes_now"] == "60.00"


def test_sentences_are_shown_before_the_answer_is_whole(services: Services, tmp_path: Path) -> None:
    with ModelServer([OWES, Say(GOOD, size=6, between=0.05)]) as server:
        stream = steps("What is owed?", context_of(services), Gate(settings_of(tmp_path, server.base)), plain, TOOLS)
        assert next(stream).kind is StepKind.TOOL
        assert next(stream).text == "The patient owes $60.00."
        assert len(list(stream)) == 2


def test_an_unsupported_sentence_is_withdrawn_and_that_is_said(services: Services, tmp_path: Path) -> None:
    done, _ = turn([OWES, Say(GOOD + " A late fee of $35.00 is due [1].")], services, tmp_path)
    assert "35" not in text(done)
    assert "The patient owes $60.00." in text(done)
    assert "1 sentence(s) of the model were withdrawn: amount" in text(done)
    assert StepKind.WITHDRAWN in [step.kind for step in done]


def test_a_second_chance_after_the_guard(services: Services, tmp_path: Path) -> None:
    done, server = turn([OWES, Say("The patient owes $61.00 [1]."), Say(GOOD)], services, tmp_path)
    assert "$60.00" in text(done) and "61" not in text(done)
    assert "not supported" in server.requests[2]["messages"][-1]["content"]


def test_after_the_guard_fails_twice_the_rules_answer(services: Services, tmp_path: Path) -> None:
    done, server = turn([OWES, Say("The patient owes $61.00 [1].")], services, tmp_path)
    assert text(done).startswith(BY_RULES)
    assert "twice" in text(done)
    assert len(server.requests) == 3


@pytest.mark.parametrize(
    "script",
    [
        pytest.param([Status(500)], id="500s"),
        pytest.param([Status(401)], id="no key"),
        pytest.param([Hang(20)], id="no answer in time"),
        pytest.param([OWES, Say("late", first=20)], id="slow first token"),
        pytest.param([OWES, Drop("The patient owes $60.00 [1]. The plan ")], id="broken off in mid-stream"),
        pytest.param([OWES, Drop("The patient owes", clean=True)], id="ended without an end"),
        pytest.param([Raw(b"!!")], id="garbage"),
        pytest.param([OWES, Raw(b"data: {\n\n")], id="garbage later"),
        pytest.param([Say("I'm sorry, I can't help with that.")], id="declines"),
        pytest.param([Say("no", finish="content_filter")], id="filtered"),
        pytest.param([Say("Code E11.9 and bill $500.")], id="answers without looking"),
        pytest.param([Call((("delete_claims", "{}"),))], id="unknown tool for ever"),
        pytest.param([Call((("find_code", "{not json"),))], id="broken arguments for ever"),
        pytest.param([Call((("find_code", '{"text": 5}'),))], id="wrong type for ever"),
        pytest.param([Call((("find_code", '["x"]'),))], id="arguments that are a list"),
        pytest.param([OWES], id="the same call for ever"),
        pytest.param([Say("")], id="nothing"),
    ],
)
def test_whenever_the_model_fails_the_rules_answer_and_say_so(
    script: Script, services: Services, tmp_path: Path
) -> None:
    done, _ = turn(script, services, tmp_path, timeout=1.0, first_token=0.6)
    assert text(done).startswith(BY_RULES)
    assert "without the model" in text(done)
    assert done[-2].kind is StepKind.RESTART


def test_an_endless_loop_of_new_calls_ends(services: Services, tmp_path: Path) -> None:
    count = iter(range(1000))

    def again(request: dict[str, Any]) -> Call:
        return Call((("find_code", json.dumps({"text": "diabetes" + " mellitus" * next(count)})),))

    done, server = turn(again, services, tmp_path, question="codes for diabetes mellitus")
    assert "went on calling tools" in text(done)
    assert len(server.requests) <= 8


def test_a_wrong_call_can_be_mended(services: Services, tmp_path: Path) -> None:
    script = [
        Call((("find_kode", "{}"),)),
        Call((("find_code", '{"text": "stage 3b"}'),)),
        Say("N18.32 is chronic kidney disease, stage 3b [1]."),
    ]
    done, server = turn(script, services, tmp_path, question="code for stage 3b kidney disease")
    answer = done[-1].answer
    assert answer is not None and answer.codes == ("N18.32",)
    assert "no such tool" in server.requests[1]["messages"][-1]["content"]


def test_a_question_back_is_an_answer(services: Services, tmp_path: Path) -> None:
    done, _ = turn([Say("Which claim do you mean?")], services, tmp_path)
    assert done[-1].answer is not None and done[-1].answer.asked == "Which claim do you mean?"


def test_a_code_that_nobody_named_cannot_be_fetched(services: Services, tmp_path: Path) -> None:
    script = [
        Call((("look_up", '{"code": "E11.9"}'),)),
        Say("E11.9 is type 2 diabetes mellitus without complications [1]."),
    ]
    done, server = turn(script, services, tmp_path, question="what can I code here?")
    assert text(done).startswith(BY_RULES)
    assert "find it by words first" in server.requests[1]["messages"][-1]["content"]


def test_a_remote_model_that_is_not_named_is_never_asked(services: Services, tmp_path: Path) -> None:
    from assistant.model import ModelError
    from assistant.settings import ModelSettings

    with pytest.raises(ModelError, match="SUPERBILL_REMOTE_MODELS"):
        Gate(settings_of(tmp_path, "https://models.example", name="openai/gpt"))
    assert ModelSettings().name == ""


def test_the_turns_budget_holds(services: Services, tmp_path: Path) -> None:
    done, server = turn([OWES, Say(GOOD)], services, tmp_path, turn_tokens=930)
    assert "tokens" in text(done) and text(done).startswith(BY_RULES)
    assert len(server.requests) == 1


def test_the_days_budget_holds(services: Services, tmp_path: Path) -> None:
    turn([OWES, Say(GOOD)], services, tmp_path)
    done, server = turn([OWES, Say(GOOD)], services, tmp_path, day_tokens=900)
    assert "this day's tokens" in text(done)
    assert not server.requests


def test_a_line_of_record_for_each_call_and_no_word_in_it(services: Services, tmp_path: Path) -> None:
    question = "What does Rosalinda Vantongeren owe?"
    turn([OWES, Say(GOOD)], services, tmp_path, question=question)
    turn([Status(500)], services, tmp_path, question=question)
    lines = list(calls(tmp_path))
    assert [line["outcome"] for line in lines] == ["answered", "answered", "down"]
    assert all(line["host"] == "127.0.0.1" and line["seconds"] >= 0 and line["sent_tokens"] > 0 for line in lines)
    (file,) = (tmp_path / FOLDER).iterdir()
    kept = file.read_text()
    assert (
        "Vantongeren" not in kept and "owe" not in kept and "60" not in json.dumps([line["purpose"] for line in lines])
    )
    assert file.stat().st_mode & 0o777 == 0o600
