"""Codes while they are typed: each word is the beginning of a word, in any order. No encoder, no Chroma, a few milliseconds.

Works over the rows of the index and their postings. A row is wanted when it has all words; where no row has them all, those
that have most of them. Then: rows that say just what was typed, then fewer words beside it, then units that many of our own
phrases name, which are the common ones.
"""

import datetime as dt
import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from math import log, log1p

import numpy as np
import numpy.typing as npt

from corpus.codes import Code
from corpus.index.agreement import conflicts
from corpus.index.lexical import LexicalIndex
from corpus.index.sides import Sides, side_of
from corpus.index.terms import SearchTerm, TermKind
from corpus.index.typed import Reader, Want
from corpus.index.words import words
from corpus.library import CodeBook
from corpus.systems.system import System

POOL = 150
"""Rows that are looked at closely."""
BEGUN = 0.7
"""Worth of a word that is begun, against one that is there."""
SENSE = 0.15
"""Taken off for each further sense of an abbreviation."""
ENOUGH = 0.6
"""Share of the words of an abbreviation's wording that a row must have."""
LENGTH = 0.05
"""Taken off for each word of a row beyond those asked for, up to 12."""
COMMON = 0.12
EXACT, BEGINS, HOLDS = 1.0, 0.5, 0.2
OTHER, WITH, CONFLICT, SIDE = 0.25, 0.5, 0.6, 0.4
_BEGUN = re.compile(r"[a-z][0-9a-z]", re.I)
_LETTERED = re.compile(r"[A-Z][A-Z]\d")
_LAST = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_OWN = (TermKind.PHRASE, TermKind.LAY, TermKind.VARIANT)

Flags = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Completion:
    """One code offered, and the term that what was typed begins or says."""

    rank: int
    code: str
    description: str
    billable: bool
    matched_term: str
    score: float


