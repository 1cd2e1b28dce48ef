"""Questions about codes."""

import re
from collections.abc import Callable

from assistant.chat.answers.change import changed_codes
from assistant.chat.finding import bare, find_codes, searchable
from assistant.chat.reply import Reply
from assistant.chat.tool import Source, SourceKind
from assistant.chat.tools.code.place import locate
from assistant.chat.tools.codes import clarify
from assistant.chat.tools.common import book_on, day, in_book
from assistant.chat.understanding import folded
from corpus.codes import CodeSystem
from corpus.index.words import terms

_PROCEDURE = re.compile(r"[0-9A-HJ-NP-Z]{7}")
_ENCOUNTER_TITLES = {"A": "initial encounter", "D": "subsequent encounter", "S": "sequela"}
_NO_TERM = frozenset(terms("terms what which words conditions diagnoses included listed inclusion it code codes other"))
_TERM = re.compile(
    r"\b(?:is|are|does|está|esta)\s+(?:the term |the words? )?(.{3,60}?)\s+(?:inclu|listed|cover|code|a synonym|"
    r"named|belong|under)",
    re.I,
)


def _code(reply: Reply) -> str:
    slots = reply.slots
    return next(iter((*slots.codes, *slots.procedures, *slots.services)), "")


def _date(reply: Reply) -> str:
    return reply.slots.dates[0].isoformat() if reply.slots.dates else ""


def find(reply: Reply) -> None:
    """The code for a condition in words."""
    slots = reply.slots
    named = slots.codes or slots.services or slots.procedures
    if named and not reply.question.query and not terms(bare(slots.rest, strict=True)):
        return meaning(reply)
    query = reply.question.query or (slots.rest if slots.codes else reply.question.text)
    found = False
    if reply.question.anchor:
        found = changed_codes(reply, tuple(reply.context.turns[-1].answer.codes), query)
    if not found:
        result = reply.use("find_code", query=query, date=_date(reply), side=slots.side)
        if result is None:
            return
        reply.remembered["query"] = query
        listed = result.data.get("codes") or []
        if len(listed) == 1:
            date = day(reply.context, {"date": _date(reply)})
            book = book_on(reply.context, date)
            hits = find_codes(reply.context.services, query, date, side=slots.side).codes
            if hits and book.get(hits[0].code):
                reply.asked = clarify(reply.context, book, hits[0])


def find_procedure(reply: Reply) -> None:
    """An ICD-10-PCS code in words."""
    if reply.slots.procedures:
        return meaning(reply)
    reply.use("find_code", query=reply.question.text, system="icd10pcs", date=_date(reply))


def find_hcpcs(reply: Reply) -> None:
    """A HCPCS code in words, or by its number."""
    if reply.slots.services:
        return meaning(reply)
    reply.use("find_code", query=reply.question.text, system="hcpcs", date=_date(reply))


def cpt_find(reply: Reply) -> None:
    """CPT is not here."""
    if reply.slots.services:
        return meaning(reply)
    reply.say("code.cpt_find", Source(SourceKind.PROGRAM, "docs/import.md", "Superbill"))


def meaning(reply: Reply) -> None:
    """What a code is."""
    slots = reply.slots
    for code in (*slots.codes, *slots.procedures, *slots.services)[:6]:
        reply.use("look_up", code=code, aspect="meaning", date=_date(reply))


def _aspect(name: str) -> Callable[[Reply], None]:
    def answer(reply: Reply) -> None:
        words = reply.slots.rest if name in ("replaced", "excludes", "instructions") else ""
        reply.use("look_up", code=_code(reply), aspect=name, date=_date(reply), words=words)

    return answer


def billable(reply: Reply) -> None:
    """Whether each code named can be reported as it stands."""
    for code in (*reply.slots.codes, *reply.slots.procedures, *reply.slots.services)[:6]:
        reply.use("look_up", code=code, aspect="billable", date=_date(reply), words=reply.slots.rest)


def validity(reply: Reply) -> None:
    """Whether each code named is valid on the date."""
    for code in (*reply.slots.codes, *reply.slots.procedures, *reply.slots.services)[:6]:
        reply.use("look_up", code=code, aspect="validity", date=_date(reply))


