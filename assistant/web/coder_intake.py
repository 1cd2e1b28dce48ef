"""Notes on their way to the coder: put on the worklist, read in the background, opened when they are asked for."""

import threading
from concurrent.futures import Future
from pathlib import PurePath
from typing import Any

from assistant.accounts.principal import SYSTEM, acting
from assistant.chart.readers import extract
from assistant.errors import USER_ERRORS, InputError
from assistant.record import to_record
from assistant.services import parse_date
from assistant.web import submission
from assistant.web.coder_reading import Reading
from assistant.web.coder_room import Answer, Room, Said, file_of, rows
from assistant.web.coder_worklist import Job, Worklist
from assistant.web.messages import spoken_error
from assistant.web.samples import SAMPLE_DATE, sample_details, sample_note
from assistant.web.views import banner
from assistant.web.words import say

TOP = 20
"""Suggestions asked for."""
DETAILS = ".details.json"


class Intake:
    """What fills and empties the worklist."""

    def __init__(self, room: Room) -> None:
        self._room = room
        self._reading = Reading(self.read)
        self.sample_read: Future[dict[str, Any]] = Future()
        """The sample note's answer, read once for everybody."""
        self._opening = threading.Lock()
        self._opened = False

    def prepare(self) -> None:
        """Read the sample note in the background, so that it opens at once when somebody asks for it."""
        with acting(SYSTEM):
            self._reading.ask(self.sample_job(Worklist()), self.sample_read)

    def refresh(self, said: Said, owner: str) -> Answer:
        """The worklist as it stands."""
        return {"worklist": rows(self._room.worklist(said, owner))}

    def add(self, said: Said, owner: str) -> Answer:
        """Notes by text or file; each is read in the background. Gives their ids, and a sentence for each that failed."""
        worklist = self._room.worklist(said, owner)
        notes = said.get("notes")
        taken, faults, details = [], [], []
        for note in notes if isinstance(notes, list) else []:
            try:
                name, content = file_of(note)
                if content is not None and name.lower().endswith(DETAILS):
                    details.append((name, submission.details_of(content, name)))
                else:
                    taken.append(self._take(worklist, note, name, content))
            except USER_ERRORS as error:
                faults.append(spoken_error(error))
        for name, known in details:
            stem = name[: -len(DETAILS)]
            home = next((job for job in reversed(worklist.jobs()) if job.name == stem), None)
            if home is None:
                faults.append(say("coder.details_without_note", name=name))
            else:
                home.details = known
        if not taken and not faults:
            raise InputError(say("coder.no_note"))
        remarks = [remark for job in taken for remark in job.remarks]
        return {
            "added": [job.id for job in taken],
            "worklist": rows(worklist),
            "told": banner(" ".join(faults)) if faults else banner(" ".join(remarks), "info"),
        }

    def sample(self, said: Said, owner: str) -> Answer:
        """The sample note with its patient, payer and lines."""
        worklist = self._room.worklist(said, owner)
        job = self.sample_job(worklist)
        if self.sample_read.done() and not self.sample_read.exception():
            job.answer.set_result(self.sample_read.result())
        else:
            self._reading.hurry(job, job.answer)
        return {"added": [job.id], "worklist": rows(worklist), "told": ""}

    def remove(self, said: Said, owner: str) -> Answer:
        """Take a note off the worklist; nothing of it stays."""
        worklist = self._room.worklist(said, owner)
        worklist.remove(said.get("id"))
        return {"worklist": rows(worklist)}

    def awaited(self, said: Said, owner: str) -> "Future[dict[str, Any]]":
        """The answer about a note that somebody wants to open: it is read next."""
        _, job = self._room.job(said, owner)
        self._reading.hurry(job, job.answer)
        return job.answer

    def sample_job(self, worklist: Worklist) -> Job:
        """The sample note on a worklist, not yet read."""
        given = {"date": SAMPLE_DATE, "setting": "outpatient", "sex": "F", "age": "65"}
        return worklist.add("office-visit", sample_note(), given, sample_details())

    def read(self, job: Job) -> dict[str, Any]:
        """Suggestions for one note, JSON-ready."""
        if self._opened:
            return self._suggested(job)
        with self._opening:  # the first note opens what all of them need; a second one would open it again
            record = self._suggested(job)
            self._opened = True
            return record

    def _take(self, worklist: Worklist, note: Said, name: str, content: bytes | None) -> Job:
        """One note from text or from a file, on the worklist and in line to be read."""
        given = {part: str(note.get(part) or "").strip()[:40] for part in ("date", "setting", "sex", "age")}
        parse_date(given["date"])
        text, remarks = str(note.get("text") or ""), tuple[str, ...]()
        if content is not None:
            found = extract(content, name, self._room.services.settings.max_note_bytes)
            text, remarks, name = found.text, found.remarks, PurePath(name).stem or name
        if not text.strip():
            raise InputError(say("coder.no_note"))
        job = worklist.add(name[:80], text, given)
        job.remarks = remarks
        if old := note.get("replaces"):
            self._replaced(worklist, str(old), job)
        self._reading.ask(job, job.answer)
        return job

    def _replaced(self, worklist: Worklist, old: str, job: Job) -> None:
        """An edited visit takes the details of the one it replaces, which goes."""
        try:
            job.details = worklist.get(old).details
        except InputError:
            return
        worklist.remove(old)

    def _suggested(self, job: Job) -> dict[str, Any]:
        job.suggestions = self._room.services.suggest_line(job.line(), TOP)
        record: dict[str, Any] = to_record(job.suggestions)
        return record
