"""Building an index: resumed after a stop, never seen half done, rebuilt when what it was made of changes."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest

from corpus.errors import CorpusError
from corpus.index import build, manifest
from corpus.index.encoder import DIMENSION, Vectors
from corpus.index.search import Searcher
from corpus.sources.tabular import TabularNode


class FakeEncoder:
    """Unit vectors made of letter counts; stops with an error after `stop_after` texts."""

    def __init__(self, stop_after: int | None = None) -> None:
        self.encoded = 0
        self.stop_after = stop_after

    def encode(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> Vectors:
        vectors = np.zeros((len(texts), DIMENSION), np.float32)
        for row, text in enumerate(texts):
            if self.stop_after is not None and self.encoded >= self.stop_after:
                raise KeyboardInterrupt
            self.encoded += 1
            for char in text.lower():
                vectors[row, ord(char) % DIMENSION] += 1
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def node(code: str, title: str, parent: str | None, billable: bool = True) -> TabularNode:
    return TabularNode(code, title, "code", parent, code, billable, (), ())


NODES = [
    node("I10", "Essential (primary) hypertension", None),
    node("E11", "Type 2 diabetes mellitus", None, billable=False),
    node("E11.9", "Type 2 diabetes mellitus without complications", "E11"),
    node("E11.65", "Type 2 diabetes mellitus with hyperglycemia", "E11"),
]


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build, "lexicon_terms", lambda: iter(()))
    monkeypatch.setattr(build, "BLOCK", 2)


def make(root: Path, encoder: FakeEncoder, force: bool = False) -> manifest.Manifest:
    return build.build_index(root, force, encoder=encoder, nodes=NODES, quiet=True)


def test_a_built_index_is_found_and_searched(tmp_path: Path) -> None:
    made = make(tmp_path, FakeEncoder())
    assert made.rows == 4  # three titles, and the header's words pointing at its default
    assert build.is_current(tmp_path)
    hits = Searcher(tmp_path, FakeEncoder()).find_units(["type 2 diabetes mellitus"], 3)[0]
    assert hits[0].unit == "E11.9"


def test_a_current_index_is_not_built_again(tmp_path: Path) -> None:
    make(tmp_path, FakeEncoder())
    again = FakeEncoder()
    make(tmp_path, again)
    assert again.encoded == 0


def test_a_stopped_build_goes_on_where_it_was(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        make(tmp_path, FakeEncoder(stop_after=3))
    assert not build.is_current(tmp_path)
    with pytest.raises(CorpusError, match="corpus build"):
        Searcher(tmp_path, FakeEncoder())
    second = FakeEncoder()
    make(tmp_path, second)
    assert second.encoded == 2  # the first block of two was saved
    assert build.is_current(tmp_path)


def test_an_index_of_other_data_is_never_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(tmp_path, FakeEncoder())
    monkeypatch.setattr(manifest, "fingerprint", lambda: "f" * 64)
    with pytest.raises(CorpusError, match="corpus build"):
        Searcher(tmp_path, FakeEncoder())
    make(tmp_path, FakeEncoder())
    assert build.is_current(tmp_path)
    folders = [path.name for path in tmp_path.iterdir() if path.is_dir()]
    assert folders == ["f" * 16]


def test_a_damaged_manifest_means_not_built(tmp_path: Path) -> None:
    make(tmp_path, FakeEncoder())
    (build.current_folder(tmp_path) / manifest.FILE).write_text("{")
    assert not build.is_current(tmp_path)


def test_a_folder_that_cannot_be_written_is_said_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(CorpusError, match="SUPERBILL_HOME"):
        make(tmp_path / "file" / "index", FakeEncoder())


def test_force_builds_again(tmp_path: Path) -> None:
    make(tmp_path, FakeEncoder())
    again = FakeEncoder()
    make(tmp_path, again, force=True)
    assert again.encoded == 4
