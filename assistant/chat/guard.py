"""The guard: what a model wrote over the results of a turn, held against them sentence by sentence.

A sentence stays when every figure in it stands in the inputs, every code was retrieved in this turn and is valid, every
quotation is verbatim, no link leads out, and its words rest on what the tools said. Any other is withdrawn and it is said
so. Words of a document (a note, a payer's message, a name) are no input for a figure: they may be quoted as what the
document says and no more, so that a text that asks for a code or an amount cannot have it said.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import permutations

from assistant.chat.figures import Figure, Kind, figures
from assistant.chat.guard_words import among, guard_data, roles_in
from assistant.chat.inputs import NOTHING, QUOTE, ZERO, Inputs
from assistant.chat.reckoning import BINDING, MOST_PARTS, reckoned_amount
from assistant.chat.spelling import folded, plain
from assistant.chat.stems import stems

RESTING = 0.5
"""Least part of a sentence's words that must stand in what the tools said."""
CITED = re.compile(r"\[(\d{1,3}(?:\s?,\s?\d{1,3})*)\]")
"""Marks of sources in a model's text."""
_MARKUP = re.compile(r"!\[|\]\(|<[a-zA-Z/!][^>]*>?|\[[^\]]*\]:|&#\w+;")
_END = re.compile(r"(?<=[.!?…])[)\"'’”»]*\s+(?=[\"“«¿¡(\[*-]?[^\Wa-z_])|\n+")
_SHORT = re.compile(r"\b(?:Dr|Mr|Mrs|Ms|Sr|Sra|vs|e\.g|i\.e|approx|No|St|Jr|cf|incl|p|ej)\.$")
Valid = Callable[[str], bool | None]
"""Whether a code is valid on the date of service; None when no loaded system knows its shape."""


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
    return len(text) < 400 and any(re.search(pattern, start) for pattern in guard_data()["declined"]["find"])


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
    for match in QUOTE.finditer(plain(bare)):
        words = folded(match[1]).strip(" .,;:")
        if not any(words in text for text in inputs.texts):
            yield Objection("quote", "quotes words that do not stand there")
        quoted = True
    rest = QUOTE.sub(" ", plain(bare))
    if quoted and _is_attribution(rest):
        return
    found = figures(bare)
    reckoned = reckoned_amount(found, folded(bare), inputs)
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


def _taken_away(found: Iterable[Figure], sentence: str) -> Iterator[Objection]:
    """What is owed or refunded as a difference, even where that amount happens to stand in the inputs."""
    amounts = [figure.value for figure in found if figure.kind is Kind.AMOUNT][:MOST_PARTS]
    if not roles_in(sentence) & BINDING or not among("less").search(sentence):
        return
    if any(one == abs(two - three) for one, two, three in permutations(amounts, 3)):
        yield Objection("amount", "reckons what is owed")


def _nothing_owed(sentence: str) -> bool:
    """Whether a sentence says of the whole, not of one share such as the copay, that nothing is owed."""
    cues, shares = guard_data()["nothing"]["cues"], guard_data()["nothing"]["shares"]
    words = set(re.findall(r"[^\W\d_]+", sentence))
    return bool(words & set(cues)) and not words & set(shares)


def _wrong_sort(found: Iterable[Figure], sentence: str, inputs: Inputs, reckoned: Figure | None) -> Iterator[Objection]:
    """An amount that stands in the inputs, but not as what the sentence calls it."""
    roles = roles_in(sentence)
    for figure in found:
        if figure == reckoned:
            continue
        if figure == ZERO and _nothing_owed(sentence) and NOTHING not in inputs.figures.get(ZERO, ()):
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


@cache
def _around() -> frozenset[str]:
    return frozenset(guard_data()["quotes"]["around"])


def _is_attribution(rest: str) -> bool:
    words = re.findall(r"[^\W\d_]+(?:['’]s)?|\d+", folded(rest))
    return 0 < len(words) <= 14 and all(word in _around() for word in words)
