"""The open note: its codes with the words behind them, what it says, and why something is not coded."""

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from typing import Any

from assistant.chart.note import Note
from assistant.chat.finding import find_codes
from assistant.chat.passages import asked_terms, passages, split
from assistant.chat.tool import Said, Source, SourceKind, Tool, ToolError, ToolResult
from assistant.chat.tools.common import TEXT, book_on, in_book, parameters, result, words
from assistant.chat.turn import Context
from assistant.guidelines.check import check_codes
from assistant.guidelines.tabular import tabular_of
from assistant.suggest.suggestion import Evidence, NotCoded, Suggestion, SuggestionSet
from corpus.codes import NoteKind
from corpus.index.words import terms
from corpus.library import CodeBook

TOP = 20
_DATED = re.compile(
    r"(?:date of (?:service|visit|admission|encounter)|dos|visit date|seen on|fecha)\s*:?\s*"
    r"(?:(\d{4})-(\d\d)-(\d\d)|(\d{1,2})/(\d{1,2})/(\d{4}))",
    re.I,
)
_PLAN = ("assessment", "assessment_and_plan", "plan", "impression", "diagnoses", "discharge_diagnosis")
_NEVER_FIRST = re.compile(r"^(?:[VWXY]|B9[5-7]|Z7[9-9]|Z68|Z3A|Z1[6-7]|Z9|Z8|Z2[2-9])")
_SYMPTOM = re.compile(r"^R")
_TIED = re.compile(
    r"\b(?:from|due to|because of|secondary to|caused by|related to|of (?:the|his|her)|with (?:the|his|her))\b", re.I
)
_WORDS = 90


def note_of(context: Context) -> Note:
    """The open note. Raises ToolError when none is open."""
    if context.note is None:
        raise ToolError(words(context).text("note.no_note"))
    return context.note


def service_date(context: Context) -> dt.date:
    """The date of the visit: the context's, else the one the note gives, else today."""
    if context.date:
        return context.date
    match = _DATED.search(context.note.text) if context.note else None
    if match:
        year, month, day, us_month, us_day, us_year = match.groups()
        try:
            return dt.date(int(year or us_year), int(month or us_month), int(day or us_day))
        except ValueError:
            pass
    return dt.date.today()


def _key(what: str, context: Context, setting: str) -> str:
    """Where something worked out for the open note is remembered; another note or date has another place."""
    return f"{what} {setting} {service_date(context)} {hash(note_of(context).text)}"


def suggestions_of(context: Context, setting: str = "") -> SuggestionSet:
    """The suggestions for the open note in this setting, made once."""
    note, setting = note_of(context), setting or context.setting
    if context.suggestions is not None and context.suggestions.setting.value == setting:
        return context.suggestions
    key = _key("suggestions", context, setting)
    if key not in context.memo:
        line = {
            "id": note.id,
            "text": note.text,
            "setting": setting,
            "date_of_service": service_date(context).isoformat(),
        }
        context.memo[key] = context.services.suggest_line(line, TOP)
    found: SuggestionSet = context.memo[key]
    return found


def chosen_of(context: Context, setting: str = "") -> list[Suggestion]:
    """The selected codes, with the underlying condition that the code book wants before one of them where the same sentence
    of the note names both (`diabetes with foot ulcer`).
    """
    setting = setting or context.setting
    key = _key("chosen", context, setting)
    if key not in context.memo:
        found = [one for one in suggestions_of(context, setting).suggestions if one.selected]
        context.memo[key] = [*found, *_underlying(context, found)]
    chosen: list[Suggestion] = context.memo[key]
    return chosen


def _underlying(context: Context, found: Sequence[Suggestion]) -> list[Suggestion]:
    book, added = book_on(context, service_date(context)), dict[str, Suggestion]()
    selected = {one.code for one in found}
    pieces = split(note_of(context))
    for one in found:
        firsts = [
            note for note in book.notes(one.code) if note.kind is NoteKind.CODE_FIRST and note.node[:3] == one.code[:3]
        ]
        for item in one.evidence if firsts else ():
            sentence = next((piece for piece in pieces if piece[0] <= item.start < piece[1]), None)
            if sentence is None or len(sentence[2]) > 200:
                continue
            pair = find_codes(context.services, sentence[2], service_date(context)).codes
            if len(pair) == 2 and pair[1].code == one.code and pair[0].code not in selected | set(added):
                span = Evidence(sentence[0], sentence[1], sentence[2], item.section, item.assertion)
                first = pair[0]
                added[first.code] = Suggestion(
                    0,
                    first.code,
                    first.system,
                    first.description,
                    True,
                    one.probability,
                    (span,),
                    (book.cite(first.code),),
                )
    return list(added.values())


