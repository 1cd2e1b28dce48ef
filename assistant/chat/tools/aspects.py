"""What can be asked about one code, aspect by aspect."""

import datetime as dt
import re
from collections.abc import Callable, Mapping
from typing import Any

from assistant.chat.finding import bare, find_codes, searchable
from assistant.chat.tool import Said, ToolResult
from assistant.chat.tools.common import book_on, day, in_book, question, result, words
from assistant.chat.turn import Context
from assistant.chat.wording import Wording
from assistant.guidelines.tabular import tabular_of
from corpus.codes import Code, CodeSystem, Hit, NoteKind, TabularNote, Window
from corpus.errors import CorpusError
from corpus.index.words import STOP_WORDS, terms
from corpus.library import CodeBook
from corpus.status import CodeStatus, status
from corpus.systems.cpt import told_of_cpt

_HCPCS = re.compile(r"[A-V]\d{4}|[A-Z0-9]{2}")
_PCS = re.compile(r"[0-9A-HJ-NP-Z]{7}")
_DENTAL = re.compile(r"D\d{4}")
SHOWN = 12
_ASKED = frozenset(
    (
        "include",
        "included",
        "includes",
        "exclude",
        "excludes1",
        "excludes2",
        "excludes",
        "note",
        "code",
        "term",
        "point",
    )
)

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


def _icd(context: Context, arguments: Arguments) -> tuple[CodeBook, str, dt.date]:
    date = day(context, arguments)
    book = book_on(context, date)
    return book, book.form(arguments["code"]), date


def known_status(context: Context, book: CodeBook, code: str, date: dt.date) -> CodeStatus | None:
    """What is known of the code on the date; None for a heading or nothing."""
    return status(context.services.catalog, book.system, code, date)


def _meaning(context: Context, arguments: Arguments) -> ToolResult:
    date, say = day(context, arguments), words(context)
    book = book_on(context, date)
    place = locate(context, arguments["code"], date)
    if place is None:
        code = book.form(arguments["code"])
        if book.windows(code) and (known := known_status(context, book, code, date)):
            return result({"code": code, "status": known}, _ended(context, book, known), [])
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
        said += _below(context, book, found.code)
        return result({"code": found}, said, [found.code])
    known = known_status(context, book, found.code, date)
    if known and known.valid is False:
        said += _window_said(context, book, known)
    return result({"code": found, "status": known}, said, [found.code])


def _below(context: Context, book: CodeBook, code: str) -> list[Said]:
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


def _billable(context: Context, arguments: Arguments) -> ToolResult:
    date, say = day(context, arguments), words(context)
    place = locate(context, arguments["code"], date)
    if place is None:
        return _validity(context, arguments)
    book, found = place
    source = in_book(book, found.code)
    if not found.billable:
        said = [say.say("code.billable_no", source, code=found.code, title=found.title)]
        return result({"code": found, "billable": False}, [*said, *_below(context, book, found.code)], [found.code])
    known = known_status(context, book, found.code, date)
    if known is not None and known.valid is False:
        return _validity(context, arguments)
    said = [say.say("code.billable_yes", source, code=found.code, title=found.title, date=say.day(date))]
    if known is not None and known.valid is None:
        said = [
            say.say("code.is", source, code=found.code, title=found.title),
            say.say("code.undated", source, release=book.release.title),
        ]
    return result({"code": found, "billable": True}, said, [found.code])


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


def _window_said(context: Context, book: CodeBook, known: CodeStatus) -> list[Said]:
    say = words(context)
    if not known.windows:
        return []
    over = known.windows[-1].last is not None and known.windows[-1].last < known.date
    key = "code.was_window" if over else "code.window"
    source = in_book(book, known.code, known.description)
    return [say.say(key, source, spans=_spans(say, known.windows, True))]


def _ended(context: Context, book: CodeBook, known: CodeStatus) -> list[Said]:
    """A code that no loaded release describes any more: its days, and what stands in its place."""
    say = words(context)
    source = in_book(book, known.code, known.description)
    said = [say.say("code.validity_no", source, code=known.code, date=say.day(known.date))]
    return [*said, *_window_said(context, book, known), *_instead(context, book, known)]


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


