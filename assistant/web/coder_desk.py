"""What the coder's page asks of the server. Each takes one JSON object and gives one; the browser draws the rest."""

import base64
import binascii
import datetime as dt
import json
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from pathlib import PurePath
from typing import Any

from assistant.accounts.principal import SYSTEM, acting, current
from assistant.chart.readers import extract
from assistant.errors import USER_ERRORS, InputError
from assistant.guidelines.finding import Finding
from assistant.record import to_record
from assistant.review.decision import checked_code, undescribed
from assistant.services import Services, parse_date
from assistant.web import coder_chat, coder_view, coder_visit, submission
from assistant.web.coder_forms import form_file
from assistant.web.coder_reading import Reading
from assistant.web.coder_worklist import Job, Worklist, Worklists
from assistant.web.review import ACCEPTED, Review
from assistant.web.samples import SAMPLE_DATE, sample_details, sample_note
from assistant.web.views import banner
from assistant.web.words import say, spoken
from corpus.codes import CodeSystem

TOP = 20
"""Suggestions asked for."""
HITS = 8
"""Search results shown."""
MOST_BELOW = 60
"""Codes of a header shown."""
DETAILS = ".details.json"
MOST_UPLOAD = 30_000_000
"""Bytes of one dropped file; the readers set limits of their own below it."""
Said = Mapping[str, Any]
Answer = dict[str, Any]
Work = Callable[[Said, str], Answer]
"""(what the browser says, the signed-in user's name or an empty one) -> what it is told."""


