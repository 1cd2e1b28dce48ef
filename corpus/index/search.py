"""Hybrid search: exact code first, then dense and lexical rows together, the best row of each unit, ranked.

A query that is typed is read more boldly than words of a note (`corpus.index.query`), may be a list or range of codes, and
may be limited to chapters. `corpus.index.nearest`, `.ranking` and `.hits` do the three steps.
"""

import datetime as dt
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from corpus.codes import Code, CodeSystem, Hit, Release
from corpus.editions import Edition
from corpus.errors import CorpusError
from corpus.folders import Hold
from corpus.index import manifest as manifests
from corpus.index.build import IndexFiles, current_folder, packaged
from corpus.index.complete import Completer, Completion
from corpus.index.encoder import Encoder, OnnxEncoder
from corpus.index.encounters import WORDS
from corpus.index.facets import Facets, Flags, Limits, Outline, RowLimits, facets
from corpus.index.hits import Hits
from corpus.index.lexical import LexicalIndex
from corpus.index.nearest import RowVectors
from corpus.index.phrasebook import PhraseBook
from corpus.index.query import Query, read_query
from corpus.index.ranking import Ranking, UnitHit
from corpus.index.sides import Sides
from corpus.index.spelling import Speller
from corpus.index.terms import read_terms
from corpus.index.vectors import VectorIndex
from corpus.index.words import words
from corpus.library import CodeBook
from corpus.standing import Standing, standing
from corpus.systems import system as system_of

__all__ = ["Searcher", "UnitHit"]

DENSE_ROWS = 150
NOTE_ROWS = 60
"""Nearest rows taken for words of a note; 150 gave the same codes (docs/decisions/0010-words-of-notes.md)."""
FIRST = 2
"""Units that count as what a query means first."""

_encoders: dict[str, Encoder] = {}
_encoders_lock = threading.Lock()


def _shared_encoder(graph: Path, sha256: str) -> Encoder:
    """One session a process for all indexes that were built with the same graph."""
    with _encoders_lock:
        if sha256 not in _encoders:
            _encoders[sha256] = OnnxEncoder(graph, sha256)
        return _encoders[sha256]


