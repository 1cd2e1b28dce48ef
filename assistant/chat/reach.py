"""What a model may ask of the tools.

The model never sees a document but through a tool, and once it has, what it may ask is held to words and codes that do not
come from the document: an order hidden in a note cannot have a code fetched that the note itself, read by the rules, does
not support.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from assistant.chat.figures import Figure, Kind, figures
from assistant.chat.inputs import DOCUMENTS, gather
from assistant.chat.spelling import folded
from assistant.chat.stems import stems
from assistant.chat.tool import SourceKind, ToolError, ToolResult
from assistant.chat.turn import Context


class Reach:
    """Codes must come from the person's questions or from what tools found in the books and records. Once words of a document
    have been shown, search words too must come from there: nobody can tell then whose wish a new word is.
    """

    def __init__(self, question: str, context: Context) -> None:
        asked = " ".join((question, *(turn.question for turn in context.turns)))
        self._codes = {figure for figure in figures(asked) if figure.kind is Kind.CODE}
        for turn in context.turns:
            self._codes.update(Figure(Kind.CODE, code.replace(".", "").upper()) for code in turn.answer.codes)
        self._words = set(stems(asked))
        self._exact = folded(asked)
        self._shown = bool(context.turns)

    def add(self, result: ToolResult) -> None:
        """What a result names may be asked for, unless it is a document's."""
        inputs = gather("", [result])
        self._codes.update(figure for figure in inputs.figures if figure.kind is Kind.CODE)
        self._words.update(inputs.words)
        document = any(
            source.kind in DOCUMENTS and source.kind is not SourceKind.QUESTION for source in result.citations
        )
        self._shown = (
            self._shown
            or document
            or any(
                source.kind in DOCUMENTS and source.kind is not SourceKind.QUESTION
                for said in result.sentences
                for source in said.sources
            )
        )

    def require(self, arguments: Mapping[str, Any], schema: Mapping[str, Any]) -> None:
        """Raises ToolError when the arguments reach further; a choice that the tool itself offers never does."""
        offered = {name for name, one in schema.get("properties", {}).items() if "enum" in one}
        for text in _strings({name: value for name, value in arguments.items() if name not in offered}):
            for figure in figures(text):
                if figure.kind is Kind.CODE and figure not in self._codes:
                    raise ToolError("neither the question nor a result names this code; find it by words first")
            if self._shown and any(word not in self._words for word in stems(text)):
                raise ToolError(
                    "these words come from neither the question nor the books; use the words of the question"
                )


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _strings(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _strings(item)
