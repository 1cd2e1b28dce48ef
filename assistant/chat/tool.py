"""A tool of the conversation: one station's work, callable by name with JSON arguments.

The same tools serve the rules that answer without a model and a model that chooses among them. A tool does what its
station does and says it in sentences, each with the sources that open what it rests on. It writes nothing and sends
nothing.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from assistant.errors import InputError

if TYPE_CHECKING:
    from assistant.chat.turn import Context


class SourceKind(StrEnum):
    """What a source opens."""

    NOTE = "note"
    """A span of the open note: `start` and `end` are code points of its text."""
    CODE_BOOK = "code_book"
    """A line of a code system; `locator` is the code, `name` the release."""
    GUIDELINE = "guideline"
    """A rule of the guidelines or an edit; `locator` is its id or section."""
    REMITTANCE = "remittance"
    """Segments of a remittance; `locator` is `12` or `12, 14`, `name` the file."""
    CLAIM = "claim"
    """A field of a claim; `locator` names the field or loop."""
    STORE = "store"
    """An entry of the site's store; `locator` is what finds it again."""
    WORD_LIST = "word_list"
    """Our own words for a code of a remittance, a place of service, a modifier or a term; `locator` is the code."""
    MEASURE = "measure"
    """A measured figure of this project; `name` is the file that holds it."""
    PROGRAM = "program"
    """What this program does or does not do; `locator` is the page of the documentation."""
    QUESTION = "question"
    """Words of the person who asks, in this turn or an earlier one."""


@dataclass(frozen=True, slots=True)
class Source:
    """What one sentence rests on, with what is needed to open it."""

    kind: SourceKind
    locator: str
    name: str = ""
    """The file, the release or the page."""
    text: str = ""
    """The words themselves, verbatim, where they are short."""
    start: int | None = None
    end: int | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """One sentence and its sources. Only a question or a refusal has none."""

    text: str
    sources: tuple[Source, ...] = ()


@dataclass(frozen=True, slots=True)
class ToolResult:
    """What a tool found."""

    data: Mapping[str, Any]
    """JSON-ready: what a model or a program reads."""
    citations: tuple[Source, ...] = ()
    """Every source of `data`, also those that no sentence uses."""
    sentences: tuple[Said, ...] = ()
    """The same as an answer without a model, in the language of the context."""
    codes: tuple[str, ...] = ()
    """The codes that the result is about, best first; each exists in a loaded code system."""


class ToolError(InputError):
    """The arguments cannot be used, or what they name is not there; the sentence is fit to be shown."""


Run = Callable[["Context", Mapping[str, Any]], ToolResult]


@dataclass(frozen=True, slots=True)
class Tool:
    """A name, what it is for, the JSON Schema of its arguments (an object), and the function itself."""

    name: str
    purpose: str
    parameters: Mapping[str, Any] = field(repr=False)
    run: Run = field(repr=False)

    def call(self, context: "Context", arguments: Mapping[str, Any] | None = None) -> ToolResult:
        """Run with `arguments`. Raises ToolError when one is unknown, absent or of the wrong type."""
        given = dict(arguments or {})
        known: Mapping[str, Any] = self.parameters.get("properties", {})
        for name in given:
            if name not in known:
                raise ToolError(f"the tool {self.name} has no argument {name}; it has {', '.join(known) or 'none'}")
        for name in self.parameters.get("required", ()):
            if name not in given:
                raise ToolError(f"the tool {self.name} needs {name}")
        for name, value in given.items():
            _check(self.name, name, value, known[name])
        return self.run(context, given)


_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "array": (list, tuple),
    "object": (dict,),
}


def _check(tool: str, name: str, value: Any, schema: Mapping[str, Any]) -> None:
    wanted = schema.get("type")
    fits = wanted is None or isinstance(value, _TYPES[wanted])
    if isinstance(value, bool) and wanted in ("integer", "number"):
        fits = False
    if not fits:
        raise ToolError(f"{name} of the tool {tool} must be of type {wanted}")
    if "enum" in schema and value not in schema["enum"]:
        raise ToolError(f"{name} of the tool {tool} must be one of {', '.join(map(str, schema['enum']))}")
    if wanted == "array":
        for item in value:
            _check(tool, f"each of {name}", item, schema.get("items", {}))
