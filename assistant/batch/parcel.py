"""The code index on its way to another machine: used in place where it lies already, copied once a node elsewhere."""

import hashlib
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from assistant.errors import InputError

PIECE = 16 * 1024 * 1024
"""Bytes asked for at a time."""
FOLDERS = ("index", "library", "corpus")
"""What of a data folder a worker needs. The store is not among them: patients' data does not travel with the index."""
_WHOLE = "whole"


@dataclass(frozen=True, slots=True)
class Parcel:
    """What lies in a data folder: (path below it, bytes) of each file, and one digest over the manifests and sizes."""

    home: str
    mark: str
    files: tuple[tuple[str, int], ...]


class Depot:
    """Hands out pieces of the files of one parcel, and of nothing else."""

    def __init__(self, parcel: Parcel) -> None:
        self._home = Path(parcel.home)
        self._known = frozenset(name for name, _ in parcel.files)

    def read(self, name: str, start: int) -> bytes:
        """At most `PIECE` bytes of a file of the parcel."""
        with self._open(name).open("rb") as stream:
            stream.seek(start)
            return stream.read(PIECE)

    def digest(self, name: str) -> str:
        """sha256 of a file of the parcel."""
        with self._open(name).open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()

    def _open(self, name: str) -> Path:
        if name not in self._known:
            raise InputError(f"{name} is not part of the index")
        return self._home / name


def pack(home: Path) -> Parcel:
    """The parcel of a data folder whose index is built."""
    paths = sorted(
        path for folder in FOLDERS for path in (home / folder).rglob("*") if path.is_file() and _travels(path)
    )
    files = tuple((str(path.relative_to(home)), path.stat().st_size) for path in paths)
    seal = hashlib.sha256(repr(files).encode())
    for path in paths:
        if path.name == "manifest.json":
            seal.update(path.read_bytes())
    return Parcel(str(home), seal.hexdigest()[:24], files)


def arrive(parcel: Parcel, cache: Path, read: Callable[[str, int], bytes], digest: Callable[[str], str]) -> Path:
    """A data folder with the parcel's content on this machine: the packed one itself where it is reachable and the same.

    Otherwise a copy below `cache`, made once by whoever comes first and checked file by file. Raises InputError when a
    file arrives damaged or the cache cannot be written.
    """
    from filelock import FileLock

    home = Path(parcel.home)
    if home.is_dir() and pack(home).mark == parcel.mark:
        return home
    target = cache / parcel.mark
    try:
        cache.mkdir(parents=True, exist_ok=True, mode=0o700)
        with FileLock(cache / "parcel.lock"):
            if not (target / _WHOLE).is_file():
                part = cache / f"{parcel.mark}.partial"
                shutil.rmtree(part, ignore_errors=True)
                for name, size in parcel.files:
                    _fetch(part / name, name, size, read, digest)
                (part / _WHOLE).touch()
                shutil.rmtree(target, ignore_errors=True)
                part.rename(target)
    except OSError as error:
        raise InputError(f"the index cannot be copied to {cache} on this node ({error.strerror})") from error
    return target


def _fetch(target: Path, name: str, size: int, read: Callable[[str, int], bytes], digest: Callable[[str], str]) -> None:
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    found, start = hashlib.sha256(), 0
    with target.open("wb") as stream:
        while start < size:
            piece = read(name, start)
            if not piece:
                break
            stream.write(piece)
            found.update(piece)
            start += len(piece)
        stream.flush()
        os.fsync(stream.fileno())
    if start != size or found.hexdigest() != digest(name):
        raise InputError(f"{name} did not arrive whole on this node; run the command again")


def _travels(path: Path) -> bool:
    temporary = any(part.startswith(".gone-") or part.endswith(".partial") for part in path.parts)
    return not temporary and path.suffix != ".lock" and path.name != "in-use"