def in_note(context: Context, start: int, end: int) -> Source:
    """A span of the open note."""
    note = note_of(context)
    return Source(SourceKind.NOTE, f"{start}-{end}", note.id, note.text[start:end], start, end)


def quoted(text: str) -> str:
    """Words of a note on one line; a long passage ends at a word."""
    line = " ".join(text.split())
    return line if len(line) <= 240 else line[:240].rsplit(" ", 1)[0] + " ..."


def _suggest(context: Context, arguments: Mapping[str, Any]) -> ToolResult:
    say, found = words(context), suggestions_of(context, arguments.get("setting", ""))
    selected = chosen_of(context, arguments.get("setting", ""))
    book = book_on(context, service_date(context))
    said: list[Said] = []
    if found.notice:
        said.append(say.say("note.notice", Source(SourceKind.NOTE, "0-0", found.id), text=found.notice))
    if not selected:
        said.append(say.say("note.none", Source(SourceKind.NOTE, "0-0", found.id)))
    for one in selected:
        said.append(_said(context, book, one))
    if not selected:
        others = [one for one in found.suggestions if not one.selected][:3]
        if others:
            named = say.listed([f"{one.code} ({one.description})" for one in others])
            said.append(say.say("note.possible", *(in_book(book, one.code) for one in others), codes=named))
    data = {"suggestions": found.suggestions[:10], "not_coded": found.not_coded, "setting": found.setting}
    return result(data, said, [one.code for one in selected])


def _said(context: Context, book: CodeBook, one: Suggestion) -> Said:
    say = words(context)
    if not one.evidence:
        return say.say("code.is", in_book(book, one.code), code=one.code, title=one.description)
    first = one.evidence[0]
    sources = [in_note(context, first.start, first.end), in_book(book, one.code)]
    return say.say("note.code", *sources, code=one.code, title=one.description, words=quoted(first.text))


def first_listed(context: Context, setting: str = "") -> list[Suggestion]:
    """The selected codes with the one that would be listed first in front: the first of the assessment that the notes of
    the code book and the rules of order allow there.
    """
    selected = chosen_of(context, setting)
    if len(selected) < 2:
        return selected
    book = book_on(context, service_date(context))
    tabular = tabular_of(book)

    def place(one: Suggestion) -> tuple[bool, int]:
        spans = [(item.section not in _PLAN, item.start) for item in one.evidence]
        return min(spans, default=(True, 10**9))

    ordered = sorted(selected, key=place)
    codes = [one.code for one in ordered]

    def leads(code: str) -> int:
        rest = [code, *(other for other in codes if other != code)]
        findings = check_codes(
            rest, codebook=book, date=service_date(context), setting=setting or context.setting, first_listed=True
        )
        against = sum(code in one.codes and _about_order(one.message) for one in findings)
        for other in codes:
            for one in tabular.pointing(code, other):
                against += one.kind is NoteKind.CODE_FIRST and one.local and not one.conditional
            for one in tabular.pointing(other, code):
                against += one.kind is NoteKind.USE_ADDITIONAL and one.local
        symptom = bool(_SYMPTOM.match(code)) and any(not _SYMPTOM.match(other) for other in codes)
        return against + 3 * bool(_NEVER_FIRST.match(code)) + 2 * symptom

    best = min(ordered, key=lambda one: (leads(one.code), ordered.index(one)))
    return [best, *(one for one in ordered if one is not best)]


def _about_order(message: str) -> bool:
    return bool(re.search(r"\b(?:first|before|after|sequenc|principal|lead)", message, re.I))


