"""What tests of the library share: the packaged tabular list, read once."""

import pytest

from corpus.codes import Node
from corpus.sources.tabular import read_tabular


@pytest.fixture(scope="session")
def tabular() -> tuple[Node, ...]:
    return tuple(read_tabular())
