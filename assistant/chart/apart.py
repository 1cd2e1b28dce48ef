"""PDF and Word files read in a process of their own, with a limit on memory and time.

Such a file can be built to eat both; here that ends the reading of one file and nothing else. The file goes in by standard
input and its text comes back by standard output: nothing is written to disk.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import assistant
from assistant.errors import InputError

SECONDS = 60
"""Longest time one file may take."""
MEMORY = 1_500_000_000
"""Most bytes of address space the reading process may have."""
LARGEST = 50_000_000
"""Largest PDF or Word file read, in bytes; pictures make such a file larger than its text."""
_READERS = {b"%PDF-": ("assistant.chart.pdf", "PDF"), b"PK\x03\x04": ("assistant.chart.word", "Word file")}


@dataclass(frozen=True, slots=True)
class Extract:
    """The text of a file; a form feed stands between two pages. `remarks` are sentences on what was not read."""

    text: str
    remarks: tuple[str, ...] = ()


def is_document(data: bytes) -> bool:
    """Whether `data` begins as a PDF or as a Word file (or another zip file)."""
    return _kind(data) is not None


def read_apart(data: bytes, name: str, most: int) -> Extract:
    """The text of a PDF or Word file, at most `most` characters. InputError, naming `name`, when there is none to read."""
    kind = _kind(data)
    if kind is None:
        raise InputError(f"{name} is neither a PDF nor a Word file; give a note as text.")
    module, what = kind
    if len(data) > LARGEST:
        raise InputError(
            f"{name} has {len(data):,} bytes, more than the {LARGEST:,} allowed for a {what}; split it into single notes."
        )
    root = str(Path(assistant.__file__).resolve().parents[1])
    path = os.pathsep.join(part for part in (root, os.environ.get("PYTHONPATH", "")) if part)
    try:
        done = subprocess.run(
            [sys.executable, "-P", "-m", module, str(most)],
            input=data,
            capture_output=True,
            timeout=SECONDS,
            env={**os.environ, "PYTHONPATH": path},
            check=False,
        )
        answer = json.loads(done.stdout)
    except subprocess.TimeoutExpired:
        raise InputError(
            f"{name} takes longer than {SECONDS} seconds to read; split it, or save its text as a plain text file."
        ) from None
    except ValueError:
        raise InputError(
            f"{name} is damaged or needs too much memory to read; save the {what} again, or give its text."
        ) from None
    if "error" in answer:
        raise InputError(f"{name} {answer['error']}")
    return Extract(answer["text"], tuple(f"{name}: {remark}" for remark in answer["remarks"]))


def _kind(data: bytes) -> tuple[str, str] | None:
    start = data[:1024].lstrip()  # some writers put blanks before the PDF's mark
    return next((kind for mark, kind in _READERS.items() if start.startswith(mark)), None)


class Unreadable(Exception):
    """Said inside the reading process: the rest of a sentence that begins with the file's name."""


def serve(read: Callable[[bytes, int], tuple[str, list[str]]]) -> None:
    """Run `read(data, most)` over standard input within the limits and print the answer as JSON."""
    _limit()
    try:
        text, remarks = read(sys.stdin.buffer.read(), int(sys.argv[1]))
        answer: dict[str, object] = {"text": text, "remarks": remarks}
    except Unreadable as error:
        answer = {"error": str(error)}
    sys.stdout.write(json.dumps(answer))


def _limit() -> None:
    try:
        import resource
    except ImportError:  # not on Windows; the limit on time holds there
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
