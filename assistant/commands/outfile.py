"""Output files that are written whole or not at all."""

import os
import tempfile
from collections.abc import Iterable
from pathlib import Path

from assistant.errors import InputError


def write_whole(path: Path, pieces: Iterable[str | bytes]) -> None:
    """Write the pieces to `path` through a neighbouring file that takes its place at the end; mode 0600.

    On any failure, a kill included, `path` is what it was. Raises InputError when the folder cannot be written.
    """
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-", suffix=".part")
    except OSError as error:
        raise InputError(f"{path} cannot be written ({error.strerror}); check the folder.") from None
    part = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            for piece in pieces:
                file.write(piece.encode("utf-8") if isinstance(piece, str) else piece)
            file.flush()
            os.fsync(file.fileno())
        if path.is_dir():
            raise InputError(f"{path} is a folder; name a file.")
        part.replace(path)
    except OSError as error:
        raise InputError(f"{path} cannot be written ({error.strerror}).") from None
    finally:
        part.unlink(missing_ok=True)


def check_target(path: Path) -> None:
    """Raise InputError early when `path` could not be written later."""
    if path.is_dir():
        raise InputError(f"{path} is a folder; name a file.")
    if not path.parent.is_dir():
        raise InputError(f"{path} cannot be written: the folder does not exist.")
    if not os.access(path.parent, os.W_OK):
        raise InputError(f"{path} cannot be written: the folder is read-only.")
