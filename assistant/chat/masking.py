"""Identifiers out of a text before a remote model is asked, and back into its answer.

What counts as an identifier is data: `masking.toml` holds the eighteen kinds of the Safe Harbor method as patterns,
`names.txt` the names. The table of what stands for what lives in one `Mask` in memory and nowhere else. Within one mask the
same words always get the same placeholder, so that a model can follow who is who. Dates are masked whole, dates of service
too: shifting them would move them over a release of the code book or a deadline. A year alone stays.
"""

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

_HERE = Path(__file__).parent
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_TOKEN = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]*")
_LITERAL = re.compile(r"\[[A-Za-z]+_\d+\]")
_BETWEEN = re.compile(r"(?:,? {1,2}|\. |\s)(?:(?:de|del|la|las|los|van|von|der|da|dos|y|[A-Z]\.?) )*")
_CONDITION = re.compile(
    r"(?:['’]s)? (?:disease|syndrome|palsy|sign|test|score|lymphoma|fracture|contracture|disorder|thyroiditis|procedure|"
    r"catheter|tube|virus|phenomenon|cyst|hernia|esophagus|classification|criteria|scale|stage|class|index|reflex|maneuver|"
    r"chorea|ataxia|anemia|sarcoma|tumor|node|gland|method|stain|effect|law)"
)
_HIDDEN = dict.fromkeys((0xAD, 0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF))


@dataclass(frozen=True, slots=True)
class _Pattern:
    kind: str
    find: re.Pattern[str]
    digits: int
    """Least digits that a match must have."""
    but: re.Pattern[str] | None
    """The shape of something else."""

    def spans(self, text: str) -> Iterator[tuple[int, int, str]]:
        for match in self.find.finditer(text):
            if sum(sign.isdigit() for sign in match[0]) < self.digits or (self.but and self.but.fullmatch(match[0])):
                continue
            group = 1 if match.re.groups and match[1] is not None else 0
            yield *match.span(group), self.kind


@dataclass(frozen=True, slots=True)
class _Rules:
    patterns: "tuple[_Pattern, ...]"
    names: tuple[re.Pattern[str], ...]
    never: frozenset[str]
    keys: Mapping[str, str]
    given: frozenset[str]
    surnames: frozenset[str]
    words: frozenset[str]
    """Names that are also words."""