def _validity(context: Context, arguments: Arguments) -> ToolResult:
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
        return result({"code": code, "date": date, "valid": False}, [*said, *_below(context, book, code)], [code])
    data = {"code": code, "status": known, "valid": known.valid}
    if known.valid is None:
        return result(data, [say.say("code.validity_no_data", source, code=code)], [code])
    if known.valid is False:
        said = _ended(context, book, known)
        found = book.get(code)
        if found and not found.billable and not known.replaced_by:
            said += _below(context, book, code)[:1] if not book.children(code) else []
        return result(data, said, [])
    said = [say.say("code.validity_yes", source, code=code, date=say.day(date)), *_window_said(context, book, known)]
    return result(data, said, [code])


def _replaced(context: Context, arguments: Arguments) -> ToolResult:
    book, code, date = _icd(context, arguments)
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
        found_ = find_codes(context.services, asked, date, within=(code,)) if _telling(asked) else None
        if found_ and found_.codes:
            hit = _plainest(asked, [*found_.codes, *found_.near])
            said.append(say.say("code.use_now", in_book(book, hit.code), code=hit.code, title=hit.description))
            codes.append(hit.code)
    if known is None:
        title = found.title if found else ""
        said.append(say.say("code.is", in_book(book, code), code=code, title=title))
        said.append(say.say("code.header", in_book(book, code)))
        return result({"code": code}, [*said, *_below(context, book, code)], codes)
    rest = _instead(context, book, known)
    closing = [say.say("code.validity_no", in_book(book, code), code=code, date=say.day(date))]
    closing += _window_said(context, book, known)
    ordered = [*said, *closing] if said else [*rest, *closing]
    return result({"code": code, "status": known}, ordered, [*codes, *known.replaced_by])


def _plainest(asked: str, hits: list[Hit]) -> Hit:
    """The first hit, or one nearly as good that says less beyond the words asked."""
    if re.search(r"\b(?:no|not|without|sin)\b", asked, re.I):
        return hits[0]
    wanted = set(terms(searchable(bare(asked))))
    return min(hits, key=lambda hit: (len(set(terms(hit.description)) - wanted), hits.index(hit)))


def _telling(asked: str) -> bool:
    """Whether the words name a condition, not only that something was replaced."""
    left = [
        word
        for word in terms(bare(asked, strict=True))
        if word not in ("code", "new", "replaced", "replacement", "use", "what")
    ]
    return bool(set(left) - STOP_WORDS)


def _lines(notes: list[TabularNote]) -> str:
    return "; ".join(" ".join(note.text.split()).strip(" ,;") for note in notes)


def _about(asked: str, notes: list[TabularNote]) -> list[TabularNote]:
    """The notes whose words the question names; all of them when it names none."""
    wanted = set(terms(searchable(asked))) - STOP_WORDS - _ASKED if asked else set()
    widened = wanted | {other for word in wanted for other in _RELATED.get(word, ())}
    scored = [(len(widened & set(terms(note.text))), note) for note in notes]
    best = max((points for points, _ in scored), default=0)
    return [note for points, note in scored if points == best] if best else notes


_RELATED = {
    "newborn": ("neonatal", "congenital", "perinatal"),
    "baby": ("neonatal", "newborn", "congenital"),
    "infant": ("neonatal", "newborn"),
    "copd": ("obstructive", "pulmonary"),
    "pregnancy": ("gestational", "childbirth", "puerperium"),
    "pregnant": ("pregnancy", "gestational", "childbirth"),
    "type": (),
}
"""Words of a question, and those of the tabular list that mean the same."""


