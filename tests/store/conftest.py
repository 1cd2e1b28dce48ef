"""A store of a test's own, on SQLite and on PostgreSQL."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from assistant.settings import Settings, load_settings
from assistant.store.engine import open_store
from tests.store.cluster import Cluster, binaries

Open = Callable[..., Engine]


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """A PostgreSQL server. Skipped where it is not installed, except in CI, which must have it."""
    programs = binaries()
    if programs is None:
        if os.environ.get("CI") == "true":
            pytest.fail("CI has no PostgreSQL: install Debian's package `postgresql`")
        pytest.skip("PostgreSQL is not installed (Debian's package `postgresql`)")
    made = Cluster.make(programs)
    yield made
    made.remove()


@pytest.fixture(params=["sqlite", "postgresql"])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """Settings of an empty store."""
    environ = {"SUPERBILL_HOME": str(tmp_path / "home")}
    if request.param == "postgresql":
        environ["SUPERBILL_DATABASE"] = request.getfixturevalue("cluster").url()
    return load_settings(environ)


@pytest.fixture
def opened() -> Iterator[Open]:
    """`open_store`, whose engines are disposed of at the end of the test."""
    engines: list[Engine] = []

    def opening(settings: Settings, convert: bool = False) -> Engine:
        engines.append(open_store(settings, convert=convert))
        return engines[-1]

    yield opening
    for engine in engines:
        engine.dispose()


@pytest.fixture
def engine(settings: Settings, opened: Open) -> Engine:
    """The opened, empty store."""
    return opened(settings)


def outside(settings: Settings, *statements: str) -> None:
    """Do to the store what no part of Superbill would."""
    import contextlib
    import sqlite3

    from sqlalchemy import make_url

    url = make_url(settings.database_url)
    if url.get_backend_name() == "sqlite":
        with contextlib.closing(sqlite3.connect(str(url.database))) as connection, connection:
            for statement in statements:
                connection.execute(statement)
        return
    import psycopg

    place = {"host": str(url.query["host"]), "options": str(url.query["options"])}
    with psycopg.connect(user="superbill", dbname=url.database, **place) as connection:
        for statement in statements:
            connection.execute(statement.encode())
