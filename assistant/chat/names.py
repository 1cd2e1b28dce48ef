"""Words as possible names of people."""

import re
import unicodedata
from collections.abc import Iterator

from assistant.chat.identifiers import Rules, identifier_rules

WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_CONDITION = re.compile(
    r"(?:['’]s)? (?:disease|syndrome|palsy|sign|test|score|lymphoma|fracture|contracture|disorder|thyroiditis|procedure|"
    r"catheter|tube|virus|phenomenon|cyst|hernia|esophagus|classification|criteria|scale|stage|class|index|reflex|maneuver|"
    r"chorea|ataxia|anemia|sarcoma|tumor|node|gland|method|stain|effect|law)"
)
PARTICLES = frozenset(
    {"de", "del", "la", "las", "los", "van", "von", "der", "da", "dos", "jr", "sr", "ii", "iii", "md"}
)


class NameWord:
    """A word, as a possible name."""

    __slots__ = ("capital", "folded", "given", "known", "length", "never", "parts", "sure", "surname", "upper")

    def __init__(self, said: str, rules: Rules) -> None:
        if said[-2:] in ("'s", "’s", "'S", "’S"):
            said = said[:-2]
        self.length = len(said)
        self.capital = said[:1].isupper()
        self.upper = len(said) > 1 and said.isupper()
        self.folded = folded_name(said)
        self.parts = tuple(re.split(r"['’-]", self.folded)) if not said.isalpha() else ()
        both = self.parts or (self.folded,)
        self.given = self.folded in rules.given or (bool(self.parts) and all(part in rules.given for part in both))
        self.surname = self.folded in rules.surnames or (
            bool(self.parts) and any(part in rules.surnames for part in both)
        )
        self.never = is_never(said)
        self.known = self.never or self.folded in rules.words
        self.sure = (self.given or self.surname) and not self.known


def is_pair(first: NameWord, second: NameWord) -> bool:
    """Whether two words that stand together are a person's names, in either order."""
    if first.capital and second.capital:
        if (first.given and second.surname) or (first.surname and second.given and (first.sure or second.sure)):
            return not first.never and not second.never
        if first.given and first.sure and not second.known and not second.upper and len(second.folded) > 2:
            return True
        return second.sure and second.surname and not first.known and not first.upper and len(first.folded) > 2
    return first.given and first.sure and second.surname and second.sure


def is_listed(word: NameWord, text: str, end: int) -> bool:
    """Whether a word alone is a name of the list: no word besides, and not that of a disease or a test."""
    enough = len(word.folded) >= (5 if word.upper else 3)
    return word.capital and word.sure and enough and not _CONDITION.match(text, end)


def is_never(word: str) -> bool:
    never = identifier_rules().never
    return word in never or (word.isupper() and word.title() in never)


def names_announced(pattern: re.Pattern[str], text: str) -> Iterator[tuple[int, int]]:
    """The names after a cue, without words at either end that are none."""
    for match in pattern.finditer(text):
        words = list(WORD.finditer(text, *match.span(1)))
        for number, word in enumerate(words):
            never = is_never(word[0]) and folded_name(word[0]) not in PARTICLES
            if never or text[word.end() : word.end() + 1].isdigit():
                words = words[:number]
                break
        while words and folded_name(words[-1][0]) in PARTICLES:
            words.pop()
        if words:
            yield words[0].start(), words[-1].end()


def folded_name(word: str) -> str:
    plain = unicodedata.normalize("NFKD", word.casefold())
    return "".join(character for character in plain if not unicodedata.combining(character))
