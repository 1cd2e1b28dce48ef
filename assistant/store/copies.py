"""Backup and restore of a SQLite store. PostgreSQL has its own tools for that (`pg_dump`, `pg_restore`)."""

import os
import sqlite3
import tempfile
from pathlib import Path

from assistant.errors import StoreError
from assistant.settings import Settings, ensure_home
from assistant.store.engine import BUSY_SECONDS, database, make_private

OWN_TABLES = frozenset({"alembic_version", "decisions", "remit_files"})
"""A store of Superbill has one of these; one from before migrations has no `alembic_version`."""


def sqlite_path(settings: Settings) -> Path:
    """The store's file. Raises StoreError when the store is not SQLite: its own tools back that up."""
    url = database(settings)
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
    make_private(target)
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
