"""Notes read in the background, so that a coder opens them ready: two at a time, those somebody waits for first."""

import contextvars
import itertools
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

from assistant.errors import InputError
from assistant.web.words import say

WORKERS = 2
MOST_WAITING = 100
"""Coders who wait for a note at the same time; the next one is told to try again."""
NOW, LATER = 0, 1


class Reading:
    """A line of notes to be read. Thread-safe; its threads start with the first note and end with the program."""

    def __init__(self, work: Callable[[Any], dict[str, Any]]) -> None:
        self._work = work
        self._line: queue.PriorityQueue[tuple[int, int, Any, Future[dict[str, Any]], contextvars.Context]] = (
            queue.PriorityQueue()
        )
        self._number = itertools.count()
        self._lock = threading.Lock()
        self._threads: list[threading.Thread] = []
        self._urgent = 0

    def ask(self, job: Any, answer: "Future[dict[str, Any]]") -> None:
        """Read `job` when nothing else is to do; `answer` gets the record or the error."""
        self._put(LATER, job, answer)

    def hurry(self, job: Any, answer: "Future[dict[str, Any]]") -> None:
        """Somebody waits for `job`: read it before those nobody has opened. Raises InputError when too many wait."""
        if answer.done() or answer.running():
            return
        with self._lock:
            if self._urgent >= MOST_WAITING:
                raise InputError(say("coder.busy"))
            self._urgent += 1
        answer.add_done_callback(self._served)
        self._put(NOW, job, answer)

    def _served(self, _: object) -> None:
        with self._lock:
            self._urgent -= 1

    def _put(self, urgency: int, job: Any, answer: "Future[dict[str, Any]]") -> None:
        # Whoever asked goes along: what the reading may do is theirs.
        self._line.put((urgency, next(self._number), job, answer, contextvars.copy_context()))
        with self._lock:
            if len(self._threads) < WORKERS:
                thread = threading.Thread(target=self._run, name="note-reader", daemon=True)
                self._threads.append(thread)
                thread.start()

    def _run(self) -> None:
        while True:
            _, _, job, answer, context = self._line.get()
            # A hurried note stands twice in the line, and one that was taken off the worklist is cancelled.
            if answer.done() or answer.running() or not answer.set_running_or_notify_cancel():
                continue
            try:
                answer.set_result(context.run(self._work, job))
            except BaseException as error:
                answer.set_exception(error)
