"""The log: one JSON object a line, with kinds, counts, control numbers and ids only; switched on by `SUPERBILL_LOG`.

What is not in `FACTS`, or does not look like a number or an id, never reaches it: no text of a note, a claim or a
remittance, and no error's message, which might quote one.
"""

import datetime as dt
import json
import os
import re
import sys
import threading
import traceback
from pathlib import Path

FACTS = frozenset(
    {"command", "status", "seconds", "kind", "count", "control_number", "step", "port", "who", "error", "where"}
)
_ID = re.compile(r"[\w.:@/-]{0,80}")
_lock = threading.Lock()


def log(place: str, event: str, **facts: str | int | float) -> None:
    """Append a line to `place`: a file (made with mode 0600), `stderr`, or nowhere when empty.

    Raises ValueError for a fact that is not in `FACTS`; a value that is no id is written as "?". A log that cannot be
    written stops nothing.
    """
    if strange := facts.keys() - FACTS:
        raise ValueError(f"not a fact for the log: {', '.join(sorted(strange))}")
    if not place:
        return
    said = {"at": dt.datetime.now(dt.UTC).isoformat(timespec="milliseconds"), "pid": os.getpid(), "event": event}
    line = json.dumps(said | {name: _harmless(value) for name, value in facts.items()}) + "\n"
    try:
        with _lock:
            if place == "stderr":
                sys.stderr.write(line)
                return
            with os.fdopen(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "a") as file:
                file.write(line)
    except OSError:
        return


def where(error: BaseException) -> str:
    """The file and line of ours in which an error came up, without its message."""
    root = Path(__file__).parent.parent
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if Path(frame.filename).is_relative_to(root)]
    frames = [frame for frame in frames if "site-packages" not in frame.filename] or frames
    return f"{Path(frames[-1].filename).relative_to(root)}:{frames[-1].lineno}" if frames else ""


def _harmless(value: str | int | float) -> str | int | float:
    if isinstance(value, str):
        return value if _ID.fullmatch(value) else "?"
    return round(value, 3) if isinstance(value, float) else value
