"""What a model is told at the beginning of a turn, and what is said of its part (`agent.toml`): no text of a document."""

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from assistant.chat.tool import Tool
from assistant.chat.turn import Context
from assistant.model import Message

EARLIER = 3
"""Earlier turns that the model is shown."""


@cache
def texts() -> dict[str, Any]:
    """The texts."""
    return tomllib.loads(Path(__file__).with_name("agent.toml").read_text(encoding="utf-8"))


def described(tools: Mapping[str, Tool]) -> list[dict[str, Any]]:
    """Tools as a model is shown them."""
    return [
        {"name": tool.name, "description": tool.purpose, "parameters": dict(tool.parameters)} for tool in tools.values()
    ]


def notice(language: str, key: str, **values: str) -> str:
    """A sentence about the model's part of an answer."""
    told: dict[str, str] = texts()["notice"][language if language in texts()["notice"] else "en"]
    return told[key].format(**values)


def opening(question: str, context: Context) -> list[Message]:
    """What a turn begins with: how to work, the last turns, the question, and what lies open without a word of it."""
    language = "Spanish" if context.language == "es" else "English"
    messages = [Message("system", texts()["system"].strip().format(language=language))]
    for turn in context.turns[-EARLIER:]:
        messages += [Message("user", turn.question), Message("assistant", turn.answer.text)]
    return [*messages, Message("user", f"{question}\n\n({' '.join(_open(context))})")]


def _open(context: Context) -> Iterator[str]:
    words = texts()["open"]
    lies = []
    if context.note is not None:
        lies.append(words["note"].format(words=len(context.note.text.split())))
    if context.encounter is not None:
        lies.append(words["claim"])
    if context.remittances:
        lies.append(words["remittance"].format(count=len(context.remittances)))
    if context.use_store:
        lies.append(words["store"])
    yield from lies or [words["nothing"]]
    if context.date is not None:
        yield words["date"].format(date=context.date.isoformat())
    yield words["setting"].format(setting=context.setting)
