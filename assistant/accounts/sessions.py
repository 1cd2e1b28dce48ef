"""Sessions of the served page: a random token in the browser, its digest in the store, two ways to expire.

sessions = Sessions(engine, settings.trust)
token = sessions.login(name, password)        # "" when it is refused
sessions.principal(token)                     # the Principal, or None once it has expired
"""

import datetime as dt
import hashlib
import secrets
from typing import TYPE_CHECKING

from assistant.accounts.principal import Principal
from assistant.accounts.tables import tables
from assistant.accounts.trail import Event, Trail
from assistant.accounts.users import Users
from assistant.store.engine import reading, transaction
from assistant.trust import TrustSettings

if TYPE_CHECKING:
    from sqlalchemy import Engine

SEEN_EVERY = dt.timedelta(seconds=60)
"""How exactly the last use is kept; writing it at every request would make every request a write."""


class Sessions:
    """The sessions in the store. Open one over the engine of `open_store`."""

    def __init__(self, engine: "Engine", settings: TrustSettings | None = None) -> None:
        self._engine = engine
        self._settings = settings or TrustSettings()
        self._trail = Trail(engine)
        self.users = Users(engine, self._settings)

    def login(self, name: str, password: str, at: dt.datetime | None = None) -> str:
        """A new session's token; "" when the account does not let them in, without saying why."""
        from sqlalchemy import delete, insert

        now = at or dt.datetime.now(dt.UTC)
        user = self.users.authenticate(name, password, now)
        if user is None:
            return ""
        token, sessions = secrets.token_urlsafe(32), tables().sessions
        row = {"token": _digest(token), "name": user.name, "started": _text(now), "seen": _text(now)}
        with transaction(self._engine) as connection:
            connection.execute(delete(sessions).where(sessions.c.started < _text(now - self._longest)))
            connection.execute(insert(sessions), row)
            self._trail.within(connection, Event.LOGIN, "", user.name)
        return token

    def principal(self, token: str, at: dt.datetime | None = None) -> Principal | None:
        """Who the token stands for, with the roles they have now; None when it is unknown or has expired."""
        from sqlalchemy import delete, select, update

        if not token:
            return None
        now, store = at or dt.datetime.now(dt.UTC), tables()
        mine = store.sessions.c.token == _digest(token)
        with reading(self._engine) as connection:
            row = connection.execute(select(store.sessions).where(mine)).first()
        if row is None:
            return None
        seen, started = dt.datetime.fromisoformat(row.seen), dt.datetime.fromisoformat(row.started)
        idle = dt.timedelta(minutes=self._settings.session_idle_minutes)
        # A clock set back must not lengthen a session: one from the future has expired too.
        if now - seen > idle or now - started > self._longest or started - now > SEEN_EVERY:
            with transaction(self._engine) as connection:
                connection.execute(delete(store.sessions).where(mine))
            return None
        user = self.users.get(row.name)
        if user is None or user.disabled:
            return None
        if now - seen >= SEEN_EVERY:
            with transaction(self._engine) as connection:
                connection.execute(update(store.sessions).where(mine).values(seen=_text(now)))
        return user.principal

    def logout(self, token: str) -> None:
        """End the session."""
        from sqlalchemy import delete

        who = self.principal(token)
        with transaction(self._engine) as connection:
            connection.execute(delete(tables().sessions).where(tables().sessions.c.token == _digest(token)))
            if who is not None:
                self._trail.within(connection, Event.LOGOUT, "", who.name)

    @property
    def _longest(self) -> dt.timedelta:
        return dt.timedelta(hours=self._settings.session_hours)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _text(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).isoformat(timespec="seconds")
