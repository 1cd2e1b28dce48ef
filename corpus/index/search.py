"""Hybrid search: exact code first, then dense and lexical rows together, the best row of each unit, ranked.

A query that is typed is read more boldly than words of a note (`corpus.index.query`), may be a list or range of codes, and
may be limited to chapters.

Score of a row = cosine + LEXICAL x BM25 / best BM25, plus EXACT when the row says the same words as the query. A unit has
the score of its best row. Equal-weight rank fusion lowered R@1 here, a small normalised lexical weight did not (measured).
"""

import datetime as dt
import re
import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from corpus.codes import Code, CodeSystem, Hit, Release
from corpus.editions import Edition, note_on
from corpus.errors import CorpusError
from corpus.folders import Hold
from corpus.index import manifest as manifests
from corpus.index.agreement import conflicts, fits
from corpus.index.build import IndexFiles, current_folder, packaged
from corpus.index.complete import Completer, Completion
from corpus.index.encoder import Encoder, OnnxEncoder, Vectors
from corpus.index.encounters import WORDS
from corpus.index.facets import Facets, Flags, Limits, Outline, RowLimits, facets
from corpus.index.facets import fits as lets_through
from corpus.index.lexical import LexicalIndex, Scores
from corpus.index.phrasebook import PhraseBook
from corpus.index.query import Query, read_query
from corpus.index.ranges import read_codes
from corpus.index.sides import Sides, side_of
from corpus.index.spelling import Speller
from corpus.index.terms import TermKind, read_terms
from corpus.index.vectors import VectorIndex
from corpus.index.words import key, words
from corpus.library import CodeBook
from corpus.systems import system as system_of

LEXICAL = 0.25
EXACT = 0.5
OTHER = 0.04
"""Taken from rows that say "other" when the query does not: what is not said is unspecified, not other (OCG I.A.9)."""
NUMBER = 0.1
"""Taken from rows of another stage, type or grade than the query names."""
STANDING = {"family": 0.3, "personal": 0.15, "after": 0.15}
"""Added to rows that say a history, where the query asks for one and not for the disease."""
DENSE_ROWS = 150
LEXICAL_ROWS = 80
MANY_ROWS, WIDER = 30_000, 4
"""A limit that leaves no more rows is searched exactly, a wider one by taking `WIDER` times as many from the graph."""
LIMITS_KEPT = 3
"""Limits whose vectors stay in memory, at most 46 MB each."""
BELOW = 3
"""Billable codes shown for a header when only billable ones are wanted."""
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


_encoders: dict[str, Encoder] = {}
_encoders_lock = threading.Lock()


def _shared_encoder(graph: Path, sha256: str) -> Encoder:
    """One session a process for all indexes that were built with the same graph."""
    with _encoders_lock:
        if sha256 not in _encoders:
            _encoders[sha256] = OnnxEncoder(graph, sha256)
        return _encoders[sha256]