def _first(context: Context, arguments: Mapping[str, Any]) -> ToolResult:
    say, setting = words(context), arguments.get("setting", "") or context.setting
    ordered = first_listed(context, setting)
    if not ordered:
        return _suggest(context, arguments)
    book, first = book_on(context, service_date(context)), ordered[0]
    key = "note.first_inpatient" if setting == "inpatient" else "note.first"
    said = [say.say(key, in_book(book, first.code), code=first.code, title=first.description)]
    if first.evidence:
        span = first.evidence[0]
        said.append(say.say("note.first_why", in_note(context, span.start, span.end), words=quoted(span.text)))
    if len(ordered) > 1:
        rest = [f"{one.code} ({one.description})" for one in ordered[1:]]
        sources = [in_book(book, one.code) for one in ordered[1:]]
        said.append(say.say("note.first_then", *sources, codes=say.listed(rest)))
    return result({"order": [one.code for one in ordered]}, said, [one.code for one in ordered])


def _where(context: Context, arguments: Mapping[str, Any]) -> ToolResult:
    say, note, asked = words(context), note_of(context), arguments["question"]
    found = passages(note, asked, context.services.searcher_on(dt.date.today()))
    data = {"passages": [{"start": one.start, "end": one.end, "text": one.text} for one in found]}
    if not found:
        wanted = asked_terms(asked)
        source = Source(SourceKind.NOTE, f"0-{len(note.text)}", note.id, "", 0, len(note.text))
        if not wanted:
            return result(data, [say.say("note.silent_any", source)])
        return result(data, [say.say("note.silent", source, topic=" ".join(wanted[:5]))])
    said = [say.say("note.says", in_note(context, one.start, one.end), words=quoted(one.text)) for one in found]
    return result(data, said)


def _fit(wanted: Sequence[str], text: str) -> float:
    said = set(terms(text))
    if not wanted or not said:
        return 0.0
    shared = sum(
        1 for term in wanted if term in said or any(len(term) > 4 and word.startswith(term[:5]) for word in said)
    )
    return shared / len(wanted) + shared / len(said) / 10


_FRAME = re.compile(
    r"\b(?:why|is|isn't|isnt|are|aren't|was|wasn't|not|no|the|a|an|did|didn't|do|don't|does|doesn't|you|we|i|it|superbill|code|coded|codes|coding|"
    r"codable|there|listed|suggested|included|left|out|skip|skipped|leave|how|come|reason|for|of|claim|should|shouldn't|be|on|this|visit|note|"
    r"para|por|que|qué|no|se|codifica|codificó|codifico|el|la|los|las|in|have|has|pick|picked|ignored?|omit(?:ted)?|add(?:ed)?|report(?:ed)?|bill(?:ed)?|"
    r"can|can't|cannot|could|may|probable|possible|suspected|inpatient|outpatient|hospital's?|as|dx|diagnosis|diagnosed|patient's?|her|his|and)\b",
    re.I,
)


def _why_not(context: Context, arguments: Mapping[str, Any]) -> ToolResult:
    say = words(context)
    term = " ".join(_FRAME.sub(" ", arguments["term"].replace("’", "'")).split()).strip(" ?.,!'\"") or arguments["term"]
    setting = arguments.get("setting", "")
    found = suggestions_of(context, setting)
    searcher = context.services.searcher_on(dt.date.today())
    opened = searcher.read(term, typed=True).repaired
    wanted = list(dict.fromkeys(terms(opened)))
    alike = {term for hit in context.services.search(term, 3) for term in terms(hit.matched_term) if hit.score > 0.9}
    best: tuple[float, NotCoded] | None = None
    for one in found.not_coded:
        fit = max(_fit(terms(term), one.text), _fit(wanted, one.text), 0.8 * _fit(sorted(alike), one.text))
        if fit >= 0.5 and (best is None or fit > best[0]):
            best = (fit, one)
    book = book_on(context, service_date(context))
    chosen = chosen_of(context, setting)
    own: tuple[float, Suggestion] | None = None
    for code in chosen:
        fit = max([_fit(wanted, code.description), *(_fit(wanted, item.text) for item in code.evidence)])
        if fit >= 0.6 and (own is None or fit > own[0]):
            own = (fit, code)
    if own and (best is None or own[0] > best[0]):
        fits = own[1]
        first = fits.evidence[0]
        sources = [in_note(context, first.start, first.end), in_book(book, fits.code)]
        said = [say.say("note.coded", *sources, code=fits.code, title=fits.description, words=quoted(first.text))]
        return result({"term": term, "coded": fits.code}, said, [fits.code])
    if best is None:
        return _not_found(context, term, wanted)
    item = best[1]
    return result(
        {"term": term, "reason": item.reason, "start": item.start, "end": item.end, "text": item.text},
        _reasons(context, item, chosen, setting or context.setting),
    )


