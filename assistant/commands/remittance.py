"""What several `remit` commands start from: a usable file, one of its claims, the exit status it gives."""

from assistant.cli import CONTENT_ERROR, DONE, UNUSABLE
from assistant.errors import InputError
from assistant.remit.file import read_file
from assistant.remit.values import Header, RemitClaim, RemitFile


def usable(name: str) -> RemitFile:
    """The remittance at `name`. Raises InputError when nothing in it can be used."""
    file = read_file(name)
    if not file.usable:
        raise InputError(f"{name}: {file.problems[-1].message}.")
    return file


def one_claim(file: RemitFile, name: str, control_number: str | None) -> tuple[RemitClaim, Header]:
    """The claim with this control number, or the only one. Of a reversal and its correction, the correction.

    Raises InputError when there is none, or several and none was named.
    """
    found = [
        (claim, part.header)
        for part in file.transactions
        for claim in part.claims
        if control_number in (None, claim.control_number)
    ]
    if not found:
        raise InputError(f"{name}: no claim has this control number; `superbill remit read` lists them.")
    if len({claim.control_number for claim, _ in found}) > 1:
        raise InputError(f"{name}: it holds several claims; choose one with --claim.")
    return found[-1]


def status_of(file: RemitFile) -> int:
    """Exit status of one file: 2 unusable, 1 an error in its content, else 0."""
    if not file.usable:
        return UNUSABLE
    return CONTENT_ERROR if any(problem.severity == "error" for problem in file.problems) else DONE
