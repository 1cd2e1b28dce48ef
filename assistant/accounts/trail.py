"""The trail: who did what and when, appended only, each entry chained to the one before it. Never patient data.

`about` is an account's name, a count, a control number, a model's name: what the site needs to follow, and nothing
that a note, a claim or a remittance says of a patient. Patients' ids are left out too.
"""

import datetime as dt
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from assistant.accounts.principal import Role, current, require
from assistant.accounts.tables import tables
from assistant.store.engine import exclusive, reading, transaction

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

GENESIS = "0" * 64
MOST = 200
_PLAIN = re.compile(r"[\w .,:;=@/+#*()-]*")


class Event(StrEnum):
    """What is worth a line."""

    LOGIN = "login"
    LOGIN_FAILED = "login failed"
    LOCKED = "account locked"
    LOGOUT = "logout"
    USER_ADDED = "user added"
    USER_DISABLED = "user disabled"
    USER_ENABLED = "user enabled"
    PASSWORD_CHANGED = "password changed"
    ROLES_CHANGED = "roles changed"
    IMPORT = "import"
    EXPORT = "export"
    BACKUP = "backup"
    RESTORE = "restore"
    PURGE = "purge"
    RETENTION = "retention"
    KEY_CHANGED = "key changed"
    REMOTE_MODEL = "remote model"
    DECIDED = "decided"
    SERVED = "served"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the trail."""

    number: int
    at: str
    who: str
    action: str
    about: str


class Trail:
    """The trail in the store. Open one over the engine of `open_store`."""

    def __init__(self, engine: "Engine") -> None:
        self._engine = engine

    def note(self, event: Event, about: str = "", who: str | None = None, at: dt.datetime | None = None) -> None:
        """Append a line for who is acting (or `who`, where nobody acts yet)."""
        with transaction(self._engine) as connection:
            self.within(connection, event, about, who, at)

    def within(
        self,
        connection: "Connection",
        event: Event,
        about: str = "",
        who: str | None = None,
        at: dt.datetime | None = None,
    ) -> None:
        """`note`, as part of the caller's transaction: what was done and its line stand together or not at all."""
        from sqlalchemy import insert, select, update

        store = tables()
        exclusive(connection, "trail")
        head = connection.execute(select(store.head)).mappings().first()
        last = select(store.trail.c.at).where(store.trail.c.number == head["number"]) if head else None
        latest = str(connection.execute(last).scalar() or "") if last is not None else ""
        moment = (at or dt.datetime.now(dt.UTC)).astimezone(dt.UTC).isoformat(timespec="microseconds")
        row: dict[str, Any] = {
            "number": head["number"] + 1 if head else 1,
            "at": max(moment, latest),
            "who": _plain(current().name if who is None else who)[:80],
            "action": event.value,
            "about": _plain(about)[:MOST],
            "previous": head["digest"] if head else GENESIS,
        }
        row["digest"] = _chain(row)
        connection.execute(insert(store.trail), row)
        now = {"number": row["number"], "digest": row["digest"]}
        connection.execute(update(store.head).values(now) if head else insert(store.head).values(id=1, **now))

    def lines(self, last: int | None = None) -> list[Line]:
        """The lines in order; the `last` so many when given. Administrators only."""
        from sqlalchemy import select

        require(Role.ADMINISTRATOR)
        trail = tables().trail
        query = select(trail).order_by(trail.c.number.desc()).limit(last)
        with reading(self._engine) as connection:
            rows = connection.execute(query).all()
        return [Line(row.number, row.at, row.who, row.action, row.about) for row in reversed(rows)]

    def faults(self) -> Iterator[str]:
        """What is wrong with the chain: lines changed, missing, put in, cut off."""
        from sqlalchemy import select

        store, count, previous = tables(), 0, GENESIS
        with reading(self._engine) as connection:
            head = connection.execute(select(store.head)).mappings().first()
            query = select(store.trail).order_by(store.trail.c.number).execution_options(yield_per=1000)
            for row in connection.execute(query).mappings():
                count += 1
                if row["number"] != count:
                    yield f"line {count} of the trail is missing"
                    count = row["number"]
                if row["previous"] != previous or row["digest"] != _chain(row):
                    yield f"line {count} of the trail was changed or does not follow the one before it"
                previous = row["digest"]
        if (head["number"], head["digest"]) != (count, previous) if head else count:
            yield "the last lines of the trail were cut off or added from outside"


def _plain(text: str) -> str:
    """`text` without anything that could be a line of its own or a formula in a sheet."""
    found = " ".join(text.split())
    return found if _PLAIN.fullmatch(found) else re.sub(r"[^\w .,:;=@/+#*()-]", "?", found)


def _chain(row: Any) -> str:
    fields = (str(row["number"]), row["at"], row["who"], row["action"], row["about"], row["previous"])
    return hashlib.sha256("\n".join(fields).encode()).hexdigest()
