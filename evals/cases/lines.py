"""Reading JSONL case files: one object a line, errors named by file and line, never by content."""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, TypeVar

from assistant.errors import InputError

CASES = Path(__file__).parent
"""The folder of the shipped cases."""

Case = TypeVar("Case")


def read_jsonl(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """(line number, object) for each line that is not blank. Raises InputError for anything else."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path.name} cannot be read as UTF-8 text; check the path and the encoding.") from error
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
        except json.JSONDecodeError as error:
            raise InputError(f"{path.name} line {number} is not JSON; each line must be one object.") from error
        if not isinstance(record, dict):
            raise InputError(f"{path.name} line {number} is not an object; each line must be one object.")
        yield number, record


def load(path: Path, parse: Callable[[dict[str, Any]], Case]) -> list[Case]:
    """All cases of one file. Raises InputError naming the line whose fields are missing, wrong, or whose id repeats."""
    cases, seen = [], set()
    for number, record in read_jsonl(path):
        try:
            case = parse(record)
        except (KeyError, TypeError, ValueError) as error:
            what = f"lacks {error}" if isinstance(error, KeyError) else "has a field of the wrong shape"
            raise InputError(f"{path.name} line {number} {what}; see evals/README.md for the shape.") from error
        if record["id"] in seen:
            raise InputError(f"{path.name} line {number} repeats the id of an earlier line; ids must be unique.")
        seen.add(record["id"])
        cases.append(case)
    return cases


def case_files(name: str, root: Path = CASES) -> list[Path]:
    """`name.jsonl`, or every `*.jsonl` in the folder `name`, sorted; the shipped files unless `root` says otherwise."""
    single, folder = root / f"{name}.jsonl", root / name
    return ([single] if single.is_file() else []) + sorted(folder.glob("*.jsonl"))


def digest(paths: Iterable[Path]) -> str:
    """One sha256 over the names and bytes of the files, in the order given; a folder stands for its JSON files."""
    total = hashlib.sha256()
    files = [file for path in paths for file in (sorted(path.rglob("*.json*")) if path.is_dir() else [path])]
    for path in files:
        total.update(path.name.encode() + b"\0" + path.read_bytes())
    return total.hexdigest()


def one_of(value: str, allowed: Iterable[str]) -> str:
    """`value` when allowed, else ValueError."""
    if value not in allowed:
        raise ValueError("not one of the allowed words")
    return value
