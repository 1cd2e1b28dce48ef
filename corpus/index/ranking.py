"""Rows into units: each row scored by its vector and its words, each unit by its best row.

Score of a row = cosine + LEXICAL x BM25 / best BM25, plus EXACT when the row says the same words as the query. A unit has
the score of its best row. Equal-weight rank fusion lowered R@1 here, a small normalised lexical weight did not (measured).
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from corpus.index.agreement import conflicts, fits
from corpus.index.encoder import Vectors
from corpus.index.facets import Flags
from corpus.index.lexical import LexicalIndex
from corpus.index.nearest import Near, Nearest, RowVectors
from corpus.index.query import Query
from corpus.index.sides import Sides, side_of
from corpus.index.terms import SearchTerm, TermKind
from corpus.index.words import key
from corpus.library import CodeBook
from corpus.systems.system import System

LEXICAL = 0.25
EXACT = 0.5
OTHER = 0.04
"""Taken from rows that say "other" when the query does not: what is not said is unspecified, not other (OCG I.A.9)."""
NUMBER = 0.1
"""Taken from rows of another stage, type or grade than the query names."""
STANDING = {"family": 0.3, "personal": 0.15, "after": 0.15}
"""Added to rows that say a history, where the query asks for one and not for the disease."""
LEXICAL_ROWS = 80
_OTHER = re.compile(r"\bother\b", re.I)


@dataclass(frozen=True, slots=True)
class UnitHit:
    """One unit (stem) found: its score and the row that found it."""

    unit: str
    score: float
    matched_term: str
    kind: TermKind
    cosine: float
    lexical: float


class Ranking:
    """Ranks the units of one index for a query. What rows say the same, and what rows a unit has, is learnt once."""

    def __init__(
        self,
        rows: Sequence[SearchTerm],
        system: System,
        book: CodeBook,
        lexical: LexicalIndex,
        vectors: RowVectors,
        sides: Sides,
    ) -> None:
        self._rows = rows
        self._system = system
        self._book = book
        self._lexical = lexical
        self._vectors = vectors
        self._sides = sides
        self._says_other = np.array([_OTHER.search(row.text) is not None for row in rows], np.float32)
        self._saying: dict[str, list[int]] | None = None
        self._of_unit: dict[str, list[int]] | None = None

    def units(
        self,
        query: Query,
        encoded: Vectors,
        forms: list[int],
        nearest: Nearest | Mapping[int, Near],
        count: int,
        within: Flags | None = None,
    ) -> list[UnitHit]:
        """The best `count` units for `query`, whose `forms` are rows of `encoded` and of `nearest`, best first."""
        bm25 = self._lexical.scores(query.repaired)
        if within is not None:
            bm25[~within] = 0
        best = float(bm25.max())
        same = self._same(query)
        favoured = self._system.favoured(self._book, query.repaired)
        named = np.array(self._rows_of(favoured.units) if favoured else [], np.int64)
        if within is not None:
            same, named = same[within[same]], named[within[named]]
        rows = np.unique(np.concatenate([_most(bm25), same, named, *(nearest[form][0] for form in forms)]))
        vectors = np.asarray(self._vectors.exact[rows], np.float32)
        cosine = (vectors @ encoded[forms].T).max(axis=1)
        lexical = bm25[rows] / best if best > 0 else np.zeros(len(rows), np.float32)
        score = cosine + LEXICAL * lexical + EXACT * np.isin(rows, same)
        if "other" not in query.repaired.lower().split():
            score -= OTHER * self._says_other[rows]
        if favoured:
            score += np.array([favoured.weight(self._rows[row].unit) for row in rows], np.float32)
        if query.typed:
            texts = [self._rows[row].text for row in rows]
            score -= NUMBER * conflicts(query.repaired, texts)
            if query.standing:
                score += STANDING[query.standing] * fits(query.standing, texts)
        score = score.round(5)  # the last bits of a cosine depend on the batch it was computed in
        return self._best(rows, score, cosine, lexical, side_of(query.repaired), count)

    def _best(
        self,
        rows: npt.NDArray[np.int64],
        score: npt.NDArray[np.float32],
        cosine: npt.NDArray[np.float32],
        lexical: npt.NDArray[np.float32],
        side: str,
        count: int,
    ) -> list[UnitHit]:
        """The best row of each unit; a unit of another side gives way to the same one of the side that was named."""
        found: dict[str, UnitHit] = {}
        for position in np.lexsort((rows, -score)):
            row = self._rows[int(rows[position])]
            unit = self._sides.turn(row.unit, side) if side else row.unit
            if unit not in found:
                scores = (float(cosine[position]), float(lexical[position]))
                found[unit] = UnitHit(unit, float(score[position]), row.text, row.kind, *scores)
                if len(found) == count:
                    break
        return list(found.values())

    def exact_rows(self, text: str) -> list[int]:
        """Rows that say the same words as `text`, in any order."""
        if self._saying is None:
            saying: dict[str, list[int]] = {}
            for number, row in enumerate(self._rows):
                saying.setdefault(key(row.text), []).append(number)
            self._saying = saying
        return self._saying.get(key(text), [])

    def _same(self, query: Query) -> npt.NDArray[np.int64]:
        said = {query.repaired, query.original} if query.typed else {query.repaired}
        return np.array(sorted({row for text in said for row in self.exact_rows(text)}), np.int64)

    def _rows_of(self, units: Sequence[str]) -> list[int]:
        """Rows that find these units."""
        if self._of_unit is None:
            of_unit: dict[str, list[int]] = {}
            for number, row in enumerate(self._rows):
                of_unit.setdefault(row.unit, []).append(number)
            self._of_unit = of_unit
        return [row for unit in units for row in self._of_unit.get(unit, ())]


def _most(bm25: npt.NDArray[np.float32]) -> npt.NDArray[np.intp]:
    """The rows that share most with the words of a query."""
    sharing = np.flatnonzero(bm25)
    if len(sharing) <= LEXICAL_ROWS:
        return sharing
    return sharing[np.argpartition(-bm25[sharing], LEXICAL_ROWS)[:LEXICAL_ROWS]]
