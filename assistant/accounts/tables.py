"""The store's tables for people: `users`, `sessions`, `trail`, `head` (the trail's)."""

from functools import cache
from typing import Any


@cache
def tables() -> Any:
    """The tables by name."""
    from types import SimpleNamespace

    from sqlalchemy import Boolean, CheckConstraint, Column, ForeignKey, Integer, String, Table, Text

    from assistant.store.schema import metadata as shared

    metadata = shared()

    def text(name: str, length: int) -> Column[Any]:
        return Column(name, String(length), nullable=False)

    return SimpleNamespace(
        users=Table(
            "users",
            metadata,
            Column("name", String(80), primary_key=True),
            Column("password", Text, nullable=False),
            text("roles", 200),
            Column("disabled", Boolean, nullable=False),
            Column("failures", Integer, nullable=False),
            text("locked_until", 40),
            text("created", 40),
            text("changed", 40),
        ),
        sessions=Table(
            "sessions",
            metadata,
            Column("token", String(64), primary_key=True),
            Column("name", String(80), ForeignKey("users.name", ondelete="CASCADE"), nullable=False, index=True),
            text("started", 40),
            text("seen", 40),
        ),
        trail=Table(
            "trail",
            metadata,
            Column("number", Integer, primary_key=True, autoincrement=False),
            text("at", 40),
            text("who", 80),
            text("action", 40),
            text("about", 200),
            Column("previous", String(64), nullable=False, unique=True),
            Column("digest", String(64), nullable=False, unique=True),
        ),
        head=Table(
            "trail_head",
            metadata,
            Column("id", Integer, CheckConstraint("id = 1"), primary_key=True, autoincrement=False),
            Column("number", Integer, nullable=False),
            text("digest", 64),
        ),
    )
