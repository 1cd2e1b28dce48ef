"""Is each code a real, complete code in force on the day? (OCG I.A.4, I.A.5, I.B.2, I.B.12)"""

import datetime as dt
from collections.abc import Iterator

from assistant.guidelines.case import Case
from assistant.guidelines.finding import Finding
from assistant.guidelines.pattern import dot, undotted
from assistant.guidelines.texts import texts
from corpus.codes import Window, fiscal_year

SHOWN = 6
"""Codes or characters listed in a sentence before it says `...`."""


def validity_findings(case: Case) -> Iterator[Finding]:
    """Unknown, incomplete, outdated and repeated codes, and new ones that no loaded release describes."""
    for position, code in enumerate(case.codes):
        if code in case.codes[:position]:
            if case.codes[:position].count(code) == 1:
                yield texts()["TB-0008"].finding((code,))
            continue
        found = case.book.get(code)
        if found is None and case.book.valid_on(code, case.date):
            yield texts()["TB-0009"].finding((code,), quote=case.date.isoformat(), options=(fiscal_year(case.date),))
        elif found is None:
            yield _out_of_force(case, code) if case.book.windows(code) else _unknown(case, code)
        elif not found.billable:
            # A heading of this release may have been a code before it was divided (G35 until 2025-09-30).
            if not _within(case.book.windows(code), case.date):
                yield _incomplete(case, code)
        else:
            valid = case.book.valid_on(code, case.date)
            if valid is None:
                yield texts()["TB-0007"].finding((code,), quote=case.date.isoformat())
            elif not valid:
                yield _out_of_force(case, code)


def usable(case: Case) -> tuple[str, ...]:
    """The codes that are real and complete, without repeats: what the other checks look at."""
    return tuple(dict.fromkeys(code for code in case.codes if case.book.billable(code)))


def _within(windows: tuple[Window, ...], date: dt.date) -> bool:
    return any((not one.first or one.first <= date) and (not one.last or date <= one.last) for one in windows)


def _out_of_force(case: Case, code: str) -> Finding:
    """Not valid on the day, with the days on which it is."""
    spans = []
    for one in case.book.windows(code):
        since = f"from {one.first}" if one.first else ""
        spans.append(f"{since} until {one.last}".strip() if one.last else since)
    said = f"it may be reported {' and '.join(filter(None, spans))}" if any(spans) else "it is not in force then"
    return texts()["TB-0006"].finding((code,), quote=case.date.isoformat(), options=(said,))


def _incomplete(case: Case, code: str) -> Finding:
    characters = case.book.seventh_characters(code)
    if characters:
        return texts()["TB-0003"].finding((code,), quote=_meanings(characters))
    below = case.book.children(code)
    shown = tuple(child.code for child in below[:SHOWN]) + (("...",) if len(below) > SHOWN else ())
    return texts()["TB-0002"].finding((code,), options=shown)


def _unknown(case: Case, code: str) -> Finding:
    bare = undotted(code)
    stem, last = dot(bare[:-1].rstrip("X") if len(bare) == 7 else bare[:-1]), bare[-1:]
    known = case.book.get(stem) or case.book.get(dot(bare[:-1]))
    characters = case.book.seventh_characters(known.code) if known else ()
    if known and characters:
        completed = case.book.complete(known.code, last)
        if len(bare) == 7 or completed is None:
            return texts()["TB-0004"].finding((code,), quote=_meanings(characters))
        return texts()["TB-0005"].finding((code,), options=(completed.code,))
    return texts()["TB-0001"].finding((code,))


def _meanings(characters: tuple[tuple[str, str], ...]) -> str:
    return "; ".join(f"{character} {meaning}".strip() for character, meaning in characters)
