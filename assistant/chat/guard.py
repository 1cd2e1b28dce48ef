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
from itertools import permutations
from pathlib import Path
from typing import Any

from assistant.chat.figures import NOTHING_OWED, Figure, Kind, figure_words, figures, folded, plain
from assistant.chat.tool import SourceKind, ToolResult

DOCUMENTS = frozenset({SourceKind.NOTE, SourceKind.REMITTANCE, SourceKind.CLAIM, SourceKind.STORE, SourceKind.QUESTION})
"""Sources whose words are a document's, not ours."""
RESTING = 0.5
"""Least part of a sentence's words that must stand in what the tools said."""
NOTHING = "owes nothing"
"""The sort of the amount zero where it is all that somebody owes, and not one of several shares."""
_ZERO = Figure(Kind.AMOUNT, Decimal(0))
MOST_PARTS = 12
"""Most amounts of a sentence that are reckoned with."""
_QUOTE = re.compile(r"[\"“”„«»‟]([^\"“”„«»‟]*)[\"“”„«»‟]")
_QUOTED = re.compile(r"[\"“”„«»‟].*[\"“”„«»‟]", re.DOTALL)
CITED = re.compile(r"\[(\d{1,3}(?:\s?,\s?\d{1,3})*)\]")
"""Marks of sources in a model's text."""
_MARKUP = re.compile(r"!\[|\]\(|<[a-zA-Z/!][^>]*>?|\[[^\]]*\]:|&#\w+;")
_END = re.compile(r"(?<=[.!?…])[)\"'’”»]*\s+(?=[\"“«¿¡(\[*-]?[^\Wa-z_])|\n+")
_SHORT = re.compile(r"\b(?:Dr|Mr|Mrs|Ms|Sr|Sra|vs|e\.g|i\.e|approx|No|St|Jr|cf|incl|p|ej)\.$")
_WORD = re.compile(r"[^\W\d_]{4,}")
_KEY = re.compile(r"[a-z]+(?:_[a-z]+)*")
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
    """Stems of the words of everything trusted, and of words that mean the same or say it in Spanish."""
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
        with_same(stems(f"{joined} {' '.join(collected.keys)}")),
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
    reckoned = _reckoned(found, folded(bare), inputs)
    yield from _unsupported(found, inputs, reckoned)
    yield from _wrong_sort(found, folded(bare), inputs, reckoned)
    yield from _taken_away(found, folded(bare))
    yield from _invalid(found, valid)
    if not bare.strip().endswith("?") and not _rests(rest, inputs):
        yield Objection("source", "rests on nothing that was looked up")


def _unsupported(found: Iterable[Figure], inputs: Inputs, reckoned: Figure | None) -> Iterator[Objection]:
    for figure in found:
        if figure not in inputs.figures and figure != reckoned and not _otherwise(figure, inputs):
            yield Objection(figure.kind.value, f"names {_article(figure.kind.value)} that was not looked up")


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


def _article(kind: str) -> str:
    return f"an {kind}" if kind[0] in "aeiou" else f"a {kind}"


def _reckoned(found: Iterable[Figure], sentence: str, inputs: Inputs) -> Figure | None:
    """The one amount of a sentence that is said to be, and is, the sum of all its others or the difference of its two.

    The others must stand in the inputs. What is owed, due or to be refunded is never reckoned but from parts that are all
    of that sort, and never a difference: nobody knows here what was paid at the desk.
    """
    amounts = [figure for figure in found if figure.kind is Kind.AMOUNT]
    if not 3 <= len(amounts) <= MOST_PARTS or not _among("words").search(sentence):
        return None
    told = _roles(sentence)
    person = bool(_among("people").search(sentence))

    def doubtful(figure: Figure) -> bool:
        return figure not in inputs.figures or bool(told and not told & inputs.figures[figure])

    for figure in sorted(amounts, key=doubtful, reverse=True):
        parts = [part for part in amounts if part != figure]
        if any(part not in inputs.figures or part.value == 0 for part in parts):
            continue
        shared = frozenset.intersection(*(inputs.figures[part] for part in parts))
        if figure.value == sum(part.value for part in parts):
            of_one_sort = bool(shared & told) if told else bool(shared)
            if of_one_sort and told & _BINDING <= shared and (not person or "owes" in shared):
                return figure
        apart = len(parts) == 2 and figure.value == abs(parts[0].value - parts[1].value)
        if apart and not person and not told & _BINDING:
            return figure
    return None


