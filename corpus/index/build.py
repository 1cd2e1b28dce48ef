"""Building the index: resumable, with progress, visible only when whole.

A build works in `<fingerprint>.partial` and is renamed to `<fingerprint>` at the end; the manifest is the last file written.
Vectors are saved in blocks as they are made, so a build that was stopped goes on where it was. Readers open only the folder
whose name is the fingerprint of what is installed: an index of other data or another model is never queried.
"""

import datetime as dt
import hashlib
import shutil
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from corpus.codes import CodeSystem
from corpus.errors import CorpusError
from corpus.index import manifest as manifests
from corpus.index.encoder import DIMENSION, MODEL_NAME, WEIGHTS_SHA256, Encoder, OnnxEncoder, export_onnx, sha256_of
from corpus.index.lexical import build_lexical
from corpus.index.manifest import Manifest
from corpus.index.sides import write_sides
from corpus.index.terms import collect_terms, lexicon_terms, read_terms, write_terms
from corpus.index.vectors import build_vectors
from corpus.library import write_library
from corpus.sources.tabular import TabularNode, read_tabular, release

BLOCK = 4096
"""Rows embedded between two saves."""

HalfVectors = npt.NDArray[np.float16]


@dataclass(frozen=True, slots=True)
class IndexFiles:
    """Where the parts of an index lie in its folder."""

    folder: Path

    @property
    def library(self) -> Path:
        """SQLite file of codes and notes."""
        return self.folder / "codes.db"

    @property
    def graph(self) -> Path:
        """The exported encoder, float32: for queries."""
        return self.folder / "encoder.onnx"

    @property
    def fast_graph(self) -> Path:
        """The same with int8 weights: for rows."""
        return self.folder / "rows.onnx"

    @property
    def terms(self) -> Path:
        """Rows: unit, kind, text, tab-separated, in row order."""
        return self.folder / "terms.tsv"

    @property
    def sides(self) -> Path:
        """Units that differ in nothing but the side of the body."""
        return self.folder / "sides.tsv"

    @property
    def lexical(self) -> Path:
        """BM25 postings."""
        return self.folder / "lexical.npz"

    @property
    def vectors(self) -> Path:
        """Row vectors, float16, for exact scores of rows that only the words found."""
        return self.folder / "vectors.npy"

    @property
    def chroma(self) -> Path:
        """Chroma's folder."""
        return self.folder / "chroma"


def current_folder(root: Path) -> Path:
    """The folder an index of the installed data and model has, whether built or not."""
    return root / manifests.fingerprint()[:16]


def is_current(root: Path) -> bool:
    """Whether a finished index of the installed data and model lies under `root`."""
    found = manifests.read(current_folder(root))
    return found is not None and found.fingerprint == manifests.fingerprint()


def build_index(
    root: Path,
    force: bool = False,
    *,
    encoder: Encoder | None = None,
    nodes: Sequence[TabularNode] | None = None,
    quiet: bool = False,
) -> Manifest:
    """Build the index under `root` unless it is current; returns its manifest.

    `encoder` and `nodes` replace the real ones in tests. Raises CorpusError when the folder cannot be written.
    """
    from filelock import FileLock, Timeout

    target = current_folder(root)
    try:
        root.mkdir(parents=True, exist_ok=True, mode=0o700)
        with FileLock(root / "build.lock", timeout=1800):
            if not force and is_current(root):
                found = manifests.read(target)
                assert found is not None
                return found
            work = target.with_name(target.name + ".partial")
            if force:
                shutil.rmtree(work, ignore_errors=True)
                shutil.rmtree(target, ignore_errors=True)
            built = _build(work, encoder, nodes, quiet)
            shutil.rmtree(target, ignore_errors=True)
            work.rename(target)
            _remove_older(root, target)
            return built
    except Timeout as error:
        raise CorpusError(f"another process has been building the index in {root} for half an hour") from error
    except OSError as error:
        raise CorpusError(
            f"the index folder {root} cannot be written ({error.strerror}); set SUPERBILL_HOME"
        ) from error


