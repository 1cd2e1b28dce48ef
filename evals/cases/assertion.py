"""An assertion case: one mention in a short passage, and how the passage means it.

JSONL line: {id, text, mention, start, end, assertion}. `mention` is the passage's words at `start:end`, in code points.
Unlike a trap (`trap.py`), which is judged by the codes that come out, this asks for the label itself.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.chart.note import Assertion, Span
from evals.cases.lines import load


@dataclass(frozen=True, slots=True)
class AssertionCase:
    """One mention with its right label."""

    id: str
    text: str
    mention: Span
    assertion: Assertion


def parse_assertion(record: dict[str, Any]) -> AssertionCase:
    """A case from its JSONL object; raises KeyError or ValueError."""
    mention = Span(record["start"], record["end"])
    if record["text"][mention.start : mention.end] != record["mention"]:
        raise ValueError("the mention does not stand at its offsets")
    return AssertionCase(str(record["id"]), record["text"], mention, Assertion(record["assertion"]))


def load_assertions(path: Path) -> list[AssertionCase]:
    """All assertion cases of a JSONL file; raises InputError naming the line."""
    return load(path, parse_assertion)
