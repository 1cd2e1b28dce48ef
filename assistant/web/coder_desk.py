"""What the Coder tab's events do. One desk serves all sessions and keeps nothing: state comes in and goes out."""

import getpass
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import gradio as gr

from assistant.chart.readers import extract
from assistant.errors import USER_ERRORS, InputError
from assistant.record import to_record
from assistant.review.decision import checked_code, undescribed
from assistant.services import Services, parse_date
from assistant.web import submission
from assistant.web.coder_view import cards_html, claim_html, details_html, hits_html, note_html
from assistant.web.review import Review
from assistant.web.samples import SAMPLE_DATE, sample_details, sample_note
from assistant.web.uploads import take
from assistant.web.views import banner, empty
from assistant.web.words import say

TOP = 20
"""Suggestions asked for."""
HITS = 8
"""Search results shown."""


@dataclass(frozen=True, slots=True)
class CoderDesk:
    """The handlers; each returns the new values of the components its event names."""

    services: Services

    def suggest(self, text: str, date: str, setting: str, sex: str, age: str, visit: str) -> tuple[Any, ...]:
        """A fresh review of `text`."""
        try:
            if not (text or "").strip():
                raise InputError(say("coder.no_note"))
            line = {"id": visit or "visit-1", "text": text, "date_of_service": (date or "").strip(), "setting": setting}
            answer = self.services.suggest_line({**line, "sex": sex, "age": age}, TOP)
        except USER_ERRORS as error:
            keep = gr.skip()
            return keep, keep, keep, keep, keep, _told(error), gr.update(open=True)
        review = Review(text, to_record(answer))
        said = banner(say("coder.suggested", release=answer.release, date=answer.date_of_service), "info")
        if answer.notice:
            said = banner(answer.notice) + said
        return (
            review,
            note_html(review),
            cards_html(review),
            gr.update(interactive=False),
            "",
            said,
            gr.update(open=False),
        )

    def sample(self) -> tuple[Any, ...]:
        known = sample_details()
        return sample_note(), SAMPLE_DATE, "outpatient", "F", "65", "office-visit", known, details_html(known), ""

    def dropped(self, path: str, visit: str) -> tuple[Any, ...]:
        try:
            name, content = take(path)
            found = extract(content, name, self.services.settings.max_note_bytes)
        except USER_ERRORS as error:
            return gr.skip(), gr.skip(), None, _told(error)
        said = " ".join((say("coder.note_loaded", name=name), *found.remarks))
        return found.text, Path(name).stem or visit, None, banner(said, "info")

    def details_dropped(self, path: str) -> tuple[Any, ...]:
        try:
            name, content = take(path)
            details = submission.details_of(content, name)
            return details, details_html(details), None, banner(say("coder.details_loaded", name=name), "info")
        except USER_ERRORS as error:
            return gr.skip(), gr.skip(), None, _told(error)

    def decide(self, review: Review | None, event: gr.EventData) -> tuple[Any, ...]:
        """One click on a card or in the list of accepted codes."""
        if review is None:
            return (gr.skip(),) * 5
        said: dict[str, Any] = event._data or {}
        code = str(said.get("code", ""))
        acts: dict[str, Callable[[], Review]] = {
            "accept": lambda: review.accept(code),
            "reject": lambda: review.reject(code, str(said.get("reason", ""))),
            "undo": lambda: review.undo(code),
            "up": lambda: review.move(code, -1),
            "down": lambda: review.move(code, +1),
            "accept_all": review.accept_selected,
        }
        try:
            return _panel(acts[str(said.get("act"))]())
        except KeyError:
            return (gr.skip(),) * 5
        except InputError as error:
            return _panel(review, str(error))

    def add(self, review: Review | None, event: gr.EventData) -> tuple[Any, ...]:
        """A code found by search, checked for the date of service and added."""
        if review is None:
            return (gr.skip(),) * 7
        try:
            date = parse_date(str(review.record["date_of_service"]))
            assert date
            book = self.services.codebook_on(date)
            code, _ = checked_code(str((event._data or {}).get("code", "")), date, book)
            added = review.add(code, book.title(code))
            note = undescribed(code, date, book)
        except USER_ERRORS as error:
            return *_panel(review, str(error)), gr.skip(), gr.skip()
        said = " ".join(filter(None, (say("coder.added", code=code), note and f"{note}.")))
        return *_panel(added, said, "done"), "", ""

    def search(self, query: str, date: str, review: Review | None) -> str:
        """Codes for the words typed so far."""
        if len((query or "").strip()) < 2:
            return ""
        try:
            found = self.services.search(query[:200], HITS, parse_date((date or "").strip()))
        except USER_ERRORS as error:
            return _told(error)
        return hits_html(found, review) if found else empty("coder.no_hits")

    def look(self, date: str, review: Review | None, event: gr.EventData) -> tuple[str, str]:
        """Codes for the words selected in the note."""
        words = " ".join(str((event._data or {}).get("text", "")).split())[:200]
        return words, self.search(words, date, review)

    def submit(self, review: Review | None, details: dict[str, Any], visit: str) -> tuple[Any, ...]:
        if review is None:
            return gr.skip(), gr.skip(), gr.skip(), _told(InputError(say("coder.no_note")))
        try:
            done = submission.submit(
                self.services, review, json.loads(json.dumps(details)), visit.strip() or "visit-1", _actor()
            )
        except USER_ERRORS as error:
            return gr.skip(), gr.skip(), gr.skip(), _told(error)
        said = banner(
            say("coder.submitted" if done.claim else "coder.submitted_incomplete"), "done" if done.claim else "info"
        )
        return replace(review, submitted=True), gr.update(interactive=False), claim_html(done, visit.strip()), said


def _told(error: Exception) -> str:
    return banner(str(error))


def _panel(review: Review, message: str = "", kind: str = "error") -> tuple[Any, ...]:
    """The work column after a decision; the message stands at its top, which stays in view."""
    return review, cards_html(review, banner(message, kind)), gr.update(interactive=review.ready), "", ""


def _actor() -> str:
    """The account that runs the page; accounts of its own come later."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return ""
