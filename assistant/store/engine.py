"""Opening the store: one SQLAlchemy engine with safe settings, its tables brought up to date, its key checked."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.errors import StoreError
from assistant.settings import Settings, ensure_home
from assistant.store.faults import sentence
from assistant.store.keys import still_ours, unlock

if TYPE_CHECKING:
    from sqlalchemy import URL, Connection, Engine

BUSY_SECONDS = 30
CHECKED_ON_OPENING = 64 * 1024 * 1024
"""Bytes up to which a SQLite store is checked whenever it is opened; a larger one when `serve` starts or on demand."""
READING = "superbill_reading"


def open_store(settings: Settings, *, convert: bool = False) -> "Engine":
    """The engine of the site's store; for SQLite the data folder (0700) and the file (0600) are made when absent.

    SQLite runs with write-ahead log, full sync and foreign keys; a `transaction` takes the write lock when it begins,
    so that reading the head of the ledger and appending to it are one step. Tables are brought up to date first.
    Raises StoreError when the store cannot be opened, is damaged, is newer than this program, or is encrypted with
    another key. `convert` opens a plain store although a key is set, so that it can be encrypted.
    """
    from sqlalchemy.exc import SQLAlchemyError

    from assistant.store.versions import bring_up

    engine: Engine | None = None
    try:
        url = database(settings)
        sqlite = url.get_backend_name() == "sqlite"
        if not sqlite and url.get_backend_name() != "postgresql":
            raise StoreError(f"The store cannot be in {url.get_backend_name()}; use SQLite or PostgreSQL.")
        if sqlite and url.database not in (None, "", ":memory:"):
            try:
                ensure_home(settings)
                make_private(Path(str(url.database)))
            except OSError as error:
                raise StoreError(f"The store at {url.database} cannot be opened ({error.strerror}).") from None
        engine = bare(url)
        if sqlite and small(url):
            check_integrity(engine)
        bring_up(engine)
        unlock(engine, settings, convert)
        return engine
    except SQLAlchemyError as error:
        if engine is not None:
            engine.dispose()
        raise StoreError(sentence(error, "The store cannot be opened ({}); check SUPERBILL_DATABASE.")) from None
    except StoreError:
        if engine is not None:
            engine.dispose()
        raise


def bare(url: "URL") -> "Engine":
    """An engine with the store's settings; nothing is looked at yet, no table made, no key asked for."""
    from sqlalchemy import create_engine, event

    sqlite = url.get_backend_name() == "sqlite"
    # A pool that asks first notices a database that went away and came back.
    engine = create_engine(url, hide_parameters=True, pool_pre_ping=not sqlite)
    if sqlite:
        event.listen(engine, "connect", _sqlite_connect)
        event.listen(engine, "begin", _sqlite_begin)
    return engine


def database(settings: Settings) -> "URL":
    """The store's address. A PostgreSQL one without a driver gets the driver that the extra `postgres` brings."""
    from sqlalchemy import make_url

    url = make_url(settings.database_url)
    return url.set(drivername="postgresql+psycopg") if url.drivername in ("postgres", "postgresql") else url


def small(url: "URL") -> bool:
    """Whether a SQLite store is checked on every opening."""
    try:
        return Path(str(url.database)).stat().st_size <= CHECKED_ON_OPENING
    except OSError:
        return True


def check_integrity(engine: "Engine") -> None:
    """SQLite's own check of the file. Raises StoreError when it is damaged."""
    if engine.dialect.name != "sqlite":
        return
    with reading(engine) as connection:
        verdict = connection.exec_driver_sql("PRAGMA quick_check").scalar()
    if verdict != "ok":
        raise StoreError(
            f"The store at {engine.url.database} is damaged; bring a backup back with `superbill restore`."
        )


@contextmanager
def transaction(engine: "Engine") -> Iterator["Connection"]:
    """One transaction: committed whole, or rolled back. A database error becomes a StoreError without its statement,
    whose parameters may hold content."""
    from sqlalchemy.exc import SQLAlchemyError

    try:
        with engine.begin() as connection:
            still_ours(connection)
            yield connection
    except SQLAlchemyError as error:
        raise _told(error) from None


@contextmanager
def reading(engine: "Engine") -> Iterator["Connection"]:
    """One view of the store, the same for all that is asked in it, that keeps no writer waiting. Nothing is written."""
    from sqlalchemy.exc import SQLAlchemyError

    try:
        with engine.connect() as connection:
            if engine.dialect.name == "sqlite":
                view = connection.execution_options(**{READING: True})
            else:
                view = connection.execution_options(isolation_level="REPEATABLE READ")
            with view.begin():
                yield view
    except SQLAlchemyError as error:
        raise _told(error) from None


def exclusive(connection: "Connection", name: str) -> None:
    """From here to its end this transaction is the only one inside `exclusive(name)`. SQLite has one writer anyway."""
    if connection.dialect.name == "postgresql":
        from sqlalchemy import text

        connection.execute(text("SELECT pg_advisory_xact_lock(hashtext(:name))"), {"name": f"superbill.{name}"})


def wipe_log(engine: "Engine") -> None:
    """Empty SQLite's write-ahead log, so that deleted content does not linger there."""
    if engine.dialect.name == "sqlite":
        raw = engine.raw_connection()
        try:
            raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
        finally:
            raw.close()


def make_private(path: Path) -> None:
    """Create the file with mode 0600 before SQLite would with the default mask; one of ours that others may read, as a
    careless copy leaves it, is taken from them, and so is its folder."""
    handle = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
    try:
        found = os.fstat(handle)
        if found.st_uid == os.geteuid() and found.st_mode & 0o077:
            os.fchmod(handle, 0o600)
    finally:
        os.close(handle)
    folder = path.parent.stat()
    if folder.st_uid == os.geteuid() and folder.st_mode & 0o007 and not folder.st_mode & 0o1000:
        path.parent.chmod(folder.st_mode & 0o770)


def _told(error: Exception) -> StoreError:
    cause = getattr(error, "orig", None)
    if isinstance(cause, StoreError):
        return cause
    return StoreError(sentence(error, "The store cannot be used ({}); check its disk, then `superbill audit verify`."))


def _sqlite_connect(connection: Any, record: object) -> None:
    # The driver must not open transactions of its own: `_sqlite_begin` does, with the write lock.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}")
    _write_ahead(cursor)
    for pragma in (
        "synchronous = FULL",
        "foreign_keys = ON",
        "secure_delete = ON",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _write_ahead(cursor: Any) -> None:
    """Turn the write-ahead log on, once in the life of a file. SQLite does not wait its busy time for that when several
    programs open a new file at once: it says `locked` right away."""
    import sqlite3

    until = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            if cursor.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
                cursor.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > until:
                raise
            time.sleep(0.02)


def _sqlite_begin(connection: Any) -> None:
    reads = connection.get_execution_options().get(READING)
    connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")
