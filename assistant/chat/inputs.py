"""What a model may speak of in a turn: the figures, words and texts of the results of its tools."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any

from assistant.chat.figures import NOTHING_OWED, Figure, Kind, figures
from assistant.chat.guard_words import guard_data, role_patterns, roles_in
from assistant.chat.spelling import folded
from assistant.chat.stems import stems, with_same
from assistant.chat.tool import SourceKind, ToolResult

DOCUMENTS = frozenset({SourceKind.NOTE, SourceKind.REMITTANCE, SourceKind.CLAIM, SourceKind.STORE, SourceKind.QUESTION})
"""Sources whose words are a document's, not ours."""
NOTHING = "owes nothing"
"""The sort of the amount zero where it is all that somebody owes, and not one of several shares."""
ZERO = Figure(Kind.AMOUNT, Decimal(0))
QUOTE = re.compile(r"[\"“”„«»‟]([^\"“”„«»‟]*)[\"“”„«»‟]")
_QUOTED = re.compile(r"[\"“”„«»‟].*[\"“”„«»‟]", re.DOTALL)
_KEY = re.compile(r"[a-z]+(?:_[a-z]+)*")


@dataclass(frozen=True, slots=True)
class Inputs:
    """What a turn may speak of."""

    figures: Mapping[Figure, frozenset[str]] = field(default_factory=dict)
    """Each figure that may be repeated, with the sorts of amount it stands for (`owes`, `paid`, ...)."""
    said: frozenset[str] = frozenset()
    """The tools' own sentences, folded: they may be repeated as they are."""
    words: frozenset[str] = frozenset()
    """Stems of the words of everything trusted, and of words that mean the same or say it in Spanish."""
    texts: tuple[str, ...] = ()
    """Everything that may be quoted, folded: documents too."""
    addresses: str = ""
    """Every trusted text, folded, signs as spaces: for addresses."""
    sources: int = 0
    """How many citations there are."""


def gather(question: str, results: Sequence[ToolResult], sources: int = 0) -> Inputs:
    """The inputs of a turn: what its tools found, and of the question its dates, plain numbers and codes.

    Amounts, percentages, spans of time, phones, addresses and links of the question are not taken over: what is asserted
    about money or deadlines comes from a tool or not at all.
    """
    collected = _Collected()
    for result in results:
        collected.add(result)
    for figure in figures(question):
        if figure.kind in (Kind.DATE, Kind.NUMBER):
            collected.figures.setdefault(figure, set())
    collected.quotable.append(question)
    joined = " ".join(collected.trusted)
    return Inputs(
        {figure: frozenset(roles) for figure, roles in collected.figures.items()},
        frozenset(folded(text) for text in collected.sentences),
        with_same(stems(f"{joined} {' '.join(collected.keys)}")),
        tuple(folded(text) for text in (*collected.quotable, *collected.trusted)),
        re.sub(r"\W+", " ", folded(joined)),
        sources,
    )


