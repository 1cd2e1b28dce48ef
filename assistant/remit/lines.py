"""Remittances as JSON lines, one per transaction, written claim by claim: memory does not grow with the file."""

import json
from pathlib import Path
from typing import IO, Any

from assistant.errors import InputError
from assistant.remit.actions import decide
from assistant.remit.chains import Chains
from assistant.remit.checks import Checks
from assistant.remit.file import unreadable
from assistant.remit.reader import RemitReader
from assistant.remit.record import claim_record, header_record, problem_record, trailer_record
from assistant.remit.values import Header, RemitClaim
from assistant.x12.problems import Problem

_ENCODER = json.JSONEncoder(ensure_ascii=False)


def write_lines(path: Path, name: str, out: IO[str], chains: Chains | None = None) -> tuple[int, bool]:
    """Write the transactions of the 835 at `path` to `out`; returns their number and whether an error was found.

    `chains` links its claims with those of other files.

    The problems of a file stand with its transactions, those after the last one with the last. A file without any
    gives one line with its problems and no transaction.
    """
    reader = RemitReader(path)
    checks = Checks(reader.report)
    count, told = 0, 0
    failure: Problem | None = None
    try:
        chains = chains or Chains.scan([(path, name)])
        header, claims = None, 0
        for event in reader:
            checks.take(event)
            if isinstance(event, RemitClaim):
                out.write("," if claims else "")
                out.write(
                    _text(claim_record(event, decide(event, chains.get(event, header, name) if header else None)))
                )
                claims += 1
            elif isinstance(event, Header):
                if count:
                    told = _close(reader, told, out)
                header = event
                out.write(_text({"file": name} | header_record(event))[:-1] + ', "claims": [')
                count, claims = count + 1, 0
            else:
                out.write("], " + _text(trailer_record(event))[1:-1])
    except (InputError, OSError) as error:
        if count:
            raise InputError(f"{name}: reading stopped half way; nothing was written.") from error
        failure = unreadable(error)
    if count:
        _close(reader, told, out)
    else:
        problems = [*reader.problems, failure or no_remittance()]
        out.write(_text({"file": name, "problems": [problem_record(item) for item in problems], "claims": []}) + "\n")
    return count, reader.failed or any(problem.severity == "error" for problem in reader.problems)


def no_remittance() -> Problem:
    """What is said of a readable file without an 835 in it."""
    return Problem("error", "the file holds no remittance (ST*835); send an X12 835 file")


def _close(reader: RemitReader, told: int, out: IO[str]) -> int:
    problems = reader.problems
    records = [problem_record(problem) for problem in problems[told:]]
    out.write(', "problems": ' + _text(records) + "}\n")
    return len(problems)


def _text(record: Any) -> str:
    return _ENCODER.encode(record)
