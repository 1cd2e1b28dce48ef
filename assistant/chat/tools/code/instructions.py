"""The notes at a code that ask for another one, and which of two goes first."""

import re
from typing import Any

from assistant.chat.finding import find_codes
from assistant.chat.tool import Said, ToolResult
from assistant.chat.tools.code.place import Arguments, icd, telling, unknown
from assistant.chat.tools.common import in_book, result, words
from assistant.chat.turn import Context
from assistant.guidelines.tabular import tabular_of
from corpus.codes import NoteKind
from corpus.library import CodeBook

_INSTRUCTIONS = (NoteKind.CODE_FIRST, NoteKind.USE_ADDITIONAL, NoteKind.CODE_ALSO)


def instructions(context: Context, arguments: Arguments) -> ToolResult:
    """The notes that ask for another code."""
    book, code, date = icd(context, arguments)
    say, asked, other = words(context), arguments.get("words", ""), arguments.get("other", "")
    if book.get(code) is None:
        return unknown(context, book, arguments["code"])
    if other:
        return _order(context, book, code, book.form(other))
    tabular = tabular_of(book)
    references = [one for one in tabular.references(code) if one.kind in _INSTRUCTIONS and "-" not in one.node]
    data = {"code": code, "references": [(one.kind, one.node, one.text) for one in references]}
    said: list[Said] = []
    codes: list[str] = []
    if asked and telling(asked):
        hits = find_codes(context.services, asked, date, k=30)
        places = tuple(dict.fromkeys(pattern.low[:3] for one in references for pattern in one.patterns if pattern.low))
        narrowed = find_codes(context.services, asked, date, within=_within(book, references)).codes if places else ()
        for hit in (*narrowed, *hits.codes, *hits.near):
            fit = next((one for one in references if one.names(hit.code.replace(".", ""))), None)
            if fit and hit.score > 0.5:
                said.append(
                    say.say(
                        "code.also_with",
                        in_book(book, hit.code),
                        in_book(book, fit.node, fit.text),
                        code=hit.code,
                        title=hit.description,
                    )
                )
                codes.append(hit.code)
                break
    for one in references:
        if _asked_kind(asked) not in ("", one.kind.value):
            continue
        text = " ".join(one.text.split()).strip(" ,")
        said.append(say.say(f"code.{one.kind.value}", in_book(book, one.node, text), node=one.node, lines=text))
    if not said:
        said.append(say.say("code.no_instruction", in_book(book, code), code=code))
    return result(data, said, [code, *codes])


def _asked_kind(asked: str) -> str:
    if re.search(r"use additional|additional code", asked, re.I):
        return NoteKind.USE_ADDITIONAL.value
    if re.search(r"code first|goes? first", asked, re.I):
        return NoteKind.CODE_FIRST.value
    if re.search(r"code also", asked, re.I):
        return NoteKind.CODE_ALSO.value
    return ""


def _within(book: CodeBook, references: list[Any]) -> tuple[str, ...]:
    """Places of the code book that the references name, as limits of a search."""
    found: dict[str, None] = {}
    for one in references:
        for pattern in one.patterns:
            low, high = pattern.low[:3], (pattern.high or pattern.low)[:3]
            if low == high:
                found[book.form(pattern.low) if book.get(pattern.low) else low] = None
            else:
                for number in range(int(low[1:3]) if low[1:3].isdecimal() else 0, 100):
                    category = f"{low[0]}{number:02}"
                    if category > high:
                        break
                    if book.get(category):
                        found[category] = None
    return tuple(code for code in found if book.get(code))


def _order(context: Context, book: CodeBook, a: str, b: str) -> ToolResult:
    say, tabular = words(context), tabular_of(book)
    if book.get(b) is None:
        return unknown(context, book, b)
    for first, second in ((a, b), (b, a)):
        for one in (*tabular.pointing(first, second), *tabular.pointing(second, first)):
            after = one.kind is NoteKind.USE_ADDITIONAL and one in tabular.pointing(first, second)
            before = one.kind is NoteKind.CODE_FIRST and one in tabular.pointing(second, first)
            if not (after or before):
                continue
            text = " ".join(one.text.split()).strip(" ,")
            sources = (in_book(book, first), in_book(book, second))
            titles = {"first_title": book.title(first), "second_title": book.title(second)}
            said = [
                say.say("code.goes_first", *sources, first=first, second=second, **titles),
                say.say("code.goes_first_why", in_book(book, one.node, text), node=one.node, text=text),
            ]
            return result({"first": first, "second": second, "node": one.node, "text": text}, said, [first, second])
    said = [say.say("code.goes_first_none", in_book(book, a), in_book(book, b), codes=say.listed([a, b]))]
    return result({"first": None, "codes": [a, b]}, said, [a, b])
