"""Commands run in-process against the real code book and a store of their own."""

import datetime as dt
from pathlib import Path

import pytest

from assistant.commands import claim, wiring
from corpus.library import CodeBook


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, book: CodeBook) -> Path:
    """A data folder of this test's own; no index is built."""
    monkeypatch.setenv("SUPERBILL_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("SUPERBILL_DATABASE", raising=False)
    monkeypatch.setattr(wiring, "codebook", lambda: book)
    monkeypatch.setattr(claim, "today", lambda: dt.date(2026, 11, 23))
    return tmp_path


@pytest.fixture(scope="session")
def book(tabular_book: CodeBook) -> CodeBook:
    """The real code book."""
    return tabular_book
