"""What a coder typed, made ready for search: abbreviations opened by sense, spelling repaired, codes recognised.

A typed query is read more boldly than words of a note: it is short, and it is about a condition to be coded. So a lone `L`
is the left side, and an abbreviation that has no plain sense means its condition.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from corpus.codes import CATEGORY
from corpus.index.spelling import Speller
from corpus.index.words import fold
from corpus.lexicon.words import Sense, choose_sense, fitting

CODE = re.compile(rf"^{CATEGORY}(?:\.?[0-9A-Z]{{1,4}})?\.?-?$", re.I)
"""The shape of an ICD-10-CM code or its beginning, dotted or not."""
_TOKEN = re.compile(r"[^\s,;()\[\]]+")
_EDGE = ".:!?\"'"
_WORD = re.compile(r"[^\W\d_]+")
_GLUED = re.compile(r"(?<!\S)(w/o|w/|s/p|h/o|r/o|c/o)(?=[A-Za-z0-9]{2})", re.I)
"""`w/CKD`, `s/pCABG`: the shorthand stands apart from what follows it."""
_LONGEST = 3
"""Words in the longest abbreviation."""
_SIDES = {"L": "left", "R": "right", "l": "left", "r": "right"}
_LETTERED = frozenset(
    (
        *("vitamin", "type", "group", "class", "factor", "hepatitis", "protein", "stage", "grade", "level"),
        *("category", "influenza", "streptococcus", "form"),
    )
)
"""Words that a single letter belongs to: vitamin K is no side."""
_CONDITIONS = ("diagnosis", "symptom")

_FAMILY = re.compile(r"\bfamily (?:medical )?history\b|\bfamilial history\b", re.I)
_PERSONAL = re.compile(r"^(?:\W|\b(?:pt|patient|with|past|prior|remote|personal|medical)\b)*history\b|\bhistory$", re.I)
_AFTER = re.compile(r"^(?:\W|\b(?:right|left|bilateral|pt|patient)\b)*(?:status[ -]post|post[ -]?op)\b|\bstatus$", re.I)


@dataclass(frozen=True, slots=True)
class Query:
    """`original` as typed; `expanded` with abbreviations opened; `repaired` also with spelling repaired."""

    original: str
    expanded: str
    repaired: str
    typed: bool = False
    """Typed into a search, not read in a note."""

    @property
    def forms(self) -> tuple[str, ...]:
        """Distinct forms worth embedding, most faithful first."""
        return tuple(dict.fromkeys(form for form in (self.original, self.repaired) if form))

    @property
    def standing(self) -> str:
        """`family`, `personal` or `after` when the query is about a history or about what was done before, else ""."""
        for name, pattern in (("family", _FAMILY), ("personal", _PERSONAL), ("after", _AFTER)):
            if pattern.search(self.repaired):
                return name
        return ""


def looks_like_code(text: str) -> bool:
    """Whether the whole text is a code or the beginning of one."""
    return bool(CODE.match(text.strip()))


def read_query(
    text: str, abbreviations: Mapping[str, tuple[Sense, ...]], speller: Speller, *, typed: bool = False
) -> Query:
    """Open abbreviations, the longest first, then repair the spelling of the words that were not opened."""
    original = " ".join(text.split())
    tokens = _tokens(_GLUED.sub(r"\1 ", original) if typed else original, abbreviations)
    expanded: list[str] = []
    repaired: list[str] = []
    index = 0
    while index < len(tokens):
        for width in range(min(_LONGEST, len(tokens) - index), 0, -1):
            opened = _opened(tokens, index, width, abbreviations, typed)
            if opened:
                expanded.append(opened)
                repaired.append(opened)
                index += width
                break
        else:
            expanded.append(tokens[index])
            repaired.append(_WORD.sub(lambda word: _repair(word.group(), speller, typed), tokens[index]))
            index += 1
    return Query(original, " ".join(expanded), " ".join(repaired), typed)


def _tokens(text: str, abbreviations: Mapping[str, tuple[Sense, ...]]) -> list[str]:
    """Words, an abbreviation never cut; `HTN/CKD` gives two where both sides are abbreviations."""
    tokens: list[str] = []
    for raw in _TOKEN.findall(text):
        token = raw.strip(_EDGE) or raw
        parts = re.split(r"[/+]", token)
        if len(parts) > 1 and not _senses(token, abbreviations) and all(_senses(part, abbreviations) for part in parts):
            tokens.extend(parts)
        else:
            tokens.append(token)
    return tokens


def _senses(written: str, abbreviations: Mapping[str, tuple[Sense, ...]]) -> tuple[Sense, ...]:
    return abbreviations.get(written.casefold()) or abbreviations.get(fold(written), ())


def _opened(
    tokens: list[str], index: int, width: int, abbreviations: Mapping[str, tuple[Sense, ...]], typed: bool
) -> str:
    """What the `width` tokens at `index` stand for, or ""."""
    written = " ".join(tokens[index : index + width])
    if typed and width == 1 and (side := _letter(tokens, index)):
        return side
    senses = _senses(written, abbreviations)
    if not senses:
        return ""
    nearby = " ".join([*tokens[:index], *tokens[index + width :]])
    sense = choose_sense(senses, written, nearby)
    if typed:
        sense = _condition(fitting(senses, written), sense, alone=not nearby, last=index + width == len(tokens))
    return sense.expansion if sense else ""


def _letter(tokens: list[str], index: int) -> str:
    """The word that a lone letter stands for in a typed query: a side, or `with` between two words."""
    letter = tokens[index]
    if letter in ("w", "W") and 0 < index < len(tokens) - 1:
        return "with"
    before = fold(tokens[index - 1]) if index else ""
    plain = letter.isupper() or not any(char.isupper() for token in tokens for char in token)
    return _SIDES[letter] if letter in _SIDES and len(tokens) > 1 and plain and before not in _LETTERED else ""


def _condition(senses: tuple[Sense, ...], chosen: Sense | None, *, alone: bool, last: bool) -> Sense | None:
    """The sense that a coder means: a condition, where the abbreviation is all there is or nothing else decides."""
    conditions = [sense for sense in senses if sense.kind in _CONDITIONS]
    if not conditions or not (alone if chosen else alone or last):
        return chosen
    if chosen and chosen.kind in (*_CONDITIONS, "procedure"):
        return chosen
    return min(conditions, key=lambda sense: sense.rank)


def _repair(word: str, speller: Speller, typed: bool) -> str:
    folded = fold(word)
    repaired = (speller.finish(folded) if typed else "") or speller.repair(folded)
    return word if repaired == folded else repaired
