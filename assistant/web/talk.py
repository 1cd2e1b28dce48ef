"""One question being answered: in a thread of its own, its steps and sentences shown as they come, to be stopped any time."""

import logging
import threading
import time
from contextvars import copy_context
from typing import TYPE_CHECKING, Any

from assistant.errors import USER_ERRORS
from assistant.web.messages import spoken_error
from assistant.web.words import say

if TYPE_CHECKING:
    from assistant.services import Services

PROMPT = 0.8
"""Seconds for which the first call waits, so that an answer by rules comes in one piece."""
PATIENCE = 0.5
"""Seconds for which a later call waits for something new."""


class Talk:
    """The turn as it goes. `sentences` and `steps` stand so far; at the end there is an `answer` or a `fault`."""

    def __init__(self, services: "Services", question: str, context: Any) -> None:
        self.question = question
        self.sentences: tuple[Any, ...] = ()
        self.steps: tuple[Any, ...] = ()
        self.answer: Any = None
        self.fault = ""
        self.ended = False
        self.stopping = False
        self.version = 0
        """Counts what happened, so that nobody is told the same twice."""
        self._services, self._context = services, context
        self._halt = threading.Event()
        self._news = threading.Condition()

    def start(self) -> "Talk":
        """Begin, as the person and in the language of the caller."""
        threading.Thread(target=copy_context().run, args=(self._work,), name="answer", daemon=True).start()
        return self

    def stop(self) -> None:
        """End the model's part; the answer by rules follows."""
        self._halt.set()
        self._tell(stopping=True)

    def wait(self, seconds: float, seen: int | None = None) -> None:
        """Until the answer is whole, or with `seen` until something is newer than that; at most `seconds`."""
        until = time.monotonic() + seconds
        with self._news:
            while not self.ended and (seen is None or self.version <= seen):
                left = until - time.monotonic()
                if left <= 0 or not self._news.wait(left):
                    return

    def _work(self) -> None:
        try:
            for step in self._services.converse(self.question, self._context, cancel=self._halt):
                if step.answer is not None:
                    self._tell(answer=step.answer)
                elif step.tool is not None:
                    self._tell(steps=(*self.steps, step.tool))
                elif step.said is not None:
                    self._tell(sentences=(*self.sentences, step.said))
                elif step.kind == "restart":
                    self._tell(sentences=())
        except USER_ERRORS as error:
            self.fault = spoken_error(error)
        except Exception as error:  # what went wrong is told by kind alone: its words may hold a patient's
            kind = type(error).__name__
            logging.getLogger(__name__).error("an answer failed: %s", kind)
            self.fault = say("coder.unexpected", kind=kind)
        if self.answer is None and not self.fault:
            self.fault = say("chat.no_answer")
        self._tell(ended=True)

    def _tell(self, **news: Any) -> None:
        with self._news:
            for name, value in news.items():
                setattr(self, name, value)
            self.version += 1
            self._news.notify_all()
