"""What a code means, whether it can be billed, and what its last character says."""

import datetime as dt
from collections.abc import Sequence

from assistant.chat.finding import bare, find_codes, searchable
from assistant.chat.tool import ToolResult
from assistant.chat.tools.code.place import Arguments, codes_below, icd, locate, telling, unknown
from assistant.chat.tools.code.validity import ended, known_status, validity, window_said
from assistant.chat.tools.common import book_on, day, in_book, result, words
from assistant.chat.turn import Context
from corpus.codes import Code, CodeSystem, Hit
from corpus.index.words import terms
from corpus.library import CodeBook


def meaning(context: Context, arguments: Arguments) -> ToolResult:
    """What a code means."""
    date, say = day(context, arguments), words(context)
    book = book_on(context, date)
    place = locate(context, arguments["code"], date)
    if place is None:
        code = book.form(arguments["code"])
        if book.windows(code) and (known := known_status(context, book, code, date)):
            return result({"code": code, "status": known}, ended(context, book, known), [])
        return unknown(context, book, arguments["code"])
    book, found = place
    source = in_book(book, found.code)
    key = "code.pcs" if book.system is CodeSystem.ICD10PCS else "code.is"
    label = "ICD-10-PCS"
    said = [say.say(key, source, code=found.code, title=found.title.rstrip("."), system=label)]
    if found.detail and book.system is CodeSystem.CPT:
        said.append(say.say("code.detail", source, detail=found.detail.rstrip(".")))
    if book.system is CodeSystem.HCPCS:
        from corpus.systems import system

        if remark := system(CodeSystem.HCPCS).remark(book, found):
            said.append(say.say("code.note", source, note=remark.rstrip(".")))
        return result({"code": found}, said, [found.code])
    if not found.billable and found.kind == "code":
        said.append(say.say("code.header", source))
        said += codes_below(context, book, found.code)
        return result({"code": found}, said, [found.code])
    known = known_status(context, book, found.code, date)
    if known and known.valid is False:
        said += window_said(context, book, known)
    return result({"code": found, "status": known}, said, [found.code])


def billable(context: Context, arguments: Arguments) -> ToolResult:
    """Whether a code can be billed as it stands."""
    date, say = day(context, arguments), words(context)
    place = locate(context, arguments["code"], date)
    if place is None:
        return validity(context, arguments)
    book, found = place
    source = in_book(book, found.code)
    if not found.billable:
        said = [say.say("code.billable_no", source, code=found.code, title=found.title)]
        codes = [found.code]
        if below := _fitting(context, book, found, arguments.get("words", ""), date):
            said.append(say.say("code.use_now", in_book(book, below.code), code=below.code, title=below.description))
            codes = [below.code, found.code]
        return result({"code": found, "billable": False}, [*said, *codes_below(context, book, found.code)], codes)
    known = known_status(context, book, found.code, date)
    if known is not None and known.valid is False:
        return validity(context, arguments)
    said = [say.say("code.billable_yes", source, code=found.code, title=found.title, date=say.day(date))]
    if known is not None and known.valid is None:
        said = [
            say.say("code.is", source, code=found.code, title=found.title),
            say.say("code.undated", source, release=book.release.title),
        ]
    return result({"code": found, "billable": True}, said, [found.code])


def _fitting(context: Context, book: CodeBook, heading: Code, asked: str, date: dt.date) -> Hit | None:
    """The code below a heading for which the words say more than the heading does; None when they say nothing of the kind."""
    if book.system is not CodeSystem.ICD10CM or not telling(asked):
        return None
    found = find_codes(context.services, asked, date, within=(heading.code,)).codes
    told = set(terms(searchable(bare(asked)))) - set(terms(heading.title))
    return found[0] if found and told & set(terms(found[0].description)) else None


def _character(characters: Sequence[tuple[str, str]], asked: str, wanted: str) -> str:
    """The 7th character that the words tell apart from the others (`open fracture`), else the one wanted."""
    said = set(terms(searchable(asked)))
    meanings = {letter: set(terms(meaning)) for letter, meaning in characters}
    shared = set.intersection(*meanings.values())
    encounter = _ENCOUNTERS.get(wanted, set())
    fitting = {letter: len(said & words_ - shared) for letter, words_ in meanings.items() if encounter <= words_}
    best = max(fitting, key=lambda letter: fitting[letter], default=wanted)
    tells = said & set.union(*meanings.values()) - shared - set().union(*_ENCOUNTERS.values())
    return best if tells and fitting and fitting[best] else wanted


_ENCOUNTERS = {"A": set(terms("initial")), "D": set(terms("subsequent")), "S": set(terms("sequela"))}


def seventh(context: Context, arguments: Arguments) -> ToolResult:
    """The characters that end a code, or one of them."""
    book, code, _ = icd(context, arguments)
    say, wanted = words(context), arguments.get("other", "").upper()
    found = book.get(code)
    stem = found.stem if found else ""
    characters = book.seventh_characters(stem) if stem else ()
    if found is None:
        return unknown(context, book, arguments["code"])
    if not characters:
        return result(
            {"code": code, "seventh": {}}, [say.say("code.seventh_none", in_book(book, code), code=code)], [code]
        )
    data = {"code": stem, "seventh": dict(characters)}
    wanted = _character(characters, arguments.get("words", ""), wanted)
    full = book.complete(stem, wanted) if wanted else None
    if full:
        meaning = dict(characters)[wanted]
        source = in_book(book, full.code)
        said = [
            say.say("code.seventh_one", source, character=wanted, meaning=meaning, code=full.code, title=full.title)
        ]
        return result(data, said, [full.code])
    letters = "; ".join(f"{char} {meaning}" for char, meaning in characters)
    said = [say.say("code.seventh", in_book(book, stem), code=stem, characters=letters)]
    return result(data, said, [stem])
