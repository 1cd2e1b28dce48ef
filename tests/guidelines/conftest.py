"""One real code book for all tests of this folder, built from the installed tabular list."""

import warnings

import pytest

from corpus.library import CodeBook, write_library
from corpus.sources import tabular


@pytest.fixture(scope="session")
def book(tmp_path_factory: pytest.TempPathFactory) -> CodeBook:
    path = tmp_path_factory.mktemp("library") / "icd10cm.sqlite"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # the package reads its data with importlib's old functions
        write_library(path, tabular.read_tabular())
    return CodeBook(path, tabular.release())
