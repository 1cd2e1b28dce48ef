"""Who is acting, and `require`: the check that each service makes before it does what needs a role.

On a machine without accounts the person at it has every role. The served page sets who is acting for each request; a
thread of that server that acts for nobody may do nothing that needs a role.
"""

import getpass
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from assistant.errors import ForbiddenError


class Role(StrEnum):
    """What a person works as. One person may have several."""

    CODER = "coder"
    BILLER = "biller"
    EVALUATOR = "evaluator"
    ADMINISTRATOR = "administrator"


EVERY_ROLE = frozenset(Role)


@dataclass(frozen=True, slots=True)
class Principal:
    """A person who acts, with their roles."""

    name: str
    roles: frozenset[Role]

    def may(self, *roles: Role) -> bool:
        """Whether they have one of these roles."""
        return bool(self.roles.intersection(roles))


NOBODY = Principal("", frozenset())
SYSTEM = Principal("superbill", EVERY_ROLE)
"""Superbill itself: what it does at its start and by the clock."""

_acting: ContextVar[Principal | None] = ContextVar("superbill_principal", default=None)
_asked: list[Callable[[], Principal]] = []


def current() -> Principal:
    """Who is acting: as `acting` says, else whom the served page sees, else the person at this machine."""
    if (said := _acting.get()) is not None:
        return said
    return _asked[-1]() if _asked else local()


@cache
def local() -> Principal:
    """The account of this machine that runs the program, with every role: it can read the store's file anyway."""
    try:
        name = getpass.getuser()
    except (KeyError, OSError):
        name = ""
    return Principal(name, EVERY_ROLE)


@contextmanager
def acting(principal: Principal) -> Iterator[None]:
    """Let `principal` act in this thread or task while the block runs."""
    before = _acting.set(principal)
    try:
        yield
    finally:
        _acting.reset(before)


@contextmanager
def asked_of(who: Callable[[], Principal]) -> Iterator[None]:
    """While the block runs, `who` answers for every thread of this process that has no `acting` of its own."""
    _asked.append(who)
    try:
        yield
    finally:
        _asked.remove(who)


def require(*roles: Role) -> Principal:
    """Who is acting, when they have one of `roles`. Raises ForbiddenError when they have none of them."""
    who = current()
    if not who.may(*roles):
        needed = " or ".join(role.value for role in roles)
        raise ForbiddenError(f"This needs the role {needed}; ask an administrator for it.")
    return who
