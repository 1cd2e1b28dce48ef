"""The book that has a code, and what is said when none has it."""

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any

from assistant.chat.finding import bare
from assistant.chat.tool import Said, ToolResult
from assistant.chat.tools.common import book_on, day, in_book, question, result, words
from assistant.chat.turn import Context
from corpus.codes import Code, CodeSystem
from corpus.errors import CorpusError
from corpus.index.words import STOP_WORDS, terms
from corpus.library import CodeBook
from corpus.systems.cpt import told_of_cpt

_HCPCS = re.compile(r"[A-V]\d{4}|[A-Z0-9]{2}")
_PCS = re.compile(r"[0-9A-HJ-NP-Z]{7}")
_DENTAL = re.compile(r"D\d{4}")
SHOWN = 12
Arguments = Mapping[str, Any]


def locate(context: Context, code: str, date: dt.date) -> tuple[CodeBook, Code] | None:
    """The code and the book that has it: ICD-10-CM, else ICD-10-PCS, HCPCS or the site's CPT."""
    book = book_on(context, date)
    if found := book.get(code):
        return book, found
    bare = code.strip().upper()
    systems = []
    if _PCS.fullmatch(bare):
        systems.append(CodeSystem.ICD10PCS)
    if _HCPCS.fullmatch(bare):
        systems.append(CodeSystem.HCPCS)
    if told_of_cpt(bare):
        systems.append(CodeSystem.CPT)
    for system in systems:
        try:
            other = book_on(context, date, system)
        except CorpusError:
            continue
        if found := other.get(bare):
            return other, found
    return None


def unknown(context: Context, book: CodeBook, code: str) -> ToolResult:
    """That there is no such code, with the nearest heading above it."""
    say = words(context)
    bare = code.strip().upper()
    if told_of_cpt(bare):
        return result({"code": bare, "known": False}, [say.say("code.cpt", question(), code=bare)])
    if _DENTAL.fullmatch(bare):
        return result({"code": bare, "known": False}, [say.say("code.dental", question(), code=bare)])
    if re.fullmatch(r"[A-V]\d{4}", bare) and "." not in code:
        hcpcs = book_on(context, day(context), CodeSystem.HCPCS)
        other = say.say(
            "code.hcpcs_unknown", in_book(hcpcs, bare, hcpcs.release.title), code=bare, release=hcpcs.release.title
        )
        return result({"code": bare, "known": False}, [other])
    form = book.form(code)
    said_first = say.say("code.unknown", in_book(book, form, book.release.title), code=form, release=book.release.title)
    said, stem = [said_first], form
    while len(stem) > 3:
        stem = stem[:-1].rstrip(".")
        if near := book.get(stem):
            said.append(say.say("code.unknown_near", in_book(book, near.code), code=near.code, title=near.title))
            break
    return result({"code": form, "known": False}, said)


def icd(context: Context, arguments: Arguments) -> tuple[CodeBook, str, dt.date]:
    """The book of the day, the code as the book writes it, and the day."""
    date = day(context, arguments)
    book = book_on(context, date)
    return book, book.form(arguments["code"]), date


def codes_below(context: Context, book: CodeBook, code: str) -> list[Said]:
    """The codes under one that cannot be billed."""
    say = words(context)
    seventh, children = book.seventh_characters(code), book.children(code)
    if seventh:
        letters = "; ".join(f"{char} {meaning}" for char, meaning in seventh)
        return [say.say("code.needs_seventh", in_book(book, code), characters=letters)]
    if not children:
        return []
    named = [f"{child.code} ({child.title})" for child in children[:SHOWN]]
    sources = [in_book(book, child.code) for child in children[:SHOWN]]
    return [say.say("code.needs_one", *sources, codes=say.listed(named))]


def telling(asked: str) -> bool:
    """Whether the words name a condition, not only that something was replaced."""
    left = [
        word
        for word in terms(bare(asked, strict=True))
        if word not in ("code", "new", "replaced", "replacement", "use", "what")
    ]
    return bool(set(left) - STOP_WORDS)
