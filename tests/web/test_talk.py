"""Answers on their way: a model's words shown as they come, stopped by hand, and the sources that open their segments."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from tests.chat.model_server import Call, Hang, ModelServer, Say
from tests.web.test_biller import open_samples, open_tab
from tests.web.test_coder import open_sample

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from assistant.services import Services

pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::UserWarning:pydantic.*"),
]
SMOKES = Call((("where_in_note", '{"question": "does she smoke"}'),))
SLOWLY = Say(
    'The note says "Former smoker, quit in 2009" [1]. The note says so in one place only [1].', size=6, between=0.2
)


@pytest.fixture
def model(own_services: "Services", monkeypatch: pytest.MonkeyPatch) -> Iterator[ModelServer]:
    """The site has a model: a script on loopback."""
    from assistant.chat import client

    client._litellm()
    with ModelServer([SMOKES, SLOWLY]) as server:
        settings = replace(own_services.settings.model, name="openai/scripted", base=server.base, retries=0)
        monkeypatch.setattr(own_services, "settings", replace(own_services.settings, model=settings))
        yield server


class Scripted:
    """Services whose conversation is given."""

    def __init__(self, *steps: Any) -> None:
        self.steps = steps
        self.gate = threading.Event()
        self.cancelled = False

    def converse(self, question: str, context: Any, cancel: threading.Event) -> Iterator[Any]:
        for step in self.steps:
            if isinstance(step, Exception):
                raise step
            yield step
            self.gate.wait(5)
            self.cancelled = cancel.is_set()


def test_a_talk_tells_what_is_new_and_how_it_ends() -> None:
    from assistant.chat.agent import Step, StepKind
    from assistant.chat.tool import Said
    from assistant.chat.turn import ToolStep, answer_of
    from assistant.web.talk import Talk

    said = Said("It does.")
    steps = (
        Step(StepKind.TOOL, tool=ToolStep("look_up", {})),
        Step(StepKind.SENTENCE, said=said),
        Step(StepKind.ANSWER, answer=answer_of((said,))),
    )
    services = Scripted(*steps)
    talk = Talk(services, "Does it?", None)  # type: ignore[arg-type]
    talk.start()
    talk.wait(5, 0)
    assert [step.tool for step in talk.steps] == ["look_up"] and not talk.ended
    talk.wait(0.01, talk.version)
    assert talk.version == 1, "nothing is new while the next step is held"
    talk.stop()
    services.gate.set()
    talk.wait(5)
    assert talk.ended and talk.answer.text == "It does." and services.cancelled


def test_what_breaks_an_answer_is_told_by_kind_alone() -> None:
    from assistant.web.talk import Talk

    talk = Talk(Scripted(ValueError("of Marisol Tanaka-Reyes")), "Why?", None)  # type: ignore[arg-type]
    talk.start().wait(5)
    assert talk.ended and "ValueError" in talk.fault and "Marisol" not in talk.fault
    nothing = Talk(Scripted(), "Why?", None)  # type: ignore[arg-type]
    nothing.start().wait(5)
    assert nothing.ended and nothing.fault


@pytest.mark.browser
def test_the_chat_shows_an_answer_as_it_comes(visit: "Page", model: ModelServer) -> None:
    open_sample(visit)
    visit.locator("#sb-chat-open").click()
    visit.locator("#sb-chat textarea").fill("Does she smoke?")
    visit.evaluate(
        """() => { window.__seen = []; const log = document.querySelector('#sb-turns');
            new MutationObserver(() => window.__seen.push({
                text: log.innerText, said: log.querySelectorAll('.sb-said').length, stop: !!log.querySelector('[data-hush]'),
                disabled: document.querySelector('#sb-chat [type=submit]').disabled,
            })).observe(log, { childList: true, subtree: true }); }"""
    )
    visit.locator("#sb-chat textarea").press("Enter")
    turn = visit.locator("#sb-turns .sb-turn").last
    expect(turn).to_contain_text("in one place only")
    expect(visit.locator("#sb-turns .sb-under-way")).to_have_count(0)
    seen = visit.evaluate("window.__seen")
    under_way = [one for one in seen if one["stop"]]
    assert under_way and all(one["disabled"] for one in under_way)
    assert any("where in note" in one["text"] and not one["said"] for one in under_way)
    assert any(one["said"] == 1 and "place only" not in one["text"] for one in under_way), (
        "shown before the rest was said"
    )
    turn.get_by_role("button", name="Former smoker").first.click()
    expect(visit.locator("#sb-note mark.sb-hot, #sb-note:focus")).to_be_visible()
    expect(visit.locator("#sb-chat [type=submit]")).to_be_enabled()


@pytest.mark.browser
def test_a_slow_answer_is_stopped_and_the_rules_answer(visit: "Page", model: ModelServer) -> None:
    model.script = [SMOKES, Hang(25)]
    open_sample(visit)
    visit.keyboard.press("q")
    visit.keyboard.type("Why was stroke not coded?")
    visit.keyboard.press("Enter")
    turn = visit.locator("#sb-turns .sb-turn").last
    expect(turn.locator("[data-hush]")).to_be_visible()
    visit.locator("#sb-chat textarea").press("Escape")
    expect(turn).to_contain_text("family history")
    expect(visit.locator("#sb-turns .sb-under-way")).to_have_count(0)
    expect(visit.locator("#sb-chat")).to_be_visible()


@pytest.mark.browser
def test_the_billers_question_is_stopped_too(visit: "Page", model: ModelServer) -> None:
    model.script = [Hang(25)]
    open_tab(visit, "Biller").locator("#sb-biller").wait_for()
    open_samples(visit)
    visit.get_by_role("tab", name="Ask", exact=True).click()
    visit.locator("#sb-panel-ask input").fill("Why was DEMO1001 not paid in full?")
    visit.locator("#sb-panel-ask input").press("Enter")
    turns = visit.locator("#sb-biller-turns")
    expect(turns.locator(".sb-under-way")).to_be_visible()
    visit.locator("#sb-claims tr[data-place]").last.evaluate("e => e.click()")
    turns.get_by_role("button", name="Stop").click()
    expect(turns).to_contain_text("CO-197")
    expect(turns.locator(".sb-under-way")).to_have_count(0)


@pytest.mark.browser
def test_a_source_opens_its_segments(visit: "Page") -> None:
    open_tab(visit, "Biller").locator("#sb-biller").wait_for()
    open_samples(visit)
    visit.get_by_role("button", name="Open claim DEMO3003").click()
    visit.get_by_role("tab", name="Ask", exact=True).click()
    visit.locator("#sb-panel-ask input").fill("Why was DEMO1001 not paid in full?")
    visit.locator("#sb-panel-ask input").press("Enter")
    source = visit.locator("#sb-biller-turns .sb-said", has_text="CO-197").first.get_by_role("button").first
    assert "office_visit.835" in str(source.get_attribute("aria-label"))
    number = str(source.get_attribute("data-at"))
    source.click()
    lit = visit.locator("#sb-segments .sb-lit")
    expect(lit).to_have_count(1)
    expect(lit).to_contain_text("CAS*CO*197")
    expect(lit).to_have_id(f"sb-segment-{number}")
    expect(lit).to_be_in_viewport()
    expect(visit.locator("#sb-claims .sb-opened")).to_contain_text("DEMO1001")

    visit.locator("#sb-deposits .sb-finding", has_text="the check does not balance").get_by_role("button").click()
    expect(visit.locator("#sb-segments")).to_contain_text("belong to no claim")
    expect(visit.locator("#sb-segments .sb-lit")).to_have_count(1)