class Completer:
    """Offers codes for what is typed so far. Nothing changes after opening; safe to share between threads."""

    def __init__(
        self, system: System, book: CodeBook, rows: Sequence[SearchTerm], lexical: LexicalIndex, sides: Sides
    ) -> None:
        self._system = system
        self._book = book
        self._rows = rows
        self._lexical = lexical
        self._sides = sides
        lettered = frozenset(row.unit[:3] for row in rows if _LETTERED.fullmatch(row.unit[:3]))
        self._reader = Reader(lexical, system.abbreviations(), lettered)
        self._lengths = lexical.lengths
        own = Counter(row.unit for row in rows if row.kind in _OWN)
        common = {unit: COMMON * log1p(count) for unit, count in own.items()}
        self._common = np.fromiter((common.get(row.unit, 0.0) for row in rows), np.float32, len(rows))
        self._units = sorted({row.unit for row in rows})
        number = {unit: index for index, unit in enumerate(self._units)}
        self._unit = np.fromiter((number[row.unit] for row in rows), np.int32, len(rows))

    def complete(self, text: str, limit: int = 10, date: dt.date | None = None) -> list[Completion]:
        """The best `limit` codes valid on `date` (today unless given) for what is typed so far, best first."""
        on = date or dt.date.today()
        typed = text.strip()
        found: dict[str, Completion] = {}
        if _BEGUN.fullmatch(typed) or self._system.is_code(typed):
            found = {one.code: one for one in self._by_code(typed, limit, on)}
        if len(typed) < 3:  # `t2` begins codes and words
            worded = self._by_words(typed, limit, on)
            found = dict([*found.items()][: max(limit - len(worded), limit // 2)])
        else:
            worded = [] if found else self._by_words(typed, limit, on)
        for one in worded:
            found.setdefault(one.code, one)
        return [replace(one, rank=rank) for rank, one in enumerate([*found.values()][:limit], 1)]

    def _by_code(self, typed: str, limit: int, on: dt.date) -> Iterator[Completion]:
        """The code itself, what is below it, then what begins with it; for `J4` the categories J40 to J4A."""
        bare = typed.rstrip(".-")
        listed: Iterable[Code] = self._system.by_code(self._book, bare, 60)
        if _BEGUN.fullmatch(bare) and not self._book.get(bare):
            listed = (code for last in _LAST if (code := self._book.get(bare + last)))
        count = 0
        for code in listed:
            if count < limit and self._valid(code, on):
                count += 1
                yield Completion(0, code.code, code.title, code.billable, code.code, round(3 - count / 100, 4))

    def _by_words(self, typed: str, limit: int, on: dt.date) -> list[Completion]:
        read = self._reader.read(typed)
        found = self._fitting(read.wants, read.within)
        if not found or not found[2]:
            read = self._reader.read(typed, respell=True)
            respelt = self._fitting(read.wants, read.within)
            found = respelt if respelt and (not found or respelt[2]) else found
        if not found:
            return []
        rows, score, _ = found
        return self._closely(typed, read.opened, rows, score, limit, on)

    def _fitting(self, wants: Sequence[Want], within: str) -> tuple[npt.NDArray[np.intp], Numbers, bool] | None:
        """Rows with most of the words needed, the worth of every row, and whether these rows have all of them."""
        size = len(self._rows)
        having, worth = np.zeros(size, np.int16), np.zeros(size, np.float32)
        total = 0.0
        for want in wants:
            quality = self._quality(want)
            weight = log(2 + size / (1 + np.count_nonzero(quality)))
            worth += np.float32(weight) * quality
            total += weight
            if want.needed:
                having += quality > 0
        if within:
            bare = within.upper()
            first, last = (bisect_left(self._units, mark) for mark in (bare, bare + "\uffff"))
            having[(self._unit < first) | (self._unit >= last)] = 0
        most = int(having.max(initial=0))
        needed = sum(want.needed for want in wants)
        if most == 0 or most < needed / 2:
            return None
        return np.flatnonzero(having == most), worth * np.float32(2 / total), most == needed

    def _quality(self, want: Want) -> Numbers:
        """For each row, how well it has what is wanted: 1 the word itself, less when it is begun or in another sense."""
        quality = np.zeros(len(self._rows), np.float32)
        for prefix in want.prefixes:
            if not prefix.isdigit():
                quality[self._lexical.rows_beginning(prefix)] = BEGUN
        for prefix in want.prefixes:
            quality[self._lexical.rows_with(prefix)] = 1.0
        for place, wording in enumerate(want.wordings):
            count = np.zeros(len(self._rows), np.float32)
            for word in wording:
                count[self._lexical.rows_with(word)] += 1 / len(wording)
            count[count < ENOUGH] = 0
            np.maximum(quality, count * np.float32(1 - SENSE * place), out=quality)
        return quality

    def _closely(
        self, typed: str, opened: str, rows: npt.NDArray[np.intp], worth: Numbers, limit: int, on: dt.date
    ) -> list[Completion]:
        asked = min(len(words(opened)), len(words(typed)))
        score = worth[rows] + self._common[rows] - LENGTH * np.clip(self._lengths[rows] - asked, 0, 12)
        if len(rows) > POOL:
            best = np.argpartition(-score, POOL)[:POOL]
            rows, score = rows[best], score[best]
        texts = [self._rows[row].text for row in rows]
        side = side_of(opened)
        score = score - CONFLICT * conflicts(opened, texts)
        score += np.array([*map(_Asked(typed, opened).likeness, texts)], np.float32)
        found: dict[str, Completion] = {}
        for place in np.lexsort((rows, -score.round(4))):
            row = self._rows[rows[place]]
            code = self._code(self._sides.turn(row.unit, side) if side else row.unit, opened, on)
            if code and code.code not in found and self._valid(code, on):
                found[code.code] = Completion(
                    0, code.code, code.title, code.billable, row.text, round(float(score[place]), 4)
                )
                if len(found) == limit:
                    break
        return list(found.values())

    def _code(self, unit: str, opened: str, on: dt.date) -> Code | None:
        """The unit, completed by what the words say."""
        return self._system.resolve(self._book, unit, opened, on)

    def _valid(self, code: Code, on: dt.date) -> bool:
        """Whether the code, or for a header any below it, may be offered on the date."""
        if not code.billable and (below := self._book.children(code.code)):
            return any(self._valid(child, on) for child in below)
        valid = self._book.valid_on(code.code, on)
        return valid is True or (valid is None and not self._system.validity_required)


class _Asked:
    """What was typed, as typed and with abbreviations opened, to hold rows against."""

    def __init__(self, typed: str, opened: str) -> None:
        self._lines = [(" ".join(said), sorted(said)) for said in (words(typed), words(opened))]
        self._words = frozenset(self._lines[1][1])
        self._side = side_of(opened)

    def likeness(self, text: str) -> float:
        """How much of the very words a row says, less what it says otherwise: another side, other, with for without."""
        said = words(text)
        spoken = " ".join(said)
        best = 0.0
        for line, inside in self._lines:
            if len(inside) == len(said) and inside == sorted(said):
                best = EXACT
                break
            if spoken.startswith(line):
                best = max(best, BEGINS)
            elif f" {line}" in spoken:
                best = max(best, HOLDS)
        if "other" in said and "other" not in self._words:
            best -= OTHER
        if self._words & {"without", "no"} and "without" not in said and "with" in said:
            best -= WITH
        named = side_of(text) if self._side else ""
        return best - SIDE if named and named != self._side else best