def _taken_away(found: Iterable[Figure], sentence: str) -> Iterator[Objection]:
    """What is owed or refunded as a difference, even where that amount happens to stand in the inputs."""
    amounts = [figure.value for figure in found if figure.kind is Kind.AMOUNT][:MOST_PARTS]
    if not _roles(sentence) & _BINDING or not _among("less").search(sentence):
        return
    if any(one == abs(two - three) for one, two, three in permutations(amounts, 3)):
        yield Objection("amount", "reckons what is owed")


_BINDING = frozenset({"owes", "refund"})
"""Sorts of amount on which somebody acts."""


def _nothing_owed(sentence: str) -> bool:
    """Whether a sentence says of the whole, not of one share such as the copay, that nothing is owed."""
    cues, shares = _data()["nothing"]["cues"], _data()["nothing"]["shares"]
    words = set(re.findall(r"[^\W\d_]+", sentence))
    return bool(words & set(cues)) and not words & set(shares)


@cache
def _among(key: str) -> re.Pattern[str]:
    """Any of the words that `[arithmetic]` lists under `key`."""
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, _data()['arithmetic'][key]))})\b")


def _wrong_sort(found: Iterable[Figure], sentence: str, inputs: Inputs, reckoned: Figure | None) -> Iterator[Objection]:
    """An amount that stands in the inputs, but not as what the sentence calls it."""
    roles = _roles(sentence)
    for figure in found:
        if figure == reckoned:
            continue
        if figure == _ZERO and _nothing_owed(sentence) and NOTHING not in inputs.figures.get(_ZERO, ()):
            yield Objection("amount", "says that nothing is owed")
        elif figure.kind is Kind.AMOUNT and roles and figure in inputs.figures and not roles & inputs.figures[figure]:
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
    return {_stem(word) for word in _WORD.findall(folded(text)) if word not in plain_words}


def _stem(word: str) -> str:
    if len(word) > 4 and word.endswith("s") and not word.endswith(("ss", "is", "us")):
        word = word[:-1]
    return word[:6]


def with_same(words: set[str]) -> frozenset[str]:
    """`words` with the stems of those that mean the same here (`guard.toml`) or are their Spanish (`spanish_terms.tsv`)."""
    found = set(words)
    for group in _same():
        if group & words:
            found |= group
    for english, spanish in _spanish():
        if english <= words:
            found |= spanish
    return frozenset(found)


@cache
def _same() -> tuple[frozenset[str], ...]:
    return tuple(frozenset(map(_stem, map(folded, group))) for group in _data()["same"]["groups"])


@cache
def _spanish() -> tuple[tuple[frozenset[str], frozenset[str]], ...]:
    """(stems of an English term, those of its Spanish)."""
    lines = Path(__file__).with_name("spanish_terms.tsv").read_text(encoding="utf-8").splitlines()
    rows = (line.split("\t") for line in lines if "\t" in line and not line.startswith("#"))
    pairs = ((frozenset(stems(row[1])), frozenset(stems(row[0]))) for row in rows)
    return tuple((english, spanish) for english, spanish in pairs if english and spanish)


@cache
def _plain_words() -> frozenset[str]:
    data = _data()
    reckoning = (part for words in data["arithmetic"]["words"] for part in words.split())
    return frozenset((*data["plain"]["words"], *data["plain"]["more"], *reckoning)) | figure_words()


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
        told = {name for name, _, keys in _role_patterns() if any(key in path for key in keys)}
        if told and Figure(Kind.AMOUNT, value) not in self._fields:
            roles.intersection_update({NOTHING})
            self._fields.add(Figure(Kind.AMOUNT, value))
        roles.update(told)
        if not value and path.split()[-1] in _data()["nothing"]["keys"] and "line" not in path:
            roles.add(NOTHING)

    def _figures(self, text: str) -> None:
        roles = _roles(folded(text))
        for figure in figures(text):
            held = self.figures.setdefault(figure, set())
            if figure == _ZERO and NOTHING_OWED.search(folded(text)):
                held.add(NOTHING)
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
