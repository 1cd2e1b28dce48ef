"""What a question names: codes, claims, amounts, dates, people, sides. Read by shape, then held against what lies open."""

import datetime as dt
import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.chat.papers import Papers, figures
from corpus.codes import CATEGORY, dotted
from corpus.lexicon import reasons

if TYPE_CHECKING:
    from corpus.library import CodeBook


@dataclass(frozen=True, slots=True)
class Slots:
    """The named things of one question, in the order in which they stand."""

    codes: tuple[str, ...] = ()
    """ICD-10-CM by shape, dotted; whether they exist is not said."""
    procedures: tuple[str, ...] = ()
    """ICD-10-PCS by shape."""
    services: tuple[str, ...] = ()
    """HCPCS and CPT by shape."""
    modifiers: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    claims: tuple[str, ...] = ()
    """Claim numbers, known or not."""
    adjustments: tuple[tuple[str, str], ...] = ()
    """(group or empty, reason)."""
    remarks: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    provider_reasons: tuple[str, ...] = ()
    """Reasons of a PLB."""
    amounts: tuple[Decimal, ...] = ()
    dates: tuple[dt.date, ...] = ()
    people: tuple[str, ...] = ()
    """Claim numbers of the patients named."""
    quoted: tuple[str, ...] = ()
    side: str = ""
    """right, left or bilateral."""
    encounter: str = ""
    """A, D or S."""
    setting: str = ""
    """inpatient or outpatient."""
    language: str = ""
    """The language asked for: en or es."""
    rest: str = field(default="", compare=False)
    """The question without what was read out of it."""


_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            ("january", "jan", "enero"),
            ("february", "feb", "febrero"),
            ("march", "mar", "marzo"),
            ("april", "apr", "abril"),
            ("may", "mayo"),
            ("june", "jun", "junio"),
            ("july", "jul", "julio"),
            ("august", "aug", "agosto"),
            ("september", "sept", "sep", "septiembre"),
            ("october", "oct", "octubre"),
            ("november", "nov", "noviembre"),
            ("december", "dec", "diciembre"),
        ),
        start=1,
    )
    for name in names
}
_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_ISO = re.compile(r"\b((?:19|20)\d\d)-(\d\d?)-(\d\d?)\b")
_US = re.compile(r"\b(\d\d?)/(\d\d?)/((?:19|20)\d\d|\d\d)\b")
_WORDED = re.compile(rf"\b({_MONTH})\.? (\d\d?)(?:st|nd|rd|th)?,? ((?:19|20)\d\d)\b", re.I)
_DAY_FIRST = re.compile(rf"\b(\d\d?)(?:st|nd|rd|th)?(?: of| de)? ({_MONTH})\.?,?(?: de| del)? ((?:19|20)\d\d)\b", re.I)
_MONTH_YEAR = re.compile(rf"\b({_MONTH})\.?(?: of| de| del)? ((?:19|20)\d\d)\b", re.I)
_YEAR = re.compile(r"\b(?:in|since|for|during|en|desde|del año|año|year) ((?:20)\d\d)\b(?!-)", re.I)

