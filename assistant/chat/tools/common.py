"""What the tools share: how results are put together, and where their sources come from."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from assistant.chat.tool import Said, Source, SourceKind, ToolResult
from assistant.chat.turn import Context
from assistant.chat.wording import Wording, wording
from assistant.record import to_record
from corpus.codes import CodeSystem

if TYPE_CHECKING:
    from corpus.library import CodeBook

TEXT: dict[str, Any] = {"type": "string"}
TEXTS: dict[str, Any] = {"type": "array", "items": {"type": "string"}}
NUMBER: dict[str, Any] = {"type": "number"}
DATE: dict[str, Any] = {"type": "string", "description": "ISO date of service; today unless given"}


def parameters(required: Sequence[str] = (), **properties: Mapping[str, Any]) -> dict[str, Any]:
    """The JSON Schema of a tool's arguments."""
    return {
        "type": "object",
        "properties": dict(properties),
        "required": list(required),
        "additionalProperties": False,
    }


def result(data: Mapping[str, Any], said: Iterable[Said], codes: Iterable[str] = ()) -> ToolResult:
    """A ToolResult whose citations are the sources of its sentences."""
    sentences = tuple(said)
    citations = tuple(dict.fromkeys(source for one in sentences for source in one.sources))
    return ToolResult(to_record(dict(data)), citations, sentences, tuple(dict.fromkeys(codes)))


def words(context: Context) -> Wording:
    """The wording in the language of the context."""
    return wording(context.language)


def day(context: Context, arguments: Mapping[str, Any] | None = None) -> dt.date:
    """The date of service: the one given, that of the context or of the open note or claim, else today."""
    given = (arguments or {}).get("date")
    if given:
        from assistant.chat.tool import ToolError

        try:
            return dt.date.fromisoformat(given)
        except ValueError as error:
            raise ToolError(f"{given!r} is not a date; write it as YYYY-MM-DD") from error
    if context.date:
        return context.date
    if context.encounter:
        return context.encounter.end_date or context.encounter.date_of_service
    return dt.date.today()


def in_book(book: "CodeBook", code: str, text: str = "") -> Source:
    """The line of the code book for `code`."""
    return Source(SourceKind.CODE_BOOK, book.form(code), book.release.title, text or book.title(code))


def book_on(context: Context, date: dt.date, system: CodeSystem = CodeSystem.ICD10CM) -> "CodeBook":
    """The code book for a date."""
    return context.services.codebook_on(date, system)


def question() -> Source:
    """The words of the person who asks."""
    return Source(SourceKind.QUESTION, "question")


def program(page: str) -> Source:
    """What the documentation says of the program."""
    return Source(SourceKind.PROGRAM, page, "Superbill")
