"""The chat beside the open note. The conversation is another station and may be absent: then the page has no chat."""

import datetime as dt
import importlib.util
from typing import TYPE_CHECKING, Any

from assistant.chart.note import Note
from assistant.errors import InputError
from assistant.web.views import render
from assistant.web.words import say

if TYPE_CHECKING:
    from assistant.services import Services
    from assistant.web.coder_worklist import Job

TURNS = 12
"""Turns of a conversation that are remembered."""


def installed() -> bool:
    """Whether the conversation is there."""
    try:
        return importlib.util.find_spec("assistant.chat.conversation") is not None
    except ModuleNotFoundError:
        return False


def answer_html(services: "Services", job: "Job", question: str, language: str) -> str:
    """The answer about the open note, with its sources, each of which opens what it rests on.

    Raises InputError where the conversation is not installed.
    """
    if not installed():
        raise InputError(say("coder.chat_absent"))
    if not question:
        return ""
    answer = _answer(services, job, question, language)
    shown = answer.sentences or [{"text": answer.text, "sources": ()}]
    return render("chat", answer=answer, sentences=shown, question=question)


def _answer(services: "Services", job: "Job", question: str, language: str) -> Any:
    from assistant.chat.turn import Context, Turn

    record = job.review.record if job.review else {}
    day = str(record.get("date_of_service") or job.given["date"])
    context = Context(
        services=services,
        note=Note(job.name, job.text),
        suggestions=job.suggestions,
        encounter=job.submission.encounter if job.submission else None,
        date=dt.date.fromisoformat(day) if day else None,
        setting=str(record.get("setting") or "outpatient"),
        language=language,
        turns=job.turns,
        memo=job.memo,
    )
    *_, last = services.converse(question, context)  # by the site's model where there is one
    found = last.answer
    assert found is not None
    job.turns = (*job.turns, Turn(question, found))[-TURNS:]
    return found
