"""A small pattern language over words, shared by the rule files.

`a|b` either word; a trailing `?` may be absent; `<name>` a word class; `<num>` a number; `<year>` 1900 to 2099; `<any>` any
word, no mark.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, TypeVar

from assistant.chart.rules import word_class
from assistant.chart.tokens import MINUS, Token

NUMBER_WORDS = word_class("number_word")


class Step(NamedTuple):
    """One place of a pattern."""

    words: frozenset[str]
    optional: bool


Pattern = tuple[Step, ...]
T = TypeVar("T")


def compile_pattern(written: str, classes: Mapping[str, frozenset[str]]) -> Pattern:
    """`written` as steps. An unknown class is a KeyError."""
    return tuple(_step(part, classes) for part in written.split())


def _step(part: str, classes: Mapping[str, frozenset[str]]) -> Step:
    optional = len(part) > 1 and part.endswith("?")
    words: set[str] = set()
    for choice in (part[:-1] if optional else part).split("|"):
        name, closed, suffix = choice[1:].partition(">")
        if not (choice.startswith("<") and closed) or choice == MINUS:
            words.add(choice)
        elif name in {"num", "year", "any"}:
            words.add(f"<{name}>")
        else:
            words.update(word + suffix for word in classes[name])
    return Step(frozenset(words), optional)


def openers(pattern: Pattern) -> set[str]:
    """Words a match can begin with."""
    words: set[str] = set()
    for step in pattern:
        words |= step.words
        if not step.optional:
            break
    return words


def is_number(token: Token) -> bool:
    """Whether the token is a figure or a number word."""
    return token.text[0].isdigit() or token.word in NUMBER_WORDS


def is_year(token: Token) -> bool:
    """Whether the token is a year from 1900 to 2099."""
    return len(token.text) == 4 and token.text.isdecimal() and token.text[:2] in {"19", "20"}


def _fits(words: frozenset[str], token: Token) -> bool:
    if token.word in words or ("<any>" in words and token.word[0].isalnum()):
        return True
    return ("<num>" in words and is_number(token)) or ("<year>" in words and is_year(token))


def match_end(pattern: Pattern, tokens: Sequence[Token], place: int, at: int = 0) -> int:
    """End of the longest match of `pattern` that starts at `place`, or -1."""
    if at == len(pattern):
        return place
    words, optional = pattern[at]
    best = -1
    if place < len(tokens) and _fits(words, tokens[place]):
        best = match_end(pattern, tokens, place + 1, at + 1)
    if optional:
        best = max(best, match_end(pattern, tokens, place, at + 1))
    return best


def by_opener(entries: Iterable[tuple[Pattern, T]]) -> dict[str, list[tuple[Pattern, T]]]:
    """Entries under every word that can open them."""
    index: dict[str, list[tuple[Pattern, T]]] = {}
    for pattern, payload in entries:
        for word in openers(pattern):
            index.setdefault(word, []).append((pattern, payload))
    return index


def at_place(
    index: Mapping[str, list[tuple[Pattern, T]]], tokens: Sequence[Token], place: int
) -> Iterable[tuple[int, T]]:
    """(end, payload) of every entry that matches at `place`."""
    groups = [index.get(tokens[place].word, ())]
    if is_number(tokens[place]):
        groups += [index.get("<num>", ()), index.get("<year>", ())]
    for group in groups:
        for pattern, payload in group:
            end = match_end(pattern, tokens, place)
            if end > place:
                yield end, payload