def _excludes(context: Context, arguments: Arguments) -> ToolResult:
    book, code, _ = _icd(context, arguments)
    say, asked = words(context), arguments.get("words", "")
    if book.get(code) is None:
        return unknown(context, book, arguments["code"])
    wanted = [NoteKind.EXCLUDES1, NoteKind.EXCLUDES2]
    if re.search(r"exclu\w*\s?(?:1|one)\b", asked, re.I):
        wanted = [NoteKind.EXCLUDES1]
    elif re.search(r"exclu\w*\s?(?:2|two)\b", asked, re.I):
        wanted = [NoteKind.EXCLUDES2]
    asked = re.sub(r"exclu\w*\s?(?:1|2|one|two)?\b", " ", asked, flags=re.I)
    notes = [note for note in book.notes(code) if note.kind in wanted and _close(book, note)]
    data = {"code": code, "notes": notes}
    if not notes:
        key = "code.no_excludes_kind" if len(wanted) == 1 else "code.no_excludes"
        kind = "Excludes1" if NoteKind.EXCLUDES1 in wanted else "Excludes2"
        return result(data, [say.say(key, in_book(book, code), code=code, kind=kind)], [code])
    chosen = _about(asked, notes)
    if chosen == notes and (own := [note for note in notes if note.node == code]):
        chosen = own
    said = []
    for node in dict.fromkeys(note.node for note in chosen):
        for kind in wanted:
            lines = [note for note in chosen if note.node == node and note.kind is kind]
            if lines:
                source = in_book(book, node, _lines(lines))
                said.append(say.say(f"code.{kind.value}", source, node=node, lines=_lines(lines)))
    return result(data, said, [code])


def _close(book: CodeBook, note: TabularNote) -> bool:
    heading = book.heading(note.node)
    return bool(heading and heading[2] != "chapter")


def excludes_between(context: Context, book: CodeBook, first: str, second: str) -> list[Said]:
    """What Excludes notes say about two codes."""
    say, said = words(context), []
    tabular = tabular_of(book)
    for one, other in ((first, second), (second, first)):
        for found in tabular.pointing(one, other):
            if found.kind in (NoteKind.EXCLUDES1, NoteKind.EXCLUDES2):
                kind = "Excludes1" if found.kind is NoteKind.EXCLUDES1 else "Excludes2"
                text = " ".join(found.text.split())
                source = in_book(book, found.node, text)
                said.append(say.say("code.excludes_pair", source, kind=kind, node=found.node, lines=text))
    return list(dict.fromkeys(said))


def _inclusion(context: Context, arguments: Arguments) -> ToolResult:
    book, code, _ = _icd(context, arguments)
    say, asked = words(context), arguments.get("words", "")
    found = book.get(code)
    if found is None:
        return unknown(context, book, arguments["code"])
    notes = [
        note
        for note in book.notes(code)
        if note.kind in (NoteKind.INCLUSION_TERM, NoteKind.INCLUDES) and _close(book, note)
        if note.kind is NoteKind.INCLUDES or note.node == code
    ]
    data = {"code": code, "notes": notes}
    if asked:
        wanted = set(terms(asked))
        fits = [note for note in notes if wanted <= set(terms(note.text))]
        fits = fits or [note for note in notes if set(terms(note.text)) <= wanted]
        if fits:
            note = fits[0]
            source = in_book(book, note.node, note.text)
            said = [say.say("code.inclusion_yes", source, term=f'"{note.text}"', node=note.node)]
            return result(data, said, [code])
    said = []
    if asked:
        said.append(say.say("code.inclusion_no", in_book(book, code), term=f'"{asked}"', code=code))
    for node in dict.fromkeys(note.node for note in notes):
        lines = _lines([note for note in notes if note.node == node])
        said.append(say.say("code.inclusion", in_book(book, node, lines), node=node, lines=lines))
    if not notes:
        said.append(say.say("code.no_inclusion", in_book(book, code), code=code, title=found.title))
    return result(data, said, [code])


_INSTRUCTIONS = (NoteKind.CODE_FIRST, NoteKind.USE_ADDITIONAL, NoteKind.CODE_ALSO)


def _instructions(context: Context, arguments: Arguments) -> ToolResult:
    book, code, date = _icd(context, arguments)
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
    if asked and _telling(asked):
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


def _seventh(context: Context, arguments: Arguments) -> ToolResult:
    book, code, _ = _icd(context, arguments)
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


ASPECTS: dict[str, Callable[[Context, Arguments], ToolResult]] = {
    "meaning": _meaning,
    "billable": _billable,
    "validity": _validity,
    "replaced": _replaced,
    "excludes": _excludes,
    "inclusion": _inclusion,
    "instructions": _instructions,
    "seventh": _seventh,
}
"""What may be asked about a code -> the function that says it."""