_CLAIM = re.compile(
    r"\b(?:claims?|reclamos?|reclamación|reclamaciones|account|acct|cuenta|encounter)(?:'s)?\s*"
    r"(?:number|no\.?|nr\.?|id|número|num\.?|#)?\s*#?\s*([A-Z]*\d[A-Z0-9-]{2,19}|[A-Z]{1,6}-?\d[A-Z0-9-]{1,15})(?![\w.])",
    re.I,
)
_ADJUSTMENT = re.compile(r"\b(CO|PR|OA|PI|CR)\s?[-–/ ]?\s?([A-Z]?\d{1,3}|[A-Z]\d{1,2})\b(?![.\w])")
_ADJUSTMENT_LOW = re.compile(r"\b(co|pr|oa|pi)-?(\d{1,3}|[a-z]\d{1,2})\b(?![.\w])")
_REASON = re.compile(
    r"\b(?:carc|reason(?: code)?|adjustment(?: reason)?(?: code)?|denial code|denial reason|razón|motivo|"
    r"código de (?:ajuste|rechazo|denegación|razón))\s*#?\s*([A-Z]?\d{1,4})\b",
    re.I,
)
_REMARK = re.compile(r"\b(?:rarc|remark(?: code)?|remarks|nota|observación)\s*#?\s*((?:MA|M|N)\d{1,4})\b", re.I)
_BARE_REMARK = re.compile(r"(?<![\w.])((?:MA|M|N)\d{1,4})(?![\w.]*\w)(?!\.\d)", re.I)
_STATUS = re.compile(
    r"\b(?:claim )?(?:status|estado|estatus)(?: code| de(?:l)? reclamo)?(?: of| is)?\s*#?\s*(\d{1,2})\b", re.I
)
_GROUP = re.compile(r"(?<![\w-])(CO|PR|OA|PI|CR)(?![\w-]*\d)(?!\w)")
_GROUP_WORDED = re.compile(r"\b(?:group(?: code)?|código de grupo|grupo) (co|pr|oa|pi|cr)\b", re.I)
_GROUP_LOW = re.compile(
    r"^\W*(?:and |what (?:is|does|about) |what's |who (?:pays|bears) |y |qué (?:es|significa) )?(co|pr|oa|pi)"
    r"(?= means?\b| stands?\b| amounts?\b| vs\b| groups?\b|\W*$)",
    re.I,
)
_PLB = re.compile(r"(?<![\w.-])([A-Z]{2}|[A-Za-z]\d|\d\d)(?![\w-])")
_PLACE = re.compile(
    r"\b(?:pos|place[- ]of[- ]service|lugar(?:es)? de servicio)(?: codes?)?\s*(?:is|=|:|#|number)?\s*"
    r"(\d{1,2}(?:\s*(?:,|and|vs\.?|or|versus|y|o|/|&)\s*\d{1,2})*)\b",
    re.I,
)
_PLACE_WORD = re.compile(r"\b(?:pos|place[- ]of[- ]service|lugar(?:es)? de servicio)\b", re.I)
_TWO_DIGITS = re.compile(r"(?<![\w.$,-])(\d{1,2})(?![\w%]|[.,-]\d)")
_MODIFIER = re.compile(
    r"\b(?:mods?|modifiers?|modificador(?:es)?)\b(?: codes?)?[\s#:-]*"
    r"([A-Z0-9]{2}(?:\s*(?:,|and|vs\.?|or|versus|y|o|/|&)\s*[A-Z0-9]{2})*)\b"
    r"|(?<![\w.])-([A-Z0-9]{2})\b(?! ?[-/\d])"
    r"|\b([A-Z]{2}|\d\d|[A-Z]\d|\d[A-Z]) modifiers?\b",
    re.I,
)
_SMALL_WORDS = frozenset(
    [
        "to",
        "do",
        "is",
        "it",
        "on",
        "of",
        "in",
        "at",
        "by",
        "so",
        "we",
        "my",
        "me",
        "if",
        "or",
        "as",
        "an",
        "be",
        "go",
        "he",
        "no",
        "us",
        "up",
        "de",
        "la",
        "el",
        "es",
        "en",
        "lo",
        "un",
        "se",
    ]
)
_DOTTED = re.compile(rf"(?<![\w.])({CATEGORY}\.[0-9A-Z]{{1,4}})(?![\w])", re.I)
_BARE = re.compile(rf"(?<![\w.$-])({CATEGORY}[0-9A-Z]{{0,4}})(?![\w])(?!\.\d)", re.I)
_PROCEDURE = re.compile(r"(?<![\w.])(?=[0-9A-HJ-NP-Z]*\d)([0-9BCDFGHX][0-9A-HJ-NP-Z]{6})(?![\w])", re.I)
_HCPCS = re.compile(r"(?<![\w.])([A-V]\d{4})(?![\w])", re.I)
_CPT = re.compile(r"(?<![\w.$,])(\d{5}|\d{4}[FTU])(?![\w]|[.,]\d)", re.I)
_MONEY = re.compile(
    r"\$\s?(\d[\d,]*(?:\.\d{1,2})?)"
    r"|(?<![\w.,-])(\d[\d,]*\.\d\d)(?![\w%]|\.\d)"
    r"|(?<![\w.,-])(\d[\d,]*)\s?(?:dollars?|bucks|usd|dólares?|pesos)\b",
    re.I,
)
_WHOLE = re.compile(r"(?<![\w.,$/-])(\d[\d,]{0,8})(?![\w%/-]|[.,]\d)")
_QUOTED = re.compile(r"[\"“«]([^\"”»]{2,80})[\"”»]|(?<!\w)['‘]([^'’]{2,80})['’](?!\w)")
_FILE = Path(__file__).with_name("slots.toml")


