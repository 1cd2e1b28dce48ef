"""What stands in a search field before it is finished: for each word what it may begin or stand for."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from corpus.index.encounters import phase_of
from corpus.index.lexical import LexicalIndex
from corpus.index.query import read_query
from corpus.index.sides import side_of
from corpus.index.spelling import SHORTEST, Speller
from corpus.index.words import STOP_WORDS, fold, stem, words
from corpus.lexicon.words import Sense, choose_sense, fitting, variants

_CATEGORY = re.compile(r"[a-z]\d[0-9a-z](?:\.[0-9a-z]{0,4})?", re.I)
_CONDITIONS = ("diagnosis", "symptom")
_LONGEST = 3
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_RESPELLINGS = 12
_LINKS = STOP_WORDS | frozenset(
    ("no", "closed", "rule", "out", "al", "con", "de", "del", "el", "en", "la", "las", "los", "por", "un", "una", "y")
)
"""Words that need not be in a row, English and Spanish: they link others, or say what goes without saying."""
_ORDINALS = {"1st": "first", "2nd": "second", "3rd": "third", "4th": "fourth"}
_UNFINISHED = ("and", "due", "for", "from", "in", "of", "on", "or", "to", "with", "without")


@dataclass(frozen=True, slots=True)
class Want:
    """One word or abbreviation: beginnings of words it may be, wordings it may stand for, the likeliest first."""

    prefixes: tuple[str, ...]
    wordings: tuple[tuple[str, ...], ...] = ()
    needed: bool = True
    """False for sides, encounters and words like `with`: they order what is found."""
    written: str = ""
    respelt: str = ""
    """The word that `written` is taken for, one edit away."""


@dataclass(frozen=True, slots=True)
class Typed:
    """`opened` is the text with its abbreviations opened; `within` the beginning of a code that stands among the words."""

    wants: tuple[Want, ...]
    opened: str
    within: str = ""


class Reader:
    """Reads what is typed against the words of one index."""

    def __init__(
        self, lexical: LexicalIndex, senses: Mapping[str, tuple[Sense, ...]], lettered: Collection[str] = ()
    ) -> None:
        """`lettered` are the categories with two letters, which any short word could otherwise be taken for."""
        self._lettered = lettered
        self._lexical = lexical
        self._senses = senses
        self._unspelt = Speller(())
        self._respelt = {fold(variant.variant): variant.standard for variant in variants() if not variant.code}
        self._standard = {
            fold(variant.variant): tuple(stem(word) for word in words(variant.standard))
            for variant in variants()
            if not variant.code
        } | {short: (word,) for short, word in _ORDINALS.items()}

    def read(self, text: str, respell: bool = False) -> Typed:
        """`text` as wants. Words that begin nothing are respelt by one edit; with `respell` every longer word is."""
        opened = read_query(text, self._senses, self._unspelt, typed=True).expanded
        opened = " ".join(self._respelt.get(fold(word), word) for word in opened.split())
        side, phase = side_of(opened), phase_of(opened)
        tokens = [token.strip(".:!?\"'") for token in re.split(r"[\s,;()\[\]]+", text)]
        tokens = [token for token in tokens if token]
        within = next((token for token in tokens if self._is_category(token)), "") if len(tokens) > 1 else ""
        tokens = [token for token in tokens if token != within]
        wants: list[Want] = []
        index = 0
        while index < len(tokens):
            width = next((width for width in range(_LONGEST, 1, -1) if self._stands(tokens, index, width)), 1)
            written = " ".join(tokens[index : index + width])
            nearby = " ".join([*tokens[:index], *tokens[index + width :]])
            wants.extend(self._wants(written, nearby, side, phase, respell, index + width == len(tokens)))
            index += width
        if wants and not any(want.needed for want in wants):
            wants = [Want(want.prefixes, want.wordings) for want in wants]
        for want in wants:
            if want.respelt:
                opened = re.sub(rf"\b{re.escape(want.written)}\b", want.respelt, opened)
        return Typed(tuple(wants), opened, within)

    def _is_category(self, token: str) -> bool:
        shaped = _CATEGORY.fullmatch(token) or token.partition(".")[0].upper() in self._lettered
        return bool(shaped) and token.casefold() not in self._senses

    def _stands(self, tokens: list[str], index: int, width: int) -> bool:
        written = " ".join(tokens[index : index + width])
        known = written.casefold() in self._senses or fold(written) in self._standard
        return known and index + width <= len(tokens)

    def _wants(self, written: str, nearby: str, side: str, phase: str, respell: bool, last: bool) -> Iterator[Want]:
        wordings = tuple(self._wordings(written, nearby))
        parts = words(written)
        if wordings:
            said = " ".join(wordings[0])
            needed = not (side and said == side) and not (phase and phase_of(said)) and not set(wordings[0]) <= _LINKS
            if len(parts) == 1:
                yield Want(tuple(part for part in parts if self._lexical.begins(part)), wordings, needed)
            else:
                yield Want((), (tuple(map(stem, parts)), *wordings), needed)
            return
        for part in parts:
            if len(parts) > 1 and len(part) == 1 and not part.isdigit():
                continue  # of `c-section` or `o'clock`
            if (len(part) == 1 and side and side.startswith(part)) or (phase and phase_of(part)) or part == side:
                yield Want((part,), ((side or part,),), needed=False)
            elif part in _LINKS or (last and any(word.startswith(part) for word in _UNFINISHED)):
                yield Want((part,), needed=False)
            else:
                yield self._word(part, respell)

    def _wordings(self, written: str, nearby: str) -> Iterator[tuple[str, ...]]:
        """What an abbreviation stands for as stems, the sense that the words nearby choose first, then conditions."""
        if standard := self._standard.get(fold(written)):
            yield standard
        senses = fitting(self._senses.get(written.casefold()) or self._senses.get(fold(written), ()), written)
        chosen = choose_sense(senses, written, nearby) if senses else None
        others = sorted(senses, key=lambda one: (one is not chosen, one.kind not in _CONDITIONS, one.rank))
        for sense in others[:3]:
            stems = [stem(word) for word in words(sense.expansion)]
            yield tuple(dict.fromkeys([one for one in stems if one not in STOP_WORDS] or stems))

    def _word(self, word: str, respell: bool) -> Want:
        singular = stem(word)
        own = [form for form in dict.fromkeys((word, singular)) if self._lexical.begins(form)]
        if word.endswith(("i", "ie")) and not own:
            own = [form for form in (word.rstrip("e")[:-1] + "y",) if self._lexical.begins(form)]
        if (own and not respell) or len(word) < SHORTEST or not word.isalpha():
            return Want(tuple(own) or (word,))
        edited = [
            form for form in _edits(singular if singular in self._lexical else word) if self._lexical.begins(form)
        ]
        whole = [form for form in edited if form in self._lexical]
        respelt = max(whole, key=self._count, default="")
        if own:  # it begins words, but none that go with the others: another ending will do, `sacrum` for `sacral`
            own.extend(form for form in (word[:-2],) if len(word) > SHORTEST)
            respelt = respelt if self._count(respelt) > self._count(singular) else ""
        forms = [*own, *(whole or sorted(edited, key=len, reverse=True))][:_RESPELLINGS]
        return Want(tuple(forms) or (word,), written=word, respelt=respelt)

    def _count(self, word: str) -> int:
        return len(self._lexical.rows_with(word))


@cache
def _edits(word: str) -> tuple[str, ...]:
    """Every string one deletion, transposition, replacement or insertion away."""
    cuts = [(word[:place], word[place:]) for place in range(len(word) + 1)]
    found = [
        *(left + right[1] + right[0] + right[2:] for left, right in cuts if len(right) > 1),
        *(left + letter + right[1:] for left, right in cuts if right for letter in _LETTERS),
        *(left + letter + right for left, right in cuts for letter in _LETTERS),
        *(left + right[1:] for left, right in cuts if right),
    ]
    return tuple(dict.fromkeys(one for one in found if one != word))
