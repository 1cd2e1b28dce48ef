"""What is known of one code on one day: from when to when it may be reported, what replaced it, who describes it."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from corpus.catalog import Catalog
from corpus.codes import Code, CodeSystem, Window, written
from corpus.lexicon.words import rows
from corpus.library import CodeBook
from corpus.sources.validity import FIRST_DATE, LAST_DATE
from corpus.standing import note_on

_REPLACED = Path(__file__).parent / "sources" / "replacements.tsv"


@dataclass(frozen=True, slots=True)
class CodeStatus:
    """The answer to a query that is a code."""

    code: str
    system: CodeSystem
    date: dt.date
    valid: bool | None
    """On `date`; None: nothing is known, which is not valid."""
    windows: tuple[Window, ...]
    """Days on which it may be reported, oldest first."""
    replaced_by: tuple[str, ...]
    """Codes that took its place when it ended, where that is certain."""
    description: str
    """"" when no loaded release describes the code."""
    release: str
    """The release that describes it, else the one that was looked in."""
    message: str
    """All of this in one or two sentences."""


@lru_cache(maxsize=1)
def replacements() -> dict[str, tuple[str, ...]]:
    """Retired ICD-10-CM code -> the codes that took its place."""
    return {code: tuple(new.split("|")) for code, _, new in rows(_REPLACED, ("code", "last_day", "replaced_by"))}


def status(catalog: Catalog, which: CodeSystem, text: str, date: dt.date) -> CodeStatus | None:
    """The status of the code that `text` is; None when it is no reportable code of the system on any day known.

    Raises CorpusError when nothing of the system is loaded.
    """
    code = written(which, text)
    book = catalog.codebook(which, date)
    found = book.get(code)
    if found and not found.billable and not book.windows(code):
        return None
    windows = book.windows(code)
    described, by = _described(catalog, which, code, book)
    if not windows and described is None:
        return None
    valid = book.validity.valid_on(code, date)
    replaced = _replaced_by(which, code) if valid is False else ()
    release = by.release.title
    if described is None:
        told = (
            f"{release}, which is loaded for {date}, does not describe it; "
            "import the release that does with `superbill corpus import`"
        )
    elif by.release.title != book.release.title:
        told = f"described by {release}"
    else:
        told = note_on(by.release, date)
    sentences = [f"{code} {_told(windows, valid, date, book)}{_instead(replaced)}."]
    if told:
        sentences.append(f"{told[:1].upper()}{told[1:]}.")
    return CodeStatus(
        code,
        which,
        date,
        valid,
        windows,
        replaced,
        described.title if described else "",
        release,
        " ".join(sentences),
    )


def _replaced_by(which: CodeSystem, code: str) -> tuple[str, ...]:
    from corpus.systems import system

    return replacements().get(code, ()) if which is CodeSystem.ICD10CM else system(which).replaced_by(code)


def _described(catalog: Catalog, which: CodeSystem, code: str, book: CodeBook) -> tuple[Code | None, CodeBook]:
    """The billable code and the book that has it: the one for the date first, then the newest other."""
    found = book.get(code)
    if found and found.billable:
        return found, book
    for edition in reversed(catalog.editions(which)):
        if edition.release.title == book.release.title:
            continue
        other = catalog.book_of(edition)
        found = other.get(code)
        if found and found.billable:
            return found, other
    return None, book


def _told(windows: Sequence[Window], valid: bool | None, date: dt.date, book: CodeBook) -> str:
    if not windows:
        return f"has no known validity on {date}"
    asked = book.system in (CodeSystem.ICD10CM, CodeSystem.ICD10PCS)  # whose tables begin and end on known days
    spans = " and ".join(_span(window, asked) for window in windows)
    if valid:
        return f"is valid {spans}"
    if valid is None:
        return f"is valid {spans}; on {date} its validity is not known"
    first, last = windows[0].first, windows[-1].last
    if first and date < first:
        return f"is not valid on {date}; it is valid {spans}"
    return (
        f"is not valid on {date}; it was valid {spans}" if last and last < date else f"is valid {spans}, not on {date}"
    )


def _span(window: Window, asked: bool) -> str:
    since, until = (
        (f"from {FIRST_DATE} or earlier", f"at least to {LAST_DATE}") if asked else ("", "without a stated end")
    )
    first = f"from {window.first}" if window.first else since
    return f"{first} to {window.last}".strip() if window.last else " ".join(filter(None, (first, until)))


def _instead(codes: Sequence[str]) -> str:
    return f", replaced by {', '.join(codes)}" if codes else ""
