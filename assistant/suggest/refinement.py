"""Which of a mention's candidates its words mean: the kind, site and stage that stand around it choose between siblings.

A linear model over what can be counted by eye: words of the code that the mention says, that its clause or its problem adds,
and that nobody says. Weights are data (`rules/refinement.json`), fitted by `evals/train_ranking.py`.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from weakref import WeakKeyDictionary

from assistant.chart.note import Mention, Note
from corpus.index.search import Searcher, UnitHit
from corpus.index.words import terms, title_terms

_FOLDER = Path(__file__).parent / "rules"
_IDLE = frozenset(
    (
        *("type", "unspecified", "nos", "unspec", "disease", "disorder", "condition", "mellitu", "current", "initial"),
        *("encounter", "complication", "uncomplicated", "other", "specified", "classified", "elsewhere", "part", "due"),
        *("essential", "primary", "organ", "system", "involvement"),
    )
)
"""Words of a title that nobody needs to say."""
_MARK = re.compile(r"[ \t]*(?P<mark>#+|\(?\d{1,2}[.):]?|[•●▪■*+–—-])")
_NEXT = re.compile(r"\r?\n[ \t]*(?:(?P<mark>#+|\(?\d{1,2}[.):]|[•●▪■*+–—-])|(?=\r?\n))")
_VAGUE = ("unspecified", "without complication", "uncomplicated")
BLOCK = 320
"""Code points of a problem that are read behind its mention."""
EXPANDED = 3
"""Leading candidates whose category is looked through for a sibling that the words around say better."""
BELOW = 0.1
"""How far below its category's best candidate a sibling found that way starts."""
FEATURES = (
    "cosine",
    "lexical",
    "exact",
    "said",
    "share",
    "clause_gain",
    "block_gain",
    "unsaid",
    "unsaid_in_block",
    "unsaid_in_note",
    "whole",
    "whole_in_block",
    "overreaching",
    "unspecified",
    "unspecified_beside",
    "unspecified_needless",
    "other",
    "without",
    "elsewhere",
    "contradicted",
    "number",
    "passed_over",
    "widened",
    "expanded",
    "hand",
)


@lru_cache(maxsize=1)
def _synonyms() -> dict[str, list[tuple[frozenset[str], frozenset[str]]]]:
    """First word said -> (words said, words meant)."""
    table: dict[str, list[tuple[frozenset[str], frozenset[str]]]] = {}
    lines = (_FOLDER / "synonyms.tsv").read_text(encoding="utf-8").splitlines()
    for line in lines:
        if line and not line.startswith("#") and "\t" in line and not line.startswith("said\t"):
            said, means = line.split("\t")
            table.setdefault(said.split()[0], []).append((frozenset(said.split()), frozenset(means.split())))
    return table


def meant(said: Iterable[str]) -> frozenset[str]:
    """Index terms with those of the code book that they stand for."""
    found = set(said)
    own = frozenset(found)
    for word in own:
        for needed, means in _synonyms().get(word, ()):
            if needed <= own:
                found |= means
    return frozenset(found)


@dataclass(frozen=True, slots=True)
class Wording:
    """Index terms in widening circles around a mention; each holds the ones before."""

    mention: frozenset[str]
    clause: frozenset[str]
    block: frozenset[str]
    note: frozenset[str]
    denied: frozenset[str] = frozenset()
    """Terms that the block denies (`no nocturia`)."""


