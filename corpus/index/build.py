"""Building an index, one for each release of each system: resumable, with progress, visible only when whole.

A build works in `<system>/<fingerprint>.partial` and is renamed to `<fingerprint>` at the end; the manifest is the last file
written. Vectors are saved in blocks as they are made, so a build that was stopped goes on where it was, and rows that an
earlier index has are taken from it. Readers open only the folder whose name is the fingerprint of what is installed: an index
of other data or another model is never queried. An earlier index of the same release goes when no process reads it any more.
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
from corpus.editions import Edition
from corpus.errors import CorpusError
from corpus.folders import link_or_copy, retire, sweep
from corpus.index import manifest as manifests
from corpus.index.encoder import DIMENSION, MODEL_NAME, WEIGHTS_SHA256, Encoder, OnnxEncoder, export_onnx, sha256_of
from corpus.index.lexical import build_lexical
from corpus.index.manifest import Manifest
from corpus.index.sides import write_sides
from corpus.index.terms import read_terms, write_terms
from corpus.index.vectors import build_vectors
from corpus.index.watching import tell
from corpus.library import write_library
from corpus.systems import system

BLOCK = 4096
"""Rows embedded between two saves."""
REUSED = 4
"""Earlier indexes whose vectors are looked through."""

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
        """The same with int8 weights and fixed scales: for rows, and for the many words of a note."""
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


def packaged(which: CodeSystem = CodeSystem.ICD10CM) -> Edition:
    """The edition that comes with the installation. Raises CorpusError, saying what to do, when there is none."""
    found = system(which).packaged()
    if found is None:
        raise CorpusError(system(which).absent)
    return found


def current_folder(root: Path, edition: Edition | None = None) -> Path:
    """The folder an index of `edition` (the packaged ICD-10-CM unless given) has, whether built or not."""
    edition = edition or packaged()
    return root / edition.release.system.value / manifests.fingerprint(edition)[:16]


def is_current(root: Path, edition: Edition | None = None) -> bool:
    """Whether a finished index of `edition` and of the installed model lies under `root`."""
    edition = edition or packaged()
    found = manifests.read(current_folder(root, edition))
    return found is not None and found.fingerprint == manifests.fingerprint(edition)


def build_index(
    root: Path,
    force: bool = False,
    *,
    edition: Edition | None = None,
    encoder: Encoder | None = None,
    quiet: bool = False,
) -> Manifest:
    """Build the index of `edition` (the packaged ICD-10-CM unless given) under `root` unless it is current.

    `encoder` replaces the real one in tests. Raises CorpusError when the folder cannot be written.
    """
    from filelock import FileLock, Timeout

    edition = edition or packaged()
    target = current_folder(root, edition)
    try:
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with FileLock(root / "build.lock", timeout=1800):
            if not force and is_current(root, edition):
                found = manifests.read(target)
                assert found is not None
                return found
            work = target.with_name(target.name + ".partial")
            if force:
                shutil.rmtree(work, ignore_errors=True)
            built = _build(root, work, edition, encoder, not force, quiet)
            if target.exists() and not retire(target):  # the same index, built again while it is read
                return built
            work.rename(target)
            _remove_older(root, target, built)
            return built
    except Timeout as error:
        raise CorpusError(f"another process has been building the index in {root} for half an hour") from error
    except OSError as error:
        raise CorpusError(
            f"the index folder {root} cannot be written ({error.strerror}); set SUPERBILL_HOME"
        ) from error


def remove_unneeded(root: Path, editions: Sequence[Edition]) -> None:
    """Remove finished indexes of releases that are not among `editions`, unless a process reads them."""
    needed = {current_folder(root, edition) for edition in editions}
    for which in CodeSystem:
        for folder in _folders(root / which.value):
            if folder not in needed and manifests.read(folder):
                retire(folder)


def _build(root: Path, work: Path, edition: Edition, encoder: Encoder | None, reuse: bool, quiet: bool) -> Manifest:
    started = time.monotonic()
    work.mkdir(parents=True, exist_ok=True)
    files = IndexFiles(work)
    kind = system(edition.release.system)
    _say(quiet, f"Reading {edition.release.title}")
    nodes = list(edition.nodes())
    index = list(edition.index())
    rows = kind.rows(nodes, index)
    if not rows:
        raise CorpusError(f"{edition.release.title} has nothing that could be searched")
    files.library.unlink(missing_ok=True)
    if edition.library:
        link_or_copy(edition.library, files.library)
    else:
        write_library(files.library, nodes, index)
    write_terms(files.terms, rows)
    write_sides(files.sides, nodes if kind.sided else ())
    build_lexical([row.text for row in rows], files.lexical)
    earlier = _earlier(root, edition.release.system) if encoder is None else []
    if encoder is None:
        if not (files.graph.is_file() and files.fast_graph.is_file()):
            _prepare_encoder(files, earlier, quiet)
        encoder = OnnxEncoder(files.fast_graph)
    known = _vectors_by_text(earlier if reuse else [])
    vectors = _embed(work, [row.text for row in rows], encoder, known, quiet)
    with _bar(len(rows), "Indexing", quiet) as advance:
        build_vectors(files.chroma, edition.release.system.value, vectors, advance)
    np.save(files.vectors, vectors)
    shutil.rmtree(work / "blocks", ignore_errors=True)
    built = Manifest(
        format=manifests.FORMAT,
        fingerprint=manifests.fingerprint(edition),
        release=edition.release.title,
        sources=manifests.sources(edition),
        model=MODEL_NAME,
        model_sha256=WEIGHTS_SHA256,
        encoder_sha256=sha256_of(files.graph) if files.graph.is_file() else "",
        fast_encoder_sha256=sha256_of(files.fast_graph) if files.fast_graph.is_file() else "",
        rows=len(rows),
        units=len({row.unit for row in rows}),
        billable_codes=sum(node.billable for node in nodes),
        seconds=round(time.monotonic() - started, 1),
        built_at=dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        system=edition.release.system.value,
        starts=edition.release.starts,
        ends=edition.release.ends,
        index_terms=len(index),
    )
    manifests.write(work, built)
    return built


def _prepare_encoder(files: IndexFiles, earlier: Sequence[IndexFiles], quiet: bool) -> None:
    """The encoder's graphs: one file on disk for all indexes that were built with it."""
    for other in earlier:
        found = manifests.read(other.folder)
        if found and sha256_of(other.graph) == found.encoder_sha256:
            link_or_copy(other.graph, files.graph)
            link_or_copy(other.fast_graph, files.fast_graph)
            return
    _say(quiet, "Preparing the encoder")
    exact, fast = files.graph.with_suffix(".partial"), files.fast_graph.with_suffix(".partial")
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


