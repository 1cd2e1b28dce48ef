"""The guard: what a model wrote over the results of a turn, held against them sentence by sentence.

A sentence stays when every figure in it stands in the inputs, every code was retrieved in this turn and is valid, every
quotation is verbatim, no link leads out, and its words rest on what the tools said. Any other is withdrawn and it is said
so. Words of a document (a note, a payer's message, a name) are no input for a figure: they may be quoted as what the
document says and no more, so that a text that asks for a code or an amount cannot have it said.
"""

import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from functools import cache
from pathlib import Path
from typing import Any

from assistant.chat.figures import Figure, Kind, figure_words, figures, folded, plain
from assistant.chat.tool import SourceKind, ToolResult

DOCUMENTS = frozenset({SourceKind.NOTE, SourceKind.REMITTANCE, SourceKind.CLAIM, SourceKind.STORE, SourceKind.QUESTION})
"""Sources whose words are a document's, not ours."""
RESTING = 0.5
"""Least part of a sentence's words that must stand in what the tools said."""
_QUOTE = re.compile(r"[\"“”„«»‟]([^\"“”„«»‟]*)[\"“”„«»‟]")
_QUOTED = re.compile(r"[\"“”„«»‟].*[\"“”„«»‟]", re.DOTALL)
CITED = re.compile(r"\[(\d{1,3}(?:\s?,\s?\d{1,3})*)\]")
"""Marks of sources in a model's text."""
_MARKUP = re.compile(r"!\[|\]\(|<[a-zA-Z/!][^>]*>?|\[[^\]]*\]:|&#\w+;")
_END = re.compile(r"(?<=[.!?…])[)\"'’”»]*\s+(?=[\"“«¿¡(\[*-]?[^\Wa-z_])|\n+")
_SHORT = re.compile(r"\b(?:Dr|Mr|Mrs|Ms|Sr|Sra|vs|e\.g|i\.e|approx|No|St|Jr|cf|incl|p|ej)\.$")
_WORD = re.compile(r"[^\W\d_]{4,}")
Valid = Callable[[str], bool | None]
"""Whether a code is valid on the date of service; None when no loaded system knows its shape."""


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))


@dataclass(frozen=True, slots=True)
class Inputs:
    """What a turn may speak of."""

    figures: Mapping[Figure, frozenset[str]] = field(default_factory=dict)
    """Each figure that may be repeated, with the sorts of amount it stands for (`owes`, `paid`, ...)."""
    said: frozenset[str] = frozenset()
    """The tools' own sentences, folded: they may be repeated as they are."""
    words: frozenset[str] = frozenset()
    """Stems of the words of everything trusted."""
    texts: tuple[str, ...] = ()
    """Everything that may be quoted, folded: documents too."""
    addresses: str = ""
    """Every trusted text, folded, signs as spaces: for addresses."""
    sources: int = 0
    """How many citations there are."""


@dataclass(frozen=True, slots=True)
class Objection:
    """Why a sentence is withdrawn: `what` is the kind (`code`, `amount`, `quote`, ...), never the words."""

    what: str
    why: str


@dataclass(frozen=True, slots=True)
class Guarded:
    """A text after the guard."""

    kept: tuple[str, ...]
    withdrawn: tuple[tuple[str, tuple[Objection, ...]], ...]
    """Each sentence that does not stand, and why."""

    @property
    def text(self) -> str:
        """The sentences that stand, one a line."""
        return "\n".join(self.kept)

    @property
    def fails(self) -> bool:
        """Whether too little is left to be an answer: nothing, or less than was withdrawn."""
        return not self.kept or len(self.withdrawn) > len(self.kept)

    @property
    def kinds(self) -> tuple[str, ...]:
        """What was not supported, each once."""
        return tuple(dict.fromkeys(found.what for _, listed in self.withdrawn for found in listed))


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
        frozenset(stems(joined)),
        tuple(folded(text) for text in (*collected.quotable, *collected.trusted)),
        re.sub(r"\W+", " ", folded(joined)),
        sources,
    )


def guard(text: str, inputs: Inputs, valid: Valid) -> Guarded:
    """`text` without the sentences that do not stand."""
    kept, withdrawn = [], []
    for sentence in sentences(text):
        if objections := tuple(judge(sentence, inputs, valid)):
            withdrawn.append((sentence, objections))
        else:
            kept.append(sentence)
    return Guarded(tuple(kept), tuple(withdrawn))


def sentences(text: str) -> list[str]:
    """The sentences of a model's text, list marks and emphasis gone."""
    out: list[str] = []
    for part in _END.split(text):
        part = re.sub(r"^\s*(?:[-*•#>]+|\d{1,2}[.)])\s+", "", part.strip()).replace("**", "").replace("`", "").strip()
        if out and _SHORT.search(out[-1]):
            out[-1] += f" {part}"
        elif part:
            out.append(part)
    return out


def declines(text: str) -> bool:
    """Whether a model's text says that it will not answer."""
    start = folded(text[:200])
    return len(text) < 400 and any(re.search(pattern, start) for pattern in _data()["declined"]["find"])


def judge(sentence: str, inputs: Inputs, valid: Valid) -> Iterator[Objection]:
    """What is wrong with one sentence; nothing when it stands."""
    bare = CITED.sub(" ", sentence)
    for match in CITED.finditer(sentence):
        if any(not 1 <= int(number) <= inputs.sources for number in match[1].split(",")):
            yield Objection("citation", "cites a source that is not there")
    if _MARKUP.search(plain(bare)):
        yield Objection("markup", "holds a link, an image or markup")
        return
    if folded(bare) in inputs.said:
        yield from _invalid(figures(bare), valid, said=True)
        return
    quoted = False
    for match in _QUOTE.finditer(plain(bare)):
        words = folded(match[1]).strip(" .,;:")
        if not any(words in text for text in inputs.texts):
            yield Objection("quote", "quotes words that do not stand there")
        quoted = True
    rest = _QUOTE.sub(" ", plain(bare))
    if quoted and _is_attribution(rest):
        return
    found = figures(bare)
    yield from _unsupported(found, inputs)
    yield from _wrong_sort(found, folded(bare), inputs)
    yield from _invalid(found, valid)
    if not bare.strip().endswith("?") and not _rests(rest, inputs):
        yield Objection("source", "rests on nothing that was looked up")