def _build(work: Path, encoder: Encoder | None, nodes: Sequence[TabularNode] | None, quiet: bool) -> Manifest:
    started = time.monotonic()
    work.mkdir(parents=True, exist_ok=True)
    files = IndexFiles(work)
    _say(quiet, "Reading the tabular list")
    listed = list(nodes) if nodes is not None else list(read_tabular())
    rows = collect_terms(listed, lexicon_terms())
    files.library.unlink(missing_ok=True)
    billable = write_library(files.library, listed)
    write_terms(files.terms, rows)
    write_sides(files.sides, listed)
    build_lexical([row.text for row in rows], files.lexical)
    earlier = _earlier(work.parent) if encoder is None else None
    if encoder is None:
        if not (files.graph.is_file() and files.fast_graph.is_file()):
            _say(quiet, "Preparing the encoder")
            _prepare_encoder(files, earlier)
        encoder = OnnxEncoder(files.fast_graph)
    vectors = _embed(work, [row.text for row in rows], encoder, _vectors_by_text(earlier), quiet)
    with _bar(len(rows), "Indexing", quiet) as advance:
        build_vectors(files.chroma, CodeSystem.ICD10CM.value, vectors, advance)
    np.save(files.vectors, vectors)
    shutil.rmtree(work / "blocks", ignore_errors=True)
    built = Manifest(
        format=manifests.FORMAT,
        fingerprint=manifests.fingerprint(),
        release=release().title,
        sources=manifests.sources(),
        model=MODEL_NAME,
        model_sha256=WEIGHTS_SHA256,
        encoder_sha256=sha256_of(files.graph) if files.graph.is_file() else "",
        rows=len(rows),
        units=len({row.unit for row in rows}),
        billable_codes=billable,
        seconds=round(time.monotonic() - started, 1),
        built_at=dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
    )
    manifests.write(work, built)
    return built


def _prepare_encoder(files: IndexFiles, earlier: IndexFiles | None) -> None:
    exact, fast = files.graph.with_suffix(".partial"), files.fast_graph.with_suffix(".partial")
    if earlier:
        shutil.copyfile(earlier.graph, exact)
        shutil.copyfile(earlier.fast_graph, fast)
    else:
        export_onnx(exact, fast)
    exact.replace(files.graph)
    fast.replace(files.fast_graph)


def _embed(
    work: Path, texts: list[str], encoder: Encoder, known: Mapping[str, HalfVectors], quiet: bool
) -> HalfVectors:
    """Unit vectors as float16, taken from `known` where the same text was embedded before by the same encoder."""
    folder = work / "blocks"
    folder.mkdir(exist_ok=True)
    vectors = np.empty((len(texts), DIMENSION), np.float16)
    fresh = [row for row, text in enumerate(texts) if text not in known]
    for row in set(range(len(texts))).difference(fresh):
        vectors[row] = known[texts[row]]
    # like lengths together: less padding, and blocks stay the same from one run to the next
    order = np.array(sorted(fresh, key=lambda row: (len(texts[row]), row)), np.int64)
    digest = hashlib.sha256("\n".join(texts[row] for row in order).encode()).hexdigest()[:12]
    with _bar(len(order), "Embedding", quiet) as advance:
        for start in range(0, len(order), BLOCK):
            rows = order[start : start + BLOCK]
            saved = folder / f"{digest}-{start:07d}.npy"
            if saved.is_file():
                vectors[rows] = np.load(saved)
                advance(len(rows))
                continue
            vectors[rows] = encoder.encode([texts[row] for row in rows], advance)
            partial = saved.with_suffix(".partial")
            with partial.open("wb") as stream:
                np.save(stream, vectors[rows])
            partial.replace(saved)
    return vectors


def _earlier(root: Path) -> IndexFiles | None:
    """A finished index of the same format and model, whose encoder and vectors can be used again."""
    for folder in sorted(root.iterdir()):
        found = manifests.read(folder) if folder.is_dir() else None
        if found and found.format == manifests.FORMAT and found.model_sha256 == WEIGHTS_SHA256:
            files = IndexFiles(folder)
            if files.fast_graph.is_file() and sha256_of(files.graph) == found.encoder_sha256:
                return files
    return None


def _vectors_by_text(files: IndexFiles | None) -> Mapping[str, HalfVectors]:
    if files is None:
        return {}
    vectors = np.load(files.vectors, mmap_mode="r")
    return {row.text: vectors[index] for index, row in enumerate(read_terms(files.terms))}


def _remove_older(root: Path, keep: Path) -> None:
    for folder in root.iterdir():
        if folder.is_dir() and folder != keep:
            shutil.rmtree(folder, ignore_errors=True)


def _say(quiet: bool, text: str) -> None:
    if not quiet:
        print(text, file=sys.stderr, flush=True)


class _bar:
    """A progress bar on stderr as a context manager giving its `advance` function."""

    def __init__(self, total: int, label: str, quiet: bool) -> None:
        self._arguments: dict[str, Any] = {"total": total, "desc": label, "disable": quiet or None, "unit": "rows"}

    def __enter__(self) -> Callable[[int], None]:
        from tqdm import tqdm

        self._bar = tqdm(file=sys.stderr, leave=False, **self._arguments)
        return lambda count: (self._bar.update(count), None)[1]

    def __exit__(self, *_: object) -> None:
        self._bar.close()
