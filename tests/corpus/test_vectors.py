"""How chromadb is opened."""

import importlib
import sys

import pytest

from corpus.index.vectors import _absent, client_module


def test_a_slow_helper_of_a_helper_is_left_out_only_while_chromadb_is_imported() -> None:
    sys.modules.pop("colorsys", None)
    with _absent("colorsys"), pytest.raises(ImportError):
        importlib.import_module("colorsys")
    found = importlib.import_module("colorsys")
    with _absent("colorsys"):
        assert importlib.import_module("colorsys") is found
    assert sys.modules["colorsys"] is found
    assert client_module().__name__ == "chromadb"
