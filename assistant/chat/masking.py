"""Identifiers out of a text before a remote model is asked, and back into its answer.

What counts as an identifier is data: `masking.toml` holds the eighteen kinds of the Safe Harbor method as patterns,
`names.txt` the names. The table of what stands for what lives in one `Mask` in memory and nowhere else. Within one mask the
same words always get the same placeholder, so that a model can follow who is who. Dates are masked whole, dates of service
too: shifting them would move them over a release of the code book or a deadline. A year alone stays.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from itertools import pairwise
from typing import Any

from assistant.chat.identifiers import identifier_rules, kind_of_key
from assistant.chat.names import PARTICLES, WORD, NameWord, folded_name, is_listed, is_never, is_pair, names_announced

_TOKEN = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]*")
_LITERAL = re.compile(r"\[[A-Za-z]+_\d+\]")
_BETWEEN = re.compile(r"(?:,? {1,2}|\. |\s)(?:(?:de|del|la|las|los|van|von|der|da|dos|y|[A-Z]\.?) )*")
_HIDDEN = dict.fromkeys((0xAD, 0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF))


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
        self._words: dict[str, NameWord] = {}
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
        for pattern in identifier_rules().patterns:
            if figures or not pattern.digits:
                yield from pattern.spans(text)
        announced = [span for cue in identifier_rules().names for span in names_announced(cue, text)]
        words = list(self._words_of(text))
        pairs = [
            (start, after + second.length)
            for (start, first), (after, second) in pairwise(words)
            if (first.given or first.sure or second.sure)
            and is_pair(first, second)
            and _BETWEEN.fullmatch(text, start + first.length, after)
        ]
        for start, end in (*announced, *pairs):
            self._learn(text[start:end])
        for start, end in (*announced, *pairs):
            yield start, end, "NAME"
        for start, word in words:
            end = start + word.length
            if self._learned(word) or is_listed(word, text, end):
                yield start, end, "NAME"

    def _words_of(self, text: str) -> "Iterator[tuple[int, NameWord]]":
        """Each word of a text and where it begins; a word said again is not looked up again."""
        rules = identifier_rules()
        for match in WORD.finditer(text):
            said = match[0]
            word = self._words.get(said)
            if word is None:
                word = self._words[said] = NameWord(said, rules)
            yield match.start(), word

    def _learn(self, name: str) -> None:
        for match in WORD.finditer(name):
            word = folded_name(match[0])
            for part in (word, *re.split(r"['’-]", word)):
                if len(part) < 2 or part in self._names or part in PARTICLES or is_never(match[0]):
                    continue
                self._names.add(part)
                self._forget()

    def _learned(self, word: "NameWord") -> bool:
        if word.folded in self._names or any(part in self._names for part in word.parts):
            return word.capital or (len(word.folded) >= 4 and word.folded not in identifier_rules().words)
        return False


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


def _plain(value: str) -> str:
    return value.replace("-", "").upper()
