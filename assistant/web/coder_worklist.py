"""The worklists of the page's users: in memory only, each reached by its owner or by the key its browser tab was given."""

import json
import secrets
import threading
import time
from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any

from assistant.errors import USER_ERRORS, InputError
from assistant.web.messages import spoken_error
from assistant.web.review import Review
from assistant.web.submission import Submission
from assistant.web.words import say

MOST_NOTES = 200
MOST_LISTS = 2000
LIVES = 8 * 3600.0
"""Seconds without use after which a worklist is forgotten."""


@dataclass(slots=True)
class Job:
    """One note of a worklist. What changes is changed under the worklist's lock."""

    id: str
    name: str
    """What the coder calls the visit."""
    text: str
    given: dict[str, str]
    """date, setting, sex and age as the coder gave them."""
    details: dict[str, Any] = field(default_factory=dict)
    answer: "Future[dict[str, Any]]" = field(default_factory=Future)
    review: Review | None = None
    sequence: int = 0
    """Number of the last state the page sent; an older one that arrives late is not taken."""
    submission: Submission | None = None
    reopened: bool = False
    remarks: tuple[str, ...] = ()
    suggestions: Any = None
    """The `SuggestionSet` behind `answer`, for the chat; None for the sample note, which is read once for all."""
    turns: tuple[Any, ...] = ()
    """The conversation about this note."""
    talk: Any = None
    """The `Talk` that is under way."""
    memo: dict[str, Any] = field(default_factory=dict)
    """What the conversation worked out about this note."""

    @property
    def status(self) -> str:
        """preparing, failed, waiting, in_progress, incomplete or submitted."""
        if not self.answer.done():
            return "preparing"
        if self.answer.cancelled() or self.answer.exception():
            return "failed"
        if self.submission and not self.reopened:
            return "submitted" if self.submission.claim else "incomplete"
        return "in_progress" if self.review and (self.review.choices or self.reopened) else "waiting"

    @property
    def fault(self) -> str:
        """Why it could not be read, in one sentence."""
        if not self.answer.done() or self.answer.cancelled():
            return ""
        error = self.answer.exception()
        if error is None:
            return ""
        return (
            spoken_error(error)
            if isinstance(error, USER_ERRORS)
            else say("coder.unexpected", kind=type(error).__name__)
        )

    def summary(self) -> dict[str, Any]:
        """The row of the worklist, JSON-ready."""
        record = self.answer.result() if self.answer.done() and not self.answer.cancelled() and not self.fault else None
        proposed = [item["code"] for item in record["suggestions"] if item["selected"]] if record else []
        done = sum(code in self.review.choices for code in proposed) if self.review else 0
        date = str(record["date_of_service"]) if record else self.given["date"]
        return {
            "id": self.id,
            "name": self.name,
            "date": date,
            "status": self.status,
            "done": done,
            "count": len(proposed),
            "fault": self.fault,
        }

    def line(self) -> dict[str, Any]:
        """The line of the `suggest --notes` contract."""
        given = self.given
        line = {"id": self.name, "text": self.text, "date_of_service": given["date"], "setting": given["setting"]}
        return {**line, "sex": given["sex"], "age": given["age"]}


class Worklist:
    """The notes of one user, in the order in which they came."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.used = time.monotonic()
        self._jobs: dict[str, Job] = {}

    def add(self, name: str, text: str, given: Mapping[str, str], details: Mapping[str, Any] | None = None) -> Job:
        """A new note at the end. Raises InputError when the list is full."""
        with self.lock:
            if len(self._jobs) >= MOST_NOTES:
                raise InputError(say("coder.too_many_notes", most=MOST_NOTES))
            copy = json.loads(json.dumps(dict(details or {})))
            job = Job(secrets.token_hex(6), name, text, dict(given), copy)
            self._jobs[job.id] = job
            return job

    def get(self, key: object) -> Job:
        """The note with this id. Raises InputError when it is not here."""
        job = self._jobs.get(str(key))
        if job is None:
            raise InputError(say("coder.no_such_note"))
        return job

    def remove(self, key: object) -> None:
        """Take the note off; one that is not here is no error."""
        with self.lock:
            job = self._jobs.pop(str(key), None)
            if job:
                job.answer.cancel()

    def jobs(self) -> list[Job]:
        """All of them."""
        with self.lock:
            return list(self._jobs.values())


class Worklists:
    """Every user's worklist. A signed-in user has one; without accounts each browser tab has its own, by a secret key."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._lists: dict[tuple[str, str], Worklist] = {}

    def enter(self, owner: str, key: object) -> tuple[str, Worklist]:
        """The user's worklist and its key; a new one when the key is unknown."""
        now = time.monotonic()
        with self._lock:
            for old in [name for name, found in self._lists.items() if now - found.used > LIVES]:
                del self._lists[old]
            known = self._lists.get((owner, "" if owner else str(key or "-")))
            if known is None:
                while len(self._lists) >= MOST_LISTS:
                    del self._lists[min(self._lists, key=lambda name: self._lists[name].used)]
                key, known = secrets.token_urlsafe(24), Worklist()
                self._lists[owner, "" if owner else key] = known
            known.used = now
            return str(key), known

    def find(self, owner: str, key: object) -> Worklist:
        """The worklist that was entered before. Raises InputError when it is not here (any more)."""
        with self._lock:
            known = self._lists.get((owner, "" if owner else str(key or "-")))
            if known is None:
                raise InputError(say("live.lost"))
            known.used = time.monotonic()
            return known