def block_of(note: Note, mention: Mention) -> str:
    """The problem around a mention: from the start of its line to the next number, to a bullet like its own or to a blank line;
    at most `BLOCK` code points behind it and half as many before."""
    text = note.text
    line = max(text.rfind(mark, 0, mention.span.start) for mark in "\r\n") + 1
    end = min(len(text), mention.span.end + BLOCK)
    own = _MARK.match(text, line, mention.span.start)
    for found in _NEXT.finditer(text, mention.span.end, end):
        mark = found["mark"]
        if not mark or mark[0].isdigit() or mark[0] == "#" or (own and own["mark"][0] == mark[0]):
            end = found.start()
            break
    return text[max(line, mention.span.start - BLOCK // 2) : end]


class Refiner:
    """Orders the candidates of mentions of one code book. What a category holds is read once."""

    def __init__(self, searcher: Searcher) -> None:
        self._book = searcher.codebook
        self._units: dict[str, tuple[tuple[str, str, frozenset[str]], ...]] = {}

    def in_category(self, category: str) -> tuple[tuple[str, str, frozenset[str]], ...]:
        """(unit, title, its index terms) of every unit of a category."""
        if category not in self._units:
            found: dict[str, tuple[str, str, frozenset[str]]] = {}
            waiting = [category]
            while waiting:
                code = self._book.get(waiting.pop())
                if code is None or code.stem != code.code:
                    continue
                below = [child for child in self._book.children(code.code) if child.stem == child.code]
                if below:
                    waiting.extend(child.code for child in below)
                else:
                    found[code.code] = (code.code, code.title, title_terms(code.title))
            self._units[category] = tuple(found[unit] for unit in sorted(found))
        return self._units[category]

    def expanded(self, hits: Sequence[UnitHit], wording: Wording) -> list[UnitHit]:
        """Siblings of the leading hits all of whose words the problem says, with something the hit does not."""
        have = {hit.unit for hit in hits}
        found = []
        for hit in hits[:EXPANDED]:
            own = title_terms(self._book.title(hit.unit))
            for unit, title, words in self.in_category(hit.unit[:3]):
                if unit in have:
                    continue
                gained = (words - own - _IDLE) & wording.block
                if gained and not words - wording.block - _IDLE - {"without"}:
                    have.add(unit)
                    found.append(
                        UnitHit(unit, hit.score - BELOW, title, hit.kind, hit.cosine - BELOW, hit.lexical * 0.8)
                    )
        return found

    def features(self, hit: UnitHit, wording: Wording, *, hand: float, wide: bool, extra: bool) -> tuple[float, ...]:
        """One number for each of `FEATURES`."""
        title = self._book.title(hit.unit)
        options = [title_terms(text) - _IDLE for text in (hit.matched_term, title)]
        worded = max(options, key=lambda words: (len(words & wording.clause) - len(words - wording.clause), len(words)))
        named = options[1]
        unsaid, in_block = worded - wording.clause, named - wording.block
        lower = title.lower()
        vague = any(word in lower for word in _VAGUE)
        over = min(len(words - wording.block) for words in options) > 0
        return (
            hit.cosine,
            hit.lexical,
            float(hit.score > hit.cosine + 0.4),
            min(6, len(worded & wording.mention)),
            len(worded & wording.mention) / max(1, len(worded)),
            min(4, len((worded - wording.mention) & wording.clause)),
            min(4, len((named - wording.clause) & wording.block)),
            min(4, len(unsaid)),
            min(4, len(in_block)),
            min(4, len(named - wording.note)),
            float(not unsaid),
            float(not in_block),
            float(over and not vague),
            float(vague),
            0.0,
            float(lower.count("unspecified") > 1),
            float("other" in lower.split()),
            float("without" in lower or "not intractable" in lower),
            float("classified elsewhere" in lower),
            float(_contradicted(lower, wording)),
            float(bool(_numbers(title, wording.mention))),
            min(3, len(wording.mention - named - options[0])),
            float(wide),
            float(extra),
            hand,
        )


_PART = re.compile(r"\b(without|not|with)\b ([^,;]+)")
_NO = re.compile(r"\b(?:no|not|without|denies|denied|w/o|never)\s+((?:[\w-]+[\s/]+){0,2}[\w-]+)", re.I)
_GRADE = frozenset(["stage", "type", "level", "grade"])


def denied_in(text: str) -> frozenset[str]:
    """Terms that stand right behind a word that denies them."""
    return frozenset(word for found in _NO.finditer(text) for word in terms(found[1]))


def _contradicted(title: str, wording: Wording) -> bool:
    """Whether a title says `without` what the problem says, or `with` what it denies."""
    for found in _PART.finditer(title):
        words = frozenset(terms(found[2])) - _IDLE
        if found[1] == "with":
            if words and words <= wording.denied:
                return True
        elif words and words <= wording.block - wording.denied:
            return True
    return False


def _numbers(title: str, said: frozenset[str]) -> bool:
    """Whether a title names another stage, type or level than the mention."""
    words = terms(title)
    if not _GRADE & said:
        return False
    for at, word in enumerate(words[:-1]):
        if word in _GRADE and word in said and words[at + 1][0].isdigit() and words[at + 1] not in said:
            return any(one[0].isdigit() for one in said)
    return False


def compared(found: Sequence[tuple[UnitHit, tuple[float, ...]]]) -> list[tuple[UnitHit, tuple[float, ...]]]:
    """The values of one mention's hits with what depends on the others: an unspecified code beside one of its category that
    says more, all of it stated."""
    precise = {
        hit.unit[:3]
        for hit, values in found
        if not any(values[at] for at in (_UNSPECIFIED, _OVER, _CONTRADICTED, _OTHER))
    }
    made = []
    for hit, values in found:
        if values[_UNSPECIFIED] and hit.unit[:3] in precise:
            values = (*values[:_BESIDE], 1.0, *values[_BESIDE + 1 :])
        made.append((hit, values))
    return made


def said_whole(values: Sequence[float]) -> bool:
    """Whether the mention says a code's term word for word."""
    return bool(values[_EXACT])


def invents(values: Sequence[float]) -> bool:
    """Whether a code says something that the whole note does not, and nothing that stands around the mention."""
    return values[_UNSAID_IN_NOTE] > 0 and not values[_CLAUSE] and not values[_BLOCK]


_refiners: "WeakKeyDictionary[Searcher, Refiner]" = WeakKeyDictionary()


def refiner_of(searcher: Searcher) -> Refiner:
    """The one of this searcher; it remembers what it read of the code book."""
    return _refiners.setdefault(searcher, Refiner(searcher))


_OVER, _UNSPECIFIED, _BESIDE, _CONTRADICTED, _OTHER = map(
    FEATURES.index, ("overreaching", "unspecified", "unspecified_beside", "contradicted", "other")
)
_EXACT, _CLAUSE, _BLOCK, _UNSAID_IN_NOTE = map(FEATURES.index, ("exact", "clause_gain", "block_gain", "unsaid_in_note"))


@lru_cache(maxsize=1)
def weights() -> Mapping[str, float]:
    """The fitted weights by feature name."""
    data: dict[str, dict[str, float]] = json.loads((_FOLDER / "refinement.json").read_text(encoding="utf-8"))
    return data["weights"]


def fit_of(values: Sequence[float], model: Mapping[str, float] | None = None) -> float:
    """How well a candidate's words fit, on the scale of log odds between candidates of one mention."""
    known = weights() if model is None else model
    return sum(known.get(name, 0.0) * value for name, value in zip(FEATURES, values, strict=True))