def _folders(parent: Path) -> list[Path]:
    return [path for path in sorted(parent.iterdir()) if path.is_dir()] if parent.is_dir() else []


def _earlier(root: Path, which: CodeSystem) -> list[IndexFiles]:
    """Finished indexes of the same model, whose encoder and vectors can be used again: of this system first, newest first."""
    found: list[tuple[bool, str, Path]] = []
    for folder in [*_folders(root), *(path for which in CodeSystem for path in _folders(root / which.value))]:
        built, files = manifests.read(folder), IndexFiles(folder)
        if built is None or built.format not in manifests.VECTOR_FORMATS or built.model_sha256 != WEIGHTS_SHA256:
            continue
        if files.fast_graph.is_file() and files.graph.is_file():
            found.append((built.system == which.value, built.built_at, folder))
    return [IndexFiles(folder) for *_, folder in sorted(found, reverse=True)]


def _vectors_by_text(earlier: Sequence[IndexFiles]) -> Mapping[str, HalfVectors]:
    known: dict[str, HalfVectors] = {}
    for files in earlier[:REUSED]:
        vectors = np.load(files.vectors, mmap_mode="r")
        for row, term in enumerate(read_terms(files.terms)):
            known.setdefault(term.text, vectors[row])
    return known


def _remove_older(root: Path, keep: Path, built: Manifest) -> None:
    """Earlier indexes of the release just built, left-overs of stopped builds, and the folders of the first layout."""
    for folder in _folders(keep.parent):
        other = manifests.read(folder)
        if folder != keep and (other is None or other.release == built.release):
            retire(folder)
    for folder in _folders(root):
        if manifests.read(folder):
            retire(folder)
    sweep(keep.parent)


def _say(quiet: bool, text: str) -> None:
    tell(text)
    if not quiet:
        print(text, file=sys.stderr, flush=True)


class _bar:
    """A progress bar on stderr as a context manager giving its `advance` function."""

    def __init__(self, total: int, label: str, quiet: bool) -> None:
        self._label, self._total, self._done = label, total, 0
        self._arguments: dict[str, Any] = {"total": total, "desc": label, "disable": quiet or None, "unit": "rows"}

    def __enter__(self) -> Callable[[int], None]:
        from tqdm import tqdm

        self._bar = tqdm(file=sys.stderr, leave=False, **self._arguments)
        tell(self._label, 0, self._total)
        return self._advance

    def _advance(self, count: int) -> None:
        self._done += count
        self._bar.update(count)
        tell(self._label, self._done, self._total)

    def __exit__(self, *_: object) -> None:
        self._bar.close()
