"""How an injury came about: cause, place and activity that the story states (OCG I.C.20). The words are data.

A place and an activity are coded once, at the first encounter for the injury (OCG I.C.20.b, c).
"""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from assistant.chart.note import Note, Span
from assistant.chart.sections import sections
from corpus.codes import Code

_RULES = Path(__file__).parent / "rules" / "circumstances.json"
_TOLD = frozenset(
    {"chief_complaint", "history_of_present_illness", "reason_for_visit", "subjective", "interval_history", "other"}
    | {"hospital_course", "assessment_and_plan", "assessment"}
)
_SENTENCE = re.compile(r"[^.;\r\n]+(?:[.;](?=\S)[^.;\r\n]+)*")
_PAST = re.compile(
    r"\b(?:19|20)\d\d\b|years? ago|as a (?:child|teen|kid)|in (?:high school|college)|used to|when (?:he|she) was younger",
    re.I,
)
_SENTENCES = 14
"""Sentences of the story that are looked through: the accident is told early."""
_INJURED = re.compile(r"[ST](?:[01]\d|2\d|3[0-4])|S\d\d|T4[0-9]|T6[78]|T1[0-9]|M80|M84\.3")
PLAIN = ("W19", "W18.30", "W01", "V89.2", "W18.40")
"""Causes that say little: a more telling one stands instead."""


@dataclass(frozen=True, slots=True)
class Circumstance:
    """A code and the words that state it."""

    code: Code
    span: Span


@lru_cache(maxsize=1)
def _data() -> dict[str, Any]:
    data: dict[str, Any] = json.loads(_RULES.read_text(encoding="utf-8"))

    def listed(name: str) -> list[tuple[str, re.Pattern[str]]]:
        return [(key, re.compile(words, re.I)) for key, words in data[name]]

    return {
        "accident": re.compile(data["accident"], re.I),
        "at_home": re.compile(data["at_home"], re.I),
        "rooms": data["rooms"],
        **{name: listed(name) for name in ("causes", "places", "activities", "dwellings", "room_words")},
    }


def circumstances(selected: Sequence[str], note: Note, valid: Callable[[str], Code | None]) -> tuple[Circumstance, ...]:
    """Cause, place and activity of the injuries among the codes `selected`; empty when there is none."""
    ends = {code[-1] for code in selected if _INJURED.match(code) and len(code) == 8}
    if not any(code[0] in "ST" for code in selected) or not ends:
        return ()
    seventh = "A" if "A" in ends else "D" if "D" in ends else "S" if "S" in ends else ""
    spans = list(_accident(note))
    found: list[Circumstance] = []
    if seventh and not any(code.startswith("T4") or (code.startswith("T3") and code[1:3] > "34") for code in selected):
        found += _first(note, spans, _data()["causes"], lambda stem: valid(f"{stem}{seventh}"))
    if seventh == "A":
        found += _place(note, spans, valid)
        found += _first(note, spans, _data()["activities"], valid)
    return tuple(found)


def _accident(note: Note) -> Iterator[Span]:
    """Sentences of the story that tell of an accident, and the one before and behind each."""
    told: list[Span] = []
    for part in sections(note):
        if part.kind in _TOLD:
            told += [
                Span(*found.span())
                for found in _SENTENCE.finditer(note.text, part.body.start, part.body.end)
                if found.group().strip()
            ]
    told = told[:_SENTENCES]
    hits = {
        at
        for at, span in enumerate(told)
        if _data()["accident"].search(note.at(span)) and not _PAST.search(note.at(span))
    }
    first = min(hits, default=None)
    if first is None:
        return
    near = {at for at in hits if at <= first + 3}
    for at, span in enumerate(told):
        if (at in near or at - 1 in near or at + 1 in near) and not _PAST.search(note.at(span)):
            yield span


def _first(
    note: Note,
    spans: Sequence[Span],
    rules: Sequence[tuple[str, re.Pattern[str]]],
    valid: Callable[[str], Code | None],
) -> list[Circumstance]:
    for text, words in rules:
        for span in spans:
            found = words.search(note.text, span.start, span.end)
            if found and (code := valid(text)):
                return [Circumstance(code, Span(*found.span()))]
    return []


def _place(note: Note, spans: Sequence[Span], valid: Callable[[str], Code | None]) -> list[Circumstance]:
    if found := _first(note, spans, _data()["places"], valid):
        return found
    for span in spans:
        at = _data()["at_home"].search(note.text, span.start, span.end)
        if at is None:
            continue
        around = " ".join(note.at(one) for one in spans)
        kind = next((name for name, words in _data()["dwellings"] if words.search(around)), "home")
        room = next((name for name, words in _data()["room_words"] if words.search(note.at(span))), "other")
        rooms = _data()["rooms"][kind]
        code = valid(rooms.get(room, rooms["other"]))
        return [Circumstance(code, Span(*at.span()))] if code else []
    return []
