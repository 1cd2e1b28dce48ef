"""Which 7th character the words of a query say: the encounter of an injury, the healing of a fracture, an eye, a stage.

`A` while treatment is active, `D` in aftercare, `S` for a late effect; a fracture that is not said to be open is closed, an
open one without a type is type I or II (ICD-10-CM guidelines I.C.19.a and c; titles of categories S52, S72, S82).
"""

import re
from collections.abc import Sequence

from corpus.index.sides import side_of
from corpus.index.words import stem, words

_PHASES = (
    ("sequela", re.compile(r"\b(sequelae?|late effects?|seq)\b", re.I)),
    (
        "subsequent",
        re.compile(
            r"\b(subs(?:eq(?:uent)?)?|follow[- ]?ups?|f/u|fu visit|after ?care|recheck|(?<!non)(?<!non[- ])healing|"
            r"nonunion|non-union|malunion|mal-union)\b",
            re.I,
        ),
    ),
    ("initial", re.compile(r"\binit(?:ial)?\b", re.I)),
)
WORDS = ("initial", "subsequent", "sequela", "encounter", "aftercare", "healing", "nonunion", "malunion", "delayed")
"""Words of queries that stand in no row: the rows are of stems."""
_OPEN = re.compile(r"\b(open|compound)\b", re.I)
_THIRD_TYPE = re.compile(r"\b(?:type|grade|gustilo) ?(?:iii|3) ?[abc]?\b", re.I)
_HEALING = (
    ("delayed healing", re.compile(r"\bdelayed (?:healing|union)\b", re.I)),
    ("nonunion", re.compile(r"\bnon-?union\b", re.I)),
    ("malunion", re.compile(r"\bmal-?union\b", re.I)),
)
_UNSAID = ("unspecified", "not applicable")
_FILLERS = frozenset(("with", "without", "stage", "of", "the", "in", "at", "to"))


def phase_of(text: str) -> str:
    """`initial`, `subsequent` or `sequela` when the words name one, else ""."""
    return next((phase for phase, pattern in _PHASES if pattern.search(text)), "")


def seventh_of(text: str, offered: Sequence[tuple[str, str]]) -> str:
    """The 7th character that `text` says, of the (character, meaning) pairs `offered`; "" when it says none."""
    labels = {character: meaning.lower() for character, meaning in offered}
    if any(label.startswith("initial encounter") for label in labels.values()):
        return _encounter(text, labels)
    side = side_of(text)
    said = [char for char, label in labels.items() if _said_side(label, side) or _said(label, text)]
    return said[0] if len(said) == 1 else ""


def _said_side(label: str, side: str) -> bool:
    return bool(side) and label in (side, f"{side} eye")


def _encounter(text: str, labels: dict[str, str]) -> str:
    phase = phase_of(text)
    fitting = [char for char, label in labels.items() if phase and label.startswith(phase)]
    if len(fitting) < 2:
        return fitting[0] if fitting else ""
    opened = [char for char in fitting if "open fracture" in labels[char]]
    if _OPEN.search(text) and opened:
        third = [char for char in opened if "type iii" in labels[char]]
        fitting = third if third and _THIRD_TYPE.search(text) else [char for char in opened if char not in third]
    else:
        fitting = [char for char in fitting if char not in opened]
    for healing, pattern in _HEALING:
        if pattern.search(text):
            return next((char for char in fitting if healing in labels[char]), "")
    return fitting[0]


def _said(label: str, text: str) -> bool:
    """Whether every telling word of a stage or a state stands in `text`, with the same `without`."""
    if any(word in label for word in _UNSAID) or label.endswith(" eye"):
        return False
    spoken = {stem(word) for word in words(text)}
    said = re.split(r"[(\[/,]", label)[0]
    telling = {stem(word) for word in words(said)} - _FILLERS
    absent = bool(spoken & {"without", "no"})
    return telling <= spoken and ("without" in said) == absent if "with" in said else telling <= spoken
