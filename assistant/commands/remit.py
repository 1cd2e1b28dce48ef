"""`superbill remit`: read, explain, worklist, letter."""

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from assistant.cli import CONTENT_ERROR, DONE, UNUSABLE
from assistant.errors import InputError
from assistant.record import to_record
from assistant.remit.chains import Chains
from assistant.remit.explanation import Explanation, explain_claim, explain_remittance
from assistant.remit.file import read_file
from assistant.remit.lines import write_lines
from assistant.remit.record import file_record
from assistant.remit.render import render_explanation, render_summary
from assistant.remit.values import RemitFile


def read(args: argparse.Namespace) -> int:
    """Read 835 files: a summary, `--json`, or one JSON line per transaction with `--out`."""
    if args.out:
        return _read_lines([Path(name) for name in args.files], Path(args.out))
    files = [read_file(name) for name in args.files]
    for given, file in zip(args.files, files, strict=True):
        if not file.usable:
            print(f"superbill: {given}: {file.problems[-1].message}", file=sys.stderr)
    if args.json:
        print(json.dumps({"files": [file_record(file) for file in files]}, ensure_ascii=False, indent=1))
    else:
        for file in files:
            print(render_summary(file))
    return max(_status(file) for file in files)


def explain(args: argparse.Namespace) -> int:
    """Explain every claim of one file, or the claims with one control number."""
    file = _usable(args.file)
    chains = Chains.of(claim for remittance in file.transactions for claim in remittance.claims)
    found: list[Explanation] = []
    texts: list[str] = []
    for remittance in file.transactions:
        about = [explain_remittance(remittance, args.lang)] if args.audience == "biller" else []
        claims = [claim for claim in remittance.claims if args.claim in (None, claim.control_number)]
        if args.claim is not None and not claims:
            continue
        parts = about + [
            explain_claim(claim, remittance.header, chains.get(claim), args.audience, args.lang) for claim in claims
        ]
        found += parts
        texts += [render_explanation(part) for part in parts]
    if args.claim is not None and not found:
        raise InputError(f"{args.file}: no claim has this control number; `superbill remit read` lists them.")
    if args.json:
        print(json.dumps({"file": file.name, "explanations": to_record(found)}, ensure_ascii=False, indent=1))
    else:
        print("\n\n".join(texts))
    return _status(file)


def _usable(name: str) -> RemitFile:
    file = read_file(name)
    if not file.usable:
        raise InputError(f"{name}: {file.problems[-1].message}.")
    return file


def _status(file: RemitFile) -> int:
    if not file.usable:
        return UNUSABLE
    return CONTENT_ERROR if any(problem.severity == "error" for problem in file.problems) else DONE


def _read_lines(paths: list[Path], out: Path) -> int:
    status = DONE
    with _whole(out) as handle:
        for path in paths:
            count, failed = write_lines(path, str(path), handle)
            if not count:
                print(f"superbill: {path}: no remittance could be read from it.", file=sys.stderr)
            status = max(status, UNUSABLE if not count else CONTENT_ERROR if failed else DONE)
    print(f"Wrote {out}.", file=sys.stderr)
    return status


@contextmanager
def _whole(path: Path) -> Iterator[TextIO]:
    """A file that appears under its name only when it is complete."""
    try:
        number, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    except OSError as error:
        raise InputError(f"{path}: cannot be written ({error.strerror}).") from error
    temporary = Path(name)
    try:
        with os.fdopen(number, "w", encoding="utf-8") as handle:
            yield handle
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
