"""The chat beside the open note. The conversation is another station and may be absent: then the page has no chat."""

import importlib.util
from typing import TYPE_CHECKING, Any

from assistant.errors import InputError
from assistant.web.views import render
from assistant.web.words import say

if TYPE_CHECKING:
    from assistant.services import Services
    from assistant.web.coder_worklist import Job, Worklist

TURNS = 12
"""Turns of a conversation that are remembered."""


def installed() -> bool:
    """Whether the conversation is there."""
    try:
        return importlib.util.find_spec("assistant.chat.conversation") is not None
    except ModuleNotFoundError:
        return False


def answer_html(services: "Services", worklist: "Worklist", job: "Job | None", question: str, language: str) -> str:
    """The answer with its sources, each of which opens what it rests on. Raises InputError without the conversation."""
    if not installed():
        raise InputError(say("coder.chat_absent"))
    if not question:
        return ""
    return render("chat", answer=_answer(services, worklist, job, question, language), question=question)


def _answer(services: "Services", worklist: "Worklist", job: "Job | None", question: str, language: str) -> Any:
    raise NotImplementedError
