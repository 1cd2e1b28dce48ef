"""Who is billed for an open note and what for: the details of the visit, its claim, and the files it can be saved as."""

import base64
import datetime as dt

from assistant.errors import InputError
from assistant.web import coder_view, coder_visit, submission
from assistant.web.coder_forms import form_file
from assistant.web.coder_room import Answer, Room, Said, file_of, review_of, rows
from assistant.web.coder_worklist import Job
from assistant.web.views import banner
from assistant.web.words import say


class Billing:
    """Patient, payer, lines and claim of a note."""

    def __init__(self, room: Room) -> None:
        self._room = room

    def details(self, said: Said, owner: str) -> Answer:
        """Patient, payer, providers and lines for the open note, from a JSON file."""
        _, job = self._room.job(said, owner)
        name, content = file_of(said)
        job.details = submission.details_of(content or b"", name)
        return {**self.sight(job, form=True), "told": banner(say("coder.details_loaded", name=name), "info")}

    def visit(self, said: Said, owner: str) -> Answer:
        """Patient, payer, providers and lines as the form says them."""
        worklist, job = self._room.job(said, owner)
        with worklist.lock:
            job.details = coder_visit.filled(job.details, said.get("fields"), said.get("lines"))
        return self.sight(job)

    def modifier(self, said: Said, owner: str) -> Answer:
        """Accept a proposed modifier, or take it back; the claim is drafted again with it."""
        worklist, job = self._room.job(said, owner)
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
            job.submission = submission.with_modifiers(self._room.services, done, tuple(kept))
            job.details = {**job.details, "accept_modifiers": kept}
        return {"claim": self.claim(job), "status": job.status, "worklist": rows(worklist)}

    def form(self, said: Said, owner: str) -> Answer:
        """One file of a submitted visit: the encounter, an 837, a paper form, FHIR."""
        _, job = self._room.job(said, owner)
        if job.submission is None:
            raise InputError(say("claim.no_form"))
        name, kind, content = form_file(job.submission, str(said.get("form")), job.name)
        return {"name": name, "kind": kind, "content": base64.b64encode(content).decode("ascii")}

    def sight(self, job: Job, form: bool = False) -> Answer:
        """The details in a few words, what is wrong with them, the fees for their lines, and with `form` their form."""
        record = review_of(job).record
        day, setting = str(record["date_of_service"]), str(record["setting"])
        services = self._room.services
        answer: Answer = {
            "details": coder_view.details_html(job.details),
            "faults": coder_visit.faults_of(job.details, job.name, day, setting),
            "fees": coder_visit.fees_of(services, job.details, dt.date.fromisoformat(day)),
        }
        if form:
            answer["form"] = coder_visit.form_html(
                job.details, setting == "inpatient", coder_visit.offered_by(services)
            )
        return answer

    def claim(self, job: Job) -> str:
        """What was recorded, and the claim or what it lacks."""
        return coder_view.claim_html(job.submission, submission.standing_of(self._room.services, job.submission))
