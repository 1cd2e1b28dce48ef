"""Weeks of gestation that a note states, and the trimester they lie in (OCG I.C.15.a.3)."""

import re

from corpus.index.sides import trimester_of, weeks_of

_PREGNANT = re.compile(
    r"\bpregnan|gestation|\bg\d+ ?p\d+|\b(?:iup|ega|edd|edc)\b|\bprenatal|\bob visit|\bfetal\b|\btrimester|\bliveborn\b",
    re.I,
)
_WITH_DAYS = re.compile(
    r"\b(\d{1,2}) ?(?:w|wk|wks|weeks?),? ?(?:and |& |\+ ?)?[0-6] ?(?:d|days?)\b"
    r"|\b(\d{1,2}) ?(?:[0-6]/7|\+[0-6])(?: ?(?:w|wks?|weeks?))?\b",
    re.I,
)
_PLANNED = re.compile(r"\b(?:set|for|plan\w*|schedul\w*|induction|repeat|by|until|from|at|cs)\b[^.;\n]{0,14}$", re.I)
_NOW = re.compile(r"\b(?:now|is|currently|iup|@|g\d+ ?p\d+\w*,?|at)\s*(?:at )?$", re.I)
TERM = 42


def gestation(text: str) -> re.Match[str] | None:
    """Where the note states the weeks reached: the first `28w3d` that is no plan, only in a note of a pregnancy."""
    if not _PREGNANT.search(text):
        return None
    for found in _WITH_DAYS.finditer(text):
        before = text[max(0, found.start() - 30) : found.start()]
        if weeks_in(found) <= TERM and (_NOW.search(before) or not _PLANNED.search(before)):
            return found
    return None


def weeks_in(found: re.Match[str]) -> int:
    """Completed weeks of what `gestation` found."""
    return int(found[1] or found[2])


def trimester_of_note(text: str) -> str:
    """`first`, `second` or `third` when the note names one, by name or by weeks, else ""."""
    found = gestation(text)
    if found is None:
        return trimester_of(text)
    week = weeks_in(found)
    return "first" if week < 14 else "second" if week < 28 else "third"


def weeks_of_words(text: str) -> int | None:
    """Completed weeks that a phrase states."""
    found = _WITH_DAYS.search(text)
    return weeks_in(found) if found else weeks_of(text)
