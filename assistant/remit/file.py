"""A whole remittance file in memory. For files too large for that, use `RemitReader` and its events."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from assistant.errors import InputError
from assistant.remit.checks import Checks
from assistant.remit.reader import RemitReader
from assistant.remit.values import Header, RemitClaim, RemitFile, Transaction
from assistant.x12.problems import Problem


def read_file(path: str | Path) -> RemitFile:
    """Every transaction of the 835 at `path` with all problems found. Never raises for what the file contains.

    A file that cannot be opened or read gives a RemitFile without transactions and one problem that says why.
    """
    return _read(Path(path), str(path))


def read_bytes(content: bytes, name: str = "remittance.835") -> RemitFile:
    """The same for content already at hand, such as an upload."""
    return _read(content, name)


def _read(source: Path | bytes, name: str) -> RemitFile:
    reader = RemitReader(source)
    checks = Checks(reader.report)
    transactions: list[Transaction] = []
    header: Header | None = None
    claims: list[RemitClaim] = []
    try:
        with _collector_resting():
            for event in reader:
                checks.take(event)
                if isinstance(event, RemitClaim):
                    claims.append(event)
                elif isinstance(event, Header):
                    header, claims = event, []
                elif header is not None:
                    transactions.append(Transaction(header, tuple(claims), event))
    except (InputError, OSError) as error:
        return RemitFile(name, tuple(transactions), (*reader.problems, unreadable(error)))
    problems = reader.problems
    if not transactions:
        problems.append(Problem("error", "the file holds no remittance (ST*835); send an X12 835 file"))
    return RemitFile(name, tuple(transactions), tuple(problems))


def unreadable(error: InputError | OSError) -> Problem:
    """Why a file gave nothing, in one sentence."""
    if isinstance(error, OSError):
        return Problem("error", f"the file cannot be opened: {error.strerror or 'unknown reason'}")
    return Problem("error", f"the file cannot be read: {error}; send the X12 835 file as the payer delivered it")


@contextmanager
def _collector_resting() -> Iterator[None]:
    """Python's cycle collector off meanwhile: it walks the growing model again and again (two thirds of the time of a
    large file) and finds nothing, since the values hold no cycles.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
