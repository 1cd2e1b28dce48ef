"""Codes by words, one code by its number, what stands below a code, two codes side by side."""

import re
from collections.abc import Mapping
from typing import Any

from assistant.chat.finding import WEAK, find_codes
from assistant.chat.tool import Said, Tool, ToolResult
from assistant.chat.tools.aspects import ASPECTS
from assistant.chat.tools.code.lines import excludes_between
from assistant.chat.tools.code.place import locate, unknown
from assistant.chat.tools.common import DATE, TEXT, TEXTS, book_on, day, in_book, parameters, question, result, words
from assistant.chat.turn import Context
from corpus.codes import CodeSystem, Hit
from corpus.errors import CorpusError
from corpus.index.words import STOP_WORDS, terms
from corpus.library import CodeBook
from corpus.systems.cpt import told_of_cpt

SHOWN = 40
_SIDES = ("right", "left", "bilateral", "unspecified")


def _find(context: Context, arguments: Mapping[str, Any]) -> ToolResult:
    date, say = day(context, arguments), words(context)
    system = CodeSystem(arguments.get("system", "icd10cm"))
    query, within = arguments["query"], tuple(arguments.get("within", ()))
    try:
        found = find_codes(context.services, query, date, system, within, arguments.get("side", ""))
    except CorpusError:
        from corpus.sources.validity import FIRST_DATE, LAST_DATE

        said = say.say("find.outside", question(), date=date, first=FIRST_DATE, last=LAST_DATE)
        return result({"query": query, "codes": [], "date": date}, [said])
    book = book_on(context, date, system)
    data = {"query": found.query, "system": system, "date": date, "codes": found.codes, "near": found.near}
    if system is CodeSystem.HCPCS and (told := _told(context, book, found.query)):
        return result(data | {"codes": [], "told": told}, [Said(told, (in_book(book, "", book.release.title),))])
    if not found.codes:
        return result(data, [say.say("find.none", question(), release=book.release.title)])
    if found.codes[0].score < WEAK and system is not CodeSystem.PLACE:
        codes = say.listed([f"{hit.code} ({hit.description})" for hit in (*found.codes, *found.near)[:3]])
        sources = [in_book(book, hit.code) for hit in (*found.codes, *found.near)[:3]]
        said = say.say("find.weak", *sources, release=book.release.title, codes=codes)
        return result(data | {"codes": [], "near": [*found.codes, *found.near]}, [said])
    return result(data, list(_found(context, book, found.codes, found.near)), [hit.code for hit in found.codes])


def _told(context: Context, book: CodeBook, query: str) -> str:
    from corpus.systems import system

    return system(book.system).told(book, query)


def _found(context: Context, book: CodeBook, hits: tuple[Hit, ...], near: tuple[Hit, ...]) -> list[Said]:
    say, said = words(context), []
    first = hits[0]
    if len(hits) > 1:
        said.append(say.say("find.several", *(in_book(book, hit.code) for hit in hits), first=first.code))
        said += [say.say("find.part", in_book(book, hit.code), code=hit.code, title=hit.description) for hit in hits]
    elif first.billable:
        said.append(say.say("find.is", in_book(book, first.code), code=first.code, title=first.description))
    else:
        said.append(say.say("find.header", in_book(book, first.code), code=first.code, title=first.description))
        said.append(say.say("find.missing", in_book(book, first.code), missing=first.missing))
    for hit in hits:
        if hit.note and book.system is not CodeSystem.ICD10CM:
            said.append(say.say("find.told", in_book(book, hit.code), text=f"{hit.note[:1].upper()}{hit.note[1:]}."))
    if first.billable and "unspecified" in first.description.lower() and (options := _options(book, first)):
        sources = [in_book(book, option.code) for option in options]
        listed = say.listed([f"{option.code} ({option.title})" for option in options])
        said.append(say.say("find.vague", *sources, options=listed))
    elif near:
        listed = say.listed([f"{hit.code} ({hit.description})" for hit in near])
        said.append(say.say("find.near", *(in_book(book, hit.code) for hit in near), codes=listed))
    return said


def _options(book: CodeBook, hit: Hit) -> list[Any]:
    """A few more specific codes beside an unspecified one."""
    found = [one for one in book.siblings(hit.code) if "unspecified" not in one.title.lower()]
    return found[:3]


def clarify(context: Context, book: CodeBook, hit: Hit) -> str | None:
    """The question that decides, when the words leave one detail open."""
    say = words(context)
    text = f"{hit.missing} {hit.description}".lower()
    if not hit.billable and "7th character" in hit.missing:
        return say.text("find.ask_encounter")
    titles = [one.title.lower() for one in (*book.children(hit.code), *book.siblings(hit.code))]
    if any("right" in title for title in titles) and not any(side in text for side in _SIDES[:3]):
        return say.text("find.ask_side")
    if not hit.billable:
        options = [f"{one.code} ({one.title})" for one in book.children(hit.code)[:6]]
        return say.text("find.ask_more", options="; ".join(options)) if options else None
    return None


def _look_up(context: Context, arguments: Mapping[str, Any]) -> ToolResult:
    aspect = arguments.get("aspect", "meaning")
    return ASPECTS[aspect](context, arguments)


