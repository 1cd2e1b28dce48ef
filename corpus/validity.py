"""Validity of the codes of one release: what official tables say, and what the release itself states."""

import datetime as dt
from typing import Protocol

from corpus.codes import Code, CodeSystem, Release, Window
from corpus.sources.validity import CodeValidity, Validity


class Book(Protocol):
    """What is asked of a code book."""

    release: Release
    system: CodeSystem

    def get(self, code: str) -> Code | None:
        """The code, or None."""
        ...

    def billable(self, code: str) -> bool:
        """Whether it can be reported as it stands."""
        ...


class ReleaseValidity:
    """ICD-10 validity: what the Medicare editor says, and past its last date what the loaded release itself states."""

    def __init__(self, official: CodeValidity, book: Book) -> None:
        self._official = official
        self._book = book

    def covers(self, date: dt.date) -> bool:
        return self._official.covers(date) or self._stated(date)

    def valid_on(self, code: str, date: dt.date) -> bool | None:
        if self._official.covers(date):
            return self._official.valid_on(code, date)
        return self._book.billable(code) if self._stated(date) else None

    def windows(self, code: str) -> tuple[Window, ...]:
        return self._official.windows(code)

    def _stated(self, date: dt.date) -> bool:
        release = self._book.release
        return bool(release.starts and release.ends and release.starts <= date.isoformat() <= release.ends)


class ListedValidity:
    """Validity as the release lists it, code by code: HCPCS, CPT, places of service."""

    def __init__(self, book: Book) -> None:
        self._book = book

    def covers(self, date: dt.date) -> bool:
        """Up to the last day of the release; terminated and later codes are dated, so earlier days are known too."""
        release = self._book.release
        return bool(release.starts and release.ends and date.isoformat() <= release.ends)

    def valid_on(self, code: str, date: dt.date) -> bool | None:
        found = self._book.get(code)
        day = date.isoformat()
        if found is None:
            return None
        if (found.valid_to and day > found.valid_to) or (found.valid_from and day < found.valid_from):
            return False
        if not self.covers(date):
            return None
        return True if found.valid_from or day >= self._book.release.starts else None

    def windows(self, code: str) -> tuple[Window, ...]:
        found = self._book.get(code)
        if found is None or not (found.valid_from or found.valid_to):
            return ()
        first, last = (dt.date.fromisoformat(day) if day else None for day in (found.valid_from, found.valid_to))
        return (Window(first, last),)


def validity_of(book: Book) -> Validity:
    """Where the validity of codes comes from for the system of `book`."""
    if book.system in (CodeSystem.ICD10CM, CodeSystem.ICD10PCS):
        return ReleaseValidity(CodeValidity(procedures=book.system is CodeSystem.ICD10PCS), book)
    return ListedValidity(book)