def read_slots(question: str, papers: Papers, book: "CodeBook", services: "Callable[[str], bool]") -> Slots:
    """The slots of `question`. `book` tells ICD-10-CM codes written without a dot from other things, `services` whether
    a text is a known HCPCS code.
    """
    text = " ".join(question.replace("’", "'").split())
    left = _Text(text)
    found = Slots(quoted=tuple(one or other for one, other in _QUOTED.findall(text)))
    dates = _dates(left)
    numbers = {number.upper() for number in papers.numbers()} | {
        one.claim.payer_control_number.upper() for one in papers.claims
    }
    claims = left.take_words(lambda word: word.upper() in numbers)
    claims += [number.upper() for number in left.take(_CLAIM) if any(mark.isdigit() for mark in number)]
    adjustments = [(match[0].upper(), match[1].upper()) for match in left.take_all(_ADJUSTMENT)]
    adjustments += [(match[0].upper(), match[1].upper()) for match in left.take_all(_ADJUSTMENT_LOW)]
    adjustments += [("", code.upper()) for code in left.take(_REASON)]
    remarks = [code.upper() for code in left.take(_REMARK)]
    statuses = left.take(_STATUS)
    places = [code.zfill(2) for text in left.take(_PLACE) for code in re.findall(r"\d+", text)]
    if not places and _PLACE_WORD.search(text):
        places = [code.zfill(2) for code in left.take(_TWO_DIGITS)]
    modifiers: list[str] = []
    for match in left.take_all(_MODIFIER):
        listed = re.findall(r"[A-Z0-9]{2}\b", next(part for part in match if part).upper())
        modifiers += [one for one in listed if one.casefold() not in _SMALL_WORDS]
    if papers:
        known = {item.code for one in papers.claims for item in one.claim.all_remarks()}
        remarks += left.take_if(_BARE_REMARK, lambda code: code.upper() in known or reasons.remark(code) is not None)
    codes = [dotted(code) for code in left.take(_DOTTED)]
    procedures = [code.upper() for code in left.take_if(_PROCEDURE, _looks_like_pcs)]
    hcpcs = left.take_if(_HCPCS, services)
    codes += [
        dotted(code) for code in left.take_if(_BARE, lambda code: bool(book.get(code) or book.windows(dotted(code))))
    ]
    hcpcs += left.take_if(_HCPCS, lambda code: True)
    cpt = left.take(_CPT)
    if not papers:
        remarks += left.take_if(_BARE_REMARK, lambda code: reasons.remark(code) is not None)
    groups = [code.upper() for code in (*left.take(_GROUP_WORDED), *left.take(_GROUP), *left.take(_GROUP_LOW))]
    entries = {item.reason for _, item in papers.provider_adjustments()}
    about_entries = bool(re.search(r"\bplb\b|provider[- ](?:level )?adjust", text, re.I))
    provider_reasons = left.take_if(
        _PLB, lambda code: code.upper() in entries or (about_entries and reasons.plb_reason(code) is not None)
    )
    amounts = [_amount(next(part for part in match if part)) for match in left.take_all(_MONEY)]
    if papers:
        stated = frozenset().union(*(figures(one) for one in papers.claims))
        stated |= {part.header.payment_amount or Decimal(0) for _, part in papers.payments}
        amounts += [_amount(text) for text in left.take_if(_WHOLE, lambda text: _amount(text) in stated)]
        reasons_here = {item.reason for one in papers.claims for item in one.adjustments()}
        adjustments += [("", code) for code in left.take_if(_WHOLE, lambda code: code in reasons_here)]
    amounts += [_amount(text) for text in left.take_if(_WHOLE, lambda text: _amount(text) >= 20)] if papers else []
    people = tuple(dict.fromkeys(one.number for one in papers.of_patient(left.text))) if papers and not claims else ()
    return replace(
        found,
        codes=_once(sorted(codes, key=lambda code: _place(text, code))),
        procedures=_once(procedures),
        services=_once([code.upper() for code in (*hcpcs, *cpt)]),
        modifiers=_once(modifiers),
        places=_once(places),
        claims=_once(claims),
        adjustments=tuple(dict.fromkeys(adjustments)),
        remarks=_once([code.upper() for code in remarks]),
        groups=_once(groups),
        statuses=_once(statuses),
        provider_reasons=_once([code.upper() for code in provider_reasons]),
        amounts=tuple(dict.fromkeys(amounts)),
        dates=tuple(dict.fromkeys(dates)),
        people=people,
        side=_first("side", text),
        encounter=_first("encounter", text),
        setting=_first("setting", text),
        language=_first("language", text),
        rest=" ".join(left.text.split()),
    )


