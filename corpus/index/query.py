"""What a coder typed, made ready for search: abbreviations opened by sense, spelling repaired, codes recognised."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from corpus.index.spelling import Speller
from corpus.index.words import fold
from corpus.lexicon.words import ENGLISH, Sense

CODE = re.compile(r"^[A-Z]\d[0-9A-Z](?:\.?[0-9A-Z]{1,4})?\.?-?$", re.I)
"""The shape of an ICD-10-CM code or its beginning, dotted or not."""
_TOKEN = re.compile(r"[^\s,;()\[\]]+")
_EDGE = ".:!?\"'"
_WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class Query:
    """`original` as typed; `expanded` with abbreviations opened; `repaired` also with spelling repaired."""

    original: str
    expanded: str
    repaired: str

    @property
    def forms(self) -> tuple[str, ...]:
        """Distinct forms worth embedding, most faithful first."""
        return tuple(dict.fromkeys(form for form in (self.original, self.repaired) if form))


def looks_like_code(text: str) -> bool:
    """Whether the whole text is a code or the beginning of one."""
    return bool(CODE.match(text.strip()))


def choose_sense(senses: tuple[Sense, ...], context: frozenset[str]) -> Sense | None:
    """The sense whose cues stand in `context`, else the common one; None when the common one wants a cue."""
    cued = [sense for sense in senses if any(_cue_in(cue, context) for cue in sense.cues)]
    if cued:
        return max(cued, key=lambda sense: (sum(_cue_in(cue, context) for cue in sense.cues), -sense.rank))
    plain = [sense for sense in senses if not sense.cues]
    return min(plain, key=lambda sense: sense.rank) if plain else None


def _cue_in(cue: str, context: frozenset[str]) -> bool:
    return all(part in context for part in cue.split())


def read_query(text: str, abbreviations: Mapping[str, tuple[Sense, ...]], speller: Speller) -> Query:
    """Open abbreviations word by word (two-word ones first), then repair the spelling of what is left."""
    original = " ".join(text.split())
    tokens = [token.strip(_EDGE) or token for token in _TOKEN.findall(original)]
    folded = [fold(token) for token in tokens]
    context = frozenset(folded)
    out: list[str] = []
    index = 0
    while index < len(tokens):
        pair = " ".join(folded[index : index + 2])
        for width, spelt in ((2, pair), (1, folded[index])):
            senses = abbreviations.get(spelt)
            if senses and (width == 1 or index + 1 < len(tokens)):
                sense = choose_sense(_case_fits(senses, " ".join(tokens[index : index + width])), context - {spelt})
                if sense:
                    out.append(sense.expansion)
                    index += width
                    break
        else:
            out.append(tokens[index])
            index += 1
    expanded = " ".join(out)
    repaired = _WORD.sub(lambda word: _repair(word.group(), speller), expanded)
    return Query(original, expanded, repaired)


def _case_fits(senses: tuple[Sense, ...], written: str) -> tuple[Sense, ...]:
    exact = tuple(sense for sense in senses if sense.abbreviation == written)
    return exact if exact or written in ENGLISH else senses


def _repair(word: str, speller: Speller) -> str:
    folded = fold(word)
    repaired = speller.repair(folded)
    return word if repaired == folded else repaired