class CoderDesk:
    """The functions of the page, over one composition root and the worklists of all users."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._lists = Worklists()
        self._reading = Reading(self._read)
        self._sample: Future[dict[str, Any]] = Future()
        self._opening = threading.Lock()
        self._opened = False

    def prepare(self) -> None:
        """Read the sample note in the background, so that it opens at once when somebody asks for it."""
        with acting(SYSTEM):
            self._reading.ask(self._sample_job(Worklist()), self._sample)

    def rehearse(self) -> None:
        """Go through a visit once up to its claim's form, so that the first coder does not wait for what is opened on
        first use. Nothing of it stays."""
        key, worklist = self._lists.enter("", None)
        job = self._sample_job(worklist)
        job.answer.set_result(self._read(job))
        said = {"key": key, "id": job.id}
        self.opened(said, "")
        self.find({**said, "text": "sprained ankle"}, "")
        codes = list(_review(job).proposed)
        choices = {code: {"action": ACCEPTED} for code in codes}
        self.keep({**said, "choices": choices, "order": codes, "sequence": 1, "note": True}, "")
        worklist.remove(job.id)

    # Worklist ---------------------------------------------------------------------------------------------------------

    def hello(self, said: Said, owner: str) -> Answer:
        """The worklist of this user, and the page's words in the language asked for."""
        key, worklist = self._lists.enter(owner, said.get("key"))
        shell = coder_view.shell_html(coder_chat.installed()) if said.get("shell") else ""
        return {"key": key, "worklist": _rows(worklist), "shell": shell, "person": leaving(owner)}

    def refresh(self, said: Said, owner: str) -> Answer:
        """The worklist as it stands."""
        return {"worklist": _rows(self._list(said, owner))}

    def add(self, said: Said, owner: str) -> Answer:
        """Notes by text or file; each is read in the background. Gives their ids, and a sentence for each that failed."""
        worklist = self._list(said, owner)
        notes = said.get("notes")
        taken, faults, details = [], [], []
        for note in notes if isinstance(notes, list) else []:
            try:
                name, content = _file(note)
                if content is not None and name.lower().endswith(DETAILS):
                    details.append((name, submission.details_of(content, name)))
                else:
                    taken.append(self._take(worklist, note, name, content))
            except USER_ERRORS as error:
                faults.append(str(error))
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
            "worklist": _rows(worklist),
            "told": banner(" ".join(faults)) if faults else banner(" ".join(remarks), "info"),
        }

    def sample(self, said: Said, owner: str) -> Answer:
        """The sample note with its patient, payer and lines."""
        worklist = self._list(said, owner)
        job = self._sample_job(worklist)
        if self._sample.done() and not self._sample.exception():
            job.answer.set_result(self._sample.result())
        else:
            self._reading.hurry(job, job.answer)
        return {"added": [job.id], "worklist": _rows(worklist), "told": ""}

    def remove(self, said: Said, owner: str) -> Answer:
        """Take a note off the worklist; nothing of it stays."""
        worklist = self._list(said, owner)
        worklist.remove(said.get("id"))
        return {"worklist": _rows(worklist)}

    def awaited(self, said: Said, owner: str) -> "Future[dict[str, Any]]":
        """The answer about a note that somebody wants to open: it is read next."""
        job = self._list(said, owner).get(said.get("id"))
        self._reading.hurry(job, job.answer)
        return job.answer

    def opened(self, said: Said, owner: str) -> Answer:
        """A note that was read: the note, its suggestions, and the decisions so far."""
        worklist = self._list(said, owner)
        job = worklist.get(said.get("id"))
        with worklist.lock:
            review = _review(job)
        record = review.record
        told = say("coder.suggested", release=record["release"], date=record["date_of_service"])
        return {
            "id": job.id,
            "name": job.name,
            "text": job.text if said.get("text") else "",
            "given": {**job.given, "date": str(record["date_of_service"])},
            "note": coder_view.note_html(review),
            "cards": coder_view.cards_html(review),
            "items": coder_view.items(review),
            "first": coder_view.first_listed(review),
            "choices": coder_view.choices(review),
            "order": list(review.order),
            "sequence": job.sequence,
            "status": job.status,
            "findings": coder_view.findings(self._findings(job)),
            **self._visit(job, form=True),
            "claim": self._claim(job),
            "told": (banner(record["notice"]) if record.get("notice") else "") + banner(told, "info"),
            "added": self._titles(review),
            "worklist": _rows(worklist),
        }

    # Decisions --------------------------------------------------------------------------------------------------------

    def keep(self, said: Said, owner: str) -> Answer:
        """The decisions as they stand in the browser; gives the findings on the codes that are listed."""
        worklist = self._list(said, owner)
        job = worklist.get(said.get("id"))
        self._kept(worklist, job, said)
        answer: Answer = {"findings": coder_view.findings(self._findings(job)), "worklist": _rows(worklist)}
        if said.get("note"):
            answer["note"] = coder_view.note_html(_review(job))
        return answer

    def find(self, said: Said, owner: str) -> Answer:
        """Codes for words, valid on the date of service of the open note; for a header, the codes below it."""
        job = self._list(said, owner).get(said.get("id"))
        text = " ".join(str(said.get("text") or "").split())[:200]
        date = dt.date.fromisoformat(str(_review(job).record["date_of_service"]))
        book = self._services.codebook_on(date)
        if (header := book.get(text)) and not header.billable:
            return {"hits": coder_view.below(book, header.code, date, MOST_BELOW), "text": text}
        found = self._services.search(text, HITS, date) if len(text) > 1 else []
        return {"hits": coder_view.hits(found), "text": text}

    def check_added(self, said: Said, owner: str) -> Answer:
        """A code of the coder's own, checked for the date of service, with its title. Raises InputError when it may not stand."""
        job = self._list(said, owner).get(said.get("id"))
        date = parse_date(str(_review(job).record["date_of_service"]))
        assert date
        book = self._services.codebook_on(date)
        code, _ = checked_code(str(said.get("code") or "")[:20], date, book)
        note = undescribed(code, date, book)
        return {"code": code, "description": book.title(code), "told": banner(f"{note}.", "info") if note else ""}

    def submit(self, said: Said, owner: str) -> Answer:
        """Record the decisions and draft the claim."""
        worklist = self._list(said, owner)
        job = worklist.get(said.get("id"))
        self._kept(worklist, job, said)
        with worklist.lock:
            done = submission.submit(
                self._services,
                _review(job),
                json.loads(json.dumps(job.details)),
                job.name,
                owner or current().name,
                job.submission,
            )
            job.submission, job.reopened = done, False
        kind = "done" if done.claim else "info"
        told = banner(say("coder.submitted" if done.claim else "coder.submitted_incomplete"), kind)
        return {"claim": self._claim(job), "told": told, "status": job.status, "worklist": _rows(worklist)}

    def modifier(self, said: Said, owner: str) -> Answer:
        """Accept a proposed modifier, or take it back; the claim is drafted again with it."""
        worklist = self._list(said, owner)
        job = worklist.get(said.get("id"))
        key = str(said.get("modifier") or "")
        with worklist.lock:
            done = job.submission
            if done is None or done.claim is None:
                raise InputError(say("claim.no_form"))
            kept = [one for one in done.encounter.accept_modifiers if one != key]
            if said.get("accept"):
                if not any(key in one.keys for one in done.proposals):
                    raise InputError(say("claim.not_proposed"))
                kept.append(key)
            job.submission = submission.with_modifiers(self._services, done, tuple(kept))
            job.details = {**job.details, "accept_modifiers": kept}
        return {"claim": self._claim(job), "status": job.status, "worklist": _rows(worklist)}

    def reopen(self, said: Said, owner: str) -> Answer:
        """Let the decisions of a submitted note be changed; what was recorded stays recorded."""
        worklist = self._list(said, owner)
        job = worklist.get(said.get("id"))
        job.reopened = True
        return {"status": job.status, "worklist": _rows(worklist)}

    def details(self, said: Said, owner: str) -> Answer:
        """Patient, payer, providers and lines for the open note, from a JSON file."""
        job = self._list(said, owner).get(said.get("id"))
        name, content = _file(said)
        job.details = submission.details_of(content or b"", name)
        told = banner(say("coder.details_loaded", name=name), "info")
        return {**self._visit(job, form=True), "told": told}

    def visit(self, said: Said, owner: str) -> Answer:
        """Patient, payer, providers and lines as the form says them."""
        worklist = self._list(said, owner)
        job = worklist.get(said.get("id"))
        with worklist.lock:
            job.details = coder_visit.filled(job.details, said.get("fields"), said.get("lines"))
        return self._visit(job)

    def form(self, said: Said, owner: str) -> Answer:
        """One file of a submitted visit: the encounter, an 837, a paper form, FHIR."""
        job = self._list(said, owner).get(said.get("id"))
        if job.submission is None:
            raise InputError(say("claim.no_form"))
        name, kind, content = form_file(job.submission, str(said.get("form")), job.name)
        return {"name": name, "kind": kind, "content": base64.b64encode(content).decode("ascii")}

    def ask(self, said: Said, owner: str) -> Answer:
        """A question about what is open, answered by the conversation."""
        job = self._list(said, owner).get(said.get("id"))
        question = " ".join(str(said.get("question") or "").split())[:1000]
        return {"answer": coder_chat.answer_html(self._services, job, question, spoken())}

    # ------------------------------------------------------------------------------------------------------------------

    def _visit(self, job: Job, form: bool = False) -> Answer:
        """The details in a few words, what is wrong with them, the fees for their lines, and with `form` their form."""
        record = _review(job).record
        day, setting = str(record["date_of_service"]), str(record["setting"])
        answer: Answer = {
            "details": coder_view.details_html(job.details),
            "faults": coder_visit.faults_of(job.details, job.name, day, setting),
            "fees": coder_visit.fees_of(self._services, job.details, dt.date.fromisoformat(day)),
        }
        if form:
            offered = coder_visit.offered_by(self._services)
            answer["form"] = coder_visit.form_html(job.details, setting == "inpatient", offered)
        return answer

    def _claim(self, job: Job) -> str:
        return coder_view.claim_html(job.submission, submission.standing_of(self._services, job.submission))

    def _list(self, said: Said, owner: str) -> Worklist:
        return self._lists.find(owner, said.get("key"))

    def _take(self, worklist: Worklist, note: Said, name: str, content: bytes | None) -> Job:
        """One note from text or from a file, on the worklist and in line to be read."""
        given = {part: str(note.get(part) or "").strip()[:40] for part in ("date", "setting", "sex", "age")}
        parse_date(given["date"])
        text, remarks = str(note.get("text") or ""), tuple[str, ...]()
        if content is not None:
            found = extract(content, name, self._services.settings.max_note_bytes)
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

    def _sample_job(self, worklist: Worklist) -> Job:
        given = {"date": SAMPLE_DATE, "setting": "outpatient", "sex": "F", "age": "65"}
        return worklist.add("office-visit", sample_note(), given, sample_details())

    def _read(self, job: Job) -> dict[str, Any]:
        if self._opened:
            return self._suggested(job)
        with self._opening:  # the first note opens what all of them need; a second one would open it again
            record = self._suggested(job)
            self._opened = True
            return record

    def _suggested(self, job: Job) -> dict[str, Any]:
        job.suggestions = self._services.suggest_line(job.line(), TOP)
        record: dict[str, Any] = to_record(job.suggestions)
        return record

    def _kept(self, worklist: Worklist, job: Job, said: Said) -> None:
        with worklist.lock:
            sequence = said.get("sequence")
            if not isinstance(sequence, int) or sequence <= job.sequence:
                return
            # A submitted note keeps its decisions until it is reopened.
            if not job.submission or job.reopened or not job.submission.claim:
                job.review = _review(job).decided(said.get("choices"), said.get("order"))
            job.sequence = sequence

    def _findings(self, job: Job) -> tuple[Finding, ...]:
        """What the guidelines and edits say about the listed codes."""
        from assistant.guidelines.check import check_codes

        review = _review(job)
        if not review.order:
            return ()
        day = dt.date.fromisoformat(str(review.record["date_of_service"]))
        book = self._services.codebook_on(day)
        codes = [code for code in review.order if (known := book.get(code)) and known.system is CodeSystem.ICD10CM]
        sex, age = job.given["sex"], job.given["age"]
        return check_codes(
            codes,
            codebook=book,
            date=day,
            setting=str(review.record["setting"]),
            sex=sex or None,
            age=float(age) if age.replace(".", "", 1).isdecimal() else None,
        )

    def _titles(self, review: Review) -> dict[str, str]:
        """The titles of the codes that the coder added."""
        own = [code for code in review.choices if code not in review.suggested]
        day = parse_date(str(review.record["date_of_service"]))
        return {code: self._services.codebook_on(day or dt.date.today()).title(code) for code in own}


def leaving(owner: str) -> dict[str, str] | None:
    """Who has signed in, and the word on the button that ends it; None where the page has no accounts."""
    return {"name": owner, "leave": say("login.leave")} if owner else None


def _review(job: Job) -> Review:
    """The review of a note that was read. Raises InputError when it could not be."""
    if job.review is None:
        if job.answer.cancelled():
            raise InputError(say("coder.no_such_note"))
        job.review = Review(job.text, job.answer.result(timeout=0))
    return job.review


def _rows(worklist: Worklist) -> list[dict[str, Any]]:
    return [job.summary() for job in worklist.jobs()]


def _file(said: Said) -> tuple[str, bytes | None]:
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