def _reasons(context: Context, item: NotCoded, chosen: Sequence[Suggestion], setting: str) -> list[Said]:
    say, note = words(context), note_of(context)
    source = in_note(context, item.start, item.end)
    key = f"reason.{item.reason.value}"
    if item.reason.value == "possible" and setting == "inpatient":
        key = "reason.possible_inpatient"
    sentence = next(((start, end, text) for start, end, text in split(note) if start <= item.start < end), None)
    tied = [one for one in chosen if sentence and _tied(sentence, item, one)]
    said = []
    if tied and item.reason.value in ("incidental", "no_code", "duplicate"):
        key = "reason.integral_symptom"
    said.append(say.say(key, source, words=quoted(item.text)))
    if tied and key == "reason.integral_symptom":
        book = book_on(context, service_date(context))
        named = say.listed([f"{one.code} ({one.description})" for one in tied])
        said.append(say.say("reason.part_of", source, *(in_book(book, one.code) for one in tied), codes=named))
    if sentence:
        said.append(say.say("reason.sentence", in_note(context, sentence[0], sentence[1]), words=quoted(sentence[2])))
    if item.reason.value == "possible" and setting != "inpatient":
        rule = Source(SourceKind.GUIDELINE, "IV.H", "ICD-10-CM Official Guidelines")
        said.append(say.say("reason.guideline", rule))
    return said


def _tied(sentence: tuple[int, int, str], item: NotCoded, one: Suggestion) -> bool:
    """Whether the note ties the mention to this coded condition in the same sentence."""
    start, end, text = sentence
    after = text[max(0, item.end - start) :]
    if not _TIED.search(after):
        return False
    named = any(start <= found.start < end for found in one.evidence)
    return named or len(set(terms(after)) & set(terms(one.description))) >= 2


def _not_found(context: Context, term: str, wanted: list[str]) -> ToolResult:
    say, note = words(context), note_of(context)
    found = [piece for piece in split(note) if _fit(wanted, piece[2]) >= 0.5]
    if not found:
        source = Source(SourceKind.NOTE, f"0-{len(note.text)}", note.id, "", 0, len(note.text))
        return result({"term": term, "mentioned": False}, [say.say("note.not_mentioned", source, term=term)])
    start, end, text = found[0]
    said = say.say("note.mentioned", in_note(context, start, end), words=quoted(text))
    return result({"term": term, "mentioned": True, "start": start, "end": end}, [said])


def evidence(context: Context, code: str) -> ToolResult:
    """The words of the note behind a code."""
    say, book = words(context), book_on(context, service_date(context))
    found = next((one for one in suggestions_of(context).suggestions if one.code == code.upper()), None)
    if found is None or not found.evidence:
        source = Source(SourceKind.NOTE, "0-0", note_of(context).id)
        return result({"code": code}, [say.say("note.evidence_none", source, code=code)])
    said = [
        say.say(
            "note.evidence",
            in_note(context, item.start, item.end),
            code=found.code,
            title=found.description,
            words=quoted(item.text),
        )
        for item in found.evidence[:3]
    ]
    cited = in_book(book, found.code)
    said.append(say.say("note.evidence_book", cited, code=found.code, title=found.description))
    return result({"code": found}, said, [found.code])


_SETTING = {"type": "string", "enum": ["outpatient", "inpatient", ""]}


def _run_suggest(context: Context, arguments: Mapping[str, Any]) -> ToolResult:
    if arguments.get("first_listed"):
        return _first(context, arguments)
    if code := arguments.get("code"):
        return evidence(context, code)
    return _suggest(context, arguments)


TOOLS = (
    Tool(
        "suggest",
        "The codes that the open note supports, each with the words behind it; with first_listed the order; with code the words "
        "behind one code.",
        parameters(setting=_SETTING, first_listed={"type": "boolean"}, code=TEXT),
        _run_suggest,
    ),
    Tool(
        "where_in_note",
        "Passages of the open note that answer a question, verbatim with their places.",
        parameters(["question"], question=TEXT),
        _where,
    ),
    Tool(
        "why_not_coded",
        "Why a condition that the open note names is not coded.",
        parameters(["term"], term=TEXT, setting=_SETTING),
        _why_not,
    ),
)
