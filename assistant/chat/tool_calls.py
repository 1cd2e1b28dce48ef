"""A model's wish to call a tool: its arguments read, and the result as the model reads it."""

import json
from collections.abc import Mapping
from typing import Any

from assistant.chat.tool import Source, ToolError, ToolResult

LONGEST_RESULT = 12_000
"""Characters of a tool's result that the model is shown; of a longer one the data are left out, then sentences."""


def arguments_of(text: str) -> Mapping[str, Any]:
    """The arguments of a call. Raises ToolError when they are no JSON object."""
    try:
        value = json.loads(text or "{}")
    except (ValueError, RecursionError):
        raise ToolError("the arguments are not JSON") from None
    if not isinstance(value, dict):
        raise ToolError("the arguments are not a JSON object")
    return value


def content_of(result: ToolResult, citations: list[Source]) -> str:
    """A result as the model reads it; its sources get their numbers in `citations`, which grows by the new ones."""
    for source in (*(source for said in result.sentences for source in said.sources), *result.citations):
        if source not in citations:
            citations.append(source)
    said = [
        {"text": said.text, "cite": [citations.index(source) + 1 for source in said.sources]}
        for said in result.sentences
    ]
    cited = [
        {"cite": citations.index(source) + 1, "kind": source.kind.value, "text": source.text}
        for source in result.citations
    ]
    for data, sources, sentences_shown in (
        (result.data, cited, said),
        ({}, cited, said),
        ({}, [], said),
        ({}, [], said[:20]),
    ):
        content = json.dumps(
            {"sentences": sentences_shown, "sources": sources, "data": data}, ensure_ascii=False, default=str
        )
        if len(content) <= LONGEST_RESULT:
            return content
    return json.dumps({"error": "the result is too long; ask for less"})
