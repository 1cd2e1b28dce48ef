"""The vector store: one embedded Chroma collection a code system. The only module that imports chromadb.

Own vectors only (`embedding_function=None`: the default one would download a model, and a stored one is a known hole), cosine
space, never a server, never a store that this installation did not build. Recall and time of the HNSW settings are printed by
`make bench`.
"""

import sys
import threading
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from corpus.errors import CorpusError
from corpus.index.encoder import Vectors

HNSW = {"space": "cosine", "ef_construction": 200, "max_neighbors": 32, "ef_search": 300}
_BATCH = 5000
_AT_THE_DOOR = threading.RLock()
"""Held while a client is opened or closed: chromadb keeps its open folders in tables that it does not guard."""
_SLOW = "rfc3987_syntax"
"""A checker of addresses in JSON schemas: where it is installed, chromadb's import of jsonschema reaches it, and it builds a
grammar for more than a second. jsonschema does without it where it is absent."""


@contextmanager
def _absent(module: str) -> Iterator[None]:
    """`module` cannot be imported within the block, unless it was before."""
    if module in sys.modules:
        yield
        return
    sys.modules[module] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        del sys.modules[module]


def client_module() -> Any:
    """chromadb, imported when first needed: it takes 0.7 s."""
    import os

    os.environ.setdefault("ANONYMIZED_TELEMETRY", "False")
    with _AT_THE_DOOR, _absent(_SLOW):
        import chromadb

    return chromadb


def _client(folder: Path) -> Any:
    with _AT_THE_DOOR:
        settings = client_module().config.Settings(anonymized_telemetry=False)
        return client_module().PersistentClient(path=str(folder), settings=settings)


def _closed(client: Any) -> None:
    with _AT_THE_DOOR:
        client.close()


def build_vectors(
    folder: Path, name: str, vectors: npt.NDArray[np.floating[Any]], progress: Callable[[int], None] | None = None
) -> None:
    """Add `vectors` (rows numbered from 0) to the collection `name`, going on after the rows already there.

    Raises CorpusError when the store cannot be written.
    """
    error_of_chroma = client_module().errors.ChromaError
    try:
        _add(folder, name, vectors, progress)
    except error_of_chroma as error:
        raise CorpusError(f"the vector index at {folder} cannot be written ({error}); is the disk full?") from error


def _add(
    folder: Path, name: str, vectors: npt.NDArray[np.floating[Any]], progress: Callable[[int], None] | None
) -> None:
    client = _client(folder)
    collection = client.get_or_create_collection(name, configuration={"hnsw": HNSW}, embedding_function=None)
    done = collection.count()
    if progress:
        progress(done)
    for start in range(done, len(vectors), _BATCH):
        block = vectors[start : start + _BATCH]
        collection.add(
            ids=[str(row) for row in range(start, start + len(block))], embeddings=np.asarray(block, np.float32)
        )
        if progress:
            progress(len(block))
    _closed(client)  # so that the folder can be moved


class VectorIndex:
    """Nearest rows of one collection."""

    def __init__(self, folder: Path, name: str, size: int) -> None:
        if not (folder / "chroma.sqlite3").is_file():
            raise CorpusError(f"no vector index at {folder}; run `superbill corpus build`")
        self._client = _client(folder)
        self._collection = self._client.get_collection(name, embedding_function=None)
        if self._collection.count() != size:
            raise CorpusError(f"the vector index at {folder} is incomplete; run `superbill corpus build --force`")

    def nearest(self, queries: Vectors, count: int) -> list[tuple[npt.NDArray[np.int64], npt.NDArray[np.float32]]]:
        """For each query vector the row numbers of its nearest rows, best first, and their cosines."""
        answer = self._collection.query(query_embeddings=queries, n_results=count, include=["distances"])
        return [
            (np.array(ids, np.int64), 1 - np.array(distances, np.float32))
            for ids, distances in zip(answer["ids"], answer["distances"], strict=True)
        ]


class VectorShelf:
    """One collection that grows and shrinks: rows by id, each with a label that a query may be limited to.

    What is removed stays readable in the files of the collection: `copy_without` makes new files, so that the old
    folder can be deleted.
    """

    def __init__(self, folder: Path, name: str) -> None:
        self.folder = folder
        self._name = name
        self._client = _client(folder)
        self._collection = self._client.get_or_create_collection(
            name, configuration={"hnsw": HNSW}, embedding_function=None
        )

    def close(self) -> None:
        """Let the files go; the shelf cannot be used after it."""
        _closed(self._client)

    def ids(self) -> frozenset[str]:
        """The ids of every row."""
        return frozenset(self._collection.get(include=[])["ids"])

    def add(self, ids: Sequence[str], vectors: Vectors, labels: Sequence[str]) -> None:
        """Put unit vectors of shape (n, 384) on the shelf. Raises CorpusError when the store cannot be written."""
        from chromadb.errors import ChromaError

        try:
            for start in range(0, len(ids), _BATCH):
                end = start + _BATCH
                self._collection.add(
                    ids=list(ids[start:end]),
                    embeddings=np.asarray(vectors[start:end], np.float32),
                    metadatas=[{"label": label} for label in labels[start:end]],
                )
        except ChromaError as error:
            raise CorpusError(f"the vectors at {self.folder} cannot be written ({error}); is the disk full?") from error

    def nearest(self, queries: Vectors, count: int, labels: Sequence[str]) -> list[list[tuple[str, float]]]:
        """For each query vector (id, cosine) of its nearest rows among those with one of `labels`, best first."""
        answer = self._collection.query(
            query_embeddings=queries, n_results=count, where={"label": {"$in": list(labels)}}, include=["distances"]
        )
        return [
            [(name, 1 - float(distance)) for name, distance in zip(ids, distances, strict=True)]
            for ids, distances in zip(answer["ids"], answer["distances"], strict=True)
        ]

    def copy_without(self, gone: Collection[str], folder: Path) -> "VectorShelf":
        """A shelf at `folder` with every row but those of `gone`."""
        kept = sorted(self.ids() - set(gone))
        copied = VectorShelf(folder, self._name)
        for start in range(0, len(kept), _BATCH):
            found = self._collection.get(kept[start : start + _BATCH], include=["embeddings", "metadatas"])
            labels = [str(said["label"]) for said in found["metadatas"]]
            copied.add(found["ids"], np.asarray(found["embeddings"], np.float32), labels)
        return copied
