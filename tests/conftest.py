"""What every test shares: a data folder of its own, no network, and one real code index built once a checkout."""

import datetime as dt
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from assistant.services import Services
    from corpus.library import CodeBook

ROOT = Path(__file__).resolve().parents[1]
INDEX_HOME = ROOT / ".superbill" / "tests"
"""Kept between runs; `corpus build` makes it again when data, lexicon or model change."""

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
os.environ.setdefault("LITELLM_LOCAL_MODEL_COST_MAP", "True")


TOGETHER = ("web", "store")
"""Folders whose tests share one served page or one database server: a worker takes the whole folder, and takes it first."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Among several workers the tests of a file, or of a folder that shares a server, stay on one."""
    for item in items:
        place = item.path.relative_to(ROOT / "tests")
        item.add_marker(pytest.mark.xdist_group(place.parts[0] if place.parts[0] in TOGETHER else str(place)))
    items.sort(key=lambda item: item.path.relative_to(ROOT / "tests").parts[0] not in TOGETHER)


@pytest.fixture(scope="session")
def index_home() -> Path:
    """A data folder that holds the real, current index."""
    from corpus.index.build import build_index

    build_index(INDEX_HOME / "index", quiet=True)
    return INDEX_HOME


@pytest.fixture(scope="session")
def services(index_home: Path) -> "Services":
    """The real services over the real index."""
    from assistant.services import Services
    from assistant.settings import load_settings

    return Services.open(load_settings({"SUPERBILL_HOME": str(index_home)}), quiet=True)


@pytest.fixture(scope="session")
def tabular_book() -> "CodeBook":
    """The real code book of the packaged ICD-10-CM, written out once a checkout; no index is built."""
    from corpus.catalog import Catalog
    from corpus.codes import CodeSystem

    catalog = Catalog(INDEX_HOME)
    return catalog.codebook(CodeSystem.ICD10CM, dt.date(2026, 4, 15))


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty data folder that commands of this test use."""
    folder = tmp_path / "home"
    monkeypatch.setenv("SUPERBILL_HOME", str(folder))
    monkeypatch.delenv("SUPERBILL_DATABASE", raising=False)
    return folder


@pytest.fixture
def indexed_home(index_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A data folder of this test's own whose index is the shared real one."""
    folder = tmp_path / "home"
    folder.mkdir(mode=0o700)
    (folder / "index").symlink_to(index_home / "index", target_is_directory=True)
    monkeypatch.setenv("SUPERBILL_HOME", str(folder))
    monkeypatch.delenv("SUPERBILL_DATABASE", raising=False)
    yield folder