def inclusion(reply: Reply) -> None:
    """Terms listed under a code, or whether one is."""
    match = _TERM.search(reply.question.text)
    term = reply.slots.quoted[0] if reply.slots.quoted else match[1].strip(" '\"") if match else ""
    if set(terms(term)) <= _NO_TERM:
        term = ""
    reply.use("look_up", code=_code(reply), aspect="inclusion", words=term)


def sequence(reply: Reply) -> None:
    """Which of two codes goes first."""
    first, second = reply.slots.codes[:2]
    reply.use("look_up", code=first, aspect="instructions", other=second)


def children(reply: Reply) -> None:
    """What stands below a code."""
    for code in reply.slots.codes[:3]:
        reply.use("browse", code=code)


def compare(reply: Reply) -> None:
    """Two codes side by side."""
    slots = reply.slots
    if len(slots.places) > 1 and not slots.codes:
        return place(reply)
    if len(slots.modifiers) > 1 and not slots.codes:
        return modifier(reply)
    reply.use("compare_codes", codes=[*slots.codes, *slots.procedures, *slots.services][:4])


_SEX = (
    ("F", re.compile(r"\b(?:woman|female|girl|mujer|she|lady)\b")),
    ("M", re.compile(r"\b(?:man|male|boy|hombre|guy)\b")),
)
_AGE = re.compile(r"\b(\d{1,3})[- ]?(?:year|yr|y/?o|años)|\bage[d]? (\d{1,3})\b")
_BABY = re.compile(r"\bnewborn|neonate|recien nacido\b")


def check(reply: Reply) -> None:
    """A set of codes checked."""
    slots, text = reply.slots, folded(reply.question.text)
    codes = [*slots.codes, *slots.procedures, *slots.services]
    sex = next((letter for letter, pattern in _SEX if pattern.search(text)), "")
    match = _AGE.search(text)
    age = float(match[1] or match[2]) if match else 0.0 if _BABY.search(text) else None
    found = reply.call("check", codes=codes, date=_date(reply), setting=slots.setting, sex=sex)
    if found is not None and age is not None:
        reply.steps.pop()
        found = reply.call("check", codes=codes, date=_date(reply), setting=slots.setting, sex=sex, age=age)
    if found is None:
        return
    serious = [one for one in found.data["findings"] if one["severity"] != "info"]
    if serious and _YES_NO.search(text):
        date = day(reply.context)
        book = book_on(reply.context, date)
        reply.say("check.no", *(in_book(book, code) for code in found.data["codes"]), count=len(serious))
    reply.take(found)


_YES_NO = re.compile(
    r"^\W*(?:and |so |y )?(?:is|are|can|may|do|does|should|could|would|will|se puede|puedo|pueden|es|va)\b"
)


def seventh(reply: Reply) -> None:
    """The 7th characters of a code, or the one that the words say."""
    slots = reply.slots
    if slots.codes:
        reply.use("look_up", code=slots.codes[0], aspect="seventh", other=slots.encounter, words=slots.rest)
        return
    letters = re.search(r"\b(?:character|extension|letter)s?\s+(?:is |of )?['\"]?([ABCDGKPS])\b", reply.question.text)
    query = bare(re.sub(r"(?i)\b(?:which |what )?(?:7th|seventh) (?:character|digit)s?\b", " ", reply.question.text))
    date = day(reply.context, {"date": _date(reply)})
    book = book_on(reply.context, date)
    if len(terms(query)) > 1 and slots.encounter:
        hit = next(iter(find_codes(reply.context.services, query, date, side=slots.side).codes), None)
        found = book.get(hit.code) if hit else None
        stem = found.stem if found else ""
        full = book.complete(stem, slots.encounter) if stem and book.seventh_characters(stem) else None
        if full:
            reply.use("look_up", code=stem, aspect="seventh", other=slots.encounter)
            return
    guide = Source(SourceKind.GUIDELINE, "I.C.19.a", "ICD-10-CM Official Guidelines")
    if letters and letters[1].upper() in _ENCOUNTER_TITLES:
        reply.say(
            "code.seventh_pick", guide, character=letters[1].upper(), meaning=_ENCOUNTER_TITLES[letters[1].upper()]
        )
    elif slots.encounter:
        reply.say("code.seventh_pick", guide, character=slots.encounter, meaning=_ENCOUNTER_TITLES[slots.encounter])
    reply.say("code.seventh_general", guide)


