"""The naive baseline that stands beside every run: embed each sentence of the note, take the nearest code title.

No sections, no negation, no abbreviations, no synonyms, no rules; the base MiniLM weights and the billable codes'
titles alone. Neighbours are exact (a dot product over all titles), which a vector store can only approximate. The one
threshold was set once, before any run, and is not tuned: a baseline that is tuned is a competitor.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from assistant.errors import InputError
from evals.tool import Line, Tool

SELECT_FROM = 0.6
"""Cosine from which the nearest title of a sentence is taken as coded."""
PER_SENTENCE = 10
_SENTENCE = re.compile(r"[^.!?;\n]+")
_LETTERS = re.compile(r"[^\W\d_]{3,}")

Vectors = npt.NDArray[np.floating[Any]]
Encode = Callable[[Sequence[str]], Vectors]


class NearestTitle:
    """Nearest titles by cosine. `vectors` are unit length, one row per title; `codes` the code each title stands
    for.
    """

    def __init__(self, encode: Encode, vectors: Vectors, codes: Sequence[str]) -> None:
        self._encode = encode
        self._vectors = vectors.astype(np.float32)
        self._codes = list(codes)

    def nearest(self, texts: Sequence[str], k: int) -> list[list[tuple[str, float]]]:
        """(code, cosine) pairs of each text, best first; ties by row."""
        if not texts:
            return []
        cosines = np.asarray(self._encode(texts), dtype=np.float32) @ self._vectors.T
        return [[(self._codes[i], float(row[i])) for i in np.argsort(-row, kind="stable")[:k]] for row in cosines]

    def suggest(self, lines: Iterable[Line]) -> Iterator[Line]:
        """Output lines of the `suggest --notes` contract."""
        for line in lines:
            yield {"id": line["id"], "suggestions": self._suggestions(line["text"]), "not_coded": []}

    def search(self, queries: Sequence[str], k: int, system: str = "icd10cm") -> list[list[str]]:
        """The codes of the nearest titles."""
        return [[code for code, _ in found] for found in self.nearest(queries, k)]

    def _suggestions(self, text: str) -> list[Line]:
        spans = [match.span() for match in _SENTENCE.finditer(text) if _LETTERS.search(match.group())]
        best: dict[str, tuple[float, tuple[int, int]]] = {}
        chosen: set[str] = set()
        found = self.nearest([text[start:end].strip() for start, end in spans], PER_SENTENCE)
        for span, titles in zip(spans, found, strict=True):
            for place, (code, cosine) in enumerate(titles):
                if cosine > best.get(code, (-2.0, span))[0]:
                    best[code] = (cosine, span)
                if place == 0 and cosine >= SELECT_FROM:
                    chosen.add(code)
        ranked = sorted(best.items(), key=lambda item: (-item[1][0], item[0]))
        return [
            {
                "rank": rank,
                "code": code,
                "system": "icd10cm",
                "selected": code in chosen,
                "probability": min(1.0, max(0.0, cosine)),
                "evidence": [{"start": start, "end": end, "text": text[start:end]}],
            }
            for rank, (code, (cosine, (start, end))) in enumerate(ranked[:50], 1)
        ]


def open_baseline(index_dir: Path) -> Tool:
    """The baseline over the titles of the built index. Raises InputError when no current index lies there."""
    from corpus.index.build import IndexFiles, current_folder, is_current
    from corpus.index.encoder import MODEL_NAME, OnnxEncoder
    from corpus.index.terms import TermKind, read_terms
    from corpus.library import CodeBook
    from corpus.sources.tabular import release

    if not is_current(index_dir):
        raise InputError("the code index is not built; run 'superbill corpus build' first.")
    files = IndexFiles(current_folder(index_dir))
    rows = [(row, term.unit) for row, term in enumerate(read_terms(files.terms)) if term.kind is TermKind.TITLE]
    book = CodeBook(files.library, release())
    # A stem that needs a 7th character stands for its first one, the initial encounter.
    codes = [(row, under[0].code) for row, unit in rows if (under := book.billable_under(unit))]
    vectors = np.load(files.vectors, mmap_mode="r")[[row for row, _ in codes]]
    engine = NearestTitle(OnnxEncoder(files.graph).encode, vectors, [code for _, code in codes])
    versions = {"encoder": MODEL_NAME, "release": release().title, "titles": str(len(codes))}
    return Tool("baseline", suggest=engine.suggest, search=engine.search, versions=versions)
