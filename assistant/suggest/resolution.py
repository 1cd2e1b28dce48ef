"""From a unit (a code without its 7th character) to the billable code that the words decide.

Laterality comes from the words near the mention; the 7th character from the kind of encounter: `A` while treatment is active,
`D` in aftercare, `S` for a late effect (OCG I.C.19.a). What the words leave open becomes the unspecified choice, never a guess.
"""

import datetime as dt
import re

from corpus.codes import Code
from corpus.index.search import Searcher
from corpus.index.sides import side_of, trimester_of
from corpus.index.words import terms

_OPEN = re.compile(r"\b(open|compound)\b", re.I)
_LATE = re.compile(r"\b(sequelae?|late effects?|residual)\b", re.I)
_AFTER = re.compile(
    r"\b(subsequent|follow[- ]?up|aftercare|healing|healed|recheck|suture removal|cast (?:removal|change)|"
    r"weeks? (?:out|ago|s/p|status))\b",
    re.I,
)
_LETTER = re.compile(r"(?<![\w/.])([RL])(?=\s+[A-Za-z]{3})(?!\s+(?:[A-Z]\.|and\b))")
"""`R ankle`, `L hand`: not `R 18`, `R/O`, `L4`."""
_EYE_LETTERS = re.compile(r"\b(OD|OS|OU)\b")
_EYES = {"OD": "right", "OS": "left", "OU": "bilateral"}
_EYE = ("H0", "H1", "H2", "H3", "H4", "H5", "E10.3", "E11.3", "E13.3", "S05", "T15", "T26", "C69", "D31")
TRIMESTERS = ("first", "second", "third")
_SIDED = re.compile(r"\b(?:right|left|bilateral|unspecified)\b", re.I)
_PLAIN = ("unspecified", "not applicable", "indeterminate")


def resolve(
    unit: str, words: str, around: tuple[str, str], note: str, searcher: Searcher, date: dt.date
) -> Code | None:
    """The billable code valid on `date`, or None.

    `words` are the mention with its qualifiers, `around` its clause and the sentence or problem it stands in, `note` the
    trimester that the whole note states, if any.
    """
    clause, context = around
    book = searcher.codebook
    turned = unit
    if _SIDED.search(book.title(unit)) and (other := _side_apart(unit, words, around, searcher)):
        turned = other
    elif named := searcher.sides.side(unit):
        if named in TRIMESTERS or "first" in searcher.sides.variants(unit):
            stated = trimester_of(words) or trimester_of(context) or note
        else:
            eye = unit.startswith(_EYE)
            stated = stated_side(words, eye) or stated_side(clause, eye) or stated_side(context, eye)
        turned = searcher.sides.turn(unit, stated or "unspecified")
    code = book.get(turned)
    if code is None:
        return None
    seventh = book.seventh_characters(code.code)
    if seventh:
        character = _eye_character(seventh, (words, *around)) or seventh_character(seventh, f"{words} {context}")
        code = book.complete(code.code, character) if character else None
    if code is None or not code.billable or book.valid_on(code.code, date) is not True:
        return None
    return code


def _side_apart(unit: str, words: str, around: tuple[str, str], searcher: Searcher) -> str | None:
    """The sibling of the side that the words name, where its title differs in more than the side (`bilateral glands`)."""
    variants = searcher.sides.variants(unit)
    eye = unit.startswith(_EYE)
    stated = next((side for text in (words, *around) if (side := stated_side(text, eye))), "")
    if not stated or stated in variants or "first" in variants:
        return None
    own = _sideless(searcher.codebook.title(unit))
    for other in searcher.codebook.siblings(unit):
        same = _sideless(other.title)
        if re.search(rf"\b{stated}\b", other.title, re.I) and len(same ^ own) < 2 and (same <= own or own <= same):
            return other.stem
    return None


def _sideless(title: str) -> frozenset[str]:
    return frozenset(terms(_SIDED.sub(" ", title)))


def stated_side(text: str, eye: bool = False) -> str:
    """The one side that `text` names in words, as a capital R or L before a word, or for an eye as OD, OS or OU; else ""."""
    if side := side_of(text):
        return side
    named = {"right" if letter == "R" else "left" for letter in _LETTER.findall(text)}
    if eye:
        named |= {_EYES[name] for name in _EYE_LETTERS.findall(text)}
    return named.pop() if len(named) == 1 else "bilateral" if named == {"right", "left"} and eye else ""


def _eye_character(choices: tuple[tuple[str, str], ...], texts: tuple[str, ...]) -> str | None:
    """The character of the eye that the nearest words name, where the 7th character says the eye (E11.32-)."""
    labels = {meaning.lower().removesuffix(" eye"): character for character, meaning in choices}
    if not {"right", "left", "bilateral"} <= set(labels):
        return None
    return next((labels.get(side) for text in texts if (side := stated_side(text, eye=True))), None)


def seventh_character(choices: tuple[tuple[str, str], ...], words: str) -> str | None:
    """The character whose meaning the words say, else the plain one; None when there is no plain one."""
    labels = {character: meaning.lower() for character, meaning in choices}
    if any("initial encounter" in label for label in labels.values()):
        wanted = "sequela" if _LATE.search(words) else "subsequent" if _AFTER.search(words) else "initial"
        fitting = [char for char, label in labels.items() if wanted in label]
        if _OPEN.search(words):
            fitting = [char for char in fitting if "open fracture" in labels[char]] or fitting
        else:
            fitting = [char for char in fitting if "open fracture" not in labels[char]] or fitting
        return fitting[0] if fitting else None
    said = [char for char, label in labels.items() if _said(label, words)]
    if len(said) == 1:
        return said[0]
    plain = [char for char, label in labels.items() if any(word in label for word in _PLAIN)]
    return plain[0] if plain else None


def _said(label: str, words: str) -> bool:
    if any(word in label for word in _PLAIN):
        return False
    first = label.split(",")[0].split(" stage")[0].strip()
    return bool(first) and re.search(rf"\b{re.escape(first)}\b", words, re.I) is not None
