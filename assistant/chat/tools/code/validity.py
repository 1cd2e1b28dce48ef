"""From when to when a code is valid, and what stands in its place afterwards."""

import datetime as dt
import re

from assistant.chat.finding import bare, find_codes, searchable
from assistant.chat.tool import Said, ToolResult
from assistant.chat.tools.code.place import SHOWN, Arguments, codes_below, icd, locate, telling, unknown
from assistant.chat.tools.common import book_on, day, in_book, result, words
from assistant.chat.turn import Context
from assistant.chat.wording import Wording
from corpus.codes import CodeSystem, Hit, Window
from corpus.index.words import terms
from corpus.library import CodeBook
from corpus.status import CodeStatus, status


def known_status(context: Context, book: CodeBook, code: str, date: dt.date) -> CodeStatus | None:
    """What is known of the code on the date; None for a heading or nothing."""
    return status(context.services.catalog, book.system, code, date)


def _spans(say: Wording, windows: tuple[Window, ...], asked: bool) -> str:
    from corpus.sources.validity import FIRST_DATE, LAST_DATE

    told = []
    for window in windows:
        if window.first and window.last:
            told.append(say.text("code.from_to", first=window.first, last=window.last))
        elif window.first:
            told.append(say.text("code.from_on", first=window.first, last=LAST_DATE))
        elif window.last:
            told.append(say.text("code.to_only", last=window.last))
        else:
            told.append(say.text("code.all", first=FIRST_DATE, last=LAST_DATE))
    return say.listed(told)


def window_said(context: Context, book: CodeBook, known: CodeStatus) -> list[Said]:
    """From when to when a code is valid."""
    say = words(context)
    if not known.windows:
        return []
    over = known.windows[-1].last is not None and known.windows[-1].last < known.date
    key = "code.was_window" if over else "code.window"
    source = in_book(book, known.code, known.description)
    return [say.say(key, source, spans=_spans(say, known.windows, True))]


def ended(context: Context, book: CodeBook, known: CodeStatus) -> list[Said]:
    """A code that no loaded release describes any more: its days, and what stands in its place."""
    say = words(context)
    source = in_book(book, known.code, known.description)
    said = [say.say("code.validity_no", source, code=known.code, date=say.day(known.date))]
    return [*said, *window_said(context, book, known), *_instead(context, book, known)]


def _instead(context: Context, book: CodeBook, known: CodeStatus) -> list[Said]:
    say = words(context)
    source = in_book(book, known.code, known.description)
    if known.replaced_by:
        titles = [f"{code} ({book.title(code)})" for code in known.replaced_by]
        sources = [in_book(book, code) for code in known.replaced_by]
        return [say.say("code.replaced", source, *sources, code=known.code, codes=say.listed(titles))]
    below = book.children(known.code)
    if below:
        named = say.listed([f"{child.code} ({child.title})" for child in below[:SHOWN]])
        sources = [in_book(book, child.code) for child in below[:SHOWN]]
        key = "code.no_replacement"
        return [say.say(key, *sources, code=known.code, codes=named, release=book.release.title)]
    return []


def validity(context: Context, arguments: Arguments) -> ToolResult:
    """Whether a code is valid on a day, and from when to when."""
    from corpus.sources.validity import FIRST_DATE, LAST_DATE

    date, say = day(context, arguments), words(context)
    place = locate(context, arguments["code"], date)
    book = place[0] if place else book_on(context, date)
    code = book.form(arguments["code"])
    source = in_book(book, code)
    dated = book.system in (CodeSystem.ICD10CM, CodeSystem.ICD10PCS)
    if dated and not book.validity.covers(date):
        said = [say.say("code.validity_unknown", source, first=FIRST_DATE, last=LAST_DATE, date=say.day(date))]
        return result({"code": code, "date": date, "valid": None}, said, [code] if place else [])
    known = known_status(context, book, code, date)
    if known is None:
        found = book.get(code)
        if found is None:
            return unknown(context, book, arguments["code"])
        said = [say.say("code.validity_header", source, code=code, date=say.day(date))]
        return result({"code": code, "date": date, "valid": False}, [*said, *codes_below(context, book, code)], [code])
    data = {"code": code, "status": known, "valid": known.valid}
    if known.valid is None:
        return result(data, [say.say("code.validity_no_data", source, code=code)], [code])
    if known.valid is False:
        said = ended(context, book, known)
        found = book.get(code)
        if found and not found.billable and not known.replaced_by:
            said += codes_below(context, book, code)[:1] if not book.children(code) else []
        return result(data, said, [])
    said = [say.say("code.validity_yes", source, code=code, date=say.day(date)), *window_said(context, book, known)]
    return result(data, said, [code])


def replaced(context: Context, arguments: Arguments) -> ToolResult:
    """What stands in a code's place."""
    book, code, date = icd(context, arguments)
    say = words(context)
    if place := locate(context, arguments["code"], date):
        book = place[0]
    known = known_status(context, book, code, date)
    found = book.get(code)
    if known is None and found is None:
        return unknown(context, book, arguments["code"])
    if known is not None and known.valid:
        title = found.title if found else known.description
        said = [say.say("code.still_valid", in_book(book, code), code=code, title=title, date=say.day(date))]
        return result({"code": code, "status": known}, said, [code])
    asked = arguments.get("words", "")
    said, codes = [], []
    if (
        asked
        and book.system is CodeSystem.ICD10CM
        and (known is None or not known.replaced_by or len(terms(asked)) > 0)
    ):
        found_ = find_codes(context.services, asked, date, within=(code,)) if telling(asked) else None
        if found_ and found_.codes:
            hit = _plainest(asked, [*found_.codes, *found_.near])
            said.append(say.say("code.use_now", in_book(book, hit.code), code=hit.code, title=hit.description))
            codes.append(hit.code)
    if known is None:
        title = found.title if found else ""
        said.append(say.say("code.is", in_book(book, code), code=code, title=title))
        said.append(say.say("code.header", in_book(book, code)))
        return result({"code": code}, [*said, *codes_below(context, book, code)], codes)
    rest = _instead(context, book, known)
    closing = [say.say("code.validity_no", in_book(book, code), code=code, date=say.day(date))]
    closing += window_said(context, book, known)
    ordered = [*said, *closing] if said else [*rest, *closing]
    return result({"code": code, "status": known}, ordered, [*codes, *known.replaced_by])


def _plainest(asked: str, hits: list[Hit]) -> Hit:
    """The first hit, or one nearly as good that says less beyond the words asked."""
    if re.search(r"\b(?:no|not|without|sin)\b", asked, re.I):
        return hits[0]
    wanted = set(terms(searchable(bare(asked))))
    return min(hits, key=lambda hit: (len(set(terms(hit.description)) - wanted), hits.index(hit)))
