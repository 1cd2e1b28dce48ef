"""A PostgreSQL store copied into a SQLite file and back, row by row: a backup is the same kind of file for both databases.

Values travel as they lie in the store: what is encrypted stays so, and the wrapped key goes along.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.settings import Settings
from assistant.store.engine import bare, database, exclusive, open_store, reading, transaction
from assistant.store.versions import bring_up, make_anew

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine, TableClause

AT_ONCE = 1000
"""Rows written with one statement."""


def into_file(settings: Settings, target: Path) -> None:
    """Write the store's rows, as one view of it has them, into the empty file `target`. Raises StoreError."""
    source = open_store(settings)
    try:
        with _file(target) as file:
            bring_up(file)
            with reading(source) as read, transaction(file) as write:
                _copy(read, write)
    finally:
        source.dispose()


def from_file(settings: Settings, source: Path) -> None:
    """Replace the store by the rows of `source`, a store's file that may be changed: an older one is brought up first.

    One transaction: when it fails or is cut off, the store is as it was. Raises StoreError.
    """
    target = bare(database(settings))
    try:
        with _file(source) as file:
            bring_up(file)
            with reading(file) as read, transaction(target) as write:
                exclusive(write, "migrations")
                make_anew(write)
                _copy(read, write)
                _count_on(write)
    finally:
        target.dispose()


@contextmanager
def _file(path: Path) -> "Iterator[Engine]":
    from sqlalchemy import URL

    engine = bare(URL.create("sqlite", database=str(path)))
    try:
        yield engine
        raw = engine.raw_connection()
        try:
            raw.cursor().execute("PRAGMA journal_mode = DELETE")  # one file, without a log beside it
        finally:
            raw.close()
    finally:
        engine.dispose()


def _copy(read: "Connection", write: "Connection") -> None:
    from sqlalchemy import insert, select

    from assistant.store.schema import all_tables

    for table in all_tables():
        raw = _raw(table)
        rows = read.execution_options(yield_per=AT_ONCE).execute(select(raw)).mappings()
        for some in rows.partitions():
            write.execute(insert(raw), [dict(row) for row in some])


def _raw(table: Any) -> "TableClause":
    """The table with encrypted columns as plain text: values go as they lie."""
    import sqlalchemy as sa

    from assistant.store.sealed import Sealed

    columns = (
        sa.column(column.name, sa.Text() if isinstance(column.type, Sealed) else column.type)
        for column in table.columns
    )
    return sa.table(table.name, *columns)


def _count_on(connection: "Connection") -> None:
    """Let PostgreSQL's counters go on behind the highest number that came in."""
    from sqlalchemy import func, select

    from assistant.store.schema import all_tables

    for table in all_tables():
        for column in table.primary_key.columns:
            name = connection.scalar(select(func.pg_get_serial_sequence(f'"{table.name}"', column.name)))
            last = connection.scalar(select(func.max(column))) if name else None
            if last is not None:
                connection.execute(select(func.setval(name, last)))
