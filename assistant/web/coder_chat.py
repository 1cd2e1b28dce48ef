"""The chat beside the open note. The conversation is another station and may be absent: then the page has no chat."""

import datetime as dt
import importlib.util
from typing import TYPE_CHECKING, Any

from assistant.chart.note import Note
from assistant.errors import InputError
from assistant.web.coder_room import Answer, Room, Said
from assistant.web.talk import PATIENCE, PROMPT, Talk
from assistant.web.views import banner, render
from assistant.web.words import say, spoken

if TYPE_CHECKING:
    from assistant.web.coder_worklist import Job

TURNS = 12
"""Turns of a conversation that are remembered."""


def installed() -> bool:
    """Whether the conversation is there."""
    try:
        return importlib.util.find_spec("assistant.chat.conversation") is not None
    except ModuleNotFoundError:
        return False


class CoderChat:
    """Questions about a note: asked, heard while they are being answered, and stopped. One at a time for each note."""

    def __init__(self, room: Room) -> None:
        self._room = room

    def ask(self, said: Said, owner: str) -> Answer:
        """A question about what is open. Gives the turn as far as it is; `pending` while there is more to be heard."""
        worklist, job = self._room.job(said, owner)
        question = " ".join(str(said.get("question") or "").split())[:1000]
        if not installed():
            raise InputError(say("coder.chat_absent"))
        if not question:
            return {"answer": "", "pending": False}
        with worklist.lock:
            if job.talk is not None and not job.talk.ended:
                raise InputError(say("chat.busy"))
            _kept(job)
            job.talk = Talk(self._room.services, question, self._context(job)).start()
        job.talk.wait(PROMPT)
        return self._heard(job)

    def heard(self, said: Said, owner: str) -> Answer:
        """The turn that is under way, as soon as something is new of it."""
        _, job = self._room.job(said, owner)
        if job.talk is None:
            raise InputError(say("chat.no_answer"))
        seen = said.get("seen")
        job.talk.wait(PATIENCE, seen if isinstance(seen, int) else -1)
        return self._heard(job)

    def hush(self, said: Said, owner: str) -> Answer:
        """The person does not want to wait: what the rules say is the answer."""
        _, job = self._room.job(said, owner)
        if job.talk is not None:
            job.talk.stop()
        return {}

    def _heard(self, job: "Job") -> Answer:
        talk = job.talk
        assert talk is not None
        if talk.ended and talk.fault:
            told = {"error": talk.fault, "told": banner(talk.fault)}
            return {"answer": "", "pending": False, "seen": talk.version, **told}
        shown = render("chat", turn=talk, sentences=_sentences(talk))
        answer = {"answer": shown, "pending": not talk.ended, "seen": talk.version}
        _kept(job)
        return answer

    def _context(self, job: "Job") -> Any:
        from assistant.chat.turn import Context

        record = job.review.record if job.review else {}
        day = str(record.get("date_of_service") or job.given["date"])
        return Context(
            services=self._room.services,
            note=Note(job.name, job.text),
            suggestions=job.suggestions,
            encounter=job.submission.encounter if job.submission else None,
            date=dt.date.fromisoformat(day) if day else None,
            setting=str(record.get("setting") or "outpatient"),
            language=spoken(),
            turns=job.turns,
            memo=job.memo,
        )


def _sentences(talk: Talk) -> Any:
    """What is shown of an answer: its sentences, or while there are none yet those that came so far."""
    if talk.answer is None:
        return talk.sentences
    return talk.answer.sentences or [{"text": talk.answer.text, "sources": ()}]


def _kept(job: "Job") -> None:
    """An answer that is whole goes with the conversation."""
    from assistant.chat.turn import Turn

    if job.talk is not None and job.talk.ended:
        if job.talk.answer is not None:
            job.turns = (*job.turns, Turn(job.talk.question, job.talk.answer))[-TURNS:]
        job.talk = None
