"""What the users of one tab have in hand: in memory only, each reached by its owner or by the key of a browser tab."""

import secrets
import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

MOST = 2000
LIVES = 8 * 3600.0
"""Seconds without use after which a sitting is forgotten."""


class Sitting:
    """One user's work in one tab. What changes is changed under its lock."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.used = time.monotonic()

    def end(self) -> None:
        """Called when the sitting is forgotten; stops what it still has running."""


S = TypeVar("S", bound=Sitting)


class Sittings(Generic[S]):
    """Every user's sitting. A signed-in user has one; without accounts each browser tab has its own, by a secret key."""

    def __init__(self, make: Callable[[], S]) -> None:
        self._make = make
        self._lock = threading.Lock()
        self._kept: dict[tuple[str, str], S] = {}

    def enter(self, owner: str, key: object) -> tuple[str, S, bool]:
        """(key, sitting, whether it is new): the user's own, or a new one when the key is unknown."""
        now = time.monotonic()
        with self._lock:
            for old in [name for name, found in self._kept.items() if now - found.used > LIVES]:
                self._kept.pop(old).end()
            known = self._kept.get((owner, "" if owner else str(key or "-")))
            fresh = known is None
            if known is None:
                while len(self._kept) >= MOST:
                    self._kept.pop(min(self._kept, key=lambda name: self._kept[name].used)).end()
                key, known = secrets.token_urlsafe(24), self._make()
                self._kept[owner, "" if owner else str(key)] = known
            known.used = now
            return str(key), known, fresh