def _unsupported(found: Iterable[Figure], inputs: Inputs) -> Iterator[Objection]:
    for figure in found:
        if figure not in inputs.figures and not _otherwise(figure, inputs):
            yield Objection(figure.kind.value, f"names a {figure.kind.value} that was not looked up")


def _otherwise(figure: Figure, inputs: Inputs) -> bool:
    """Whether a figure stands in the inputs in another dress."""
    value = figure.value
    if figure.kind is Kind.DATE:
        return any(
            all(not mine or mine == theirs for mine, theirs in zip(value, other.value, strict=True))
            for other in inputs.figures
            if other.kind is Kind.DATE
        )
    if figure.kind is Kind.NUMBER:
        if Figure(Kind.AMOUNT, value) in inputs.figures or Figure(Kind.PERCENT, value) in inputs.figures:
            return True
        return any(
            (other.kind is Kind.TIME and other.value[0] == value)
            or (other.kind is Kind.DATE and value == other.value[0])
            or (other.kind is Kind.CODE and str(value) == other.value)
            for other in inputs.figures
        )
    if figure.kind is Kind.ADDRESS:
        return f" {value} " in f" {inputs.addresses} "
    return figure.kind is Kind.RELATIVE and f" {value} " in f" {inputs.addresses} "


def _wrong_sort(found: Iterable[Figure], sentence: str, inputs: Inputs) -> Iterator[Objection]:
    """An amount that stands in the inputs, but not as what the sentence calls it."""
    roles = _roles(sentence)
    for figure in found:
        if figure.kind is Kind.AMOUNT and roles and figure in inputs.figures and not roles & inputs.figures[figure]:
            yield Objection("amount", f"calls an amount {' or '.join(sorted(roles))} that is none")


def _invalid(found: Iterable[Figure], valid: Valid, said: bool = False) -> Iterator[Objection]:
    if said:  # a tool's own sentence may say that a code is not valid
        return
    for figure in found:
        if figure.kind is Kind.CODE and valid(figure.value) is False:
            yield Objection("code", "names a code that is not valid on the date of service")


def _rests(sentence: str, inputs: Inputs) -> bool:
    words = stems(sentence)
    if not words:
        return True
    return sum(word in inputs.words for word in words) >= RESTING * len(words)


def stems(text: str) -> set[str]:
    """The beginnings of the words of a text that carry something."""
    plain_words = _plain_words()
    return {word[:6] for word in _WORD.findall(folded(text)) if word not in plain_words}


@cache
def _plain_words() -> frozenset[str]:
    return frozenset(_data()["plain"]["words"]) | figure_words()


@cache
def _around() -> frozenset[str]:
    return frozenset(_data()["quotes"]["around"])


def _is_attribution(rest: str) -> bool:
    words = re.findall(r"[^\W\d_]+(?:['’]s)?|\d+", folded(rest))
    return 0 < len(words) <= 14 and all(word in _around() for word in words)


@cache
def _role_patterns() -> tuple[tuple[str, re.Pattern[str], tuple[str, ...]], ...]:
    return tuple(
        (row["name"], re.compile(rf"\b(?:{'|'.join(map(re.escape, row['cues']))})\b"), tuple(row["keys"]))
        for row in _data()["role"]
    )


def _roles(sentence: str) -> set[str]:
    return {name for name, cues, _ in _role_patterns() if cues.search(sentence)}


class _Collected:
    """What the results of a turn hold, sorted by what may be done with it."""

    def __init__(self) -> None:
        self.figures: dict[Figure, set[str]] = {}
        self._fields: set[Figure] = set()
        """Amounts whose sort a field of a record tells; a sentence may name several sorts and several amounts."""
        self.trusted: list[str] = []
        self.sentences: list[str] = []
        self.quotable: list[str] = []

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
            text = (_QUOTED if quoted else _QUOTE).sub(" ", text)
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
        told = {name for name, _, keys in _role_patterns() if any(key in path for key in keys)}
        if told and Figure(Kind.AMOUNT, value) not in self._fields:
            roles.clear()
            self._fields.add(Figure(Kind.AMOUNT, value))
        roles.update(told)

    def _figures(self, text: str) -> None:
        roles = _roles(folded(text))
        for figure in figures(text):
            held = self.figures.setdefault(figure, set())
            if figure.kind is Kind.AMOUNT and figure not in self._fields:
                held.update(roles)


@cache
def _trusted_keys() -> frozenset[str]:
    return frozenset(_data()["trusted"]["keys"])


@cache
def _document_keys() -> frozenset[str]:
    return frozenset(_data()["documents"]["keys"])


_SINGLE = re.compile(
    r"-?\$?[\d,]+(?:\.\d+)?%?|\d{4}-\d\d-\d\d|[A-Z0-9]{2,7}(?:\.[A-Z0-9]{1,4})?|(?:CO|PR|OA|PI|CR)-\w{1,3}", re.ASCII
)


def _single(text: str) -> bool:
    """Whether a value is one figure and nothing else: a field of a record rather than words."""
    return bool(_SINGLE.fullmatch(text.strip())) and any(sign.isdigit() for sign in text)
