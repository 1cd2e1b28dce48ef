"""Commands run in-process against the real code book and a store of their own."""

import datetime as dt
import warnings
from pathlib import Path

import pytest

from assistant.commands import claim, wiring
from corpus.library import CodeBook, write_library
from corpus.sources import tabular


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, book: CodeBook) -> Path:
    """A data folder of this test's own; no index is built."""
    monkeypatch.setenv("SUPERBILL_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("SUPERBILL_DATABASE", raising=False)
    monkeypatch.setattr(wiring, "codebook", lambda: book)
    monkeypatch.setattr(claim, "today", lambda: dt.date(2026, 11, 23))
    return tmp_path


@pytest.fixture(scope="session")
def book(tmp_path_factory: pytest.TempPathFactory) -> CodeBook:
    """The real code book, built from the installed tabular list."""
    path = tmp_path_factory.mktemp("library") / "icd10cm.sqlite"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # the package reads its data with importlib's old functions
        write_library(path, tabular.read_tabular())
    return CodeBook(path, tabular.release())
