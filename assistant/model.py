"""The one seam to a language model. Stations take a `ChatModel`; only `assistant.chat` implements it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Message:
    """One turn: `role` is system, user or assistant."""

    role: str
    content: str


class ChatModel(Protocol):
    """A language model that only words answers and chooses among what it is shown."""

    name: str

    def complete(self, messages: Sequence[Message], json_schema: dict[str, object] | None = None) -> str:
        """The whole answer; with `json_schema`, a JSON text that validates against it."""
        ...

    def stream(self, messages: Sequence[Message]) -> Iterator[str]:
        """The answer in pieces, as they come."""
        ...
