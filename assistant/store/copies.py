"""Backup and restore of the store. A backup is a SQLite file, whichever database the store is in: one of SQLite comes back into
PostgreSQL and the other way round. PostgreSQL's own `pg_dump` is a backup too, one that only PostgreSQL brings back."""

import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from assistant.errors import StoreError
from assistant.settings import Settings, ensure_home
from assistant.store.engine import BUSY_SECONDS, database, make_private
from assistant.store.transfer import from_file, into_file

OWN_TABLES = frozenset({"alembic_version", "decisions", "remit_files"})
"""A store of Superbill has one of these; one from before migrations has no `alembic_version`."""


def backup(settings: Settings, target: Path) -> None:
    """Copy the store to the new file `target`, whole or not at all, while it may be in use; its mode is 0600.

    Raises StoreError when there is no store yet, `target` exists or cannot be written.
    """
    source = sqlite_path(settings)
    if source is not None and not source.exists():
        raise StoreError(f"There is no store at {source} yet; nothing to back up.")
    if target.exists():
        raise StoreError(f"{target} exists already; name a new file.")
    try:
        with _part(target.parent) as part:
            if source is not None:
                _copy(source, part)
            else:
                into_file(settings, part)
            check_file(part)
            part.replace(target)
    except (OSError, sqlite3.Error) as error:
        why = getattr(error, "strerror", None) or error
        raise StoreError(f"The backup to {target} failed ({why}); the store is unchanged.") from None


def restore(settings: Settings, source: Path) -> None:
    """Put a backup in the store's place. The backup is checked first; a failure leaves the store as it was.

    Raises StoreError when `source` is no backup, or one that a newer Superbill made (PostgreSQL; on SQLite opening says so).
    """
    target = sqlite_path(settings)
    if not source.is_file():
        raise StoreError(f"{source} is not a file.")
    check_file(source)
    ensure_home(settings)
    try:
        if target is not None:
            target.parent.mkdir(parents=True, exist_ok=True)
            make_private(target)
            _copy(source, target)
            return
        with _part(settings.home) as part:  # the backup itself stays as it is
            _copy(source, part)
            from_file(settings, part)
    except (OSError, sqlite3.Error) as error:
        raise StoreError(f"{source} could not be restored ({error}); the store is unchanged.") from None


def sqlite_path(settings: Settings) -> Path | None:
    """The store's file; None when the store is in PostgreSQL."""
    url = database(settings)
    if url.get_backend_name() == "postgresql":
        return None
    if url.get_backend_name() != "sqlite" or not url.database:
        raise StoreError("This store is no file that could be copied; set SUPERBILL_DATABASE to SQLite or PostgreSQL.")
    return Path(url.database)


@contextmanager
def _part(folder: Path) -> Iterator[Path]:
    """A new file with mode 0600 in `folder`, gone at the end unless it was given another name."""
    handle, name = tempfile.mkstemp(dir=folder, prefix=".superbill-", suffix=".part")
    os.close(handle)
    part = Path(name)
    try:
        yield part
    finally:
        for left in (part, *part.parent.glob(f"{part.name}-*")):
            left.unlink(missing_ok=True)


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
