"""Patterns over ICD-10-CM codes: what a rule or an instructional line in the tabular list points at.

One pattern is written `LOW`, `LOW-HIGH`, or either followed by character tests:

- `E11.2` is that code and every code below it (prefix meaning; a code that is complete names only itself);
- `N18.1-N18.6` is every code from the first to the last, both with everything below them;
- `S72@7=D,G` looks at the 7th character; `T36-T50@i=5` at the intent, which is the 6th character, or the 5th where the
  6th is the placeholder X; `E08-E13@.=22,31-32` at the characters after the dot; `C81-C88@$=9` at the last characters.

Categories are ordered as in the tabular list, where a category such as C7A stands after C75 and not after C79.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache

_LETTER_CATEGORIES = {
    "C4A": "C43",
    "C7A": "C75",
    "C7B": "C75",
    "D3A": "D36",
    "I1A": "I16",
    "I5A": "I52",
    "J4A": "J44",
} | {
    "M1A": "M08",
    "O9A": "O99",
    "Z3A": "Z36",
}
"""Categories that end in a letter, and the category each follows in the tabular list (FY2026)."""

_SPEC = re.compile(
    r"([A-Z][0-9A-Z]{2,6})(?:-([A-Z][0-9A-Z]{2,6}))?((?:@(?:[1-7]|i|\.|\$)=[0-9A-Z]+(?:[-,][0-9A-Z]+)*)*)"
)
_TEST = re.compile(r"@([1-7]|i|\.|\$)=([0-9A-Z]+(?:[-,][0-9A-Z]+)*)")


@lru_cache(maxsize=200_000)
def undotted(code: str) -> str:
    """`code` without its dot, upper case."""
    return code.replace(".", "").strip().upper()


@lru_cache(maxsize=200_000)
def order_key(code: str) -> str:
    """A string that sorts codes (undotted) as the tabular list does."""
    category = code[:3]
    before = _LETTER_CATEGORIES.get(category)
    return f"{before}~{category[2]}{code[3:]}" if before else f"{category} {code[3:]}"


@dataclass(frozen=True, slots=True)
class CharacterTest:
    """A condition on some characters of a code. `where` is `1`..`7`, `i` (intent), `.` (after the dot) or `$` (end)."""

    where: str
    values: tuple[tuple[str, str], ...]
    """Inclusive ranges; a single value is a range from itself to itself."""

    def holds(self, code: str) -> bool:
        """Whether `code` (undotted) satisfies the condition; a code too short does not."""
        return any(self._within(code, low, high) for low, high in self.values)

    def _within(self, code: str, low: str, high: str) -> bool:
        if self.where == ".":
            rest = code[3:]
            return len(rest) >= len(low) and rest[: len(low)] >= low and rest[: len(high)] <= high
        if self.where == "$":
            found = code[-len(low) :]
        elif self.where == "i":
            found = (code[5:6] if code[5:6] != "X" else code[4:5])[: len(low)]
        else:
            found = code[int(self.where) - 1 : int(self.where)]
        return bool(found) and low <= found <= high

    def __str__(self) -> str:
        return f"@{self.where}=" + ",".join(low if low == high else f"{low}-{high}" for low, high in self.values)


@dataclass(frozen=True, slots=True)
class CodePattern:
    """A range of codes (undotted ends, both with their descendants) narrowed by character tests."""

    low: str
    high: str
    tests: tuple[CharacterTest, ...] = ()

    def matches(self, code: str) -> bool:
        """Whether `code` (undotted, upper case) falls under the pattern."""
        if self.low == self.high:
            if not code.startswith(self.low):
                return False
        elif not (
            order_key(self.low) <= order_key(code)
            and (code.startswith(self.high) or order_key(code) < order_key(self.high))
        ):
            return False
        return all(test.holds(code) for test in self.tests)

    @property
    def letters(self) -> str:
        """First letters a matching code can have."""
        return "".join(chr(point) for point in range(ord(self.low[0]), ord(self.high[0]) + 1))

    def __str__(self) -> str:
        span = dot(self.low) if self.low == self.high else f"{dot(self.low)}-{dot(self.high)}"
        return span + "".join(map(str, self.tests))


def dot(code: str) -> str:
    """`code` (undotted) as people write it."""
    return f"{code[:3]}.{code[3:]}" if len(code) > 3 else code


@lru_cache(maxsize=20_000)
def parse_pattern(text: str) -> CodePattern:
    """The pattern written as `text` in the notation of this module; raises ValueError naming the text."""
    bare = re.sub(r"\.(?!=)", "", text.strip().upper().replace("@I=", "@i="))
    found = _SPEC.fullmatch(bare)
    if not found:
        raise ValueError(f"{text!r} is not a code pattern")
    low, high = found[1], found[2] or found[1]
    if order_key(high) < order_key(low) and not low.startswith(high):
        raise ValueError(f"{text!r} is a range that runs backwards")
    return CodePattern(low, high, tuple(_test(where, values) for where, values in _TEST.findall(found[3])))


def _test(where: str, values: str) -> CharacterTest:
    ranges = (value.partition("-") for value in values.split(","))
    return CharacterTest(where, tuple((low, high or low) for low, _, high in ranges))


@dataclass(frozen=True, slots=True, eq=False)
class Selector:
    """A set of codes: those under any pattern of `include` and under none of `exclude`.

    Compared by identity, for speed: `selector` gives the same object for the same patterns.
    """

    include: tuple[CodePattern, ...]
    exclude: tuple[CodePattern, ...] = ()

    def matches(self, code: str) -> bool:
        """Whether `code` (undotted) belongs to the set."""
        return any(pattern.matches(code) for pattern in self.include) and not any(
            pattern.matches(code) for pattern in self.exclude
        )

    def __str__(self) -> str:
        return ", ".join([*map(str, self.include), *(f"!{pattern}" for pattern in self.exclude)])


def selector(items: Iterable[str]) -> Selector:
    """A selector from patterns; one that starts with `!` is excluded. Raises ValueError on a bad pattern or no pattern."""
    return _selector(tuple(items))


@cache
def _selector(texts: tuple[str, ...]) -> Selector:
    include = tuple(parse_pattern(text) for text in texts if not text.startswith("!"))
    if not include:
        raise ValueError("a selector needs at least one pattern that is not excluded")
    return Selector(include, tuple(parse_pattern(text[1:]) for text in texts if text.startswith("!")))