class Searcher:
    """Finds codes of one release by words, typo, abbreviation or code. Thread-safe.

    Opening loads no model; the first words do. The index is held until the searcher is gone.
    """

    def __init__(self, root: Path, encoder: Encoder | None = None, edition: Edition | None = None) -> None:
        self.edition = edition or packaged()
        folder = current_folder(root, self.edition)
        self._hold = Hold(folder)
        built = manifests.read(folder)
        if built is None or built.fingerprint != manifests.fingerprint(self.edition):
            raise CorpusError(f"no current code index under {root}; run `superbill corpus build`")
        self.manifest = built
        self._files = IndexFiles(folder)
        self.release: Release = self.edition.release
        self.system = system_of(self.release.system)
        self.codebook = CodeBook(self._files.library, self.release)
        self._encoder = encoder
        self._rows = read_terms(self._files.terms)
        self._says_other = np.array([_OTHER.search(row.text) is not None for row in self._rows], np.float32)
        self._lexical: LexicalIndex | None = None
        self._vectors: VectorIndex | None = None
        self._exact_vectors: np.typing.NDArray[np.float16] | None = None
        self._sides: Sides | None = None
        self._phrasebook: PhraseBook | None = None
        self._speller: Speller | None = None
        self._keys: dict[str, list[int]] | None = None
        self._completer: Completer | None = None
        self._row_limits: RowLimits | None = None
        self._limited: dict[bytes, tuple[np.typing.NDArray[np.int64], Vectors | None]] = {}
        self._typed = self.system.id is CodeSystem.ICD10CM  # only there is a query about a condition
        self.outline = Outline(self.codebook)
        self._rows_of: dict[str, list[int]] | None = None

    # the parts are opened when first needed

    @property
    def encoder(self) -> Encoder:
        """The encoder this index was built with, verified by sha256."""
        if self._encoder is None:
            self._encoder = _shared_encoder(self._files.graph, self.manifest.encoder_sha256)
        return self._encoder

    @property
    def lexical(self) -> LexicalIndex:
        """BM25 over the rows."""
        if self._lexical is None:
            self._lexical = LexicalIndex(self._files.lexical)
        return self._lexical

    @property
    def vectors(self) -> VectorIndex:
        """The Chroma collection."""
        if self._vectors is None:
            self._vectors = VectorIndex(self._files.chroma, self.system.id.value, len(self._rows))
        return self._vectors

    @property
    def exact_vectors(self) -> "np.typing.NDArray[np.float16]":
        """All row vectors, memory-mapped: exact scores, and the oracle for index recall."""
        if self._exact_vectors is None:
            self._exact_vectors = np.load(self._files.vectors, mmap_mode="r")
        return self._exact_vectors

    @property
    def phrasebook(self) -> PhraseBook:
        """Every term of the rows and every abbreviation that means a condition, for finding them in running text."""
        if self._phrasebook is None:
            from corpus.lexicon.words import abbreviations

            conditions = (
                sense.abbreviation
                for senses in abbreviations().values()
                for sense in senses
                if sense.kind == "diagnosis" and sense.rank == 1 and not sense.cues
            )
            self._phrasebook = PhraseBook(self._rows, conditions)
        return self._phrasebook

    @property
    def sides(self) -> Sides:
        """Units that differ in nothing but the side."""
        if self._sides is None:
            self._sides = Sides(self._files.sides)
        return self._sides

    @property
    def speller(self) -> Speller:
        """Spelling repair over every word of the rows."""
        if self._speller is None:
            known = (word for row in self._rows for word in words(row.text))
            self._speller = Speller((*known, *WORDS))
        return self._speller

    @property
    def completer(self) -> Completer:
        """Codes while they are typed; needs neither encoder nor Chroma."""
        if self._completer is None:
            self._completer = Completer(self.system, self.codebook, self._rows, self.lexical, self.sides)
        return self._completer

    def complete(self, text: str, limit: int = 10, date: dt.date | None = None) -> list[Completion]:
        """The best `limit` codes for what is typed so far, valid on `date` (today unless given)."""
        on = date or dt.date.today()
        self.require_known(on)
        return self.completer.complete(text, limit, on)

    def facets(self, hits: Sequence[Hit]) -> Facets:
        """How many of `hits` stand in each chapter and block, name each side, are billable."""
        return facets((code for hit in hits if (code := self.codebook.get(hit.code))), self.outline)

    def warm_up(self) -> None:
        """Open every part now, so that the first search is as fast as the next."""
        self.find_units(["warm up"], 1)

    def read(self, text: str, typed: bool = False) -> Query:
        """`text` with abbreviations opened and spelling repaired; `typed` into a search, or read in a note."""
        return read_query(self.system.rewrite(text), self.system.abbreviations(), self.speller, typed=typed)

    def find_units(
        self, texts: Sequence[str], count: int, *, typed: bool = False, within: Flags | None = None
    ) -> list[list[UnitHit]]:
        """For each text its best `count` units, best first, of the rows `within`. One encoder call for all texts."""
        queries = [self.read(text, typed) for text in texts]
        forms = list(dict.fromkeys(form for query in queries for form in query.forms))
        if not forms:
            return [[] for _ in texts]
        row_of = {form: row for row, form in enumerate(forms)}
        encoded = self.encoder.encode(forms)
        nearest = self._nearest(encoded, min(max(DENSE_ROWS, 2 * count), len(self._rows)), within)
        return [
            self._rank(query, encoded, [row_of[form] for form in query.forms], nearest, count, within)
            for query in queries
        ]

    def _nearest(
        self, encoded: Vectors, depth: int, within: Flags | None
    ) -> list[tuple["np.typing.NDArray[np.int64]", "np.typing.NDArray[np.float32]"]]:
        """For each vector its nearest rows of those `within`, and their cosines."""
        if within is None:
            return self.vectors.nearest(encoded, depth)
        inside, vectors = self._inside(within)
        if vectors is None:
            wide = self.vectors.nearest(encoded, min(WIDER * depth, len(self._rows)))
            return [(rows[within[rows]], near[within[rows]]) for rows, near in wide]
        cosines = np.einsum("fd,rd->fr", encoded, vectors)  # no BLAS: its idle threads would slow the encoder down
        picked = [np.argsort(-cosine)[:depth] for cosine in cosines]
        return [(inside[rows], cosine[rows]) for rows, cosine in zip(picked, cosines, strict=True)]

    def _inside(self, within: Flags) -> tuple["np.typing.NDArray[np.int64]", Vectors | None]:
        """The rows within a limit and their vectors; None where they are too many to be searched exactly."""
        key = within.tobytes()
        if key not in self._limited:
            rows = np.flatnonzero(within)
            vectors = np.asarray(self.exact_vectors[rows], np.float32) if len(rows) <= MANY_ROWS else None
            kept = [*self._limited.items()][-LIMITS_KEPT + 1 :]
            self._limited = {**dict(kept), key: (rows, vectors)}
        return self._limited[key]

    def search(
        self,
        text: str,
        k: int = 10,
        date: dt.date | None = None,
        system: CodeSystem | None = None,
        limits: Limits | None = None,
    ) -> list[Hit]:
        """The best `k` codes for `text` that are valid on `date` (today unless given) and within `limits`."""
        return self.search_many([text], k, date, system, limits)[0]

    def search_many(
        self,
        texts: Sequence[str],
        k: int = 10,
        date: dt.date | None = None,
        system: CodeSystem | None = None,
        limits: Limits | None = None,
    ) -> list[list[Hit]]:
        """`search` for many texts with one encoder call.

        Raises CorpusError for a date nothing is known about and for a limit to a place that is not there.
        """
        if system and system is not self.system.id:
            raise CorpusError(f"this index holds {self.system.id.value} codes, none of {system.value}")
        on = date or dt.date.today()
        self.require_known(on)
        limits = limits or Limits()
        within = self._rows_within(limits)
        answers: dict[int, list[Hit]] = {}
        worded: list[int] = []
        for index, text in enumerate(texts):
            hits = self._by_code(text, k, on) if self.system.is_code(text) else None
            hits = self._by_codes(text, k, on) if hits is None else hits
            if hits is not None or not text.strip() or self.system.told(self.codebook, text):
                answers[index] = hits or []
            else:
                worded.append(index)
        if worded:
            found = self.find_units([texts[index] for index in worded], k + 10, typed=self._typed, within=within)
            for index, units in zip(worded, found, strict=True):
                answers[index] = self._hits(texts[index], units, k, on, limits)
        return [answers[index] for index in range(len(texts))]

    def require_known(self, date: dt.date) -> None:
        """Refuse a date outside what the validity data covers, where the system has such data."""
        if self.system.validity_required and not self.codebook.validity.covers(date):
            from corpus.sources.validity import FIRST_DATE, LAST_DATE

            raise CorpusError(
                f"code validity is known from {FIRST_DATE} to {LAST_DATE}; {date} lies outside, "
                "so no code can be called valid on it"
            )

    def exact_rows(self, text: str) -> list[int]:
        """Rows that say the same words as `text`, in any order."""
        if self._keys is None:
            keys: dict[str, list[int]] = {}
            for number, row in enumerate(self._rows):
                keys.setdefault(key(row.text), []).append(number)
            self._keys = keys
        return self._keys.get(key(text), [])

    def _rows_of_units(self, units: Sequence[str]) -> list[int]:
        """Rows that find these units."""
        if self._rows_of is None:
            rows_of: dict[str, list[int]] = {}
            for number, row in enumerate(self._rows):
                rows_of.setdefault(row.unit, []).append(number)
            self._rows_of = rows_of
        return [row for unit in units for row in self._rows_of.get(unit, ())]

    def _rank(
        self,
        query: Query,
        encoded: Vectors,
        rows_of_forms: list[int],
        nearest: list[tuple["np.typing.NDArray[np.int64]", "np.typing.NDArray[np.float32]"]],
        count: int,
        within: Flags | None,
    ) -> list[UnitHit]:
        bm25 = self._bm25(query)
        if within is not None:
            bm25[~within] = 0
        best = float(bm25.max())
        by_words = (
            np.argpartition(-bm25, LEXICAL_ROWS)[:LEXICAL_ROWS] if len(bm25) > LEXICAL_ROWS else np.arange(len(bm25))
        )
        by_words = by_words[bm25[by_words] > 0]
        said = {query.repaired, query.original} if query.typed else {query.repaired}
        same = np.array(sorted({row for text in said for row in self.exact_rows(text)}), np.int64)
        if within is not None:
            same = same[within[same]]
        favoured = self.system.favoured(self.codebook, query.repaired)
        named = np.array(self._rows_of_units(favoured.units) if favoured else [], np.int64)
        named = named if within is None else named[within[named]]
        rows = np.unique(np.concatenate([by_words, same, named, *(nearest[form][0] for form in rows_of_forms)]))
        vectors = np.asarray(self.exact_vectors[rows], np.float32)
        cosine = (vectors @ encoded[rows_of_forms].T).max(axis=1)
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
        found: dict[str, UnitHit] = {}
        side = side_of(query.repaired)
        for position in np.lexsort((rows, -score)):
            row = int(rows[position])
            unit = self._rows[row].unit
            if side:
                unit = self.sides.turn(unit, side)
            if unit not in found:
                found[unit] = UnitHit(
                    unit,
                    float(score[position]),
                    self._rows[row].text,
                    self._rows[row].kind,
                    float(cosine[position]),
                    float(lexical[position]),
                )
                if len(found) == count:
                    break
        return list(found.values())

    def _bm25(self, query: Query) -> Scores:
        return self.lexical.scores(query.repaired)

    def _by_code(self, text: str, k: int, date: dt.date) -> list[Hit] | None:
        """Hits of a query that is a code; None when there is no such code on any day, so that it is read as words."""
        bare = self.codebook.form(text.strip().rstrip(".-"))
        listed = self.system.by_code(self.codebook, bare, k)
        if not listed and not self.codebook.windows(bare):
            return None
        hits: list[Hit] = []
        for code in listed:
            rank = len(hits) + 1
            hit = self._hit(code, rank, bare, 1.0 / rank, bare, date)
            if hit and len(hits) < k:
                hits.append(hit)
        return hits

    def _rows_within(self, limits: Limits) -> Flags | None:
        if not limits.chapters:
            return None
        if self._row_limits is None:
            self._row_limits = RowLimits(self._rows, self.outline)
        return self._row_limits.rows(limits)

    def _by_codes(self, text: str, k: int, date: dt.date) -> list[Hit] | None:
        """Hits of a query made of codes, or of one that does not exist; None when it is words."""
        asked = read_codes(text, self.codebook, k)
        hits: list[Hit] = []
        for item in asked:
            for code in item.codes:
                hit = self._hit(code, len(hits) + 1, item.asked, 1.0 / (len(hits) + 1), item.asked, date)
                if hit and len(hits) < k and all(hit.code != other.code for other in hits):
                    hits.append(replace(hit, note="; ".join(filter(None, (item.message, hit.note)))))
        return hits if asked else None

    def _hits(
        self, text: str, units: Sequence[UnitHit], k: int, date: dt.date, limits: Limits | None = None
    ) -> list[Hit]:
        hits: list[Hit] = []
        seen: set[str] = set()
        said = f"{text} {self.read(text, typed=True).repaired}" if self._typed else text
        for unit in units:
            found = self.resolve(unit.unit, said, date)
            for code in self._let_through(found, limits) if found else ():
                hit = self._hit(code, len(hits) + 1, unit.matched_term, round(unit.score, 4), text, date)
                if hit and code.code not in seen and len(hits) < k:
                    seen.add(code.code)
                    hits.append(hit)
            if len(hits) == k:
                break
        return hits

    def _let_through(self, code: Code, limits: Limits | None) -> Sequence[Code]:
        """The code itself, or under a limit to billable codes the first ones below it; () when it is outside."""
        if not limits:
            return (code,)
        below = self.codebook.billable_under(code.code)[:BELOW] if limits.billable and not code.billable else (code,)
        return [one for one in below if lets_through(one, limits)]

    def _hit(self, code: Code, rank: int, matched: str, score: float, text: str, date: dt.date) -> Hit | None:
        """None for a code that must not be answered: not valid on `date`, or not known to be where that is required."""
        valid = self.codebook.valid_on(code.code, date)
        if not valid and (valid is False or self.system.validity_required):
            return None
        note = note_on(self.release, date)
        if valid is None:
            unknown = f"validity on {date} is not known" if self.release.starts else self.system.undated_note
            note = "; ".join(filter(None, (note, unknown)))
        note = "; ".join(filter(None, (note, self.system.remark(self.codebook, code))))
        return Hit(
            rank,
            code.code,
            code.system,
            code.title,
            code.billable,
            matched,
            score,
            self.system.missing(self.codebook, code, text),
            self.release.title,
            "valid" if valid else "unknown",
            note,
        )

    def resolve(self, unit: str, text: str, date: dt.date | None = None) -> Code | None:
        """The code that `text` decides within `unit`, else the unit itself."""
        return self.system.resolve(self.codebook, unit, text, date or dt.date.today())
