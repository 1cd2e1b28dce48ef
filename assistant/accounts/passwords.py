"""Passwords: what is asked of one, and argon2id for what is kept of it."""

from functools import cache
from typing import TYPE_CHECKING

from assistant.errors import InputError

if TYPE_CHECKING:
    from argon2 import PasswordHasher

SHORTEST, LONGEST = 12, 200
_UNKNOWN = "no such account"


def checked(password: str, name: str) -> str:
    """The password, when it may be used. Length is what counts (NIST SP 800-63B 3.1.1). Raises InputError."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise InputError(f"A password has {SHORTEST} to {LONGEST} characters; choose a longer or shorter one.")
    if len(set(password)) < 5 or name.lower() in password.lower():
        raise InputError("The password repeats a few characters or holds the account's name; choose another.")
    return password


@cache
def _hasher() -> "PasswordHasher":
    from argon2 import PasswordHasher

    # The library's own choice: RFC 9106's second recommendation (64 MiB, 3 passes, 4 lanes).
    return PasswordHasher()


def hashed(password: str) -> str:
    """What is kept of a password."""
    return _hasher().hash(password)


def matches(kept: str | None, password: str) -> bool:
    """Whether `password` is the one kept. With `kept` None the same work is done for nothing, so that the time does not
    tell which accounts exist."""
    from argon2.exceptions import VerificationError

    if len(password) > LONGEST:
        password = ""
    try:
        _hasher().verify(kept if kept is not None else _nobodys(), password)
    except VerificationError:
        return False
    return kept is not None


@cache
def _nobodys() -> str:
    return hashed(_UNKNOWN)
