"""The version of the store's tables, and bringing an older store up to it.

Alembic keeps the history in `migrations/`; it is imported only when there is something to do.
"""

from typing import TYPE_CHECKING

from assistant.errors import StoreError

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

REVISIONS = ("0001", "0002", "0003", "0004")
"""Every step in order; the last is what this program works with. A test holds it against `migrations/versions`."""
HEAD = REVISIONS[-1]
_IS_THERE = {
    "sqlite": "SELECT name FROM sqlite_master WHERE name = 'alembic_version'",
    "postgresql": "SELECT to_regclass('alembic_version')",
}


def version(connection: "Connection") -> str | None:
    """The step the store is at; None for a store from before there were any, or an empty one."""
    # In the database's own words: composing a query would take longer than the rest of opening the store.
    if connection.exec_driver_sql(_IS_THERE[connection.dialect.name]).scalar() is None:
        return None
    found: str | None = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
    return found


def bring_up(engine: "Engine") -> bool:
    """Take the store to `HEAD`, whole or not at all, once however many processes open it; whether anything was done.

    Raises StoreError for a store that a newer Superbill made.
    """
    from assistant.store.engine import exclusive, reading, transaction

    with reading(engine) as connection:
        if _current(version(connection)):
            return False
    with transaction(engine) as connection:
        exclusive(connection, "migrations")
        if _current(version(connection)):
            return False
        _upgrade(connection)
    return True


def make_anew(connection: "Connection") -> None:
    """Take every table of the store away and make them again, empty, at `HEAD`, inside the caller's transaction."""
    from assistant.store.schema import all_tables, metadata

    all_tables()
    metadata().drop_all(connection)
    connection.exec_driver_sql("DROP TABLE IF EXISTS alembic_version")
    _upgrade(connection)


def _current(found: str | None) -> bool:
    if found is not None and found not in REVISIONS:
        raise StoreError(
            f"The store was made by a newer Superbill (its tables are at step {found}, this program knows {HEAD}); "
            "install that version. Nothing was changed."
        )
    return found == HEAD


def _upgrade(connection: "Connection") -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", "assistant.store:migrations")
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, HEAD)
