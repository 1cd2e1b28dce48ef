"""Moved: the store has a package of its own, `assistant.store`."""

from assistant.store.copies import backup, check_file, restore, sqlite_path
from assistant.store.engine import open_store, transaction, wipe_log

__all__ = ["backup", "check_file", "open_store", "restore", "sqlite_path", "transaction", "wipe_log"]
