"""How commands print and write: JSON on stdout, whole files or none."""

import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from assistant.errors import InputError

ODD = "backslashreplace"
"""What is done with half a character, which UTF-8 cannot hold: it comes in by JSON and by names of files, and goes out as
`\\udce9`, which JSON reads back as it was."""


def print_json(record: Any) -> None:
    """One JSON document on stdout."""
    print(json.dumps(record, ensure_ascii=False, indent=2))


@contextmanager
def whole_file(path: Path) -> Iterator[IO[str]]:
    """A text file that appears only when the block ends without an error; an older file stays until then."""
    try:
        handle, name = tempfile.mkstemp(dir=path.parent or Path(), prefix=f".{path.name}.")
    except OSError as error:
        raise InputError(f"cannot write {path}: {error.strerror}") from error
    partial = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", errors=ODD, newline="\n") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        partial.chmod(0o600)
        partial.replace(path)
    except OSError as error:
        raise InputError(f"cannot write {path}: {error.strerror}") from error
    finally:
        partial.unlink(missing_ok=True)


def read_jsonl(path: Path) -> Iterator[tuple[int, Any]]:
    """(line number, value) of every non-empty line; a damaged line gives its error message as a string."""
    try:
        with path.open("r", encoding="utf-8", newline="") as stream:
            for number, line in enumerate(stream, 1):
                if not line.strip():
                    continue
                try:
                    yield number, json.loads(line)
                except (ValueError, RecursionError):
                    yield number, f"line {number} of {path.name} is not JSON"
    except UnicodeDecodeError as error:
        raise InputError(f"{path} is not UTF-8 text") from error
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror}") from error


def check_target(path: Path) -> None:
    """Raise InputError early when `path` could not be written later."""
    if path.is_dir():
        raise InputError(f"{path} is a folder; name a file")
    if not path.parent.is_dir() or not os.access(path.parent, os.W_OK):
        raise InputError(f"cannot write {path}: the folder is absent or read-only")


@contextmanager
def resumable_file(path: Path, resume: bool) -> Iterator[tuple[IO[str], int]]:
    """A line file that appears at `path` when the block ends; until then its lines lie in `PATH.partial`.

    Gives the stream and the number of whole lines already there (0 unless `resume`). A torn last line is cut off.
    """
    check_target(path)
    partial = path.with_name(path.name + ".partial")
    try:
        kept = partial.read_bytes() if resume and partial.is_file() else b""
        whole = kept[: kept.rfind(b"\n") + 1]
        handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8", errors=ODD, newline="\n") as stream:
            stream.write(whole.decode("utf-8"))
            yield stream, whole.count(b"\n")
            stream.flush()
            os.fsync(stream.fileno())
        partial.replace(path)
    except OSError as error:
        raise InputError(f"cannot write {path}: {error.strerror}") from error