class _Collected:
    """What the results of a turn hold, sorted by what may be done with it."""

    def __init__(self) -> None:
        self.figures: dict[Figure, set[str]] = {}
        self._fields: set[Figure] = set()
        """Amounts whose sort a field of a record tells; a sentence may name several sorts and several amounts."""
        self.trusted: list[str] = []
        self.sentences: list[str] = []
        self.quotable: list[str] = []
        self.keys: set[str] = set()
        """Our own names for what the results hold."""

    def add(self, result: ToolResult) -> None:
        own: list[str] = []
        self._walk(result.data, "", own)
        for source in result.citations:
            (own if source.kind in DOCUMENTS else self.trusted).append(source.text)
            self._figures(source.locator if source.kind not in DOCUMENTS else "")
            if source.kind not in DOCUMENTS:
                self._figures(f"{source.text} {source.name}")
        for said in result.sentences:
            own.extend(source.text for source in said.sources if source.kind in DOCUMENTS)
        documents = sorted({text for text in own if len(text) >= 4}, key=len, reverse=True)
        for said in result.sentences:
            text = said.text
            for document in documents:
                if not _single(document):
                    text = text.replace(document, " ")
            # from the first sign of quotation to the last: a document's own signs must not end its quotation
            quoted = any(source.kind in DOCUMENTS for source in said.sources)
            text = (_QUOTED if quoted else QUOTE).sub(" ", text)
            self.sentences.append(said.text)
            self.trusted.append(text)
            self._figures(text)
        for code in result.codes:
            self.figures.setdefault(Figure(Kind.CODE, re.sub(r"[ .-]", "", code).upper()), set())
        self.quotable.extend(own)

    def _walk(self, value: Any, key: str, own: list[str], path: str = "") -> None:
        path = f"{path} {key}"
        if isinstance(value, Mapping):
            group, reason = value.get("group"), value.get("reason")
            if isinstance(group, str) and isinstance(reason, str):
                self._figures(f"{group}-{reason}")
            for name, item in value.items():
                if isinstance(name, str) and _KEY.fullmatch(name):
                    self.keys.add(name.replace("_", " "))
                self._walk(item, str(name), own, path)
        elif isinstance(value, list | tuple):
            self.figures.setdefault(Figure(Kind.NUMBER, Decimal(len(value)).normalize() + 0), set())
            for item in value:
                self._walk(item, key, own, path)
        elif isinstance(value, bool) or value is None:
            return
        elif isinstance(value, int | float | Decimal):
            self._number(str(value), key, path)
        elif isinstance(value, str):
            self._leaf(value, key, path, own)

    def _leaf(self, text: str, key: str, path: str, own: list[str]) -> None:
        if key in _document_keys():
            own.append(text)
        elif key.startswith("modifier") and re.fullmatch(r"[A-Z0-9]{2}", text):
            self._figures(f"modifier {text}")
        elif re.fullmatch(r"-?\d{1,12}(?:\.\d+)?", text.strip()):
            self._number(text.strip(), key, path)
        elif _single(text):
            self._figures(text)
        elif key in _trusted_keys():
            self.trusted.append(text)
            self._figures(text)
        else:
            own.append(text)

    def _number(self, text: str, key: str, path: str) -> None:
        try:
            value = abs(Decimal(text)).normalize() + 0
        except InvalidOperation:
            return
        self.figures.setdefault(Figure(Kind.NUMBER, value), set())
        if re.fullmatch(r"-?\d+\.\d\d", text):
            self._amount(value, path)
        if 0 <= value <= 1 and re.search(r"probab|rate|share|score|percent", key):
            self.figures.setdefault(Figure(Kind.PERCENT, (value * 100).quantize(Decimal(1)).normalize() + 0), set())
        elif re.search(r"percent|pct", key):
            self.figures.setdefault(Figure(Kind.PERCENT, value), set())
        for unit in ("day", "week", "month", "year"):
            if unit in key:
                self.figures.setdefault(Figure(Kind.TIME, (value, unit)), set())
        if re.fullmatch(r"\d{5}", text):
            self.figures.setdefault(Figure(Kind.CODE, text), set())

    def _amount(self, value: Decimal, path: str) -> None:
        roles = self.figures.setdefault(Figure(Kind.AMOUNT, value), set())
        told = {name for name, _, keys in role_patterns() if any(key in path for key in keys)}
        if told and Figure(Kind.AMOUNT, value) not in self._fields:
            roles.intersection_update({NOTHING})
            self._fields.add(Figure(Kind.AMOUNT, value))
        roles.update(told)
        if not value and path.split()[-1] in guard_data()["nothing"]["keys"] and "line" not in path:
            roles.add(NOTHING)

    def _figures(self, text: str) -> None:
        roles = roles_in(folded(text))
        for figure in figures(text):
            held = self.figures.setdefault(figure, set())
            if figure == ZERO and NOTHING_OWED.search(folded(text)):
                held.add(NOTHING)
            if figure.kind is Kind.AMOUNT and figure not in self._fields:
                held.update(roles)


@cache
def _trusted_keys() -> frozenset[str]:
    return frozenset(guard_data()["trusted"]["keys"])


@cache
def _document_keys() -> frozenset[str]:
    return frozenset(guard_data()["documents"]["keys"])


_SINGLE = re.compile(
    r"-?\$?[\d,]+(?:\.\d+)?%?|\d{4}-\d\d-\d\d|[A-Z0-9]{2,7}(?:\.[A-Z0-9]{1,4})?|(?:CO|PR|OA|PI|CR)-\w{1,3}", re.ASCII
)


def _single(text: str) -> bool:
    """Whether a value is one figure and nothing else: a field of a record rather than words."""
    return bool(_SINGLE.fullmatch(text.strip())) and any(sign.isdigit() for sign in text)
