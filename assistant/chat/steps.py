"""What happens in a turn with a model, one thing after the other, for showing."""

from dataclasses import dataclass, field
from enum import StrEnum

from assistant.chat.tool import Said
from assistant.chat.turn import Answer, ToolStep
from assistant.model import Usage


class StepKind(StrEnum):
    """What a step of a turn is."""

    TOOL = "tool"
    """A tool was called; `tool` says which and what came of it."""
    SENTENCE = "sentence"
    """A sentence that stands; `said` holds it."""
    WITHDRAWN = "withdrawn"
    """A sentence did not stand; `text` says why, never what."""
    RESTART = "restart"
    """What was shown so far does not hold: forget it."""
    ANSWER = "answer"
    """The end; `answer` holds it."""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happens in a turn, for showing."""

    kind: StepKind
    text: str = ""
    tool: ToolStep | None = None
    said: Said | None = None
    answer: Answer | None = None
    usage: Usage = field(default_factory=Usage)
    """Of the whole turn; only on the last step."""
    notice: str = ""
    """What is said of the model's part; only on the last step, where the answer holds it too."""
