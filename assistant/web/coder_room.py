"""What the parts of the coder's page share: the composition root, everybody's worklist, and how a file arrives."""

import base64
import binascii
from collections.abc import Callable, Mapping
from pathlib import PurePath
from typing import Any

from assistant.errors import InputError
from assistant.services import Services
from assistant.web.coder_worklist import Job, Worklist, Worklists
from assistant.web.review import Review
from assistant.web.words import say

MOST_UPLOAD = 30_000_000
"""Bytes of one dropped file; the readers set limits of their own below it."""
Said = Mapping[str, Any]
Answer = dict[str, Any]
Work = Callable[[Said, str], Answer]
"""(what the browser says, the signed-in user's name or an empty one) -> what it is told."""


class Room:
    """One composition root and the worklists of all users."""

    def __init__(self, services: Services) -> None:
        self.services = services
        self.lists = Worklists()

    def worklist(self, said: Said, owner: str) -> Worklist:
        """The user's worklist. Raises InputError when it is not here (any more)."""
        return self.lists.find(owner, said.get("key"))

    def job(self, said: Said, owner: str) -> tuple[Worklist, Job]:
        """The user's worklist and the note on it that is meant. Raises InputError when it is not there."""
        worklist = self.worklist(said, owner)
        return worklist, worklist.get(said.get("id"))


def review_of(job: Job) -> Review:
    """The review of a note that was read. Raises InputError when it could not be."""
    if job.review is None:
        if job.answer.cancelled():
            raise InputError(say("coder.no_such_note"))
        job.review = Review(job.text, job.answer.result(timeout=0))
    return job.review


def rows(worklist: Worklist) -> list[dict[str, Any]]:
    """The worklist as the browser shows it."""
    return [job.summary() for job in worklist.jobs()]


def file_of(said: Said) -> tuple[str, bytes | None]:
    """(name, content) of a dropped file, which came as base64 and never touches the disk; content None for pasted text."""
    name = PurePath(str(said.get("name") or "").replace("\\", "/")).name[:120] or "visit"
    data = said.get("data")
    if data is None:
        return name, None
    if not isinstance(data, str) or len(data) > MOST_UPLOAD * 4 // 3 + 4:
        raise InputError(say("coder.file_too_large", name=name, limit=MOST_UPLOAD // 1_000_000))
    try:
        return name, base64.b64decode(data, validate=True)
    except (binascii.Error, ValueError):
        raise InputError(say("coder.not_a_file", name=name)) from None
