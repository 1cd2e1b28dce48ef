"""Hits: what is answered for the units or codes found, with validity on the date, what is missing and what must be known."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

from corpus.codes import Code, Hit
from corpus.index.facets import Limits
from corpus.index.facets import fits as lets_through
from corpus.index.ranges import read_codes
from corpus.index.ranking import UnitHit
from corpus.library import CodeBook
from corpus.standing import note_on
from corpus.systems.system import System

BELOW = 3
"""Billable codes shown for a header when only billable ones are wanted."""


class Hits:
    """Makes hits from the codes of one release."""

    def __init__(self, system: System, book: CodeBook) -> None:
        self._system = system
        self._book = book

    def of_code(self, text: str, k: int, date: dt.date) -> list[Hit] | None:
        """Hits of a query that is a code or made of codes; None when it is to be read as words."""
        hits = self._of_one(text, k, date) if self._system.is_code(text) else None
        return self._of_several(text, k, date) if hits is None else hits

    def of_units(
        self, units: Sequence[UnitHit], text: str, said: str, k: int, date: dt.date, limits: Limits | None
    ) -> list[Hit]:
        """Hits of the units found for `text`; `said` are the words that choose a code within each."""
        hits: list[Hit] = []
        seen: set[str] = set()
        for unit in units:
            found = self._system.resolve(self._book, unit.unit, said, date)
            for code in self._let_through(found, limits) if found else ():
                hit = self._hit(code, len(hits) + 1, unit.matched_term, round(unit.score, 4), text, date)
                if hit and code.code not in seen and len(hits) < k:
                    seen.add(code.code)
                    hits.append(hit)
            if len(hits) == k:
                break
        return hits

    def _of_one(self, text: str, k: int, date: dt.date) -> list[Hit] | None:
        """None when there is no such code on any day."""
        bare = self._book.form(text.strip().rstrip(".-"))
        listed = self._system.by_code(self._book, bare, k)
        if not listed and not self._book.windows(bare):
            return None
        hits: list[Hit] = []
        for code in listed:
            rank = len(hits) + 1
            hit = self._hit(code, rank, bare, 1.0 / rank, bare, date)
            if hit and len(hits) < k:
                hits.append(hit)
        return hits

    def _of_several(self, text: str, k: int, date: dt.date) -> list[Hit] | None:
        """Hits of a query made of codes, or of one that does not exist; None when it is words."""
        asked = read_codes(text, self._book, k)
        hits: list[Hit] = []
        for item in asked:
            for code in item.codes:
                hit = self._hit(code, len(hits) + 1, item.asked, 1.0 / (len(hits) + 1), item.asked, date)
                if hit and len(hits) < k and all(hit.code != other.code for other in hits):
                    hits.append(replace(hit, note="; ".join(filter(None, (item.message, hit.note)))))
        return hits if asked else None

    def _let_through(self, code: Code, limits: Limits | None) -> Sequence[Code]:
        """The code itself, or under a limit to billable codes the first ones below it; () when it is outside."""
        if not limits:
            return (code,)
        below = self._book.billable_under(code.code)[:BELOW] if limits.billable and not code.billable else (code,)
        return [one for one in below if lets_through(one, limits)]

    def _hit(self, code: Code, rank: int, matched: str, score: float, text: str, date: dt.date) -> Hit | None:
        """None for a code that must not be answered: not valid on `date`, or not known to be where that is required."""
        valid = self._book.valid_on(code.code, date)
        if not valid and (valid is False or self._system.validity_required):
            return None
        release = self._book.release
        note = note_on(release, date, self._changed(code, date))
        if valid is None:
            unknown = f"validity on {date} is not known" if release.starts else self._system.undated_note
            note = "; ".join(filter(None, (note, unknown)))
        return Hit(
            rank,
            code.code,
            code.system,
            code.title,
            code.billable,
            matched,
            score,
            self._system.missing(self._book, code, text),
            release.title,
            "valid" if valid else "unknown",
            "; ".join(filter(None, (note, self._system.remark(self._book, code)))),
        )

    def _changed(self, code: Code, date: dt.date) -> bool:
        """Whether the code is valid on `date` and not on the later day that the release starts."""
        starts = self._book.release.starts
        return date.isoformat() < starts and not self._book.valid_on(code.code, dt.date.fromisoformat(starts))
