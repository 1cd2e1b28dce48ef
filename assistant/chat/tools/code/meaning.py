"""What a code means, whether it can be billed, and what its last character says."""

from assistant.chat.tool import ToolResult
from assistant.chat.tools.code.place import Arguments, codes_below, icd, locate, unknown
from assistant.chat.tools.code.validity import ended, known_status, validity, window_said
from assistant.chat.tools.common import book_on, day, in_book, result, words
from assistant.chat.turn import Context
from corpus.codes import CodeSystem


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
        return result(
            {"code": found, "billable": False}, [*said, *codes_below(context, book, found.code)], [found.code]
        )
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