def _browse(context: Context, arguments: Mapping[str, Any]) -> ToolResult:
    date, say = day(context, arguments), words(context)
    book = book_on(context, date, CodeSystem(arguments.get("system", "icd10cm")))
    code = book.form(arguments["code"])
    found = book.get(code)
    if found is None:
        return unknown(context, book, code)
    children, seventh = book.children(code), book.seventh_characters(code)
    data = {"code": code, "title": found.title, "children": children, "seventh": dict(seventh)}
    if seventh and not any(not child.billable for child in children):
        letters = "; ".join(f"{char} {meaning}" for char, meaning in seventh)
        told = say.say(
            "code.no_children_seventh", in_book(book, code), code=code, title=found.title, characters=letters
        )
        return result(data, [told], [code, *(child.code for child in children)])
    if not children:
        return result(data, [say.say("code.no_children", in_book(book, code), code=code, title=found.title)], [code])
    listed = say.listed([child.code for child in children[:SHOWN]])
    said = [
        say.say("code.children", in_book(book, code), code=code, title=found.title, count=len(children), codes=listed),
        *(
            say.say("code.child", in_book(book, child.code), code=child.code, title=child.title)
            for child in children[:SHOWN]
        ),
    ]
    return result(data, said, [child.code for child in children])


def _compare(context: Context, arguments: Mapping[str, Any]) -> ToolResult:
    date, say = day(context, arguments), words(context)
    codes = list(dict.fromkeys(arguments["codes"]))[:4]
    looked = [locate(context, code, date) for code in codes]
    missing = [code for code, place in zip(codes, looked, strict=True) if place is None]
    if missing or len(codes) < 2:
        said: list[Said] = []
        for code in missing:
            told = told_of_cpt(code)
            said += (
                [say.say("code.cpt", question(), code=code)]
                if told
                else list(unknown(context, book_on(context, date), code).sentences)
            )
        for code, place in zip(codes, looked, strict=True):
            if place:
                said.append(say.say("code.is", in_book(place[0], code), code=place[1].code, title=place[1].title))
        return result({"codes": codes, "unknown": missing}, said, [code for code in codes if code not in missing])
    (a_book, a), (b_book, b) = (place for place in looked[:2] if place)
    sources = (in_book(a_book, a.code), in_book(b_book, b.code))
    said = [say.say("code.versus", *sources, a=a.code, a_title=a.title, b=b.code, b_title=b.title)]
    for one, other, source in ((a, b, sources[0]), (b, a, sources[1])):
        extra = _only(one.title, other.title)
        if extra:
            said.append(say.say("code.versus_only", source, code=one.code, words=", ".join(extra)))
    if a.system is b.system is CodeSystem.ICD10CM:
        common = next((node for node in a_book.ancestors(a.code) if node in b_book.ancestors(b.code)), None)
        heading = a_book.heading(common) if common else None
        if heading and heading[2] == "code":
            said.append(say.say("code.versus_common", in_book(a_book, heading[0]), code=heading[0], title=heading[1]))
        said += excludes_between(context, a_book, a.code, b.code)
    for one, source in ((a, sources[0]), (b, sources[1])):
        if not one.billable and one.kind == "code":
            said.append(say.say("code.versus_billable", source, code=one.code))
    return result({"codes": [a, b]}, said, [a.code, b.code])


def _only(title: str, other: str) -> list[str]:
    """Telling words of a title that the other has not, as they stand."""
    known = set(terms(other))
    found = [word for word in re.findall(r"[^\W_][\w'-]*", title) if set(terms(word)) - known]
    return [word for word in dict.fromkeys(found) if word.lower() not in STOP_WORDS][:8]


def locate_all(context: Context, codes: list[str]) -> list[str]:
    """Those of `codes` that a loaded code system has."""
    return [code for code in codes if locate(context, code, day(context))]


_SYSTEMS = {"type": "string", "enum": [one.value for one in CodeSystem]}
TOOLS = (
    Tool(
        "find_code",
        "Find the codes for a condition, procedure or item in words. Returns the code to report, or a heading "
        "and what is missing.",
        parameters(
            ["query"],
            query=TEXT,
            system=_SYSTEMS,
            date=DATE,
            within={**TEXTS, "description": "only codes that begin so"},
            side={"type": "string", "enum": ["", "right", "left", "bilateral"]},
        ),
        _find,
    ),
    Tool(
        "look_up",
        "Look up one code: meaning, billable, validity on a date, what replaced it, Excludes notes, inclusion terms, "
        "instructions (use additional, code first), 7th characters.",
        parameters(
            ["code"],
            code=TEXT,
            aspect={"type": "string", "enum": list(ASPECTS)},
            date=DATE,
            words={**TEXT, "description": "what of it is asked about"},
            other={**TEXT, "description": "a second code"},
        ),
        _look_up,
    ),
    Tool(
        "browse",
        "List the codes directly below a code.",
        parameters(["code"], code=TEXT, system=_SYSTEMS, date=DATE),
        _browse,
    ),
    Tool(
        "compare_codes",
        "Set two codes side by side: titles, what only one of them says, notes between them.",
        parameters(["codes"], codes=TEXTS, date=DATE),
        _compare,
    ),
)
