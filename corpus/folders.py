"""Folders that several processes read while another replaces them: held while in use, removed when nobody holds them."""

import os
import shutil
import uuid
import weakref
from collections.abc import Callable
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows: a folder with open files cannot be renamed, which protects it as well
    fcntl = None  # type: ignore[assignment]

_LOCK = "in-use"


class Hold:
    """Says that this process reads `folder`, until closed or dropped. A folder nobody may write needs no holding."""

    def __init__(self, folder: Path) -> None:
        self._release: Callable[[], object] | None = None
        try:
            handle = os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError:
            return
        self._release = weakref.finalize(self, os.close, handle)
        if fcntl:
            try:
                fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except OSError:
                self.close()

    def close(self) -> None:
        """Let go."""
        if self._release:
            self._release()


def retire(folder: Path) -> bool:
    """Remove `folder` unless a process holds it; true when it is gone. First renamed, so that no reader finds half of it."""
    if not folder.exists():
        return True
    try:
        with (folder / _LOCK).open("ab") as lock:
            if fcntl:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            gone = folder.with_name(f".gone-{uuid.uuid4().hex[:12]}")
            folder.rename(gone)
    except OSError:
        return False
    shutil.rmtree(gone, ignore_errors=True)
    return True


def sweep(parent: Path) -> None:
    """Remove what a killed process left of a removal."""
    for folder in parent.glob(".gone-*"):
        shutil.rmtree(folder, ignore_errors=True)


def flush(path: Path) -> None:
    """Have a file, or the names in a folder, on the disk: a power cut after this loses nothing of it."""
    if not fcntl and path.is_dir():
        return  # Windows opens no folder, and writes names through
    handle = os.open(path, os.O_RDONLY if fcntl else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def link_or_copy(source: Path, target: Path) -> None:
    """`target` with the bytes of `source`, sharing them on disk where the file system can."""
    target.unlink(missing_ok=True)
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)