class _Text:
    """A text from which what was read is taken out."""

    def __init__(self, text: str) -> None:
        self.text = text

    def take(self, pattern: re.Pattern[str]) -> list[str]:
        """The first group of every match; the matches go."""
        return [match[0] for match in self.take_all(pattern)]

    def take_all(self, pattern: re.Pattern[str]) -> list[tuple[str, ...]]:
        """The groups of every match; the matches go."""
        found = [match.groups(default="") for match in pattern.finditer(self.text)]
        self.text = pattern.sub(" ", self.text)
        return found

    def take_if(self, pattern: re.Pattern[str], wanted: Callable[[str], bool]) -> list[str]:
        """The first group of the matches that `wanted` accepts; these go."""
        found: list[str] = []

        def one(match: re.Match[str]) -> str:
            if not wanted(match[1]):
                return match[0]
            found.append(match[1])
            return " "

        self.text = pattern.sub(one, self.text)
        return found

    def take_words(self, wanted: Callable[[str], bool]) -> list[str]:
        """The words that `wanted` accepts, without the marks around them; these go."""
        return [word.upper() for word in self.take_if(re.compile(r"(?<![\w-])([\w-]*\d[\w-]*)(?![\w-])"), wanted)]


def _dates(left: _Text) -> list[dt.date]:
    found: list[dt.date] = []

    def add(year: str, month: int, day: str) -> str:
        number = int(year) + (2000 if len(year) == 2 else 0)
        try:
            found.append(dt.date(number, month, int(day)))
        except ValueError:
            return ""
        return " "

    left.text = _ISO.sub(lambda m: add(m[1], int(m[2]), m[3]) or m[0], left.text)
    left.text = _US.sub(lambda m: add(m[3], int(m[1]), m[2]) or m[0], left.text)
    left.text = _WORDED.sub(lambda m: add(m[3], _MONTHS[m[1].lower()], m[2]) or m[0], left.text)
    left.text = _DAY_FIRST.sub(lambda m: add(m[3], _MONTHS[m[2].lower()], m[1]) or m[0], left.text)
    left.text = _MONTH_YEAR.sub(lambda m: add(m[2], _MONTHS[m[1].lower()], "1") or m[0], left.text)
    left.text = _YEAR.sub(lambda m: add(m[1], 1, "1") or m[0], left.text)
    return found


def _amount(text: str) -> Decimal:
    return Decimal(text.replace(",", "").strip("$ ") or "0")


def _looks_like_pcs(text: str) -> bool:
    return sum(mark.isdigit() for mark in text) >= 2 and sum(mark.isalpha() for mark in text) >= 1


def _place(text: str, code: str) -> int:
    at = text.upper().find(code)
    return at if at >= 0 else text.upper().find(code.replace(".", ""))


def _once(values: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(values))


@cache
def _worded() -> dict[str, tuple[tuple[str, re.Pattern[str]], ...]]:
    tables: dict[str, dict[str, list[str]]] = tomllib.loads(_FILE.read_text("utf-8"))["words"]
    return {
        slot: tuple(
            (value, re.compile(rf"(?<!\w)(?:{'|'.join(words)})(?!\w)", re.I)) for value, words in values.items()
        )
        for slot, values in tables.items()
    }


def _first(slot: str, text: str) -> str:
    return next((value for value, pattern in _worded()[slot] if pattern.search(text)), "")
