"""Who wants to know how far a build is: the terminal shows a bar of its own, a page asks for the figures."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

Watcher = Callable[[str, int, int], None]
"""(what is being done, how much of it is done, of how much; 0 of 0 while that is not known)."""
_watcher: ContextVar[Watcher | None] = ContextVar("watcher", default=None)


@contextmanager
def watched_by(watcher: Watcher) -> Iterator[None]:
    """While the block runs, builds of this thread tell `watcher` how far they are. What it raises ends the build."""
    token = _watcher.set(watcher)
    try:
        yield
    finally:
        _watcher.reset(token)


def tell(label: str, done: int = 0, total: int = 0) -> None:
    """Told by a build; heard by whoever watches."""
    if (watcher := _watcher.get()) is not None:
        watcher(label, done, total)
