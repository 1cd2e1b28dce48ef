"""One real code book for all tests of this folder."""

import pytest

from corpus.library import CodeBook


@pytest.fixture(scope="session")
def book(tabular_book: CodeBook) -> CodeBook:
    return tabular_book
