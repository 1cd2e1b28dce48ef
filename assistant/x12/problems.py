"""What is wrong with a file: one plain sentence and the segment it stands in. Never carries the file's text."""

from dataclasses import dataclass
from typing import Literal

Level = Literal["error", "warning", "info"]


@dataclass(frozen=True, slots=True)
class Problem:
    """`error` makes the content unsafe to use as it stands, `warning` asks for a look, `info` explains."""

    severity: Level
    message: str
    segment: int | None = None
    """Number of the segment in the physical file, the first being 1."""