@cache
def _rules() -> _Rules:
    data = tomllib.loads((_HERE / "masking.toml").read_text(encoding="utf-8"))
    blocks: dict[str, list[str]] = {}
    for line in (_HERE / "names.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            found = blocks.setdefault(line.strip("[]"), [])
        elif not line.startswith("#"):
            found.extend(line.split())
    return _Rules(
        tuple(
            _Pattern(
                row["kind"],
                re.compile(pattern),
                row.get("digits", 0),
                re.compile(row["but"]) if "but" in row else None,
            )
            for row in data["pattern"]
            for pattern in row["find"]
        ),
        tuple(re.compile(pattern) for row in data["name"] for pattern in row["find"]),
        frozenset(data["never"]["words"]),
        {key: kind for kind, keys in data["keys"].items() for key in keys},
        frozenset(blocks["given"]),
        frozenset(blocks["surnames"]),
        frozenset(blocks["also_words"]),
    )


def kinds() -> Mapping[str, str]:
    """Every kind of identifier and its letter in 45 CFR 164.514(b)(2)(i)."""
    data = tomllib.loads((_HERE / "masking.toml").read_text(encoding="utf-8"))
    return {"NAME": "A", **{row["kind"]: row["hipaa"] for row in data["pattern"]}}


def kind_of_key(key: str) -> str | None:
    """The kind of identifier that a record holds under `key`, if any."""
    return _rules().keys.get(key)


class Mask:
    """One conversation's table of identifiers and placeholders."""

    def __init__(self, known: Iterable[tuple[str, str]] = ()) -> None:
        """`known` are (kind, value) pairs that the site's own records hold: they are found in any text."""
        self._names: set[str] = set()
        self._ids: dict[str, str] = {}
        self._phrases: dict[str, str] = {}
        self._forward: dict[tuple[str, str], str] = {}
        self._back: dict[str, str] = {}
        self._counts: dict[str, int] = {}
        self._words: dict[str, _Word] = {}
        self._done: dict[str, str] = {}
        """Texts masked with all that is known now: a turn sends the same texts again with each call."""
        self.learned = 0
        """How many names and numbers are known; when it grows, texts masked before may hold one of them."""
        for kind, value in known:
            self.know(kind, value)

    def know(self, kind: str, value: str) -> None:
        """Mask `value` wherever it stands from now on."""
        value = value.strip()
        if kind == "NAME":
            self._learn(value)
        elif " " in value:
            self._note(self._phrases, value.casefold(), kind)
        elif len(value) >= 3:
            self._note(self._ids, _plain(value), kind)

    def _note(self, table: dict[str, str], key: str, kind: str) -> None:
        if table.get(key) != kind:
            table[key] = kind
            self._forget()

    def _forget(self) -> None:
        self.learned += 1
        self._done.clear()

    @property
    def table(self) -> Mapping[str, str]:
        """Each placeholder and what it stands for."""
        return dict(self._back)

    def mask(self, text: str) -> str:
        """`text` with placeholders such as `[NAME_1]` for identifiers."""
        if text not in self._done:
            masked = self._mask(text)
            self._done[text] = masked
        return self._done[text]

    def _mask(self, text: str) -> str:
        text = text.translate(_HIDDEN)
        taken = bytearray(len(text))
        spans: list[tuple[int, int, str]] = []
        for start, end, kind in self._found(text):
            spans.extend(_free(taken, start, end, kind))
        spans.sort()
        out, at = [], 0
        for start, end, kind in _joined(spans, text):
            out += [text[at:start], self._placeholder(kind, text[start:end])]
            at = end
        return "".join([*out, text[at:]])

    def mask_value(self, value: Any, key: str = "") -> Any:
        """A JSON value with every text in it masked; keys known to hold identifiers are masked whole."""
        if isinstance(value, Mapping):
            for name, item in value.items():
                kind = kind_of_key(name)
                if kind and isinstance(item, str) and _fits(kind, item):
                    self.know(kind, item)
            return {name: self.mask_value(item, name) for name, item in value.items()}
        if isinstance(value, list | tuple):
            return [self.mask_value(item, key) for item in value]
        if not isinstance(value, str):
            return value
        kind = kind_of_key(key)
        if kind and _fits(kind, value) and not _LITERAL.fullmatch(value):
            return self._placeholder(kind, value)
        return self.mask(value)

    def restore(self, text: str) -> str:
        """`text` with every placeholder of this mask turned back; brackets that a model has lost are no matter."""
        if not self._back:
            return text
        return _placeholder_pattern(tuple(sorted(self._counts))).sub(
            lambda found: self._back.get(f"[{found[1].upper()}_{found[2]}]", found[0]), text
        )

    def restore_value(self, value: Any) -> Any:
        """A JSON value with every text in it restored."""
        if isinstance(value, Mapping):
            return {name: self.restore_value(item) for name, item in value.items()}
        if isinstance(value, list | tuple):
            return [self.restore_value(item) for item in value]
        return self.restore(value) if isinstance(value, str) else value

    def _placeholder(self, kind: str, words: str) -> str:
        if (kind, words) not in self._forward:
            self._counts[kind] = self._counts.get(kind, 0) + 1
            made = f"[{kind}_{self._counts[kind]}]"
            self._forward[kind, words] = made
            self._back[made] = words
        return self._forward[kind, words]

    def _found(self, text: str) -> Iterator[tuple[int, int, str]]:
        """Every span to mask, most certain first."""
        for match in _LITERAL.finditer(text):
            yield *match.span(), "TEXT"
        if self._phrases:
            small = text.casefold()
            if len(small) == len(text):
                for phrase, kind in self._phrases.items():
                    at = small.find(phrase)
                    while at >= 0:
                        yield at, at + len(phrase), kind
                        at = small.find(phrase, at + len(phrase))
        if self._ids:
            for match in _TOKEN.finditer(text):
                if kind := self._ids.get(_plain(match[0]), ""):
                    yield *match.span(), kind
        figures = any(sign.isdigit() for sign in text)
        for pattern in _rules().patterns:
            if figures or not pattern.digits:
                yield from pattern.spans(text)
        announced = [span for cue in _rules().names for span in _announced(cue, text)]
        words = list(self._words_of(text))
        pairs = [
            (start, after + second.length)
            for (start, first), (after, second) in pairwise(words)
            if (first.given or first.sure or second.sure)
            and _is_pair(first, second)
            and _BETWEEN.fullmatch(text, start + first.length, after)
        ]
        for start, end in (*announced, *pairs):
            self._learn(text[start:end])
        for start, end in (*announced, *pairs):
            yield start, end, "NAME"
        for start, word in words:
            end = start + word.length
            if self._learned(word) or _is_listed(word, text, end):
                yield start, end, "NAME"

    def _words_of(self, text: str) -> "Iterator[tuple[int, _Word]]":
        """Each word of a text and where it begins; a word said again is not looked up again."""
        rules = _rules()
        for match in _WORD.finditer(text):
            said = match[0]
            word = self._words.get(said)
            if word is None:
                word = self._words[said] = _Word(said, rules)
            yield match.start(), word

    def _learn(self, name: str) -> None:
        for match in _WORD.finditer(name):
            word = _folded(match[0])
            for part in (word, *re.split(r"['’-]", word)):
                if len(part) < 2 or part in self._names or part in _PARTICLES or _is_never(match[0]):
                    continue
                self._names.add(part)
                self._forget()

    def _learned(self, word: "_Word") -> bool:
        if word.folded in self._names or any(part in self._names for part in word.parts):
            return word.capital or (len(word.folded) >= 4 and word.folded not in _rules().words)
        return False


_PARTICLES = frozenset(
    {"de", "del", "la", "las", "los", "van", "von", "der", "da", "dos", "jr", "sr", "ii", "iii", "md"}
)


class _Word:
    """A word, as a possible name."""

    __slots__ = ("capital", "folded", "given", "known", "length", "never", "parts", "sure", "surname", "upper")

    def __init__(self, said: str, rules: _Rules) -> None:
        if said[-2:] in ("'s", "’s", "'S", "’S"):
            said = said[:-2]
        self.length = len(said)
        self.capital = said[:1].isupper()
        self.upper = len(said) > 1 and said.isupper()
        self.folded = _folded(said)
        self.parts = tuple(re.split(r"['’-]", self.folded)) if not said.isalpha() else ()
        both = self.parts or (self.folded,)
        self.given = self.folded in rules.given or (bool(self.parts) and all(part in rules.given for part in both))
        self.surname = self.folded in rules.surnames or (
            bool(self.parts) and any(part in rules.surnames for part in both)
        )
        self.never = _is_never(said)
        self.known = self.never or self.folded in rules.words
        self.sure = (self.given or self.surname) and not self.known


def _is_pair(first: _Word, second: _Word) -> bool:
    """Whether two words that stand together are a person's names, in either order."""
    if first.capital and second.capital:
        if (first.given and second.surname) or (first.surname and second.given and (first.sure or second.sure)):
            return not first.never and not second.never
        if first.given and first.sure and not second.known and not second.upper and len(second.folded) > 2:
            return True
        return second.sure and second.surname and not first.known and not first.upper and len(first.folded) > 2
    return first.given and first.sure and second.surname and second.sure


def _is_listed(word: _Word, text: str, end: int) -> bool:
    """Whether a word alone is a name of the list: no word besides, and not that of a disease or a test."""
    enough = len(word.folded) >= (5 if word.upper else 3)
    return word.capital and word.sure and enough and not _CONDITION.match(text, end)


def _is_never(word: str) -> bool:
    never = _rules().never
    return word in never or (word.isupper() and word.title() in never)


def _announced(pattern: re.Pattern[str], text: str) -> Iterator[tuple[int, int]]:
    """The names after a cue, without words at either end that are none."""
    for match in pattern.finditer(text):
        words = list(_WORD.finditer(text, *match.span(1)))
        for number, word in enumerate(words):
            never = _is_never(word[0]) and _folded(word[0]) not in _PARTICLES
            if never or text[word.end() : word.end() + 1].isdigit():
                words = words[:number]
                break
        while words and _folded(words[-1][0]) in _PARTICLES:
            words.pop()
        if words:
            yield words[0].start(), words[-1].end()


def _free(taken: bytearray, start: int, end: int, kind: str) -> Iterator[tuple[int, int, str]]:
    """The parts of a span that nothing has taken yet; they are taken now."""
    at = start
    while at < end:
        if taken[at]:
            at += 1
            continue
        stop = at
        while stop < end and not taken[stop]:
            stop += 1
        taken[at:stop] = b"\1" * (stop - at)
        yield at, stop, kind
        at = stop


def _joined(spans: list[tuple[int, int, str]], text: str) -> Iterator[tuple[int, int, str]]:
    """Names that stand together as one; spans of nothing but signs left out."""
    held: tuple[int, int, str] | None = None
    for start, end, kind in spans:
        if not any(character.isalnum() for character in text[start:end]):
            continue
        near = held is not None and (held[1] == start or bool(_BETWEEN.fullmatch(text, held[1], start)))
        if held and near and kind == held[2] == "NAME" and "\n" not in text[held[1] : start]:
            held = (held[0], end, kind)
            continue
        if held:
            yield held
        held = (start, end, kind)
    if held:
        yield held


@cache
def _placeholder_pattern(kinds: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(rf"\[?\b({'|'.join(kinds)})_(\d+)\b\]?", re.IGNORECASE)


def _fits(kind: str, value: str) -> bool:
    """Whether a key's value can be an identifier at all: a name has letters, a number has digits."""
    if kind in ("NAME", "ADDRESS", "PLACE"):
        return any(character.isalpha() for character in value) or kind == "PLACE"
    return any(character.isdigit() for character in value)


def _folded(word: str) -> str:
    plain = unicodedata.normalize("NFKD", word.casefold())
    return "".join(character for character in plain if not unicodedata.combining(character))


def _plain(value: str) -> str:
    return value.replace("-", "").upper()
