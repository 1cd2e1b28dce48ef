"""How chromadb is opened."""

import importlib
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from corpus.index.encoder import DIMENSION
from corpus.index.vectors import VectorIndex, _absent, build_vectors, client_module


def test_a_slow_helper_of_a_helper_is_left_out_only_while_chromadb_is_imported() -> None:
    sys.modules.pop("colorsys", None)
    with _absent("colorsys"), pytest.raises(ImportError):
        importlib.import_module("colorsys")
    found = importlib.import_module("colorsys")
    with _absent("colorsys"):
        assert importlib.import_module("colorsys") is found
    assert sys.modules["colorsys"] is found
    assert client_module().__name__ == "chromadb"


def test_an_index_is_opened_from_many_threads_at_once(tmp_path: Path) -> None:
    vectors = np.eye(20, DIMENSION, dtype=np.float32)
    for number in range(4):
        build_vectors(tmp_path / str(number), "rows", vectors)
    threads = 8
    for number in range(4):
        together = threading.Barrier(threads)

        def opened(folder: Path = tmp_path / str(number), together: threading.Barrier = together) -> int:
            together.wait()
            return int(VectorIndex(folder, "rows", 20).nearest(vectors[3:4], 1)[0][0][0])

        with ThreadPoolExecutor(threads) as pool:
            found = [one.result() for one in [pool.submit(opened) for _ in range(threads)]]
        assert found == [3] * threads
