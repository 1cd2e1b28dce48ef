"""The one seam to a language model. Stations take a `ChatModel`; only `assistant.chat` implements it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any, Protocol

from assistant.errors import SuperbillError


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A model asks for a tool; `arguments` is the JSON text that it wrote, not yet checked."""

    id: str
    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class Message:
    """One turn: `role` is system, user, assistant or tool."""

    role: str
    content: str
    calls: tuple[ToolCall, ...] = ()
    """The tools that an assistant message asks for."""
    answers: str = ""
    """Of a tool message: the id of the call that it answers."""


@dataclass(frozen=True, slots=True)
class Usage:
    """What one exchange took."""

    prompt_tokens: int = 0
    answer_tokens: int = 0
    cost: Decimal | None = Decimal(0)
    """US dollars; None when no price is known for the model."""
    estimated: bool = False
    """Whether the tokens were counted by length, because the server did not say."""

    @property
    def tokens(self) -> int:
        """Both together."""
        return self.prompt_tokens + self.answer_tokens

    def __add__(self, other: "Usage") -> "Usage":
        cost = None if self.cost is None or other.cost is None else self.cost + other.cost
        return Usage(
            self.prompt_tokens + other.prompt_tokens,
            self.answer_tokens + other.answer_tokens,
            cost,
            self.estimated or other.estimated,
        )


@dataclass(frozen=True, slots=True)
class Reply:
    """A model's whole answer: words, tools that it asks for, or both."""

    text: str
    calls: tuple[ToolCall, ...] = ()
    usage: Usage = field(default_factory=Usage)


class Trouble(StrEnum):
    """Why a model gave no usable answer."""

    OFF = "off"
    """Not allowed: a remote model that the site has not named."""
    DOWN = "down"
    SLOW = "slow"
    REFUSED = "refused"
    """The key, the model's name or the request was not accepted, or the model declined."""
    GARBAGE = "garbage"
    """Not an answer: broken off, empty, or not of the form that was asked for."""
    BUDGET = "budget"
    CANCELLED = "cancelled"


class ModelError(SuperbillError):
    """A model gave no usable answer. The sentence never holds what was sent or what came back."""

    def __init__(self, trouble: Trouble, sentence: str) -> None:
        super().__init__(sentence)
        self.trouble = trouble


class ChatModel(Protocol):
    """A language model that only words answers and chooses among what it is shown."""

    name: str
    local: bool
    """Whether what is sent stays on this machine."""

    def complete(self, messages: Sequence[Message], json_schema: Mapping[str, Any] | None = None) -> str:
        """The whole answer; with `json_schema`, a JSON text that validates against it. Raises ModelError."""
        ...

    def stream(self, messages: Sequence[Message]) -> Iterator[str]:
        """The answer in pieces, as they come. Raises ModelError."""
        ...

    def talk(self, messages: Sequence[Message], tools: Sequence[Mapping[str, Any]] = ()) -> Iterator[str | Reply]:
        """Pieces of text as they come, at last the whole Reply. `tools` are JSON descriptions. Raises ModelError."""
        ...
