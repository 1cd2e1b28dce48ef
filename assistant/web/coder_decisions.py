"""The coder's decisions on one open note: kept as they are made, checked, searched for, and recorded at the end."""

import datetime as dt
import json

from assistant.accounts.principal import current
from assistant.guidelines.finding import Finding
from assistant.review.decision import checked_code, undescribed
from assistant.services import parse_date
from assistant.web import coder_view, submission
from assistant.web.coder_billing import Billing
from assistant.web.coder_room import Answer, Room, Said, review_of, rows
from assistant.web.coder_worklist import Job, Worklist
from assistant.web.review import Review
from assistant.web.views import banner
from assistant.web.words import say
from corpus.codes import CodeSystem

HITS = 8
"""Search results shown."""
MOST_BELOW = 60
"""Codes of a header shown."""


class Decisions:
    """What is decided about a note."""

    def __init__(self, room: Room, billing: Billing) -> None:
        self._room = room
        self._billing = billing

    def opened(self, said: Said, owner: str) -> Answer:
        """A note that was read: the note, its suggestions, and the decisions so far."""
        worklist, job = self._room.job(said, owner)
        with worklist.lock:
            review = review_of(job)
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
            **self._billing.sight(job, form=True),
            "claim": self._billing.claim(job),
            "told": (banner(record["notice"]) if record.get("notice") else "") + banner(told, "info"),
            "added": self._titles(review),
            "worklist": rows(worklist),
        }

    def keep(self, said: Said, owner: str) -> Answer:
        """The decisions as they stand in the browser; gives the findings on the codes that are listed."""
        worklist, job = self._room.job(said, owner)
        self._kept(worklist, job, said)
        answer: Answer = {"findings": coder_view.findings(self._findings(job)), "worklist": rows(worklist)}
        if said.get("note"):
            answer["note"] = coder_view.note_html(review_of(job))
        return answer

    def find(self, said: Said, owner: str) -> Answer:
        """Codes for words, valid on the date of service of the open note; for a header, the codes below it."""
        _, job = self._room.job(said, owner)
        text = " ".join(str(said.get("text") or "").split())[:200]
        date = dt.date.fromisoformat(str(review_of(job).record["date_of_service"]))
        services = self._room.services
        book = services.codebook_on(date)
        if (header := book.get(text)) and not header.billable:
            return {"hits": coder_view.below(book, header.code, date, MOST_BELOW), "text": text}
        found = services.search(text, HITS, date) if len(text) > 1 else []
        return {"hits": coder_view.hits(found), "text": text}

    def check_added(self, said: Said, owner: str) -> Answer:
        """A code of the coder's own, checked for the date of service, with its title. Raises InputError when it may not stand."""
        _, job = self._room.job(said, owner)
        date = parse_date(str(review_of(job).record["date_of_service"]))
        assert date
        book = self._room.services.codebook_on(date)
        code, _ = checked_code(str(said.get("code") or "")[:20], date, book)
        note = undescribed(code, date, book)
        return {"code": code, "description": book.title(code), "told": banner(f"{note}.", "info") if note else ""}

    def submit(self, said: Said, owner: str) -> Answer:
        """Record the decisions and draft the claim."""
        worklist, job = self._room.job(said, owner)
        self._kept(worklist, job, said)
        with worklist.lock:
            done = submission.submit(
                self._room.services,
                review_of(job),
                json.loads(json.dumps(job.details)),
                job.name,
                owner or current().name,
                job.submission,
            )
            job.submission, job.reopened = done, False
        kind = "done" if done.claim else "info"
        told = banner(say("coder.submitted" if done.claim else "coder.submitted_incomplete"), kind)
        return {"claim": self._billing.claim(job), "told": told, "status": job.status, "worklist": rows(worklist)}

    def reopen(self, said: Said, owner: str) -> Answer:
        """Let the decisions of a submitted note be changed; what was recorded stays recorded."""
        worklist, job = self._room.job(said, owner)
        job.reopened = True
        return {"status": job.status, "worklist": rows(worklist)}

    def _kept(self, worklist: Worklist, job: Job, said: Said) -> None:
        with worklist.lock:
            sequence = said.get("sequence")
            if not isinstance(sequence, int) or sequence <= job.sequence:
                return
            # A submitted note keeps its decisions until it is reopened.
            if not job.submission or job.reopened or not job.submission.claim:
                job.review = review_of(job).decided(said.get("choices"), said.get("order"))
            job.sequence = sequence

    def _findings(self, job: Job) -> tuple[Finding, ...]:
        """What the guidelines and edits say about the listed codes."""
        from assistant.guidelines.check import check_codes

        review = review_of(job)
        if not review.order:
            return ()
        day = dt.date.fromisoformat(str(review.record["date_of_service"]))
        book = self._room.services.codebook_on(day)
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
        return {code: self._room.services.codebook_on(day or dt.date.today()).title(code) for code in own}
