"""The local store: one SQLAlchemy engine, safe settings, backup and restore.

Tables belong to the stations that use them; each declares its own on `METADATA` and they are created on opening.
"""

import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.errors import StoreError
from assistant.settings import Settings, ensure_home

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

BUSY_SECONDS = 30
OWN_TABLES = frozenset({"decisions", "remit_files"})
"""A store has a decision ledger, kept remittances, or both."""


def open_store(settings: Settings) -> "Engine":
    """The engine of the site's store; for SQLite the data folder (0700) and the file (0600) are made when absent.

    SQLite runs with write-ahead log, full sync and foreign keys; every transaction takes the write lock when it
    begins, so that reading the head of the ledger and appending to it are one step. Raises StoreError when the store
    cannot be opened or its integrity check fails.
    """
    from sqlalchemy import create_engine, event, make_url
    from sqlalchemy.exc import SQLAlchemyError

    try:
        url = make_url(settings.database_url)
        sqlite = url.get_backend_name() == "sqlite"
        if sqlite and url.database not in (None, "", ":memory:"):
            try:
                ensure_home(settings)
                _make_private(Path(str(url.database)))
            except OSError as error:
                raise StoreError(f"The store at {url.database} cannot be opened ({error.strerror}).") from None
        engine = create_engine(url)
        if sqlite:
            event.listen(engine, "connect", _sqlite_connect)
            event.listen(engine, "begin", _sqlite_begin)
            with engine.connect() as connection:
                verdict = connection.exec_driver_sql("PRAGMA quick_check").scalar()
            if verdict != "ok":
                raise StoreError(
                    f"The store at {url.database} is damaged; bring a backup back with `superbill restore`."
                )
        return engine
    except SQLAlchemyError as error:
        raise StoreError(f"The store cannot be opened ({type(error).__name__}); check SUPERBILL_DATABASE.") from None


@contextmanager
def transaction(engine: "Engine") -> Iterator["Connection"]:
    """One transaction: committed whole, or rolled back. A database error becomes a StoreError without its statement,
    whose parameters may hold content."""
    from sqlalchemy.exc import SQLAlchemyError

    try:
        with engine.begin() as connection:
            yield connection
    except SQLAlchemyError as error:
        cause = type(getattr(error, "orig", None) or error).__name__
        raise StoreError(
            f"The store cannot be used ({cause}); check its disk, then `superbill audit verify`."
        ) from None


def wipe_log(engine: "Engine") -> None:
    """Empty SQLite's write-ahead log, so that deleted content does not linger there."""
    if engine.dialect.name == "sqlite":
        raw = engine.raw_connection()
        try:
            raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
        finally:
            raw.close()


def sqlite_path(settings: Settings) -> Path:
    """The store's file. Raises StoreError when the store is not SQLite: its own tools back that up."""
    from sqlalchemy import make_url

    url = make_url(settings.database_url)
    if url.get_backend_name() != "sqlite" or not url.database:
        raise StoreError("This store is not a SQLite file; back it up with the database's own tools.")
    return Path(url.database)


def backup(settings: Settings, target: Path) -> None:
    """Copy the store to `target`, whole or not at all, while it may be in use; its mode is 0600."""
    source = sqlite_path(settings)
    if not source.exists():
        raise StoreError(f"There is no store at {source} yet; nothing to back up.")
    if target.exists():
        raise StoreError(f"{target} exists already; name a new file.")
    try:
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=".superbill-", suffix=".part")
        os.close(handle)
    except OSError as error:
        raise StoreError(f"{target} cannot be written ({error.strerror}).") from None
    part = Path(name)
    try:
        _copy(source, part)
        part.replace(target)
    except (OSError, sqlite3.Error) as error:
        raise StoreError(f"The backup to {target} failed ({error}); the store is unchanged.") from None
    finally:
        part.unlink(missing_ok=True)


def restore(settings: Settings, source: Path) -> None:
    """Put a backup in the store's place. The backup is checked first; a failure leaves the store as it was."""
    target = sqlite_path(settings)
    if not source.is_file():
        raise StoreError(f"{source} is not a file.")
    check_file(source)
    ensure_home(settings)
    target.parent.mkdir(parents=True, exist_ok=True)
    _make_private(target)
    try:
        _copy(source, target)
    except (OSError, sqlite3.Error) as error:
        raise StoreError(f"{source} could not be restored ({error}); the store is unchanged.") from None


def check_file(path: Path) -> None:
    """Raise StoreError unless `path` is a whole SQLite file with one of the store's own tables."""
    try:
        connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
        try:
            verdict = connection.execute("PRAGMA integrity_check").fetchone()
            tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        finally:
            connection.close()
    except sqlite3.Error:
        raise StoreError(f"{path.name} is not a Superbill backup.") from None
    if verdict != ("ok",) or not tables & OWN_TABLES:
        raise StoreError(f"{path.name} is damaged or not a Superbill backup.")


def _copy(source: Path, target: Path) -> None:
    """SQLite's own online copy: one transaction in the target, so a kill leaves what was there."""
    reading = sqlite3.connect(source, timeout=BUSY_SECONDS)
    writing = sqlite3.connect(target, timeout=BUSY_SECONDS)
    try:
        reading.backup(writing)
    finally:
        writing.close()
        reading.close()


def _make_private(path: Path) -> None:
    """Create the file with mode 0600 before SQLite would with the default mask."""
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))


def _sqlite_connect(connection: Any, record: object) -> None:
    # The driver must not open transactions of its own: `_sqlite_begin` does, with the write lock.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        "busy_timeout = 30000",
        "journal_mode = WAL",
        "synchronous = FULL",
        "foreign_keys = ON",
        "secure_delete = ON",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _sqlite_begin(connection: Any) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")