class Searcher:
    """Finds codes of one release by words, typo, abbreviation or code. Thread-safe. The first words load the model."""

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
        self._encoder = self._encoder_of_tests = encoder
        self._note_encoder: Encoder | None = None
        self._rows = read_terms(self._files.terms)
        self._lexical: LexicalIndex | None = None
        self._row_vectors = RowVectors(self._files, self.system.id.value, len(self._rows))
        self._sides: Sides | None = None
        self._phrasebook: PhraseBook | None = None
        self._speller: Speller | None = None
        self._ranking: Ranking | None = None
        self._completer: Completer | None = None
        self._row_limits: RowLimits | None = None
        self._typed = self.system.id is CodeSystem.ICD10CM  # only there is a query about a condition
        self._hits = Hits(self.system, self.codebook)
        self.outline = Outline(self.codebook)

    # the parts are opened when first needed

    @property
    def encoder(self) -> Encoder:
        """The encoder this index was built with, verified by sha256."""
        if self._encoder is None:
            self._encoder = _shared_encoder(self._files.graph, self.manifest.encoder_sha256)
        return self._encoder

    @property
    def note_encoder(self) -> Encoder:
        """The one with int8 weights and fixed scales, for the many words of a note; verified by sha256."""
        if self._note_encoder is None:
            self._note_encoder = self._encoder_of_tests or _shared_encoder(
                self._files.fast_graph, self.manifest.fast_encoder_sha256
            )
        return self._note_encoder

    @property
    def lexical(self) -> LexicalIndex:
        """BM25 over the rows."""
        if self._lexical is None:
            self._lexical = LexicalIndex(self._files.lexical)
        return self._lexical

    @property
    def vectors(self) -> VectorIndex:
        """The Chroma collection."""
        return self._row_vectors.graph

    @property
    def exact_vectors(self) -> npt.NDArray[np.float16]:
        """All row vectors, memory-mapped: the oracle for index recall."""
        return self._row_vectors.exact

    @property
    def ranking(self) -> Ranking:
        """Rows into units."""
        if self._ranking is None:
            self._ranking = Ranking(self._rows, self.system, self.codebook, self.lexical, self._row_vectors, self.sides)
        return self._ranking

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
        if self._typed:
            self.find_in_note({"warm up": "warm up"}, 1)

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
        nearest = self._row_vectors.nearest(encoded, max(DENSE_ROWS, 2 * count), within)
        return [
            self.ranking.units(query, encoded, [row_of[form] for form in query.forms], nearest, count, within)
            for query in queries
        ]

    def find_in_note(self, asked: Mapping[str, str], count: int) -> dict[str, list[UnitHit]]:
        """For each text of a note its best `count` units, best first. One encoder call for all texts.

        `asked` says for each text whose nearest rows it is ranked among: its own, or those of a shorter text that it holds
        and that is asked too. Rows that share its words are always among them.
        """
        queries = {text: self.read(text) for text in asked}
        form_of = {text: query.repaired or query.original for text, query in queries.items()}
        forms = [form for form in dict.fromkeys(form_of.values()) if form]
        if not forms:
            return {text: [] for text in asked}
        encoded = self.note_encoder.encode(forms)
        row_of = {form: row for row, form in enumerate(forms)}
        leading = sorted({row_of[form_of[lead]] for lead in asked.values() if form_of[lead]})
        found = dict(zip(leading, self._row_vectors.nearest(encoded[leading], NOTE_ROWS, None), strict=True))
        return {
            text: self.ranking.units(
                query,
                encoded,
                [row_of[form_of[text]]],
                {row_of[form_of[text]]: found[row_of[form_of[asked[text]]]]},
                count,
            )
            if form_of[text] and form_of[asked[text]]
            else []
            for text, query in queries.items()
        }

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
            hits = self._hits.of_code(text, k, on)
            if hits is not None or not text.strip() or self.system.told(self.codebook, text):
                answers[index] = hits or []
            else:
                worded.append(index)
        found = self.find_units([texts[index] for index in worded], k + 10, typed=self._typed, within=within)
        for index, units in zip(worded, found, strict=True):
            text = texts[index]
            said = f"{text} {self.read(text, typed=True).repaired}" if self._typed else text
            answers[index] = self._hits.of_units(units, text, said, k, on, limits)
        return [answers[index] for index in range(len(texts))]

    def retired(self, text: str, date: dt.date) -> list[Code]:
        """Codes that the words of `text` mean first, and that may not be reported on `date`: what a search leaves out.

        Only a release that is not in force on the date has such codes. A header stands for the first code below it.
        """
        worded = text.strip() and not self.system.is_code(text) and not self.system.told(self.codebook, text)
        if not worded or standing(self.release, date) is Standing.IN_FORCE:
            return []
        said = f"{text} {self.read(text, typed=True).repaired}" if self._typed else text
        found: list[Code] = []
        for unit in self.find_units([text], FIRST, typed=self._typed)[0]:
            code = self.system.resolve(self.codebook, unit.unit, said, date)
            if code and self.codebook.valid_on(code.code, date) is False:
                found.extend(self.codebook.billable_under(code.code)[:1])
        return found

    def require_known(self, date: dt.date) -> None:
        """Refuse a date outside what the validity data covers, where the system has such data."""
        self.system.require_known(self.codebook, date)

    def exact_rows(self, text: str) -> list[int]:
        """Rows that say the same words as `text`, in any order."""
        return self.ranking.exact_rows(text)

    def resolve(self, unit: str, text: str, date: dt.date | None = None) -> Code | None:
        """The code that `text` decides within `unit`, else the unit itself."""
        return self.system.resolve(self.codebook, unit, text, date or dt.date.today())

    def _rows_within(self, limits: Limits) -> Flags | None:
        if not limits.chapters:
            return None
        if self._row_limits is None:
            self._row_limits = RowLimits(self._rows, self.outline)
        return self._row_limits.rows(limits)
