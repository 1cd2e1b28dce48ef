"""A store of a test's own, on both databases."""

from tests.store.conftest import cluster, engine, opened, settings

__all__ = ["cluster", "engine", "opened", "settings"]
