"""The rows whose vectors are nearest to a query: from the Chroma graph, or exactly where a limit leaves few rows."""

import threading
from typing import cast

import numpy as np
import numpy.typing as npt

from corpus.index.build import IndexFiles
from corpus.index.encoder import Vectors
from corpus.index.facets import Flags
from corpus.index.vectors import VectorIndex

MANY_ROWS, WIDER = 30_000, 4
"""A limit that leaves no more rows is searched exactly, a wider one by taking `WIDER` times as many from the graph."""
LIMITS_KEPT = 3
"""Limits whose vectors stay in memory, at most 46 MB each."""

Near = tuple[npt.NDArray[np.int64], npt.NDArray[np.float32]]
"""Nearest rows, best first, and their cosines."""
Nearest = list[Near]
"""That for each vector asked about."""


class RowVectors:
    """The vectors of all rows of one index. Both ways of asking are opened when first needed."""

    def __init__(self, files: IndexFiles, collection: str, size: int) -> None:
        self._files = files
        self._collection = collection
        self._size = size
        self._graph: VectorIndex | None = None
        self._opening = threading.Lock()
        self._exact: npt.NDArray[np.float16] | None = None
        self._limited: dict[bytes, tuple[npt.NDArray[np.int64], Vectors | None]] = {}

    @property
    def graph(self) -> VectorIndex:
        """The Chroma collection."""
        with self._opening:
            if self._graph is None:
                self._graph = VectorIndex(self._files.chroma, self._collection, self._size)
            return self._graph

    @property
    def exact(self) -> npt.NDArray[np.float16]:
        """All vectors, memory-mapped: exact scores, and the oracle for index recall."""
        if self._exact is None:
            self._exact = cast("npt.NDArray[np.float16]", np.load(self._files.vectors, mmap_mode="r"))
        return self._exact

    def nearest(self, encoded: Vectors, depth: int, within: Flags | None) -> Nearest:
        """The `depth` nearest rows to each vector of `encoded`, of those `within`."""
        depth = min(depth, self._size)
        if within is None:
            return self.graph.nearest(encoded, depth)
        inside, vectors = self._inside(within)
        if vectors is None:
            wide = self.graph.nearest(encoded, min(WIDER * depth, self._size))
            return [(rows[within[rows]], near[within[rows]]) for rows, near in wide]
        cosines = np.einsum("fd,rd->fr", encoded, vectors)  # no BLAS: its idle threads would slow the encoder down
        picked = [np.argsort(-cosine)[:depth] for cosine in cosines]
        return [(inside[rows], cosine[rows]) for rows, cosine in zip(picked, cosines, strict=True)]

    def _inside(self, within: Flags) -> tuple[npt.NDArray[np.int64], Vectors | None]:
        """The rows within a limit and their vectors; None where they are too many to be searched exactly."""
        key = within.tobytes()
        if key not in self._limited:
            rows = np.flatnonzero(within)
            vectors = np.asarray(self.exact[rows], np.float32) if len(rows) <= MANY_ROWS else None
            kept = [*self._limited.items()][-LIMITS_KEPT + 1 :]
            self._limited = {**dict(kept), key: (rows, vectors)}
        return self._limited[key]