def place(reply: Reply) -> None:
    """A place of service by number or by words."""
    _listed(reply, reply.slots.places, CodeSystem.PLACE, "place")


def modifier(reply: Reply) -> None:
    """A modifier by its two characters or by words."""
    _listed(reply, reply.slots.modifiers, CodeSystem.HCPCS, "modifier")


_ASKED_PLACE = re.compile(
    r"(?i)\b(?:place[- ]of[- ]service|pos|lugar de servicio|codes?|which|what|is|the|for|use|do i|código|qué|"
    r"cuál|es|el|para|a|an)\b"
)
_ASKED_MODIFIER = re.compile(
    r"(?i)\b(?:modifiers?|mods?|modificador(?:es)?|which|what|is|the|for|says?|means?|use|do|i|we|you|need|goes|on|code|tells?|shows?|should|to|"
    r"indicates?|put|when|qué|cuál|es|el|para|indica|dice|a|an|if|was|lado)\b"
)


def _listed(reply: Reply, named: tuple[str, ...], system: CodeSystem, key: str) -> None:
    date = day(reply.context, {"date": _date(reply)})
    book = book_on(reply.context, date, system)
    for code in named:
        found = book.get(code)
        if found is None or (key == "modifier" and found.kind != "modifier"):
            reply.say(f"code.{key}_unknown", in_book(book, code, book.release.title), code=code)
            continue
        reply.say(f"code.{key}", in_book(book, found.code), code=found.code, title=_plain(found.title))
        reply.codes.append(found.code)
    if named:
        return
    frame = _ASKED_PLACE if key == "place" else _ASKED_MODIFIER
    query = searchable(" ".join(frame.sub(" ", reply.question.text).split()).strip(" ?.,¿"))
    text = query if key == "place" else f"modifier {query}"
    hits = reply.context.services.searcher_on(date, system).search(text, 8, date)
    wanted = [hit for hit in hits if (found := book.get(hit.code)) and (key == "place" or found.kind == "modifier")]
    asked = set(terms(query))
    wanted.sort(key=lambda hit: -hit.score - 0.5 * len(asked & set(terms(hit.description))) / max(len(asked), 1))
    if not wanted:
        reply.say(f"code.{key}_none", in_book(book, "", book.release.title))
        return
    for hit in wanted[:1]:
        reply.say(f"code.{key}", in_book(book, hit.code), code=hit.code, title=_plain(hit.description))
        reply.codes.append(hit.code)
    near = [hit for hit in wanted[1:3] if hit.score > wanted[0].score - 0.15]
    if near:
        named_near = reply.words.listed([f"{hit.code} ({_plain(hit.description)})" for hit in near])
        reply.say("find.near", *(in_book(book, hit.code) for hit in near), codes=named_near)


def _plain(title: str) -> str:
    return re.sub(r"^Modifier \w\w: ", "", title).rstrip(".")


def why_found(reply: Reply, code: str, query: str) -> None:
    """Why an earlier answer gave a code: the term it was found through."""
    date = day(reply.context)
    book = book_on(reply.context, date)
    place_ = locate(reply.context, code, date)
    hits = find_codes(reply.context.services, query, date).codes if query else ()
    term = next((hit.matched_term for hit in hits if hit.code == code), "")
    if place_ and term:
        reply.say("find.why", in_book(place_[0], code), code=code, term=f'"{term}"')
    if place_:
        reply.use("look_up", code=code, aspect="meaning")
        if place_[0].system is CodeSystem.ICD10CM and book.get(code):
            reply.use("look_up", code=code, aspect="inclusion")


KINDS: dict[str, Callable[[Reply], None]] = {
    "find_code": find,
    "find_procedure": find_procedure,
    "find_hcpcs": find_hcpcs,
    "cpt_find": cpt_find,
    "cpt_descriptor": meaning,
    "meaning": meaning,
    "billable": billable,
    "validity": validity,
    "replaced": _aspect("replaced"),
    "children": children,
    "excludes": _aspect("excludes"),
    "inclusion": inclusion,
    "instruction": _aspect("instructions"),
    "sequence": sequence,
    "seventh": seventh,
    "compare_codes": compare,
    "check_codes": check,
    "check_one": check,
    "place": place,
    "modifier": modifier,
}
