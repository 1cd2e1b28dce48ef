"""The lines of record: for each call of a model when, which, where, how much and how it went, and no word of what was said.

One file a day (UTC) in `model-calls/` of the data folder, only ever added to. The day's budget is reckoned from today's file,
and of that only from what was added since it was last looked at.
"""

import datetime as dt
import json
import os
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from assistant.model import Usage
from assistant.settings import Settings, ensure_home

FOLDER = "model-calls"
"""The lines of record, in the data folder: `model-calls/2026-02-02.jsonl`."""


@dataclass(slots=True)
class _Read:
    """How much of a day's file has been added up."""

    size: int = 0
    used: Usage = field(default_factory=Usage)


_read: dict[Path, _Read] = {}
_lock = threading.Lock()


def add_call(settings: Settings, line: Mapping[str, Any]) -> None:
    """Add a line, with the time, to today's file; file and folder are readable by their owner alone."""
    now = dt.datetime.now(dt.UTC)
    path = _file(settings, now.date())
    ensure_home(settings)
    path.parent.mkdir(mode=0o700, exist_ok=True)
    record = {"at": now.isoformat(timespec="milliseconds"), **line}
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        os.write(file, (json.dumps(record) + "\n").encode())
    finally:
        os.close(file)


def calls(home: Path) -> Iterator[dict[str, Any]]:
    """Every line of record of a data folder, oldest first; a line that cannot be read is passed over."""
    for path in sorted((home / FOLDER).glob("*.jsonl")):
        yield from _lines(path.read_bytes())


def spent_today(settings: Settings) -> Usage:
    """What all calls of this day (UTC) took, those of other processes too."""
    path = _file(settings, dt.datetime.now(dt.UTC).date())
    with _lock:
        for other in [known for known in _read if known.parent == path.parent and known != path]:
            del _read[other]
        seen = _read.setdefault(path, _Read())
        try:
            with path.open("rb") as file:
                if os.fstat(file.fileno()).st_size < seen.size:  # not ours to say why; count it all again
                    seen.size, seen.used = 0, Usage()
                file.seek(seen.size)
                new = file.read()
        except FileNotFoundError:
            del _read[path]
            return Usage()
        whole = new[: new.rfind(b"\n") + 1]
        for line in _lines(whole):
            cost = Decimal(str(line["cost"])) if line.get("cost") is not None else Decimal(0)
            seen.used += Usage(int(line.get("sent_tokens", 0)), int(line.get("answer_tokens", 0)), cost)
        seen.size += len(whole)
        return seen.used


def _file(settings: Settings, day: dt.date) -> Path:
    return settings.home / FOLDER / f"{day.isoformat()}.jsonl"


def _lines(content: bytes) -> Iterator[dict[str, Any]]:
    for line in content.splitlines():
        try:
            value = json.loads(line)
        except ValueError:
            continue
        if isinstance(value, dict):
            yield value
