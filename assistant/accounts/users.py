"""The accounts of a site: names, roles, passwords, and locking after wrong passwords."""

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from assistant.accounts.passwords import checked, hashed, matches
from assistant.accounts.principal import Principal, Role, require
from assistant.accounts.tables import tables
from assistant.accounts.trail import Event, Trail
from assistant.errors import InputError
from assistant.store.engine import exclusive, reading, transaction
from assistant.trust import TrustSettings

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

_NAME = re.compile(r"[a-z0-9][a-z0-9._@-]{1,79}")


@dataclass(frozen=True, slots=True)
class User:
    """One account as an administrator sees it."""

    name: str
    roles: frozenset[Role]
    disabled: bool
    locked_until: str
    """UTC, ISO; empty when it is not locked."""
    created: str
    changed: str

    @property
    def principal(self) -> Principal:
        """Who acts under it."""
        return Principal(self.name, self.roles)


class Users:
    """The accounts in the store. Open one over the engine of `open_store`."""

    def __init__(self, engine: "Engine", settings: TrustSettings | None = None) -> None:
        self._engine = engine
        self._settings = settings or TrustSettings()
        self._trail = Trail(engine)

    def any(self) -> bool:
        """Whether the site has accounts that may log in."""
        from sqlalchemy import select

        users = tables().users
        with reading(self._engine) as connection:
            return connection.execute(select(users.c.name).where(users.c.disabled.is_(False))).first() is not None

    def all(self) -> list[User]:
        """Every account, by name."""
        from sqlalchemy import select

        require(Role.ADMINISTRATOR)
        users = tables().users
        with reading(self._engine) as connection:
            return [_user(row) for row in connection.execute(select(users).order_by(users.c.name))]

    def get(self, name: str) -> User | None:
        """The account with this name, or None."""
        from sqlalchemy import select

        users = tables().users
        with reading(self._engine) as connection:
            row = connection.execute(select(users).where(users.c.name == _folded(name))).first()
        return _user(row) if row else None

    def add(self, name: str, password: str, roles: Iterable[Role]) -> User:
        """A new account. Raises InputError for a name in use, a name that is none, no role, or a weak password."""
        from sqlalchemy import insert

        require(Role.ADMINISTRATOR)
        name, wanted = named(name), _roles(roles)
        now = _now()
        row = {
            "name": name,
            "password": hashed(checked(password, name)),
            "roles": wanted,
            "disabled": False,
            "failures": 0,
            "locked_until": "",
            "created": now,
            "changed": now,
        }
        with transaction(self._engine) as connection:
            exclusive(connection, "users")
            if self._row(connection, name) is not None:
                raise InputError(f"There is an account {name} already.")
            if Role.ADMINISTRATOR.value not in wanted and not self._administered(connection):
                raise InputError("The first account must be an administrator's: --roles administrator.")
            connection.execute(insert(tables().users), row)
            self._trail.within(connection, Event.USER_ADDED, f"{name}: {wanted}")
        return self._known(name)

    def set_password(self, name: str, password: str) -> User:
        """A new password: one's own, or as administrator anyone's. Ends the account's sessions and its lock."""
        name = named(name)
        if not _own(name):
            require(Role.ADMINISTRATOR)
        kept = {"password": hashed(checked(password, name)), "failures": 0, "locked_until": ""}
        return self._change(name, Event.PASSWORD_CHANGED, name, kept)

    def set_roles(self, name: str, roles: Iterable[Role]) -> User:
        """Other roles, from the next request on. The last administrator keeps that role."""
        require(Role.ADMINISTRATOR)
        name, wanted = named(name), _roles(roles)
        return self._change(name, Event.ROLES_CHANGED, f"{name}: {wanted}", {"roles": wanted})

    def disable(self, name: str) -> User:
        """Nobody may log in under it any more; its sessions end. The account stays for the trail."""
        require(Role.ADMINISTRATOR)
        return self._change(named(name), Event.USER_DISABLED, named(name), {"disabled": True})

    def enable(self, name: str) -> User:
        """It may be used again, unlocked."""
        require(Role.ADMINISTRATOR)
        values = {"disabled": False, "failures": 0, "locked_until": ""}
        return self._change(named(name), Event.USER_ENABLED, named(name), values)

    def authenticate(self, name: str, password: str, at: dt.datetime | None = None) -> User | None:
        """The account, when name and password fit and it is neither disabled nor locked; else None, whatever is wrong.

        So many failures in a row lock it for a while (`SUPERBILL_LOGIN_FAILURES`, `SUPERBILL_LOCKOUT_MINUTES`).
        """
        from sqlalchemy import update

        users, name, now = tables().users, _folded(name), at or dt.datetime.now(dt.UTC)
        known = self.get(name)
        kept = self._password(name) if known else None
        right = matches(kept, password)
        with transaction(self._engine) as connection:
            exclusive(connection, "users")
            row = self._row(connection, name)
            if row is None:
                self._trail.within(connection, Event.LOGIN_FAILED, "unknown name", "")
                return None
            user = _user(row)
            if user.disabled or user.locked_until > _text(now) or row.password != kept:
                self._trail.within(connection, Event.LOGIN_FAILED, "disabled or locked", name)
                return None
            if right:
                if row.failures:
                    connection.execute(update(users).where(users.c.name == name).values(failures=0, locked_until=""))
                return user
            failures = row.failures + 1
            values: dict[str, Any] = {"failures": failures}
            self._trail.within(connection, Event.LOGIN_FAILED, "wrong password", name)
            if failures >= self._settings.login_failures:
                until = now + dt.timedelta(minutes=self._settings.lockout_minutes)
                values = {"failures": 0, "locked_until": _text(until)}
                self._trail.within(connection, Event.LOCKED, f"until {_text(until)}", name)
            connection.execute(update(users).where(users.c.name == name).values(values))
        return None

    def _change(self, name: str, event: Event, about: str, values: dict[str, Any]) -> User:
        from sqlalchemy import delete, update

        store = tables()
        with transaction(self._engine) as connection:
            exclusive(connection, "users")
            row = self._row(connection, name)
            if row is None:
                raise InputError(f"There is no account {name}; `superbill user list` shows them.")
            connection.execute(update(store.users).where(store.users.c.name == name).values(**values, changed=_now()))
            if _administers(row) and not self._administered(connection):
                raise InputError(f"{name} is the last administrator; make someone else one first.")
            if event is not Event.USER_ENABLED:
                connection.execute(delete(store.sessions).where(store.sessions.c.name == name))
            self._trail.within(connection, event, about)
        return self._known(name)

    def _administered(self, connection: "Connection") -> bool:
        from sqlalchemy import select

        return any(map(_administers, connection.execute(select(tables().users))))

    def _known(self, name: str) -> User:
        user = self.get(name)
        if user is None:
            raise InputError(f"There is no account {name}.")
        return user

    def _password(self, name: str) -> str | None:
        with reading(self._engine) as connection:
            row = self._row(connection, name)
        return None if row is None else str(row.password)

    @staticmethod
    def _row(connection: "Connection", name: str) -> Any:
        from sqlalchemy import select

        users = tables().users
        return connection.execute(select(users).where(users.c.name == name)).first()


def named(name: str) -> str:
    """The name as it is kept: lower case. Raises InputError for one that cannot be an account's."""
    folded = _folded(name)
    if not _NAME.fullmatch(folded):
        raise InputError("An account's name has 2 to 80 letters, digits, dots, hyphens, underscores or @.")
    return folded


def _folded(name: str) -> str:
    return name.strip().lower()


def _roles(roles: Iterable[Role]) -> str:
    wanted = {role.value for role in roles}
    if not wanted:
        raise InputError(f"Name at least one role: {', '.join(Role)}.")
    return ",".join(role.value for role in Role if role.value in wanted)


def _own(name: str) -> bool:
    from assistant.accounts.principal import current

    return current().name == name


def _administers(row: Any) -> bool:
    return not row.disabled and Role.ADMINISTRATOR.value in row.roles.split(",")


def _user(row: Any) -> User:
    known = frozenset(role for role in Role if role.value in row.roles.split(","))
    return User(row.name, known, row.disabled, row.locked_until, row.created, row.changed)


def _now() -> str:
    return _text(dt.datetime.now(dt.UTC))


def _text(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).isoformat(timespec="seconds")
