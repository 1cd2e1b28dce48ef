"""The words of a sentence that name something codable: known phrases, clinical nouns, patterns. Overlaps are settled here."""

from collections.abc import Iterator, Sequence
from functools import cache
from typing import NamedTuple

from assistant.chart.lexicon import PhraseLexicon, fallback_lexicon, head_nature
from assistant.chart.patterns import Pattern, at_place, by_opener, compile_pattern
from assistant.chart.rules import rows, word_class, word_classes
from assistant.chart.tokens import Token, singular

SHORT = 4
"""Letters up to which a word of the phrase book alone counts in capitals only."""
_BEFORE_CUE = frozenset({"personal", "family", "past", "medical", "maternal", "paternal", "a", "known"})


class Core(NamedTuple):
    """Tokens `first` to `last` (half-open) of a sentence that name something codable."""

    first: int
    last: int
    nature: str
    whole: bool
    """Whether the words stand as they are (a pattern) and are not extended to the left."""
    generic: bool
    """Whether the word says too little alone (`lesion`, `injury`) and needs a word before or after it."""


@cache
def _patterns() -> dict[str, list[tuple[Pattern, tuple[str, str]]]]:
    found = rows("phrases.tsv")
    classes = {row["name"]: frozenset(row["pattern"].split()) for row in found if row["rule"] == "class"}
    return by_opener(
        (compile_pattern(row["pattern"], classes), (row["rule"], row["name"]))
        for row in found
        if row["rule"] != "class"
    )


def find_cores(tokens: Sequence[Token], lexicon: PhraseLexicon | None) -> list[Core]:
    """Cores in `tokens` from left to right, not overlapping: the longest stand, then the leftmost."""
    ignored: list[tuple[int, int]] = []
    leads: list[tuple[int, int, str]] = []
    found: list[Core] = []
    index = _patterns()
    for place in range(len(tokens)):
        for end, (rule, name) in at_place(index, tokens, place):
            if rule == "ignore":
                ignored.append((place, end))
            elif rule == "lead":
                leads.append((place, end, name))
            elif tokens[end - 1].word[0].isalnum():
                found.append(Core(place, end, name, True, False))
    found.extend(_known(tokens, lexicon))
    found.extend(_heads(tokens))
    found = [core for core in found if not any(a <= core.first and core.last <= b for a, b in ignored)]
    return _with_leads(_with_tails(_settle(found), tokens), leads, tokens)


def _known(tokens: Sequence[Token], lexicon: PhraseLexicon | None) -> Iterator[Core]:
    words = [token.text for token in tokens]
    for first, last, nature in fallback_lexicon().match(words):
        yield Core(first, last, nature, False, last - first == 1 and _is_generic(tokens[first].word))
    if lexicon is None:
        return
    for first, last, _ in lexicon.match(words):
        first = _past_cue(tokens, first, last)
        if first < last <= len(tokens) and not _empty(tokens[first:last]):
            yield Core(first, last, head_nature(tokens[last - 1].word), False, _vague(tokens[first:last]))


def _past_cue(tokens: Sequence[Token], first: int, last: int) -> int:
    """Leave a cue out of a phrase: `family history of colon cancer` is a term, but the assertion is read from its cue."""
    words = [token.word for token in tokens[first:last]]
    for cue in (
        "history of",
        "hx of",
        "h / o",
        "status post",
        "s / p",
        "had a",
        "suspected",
        "possible",
        "no",
        "avoid",
        "childhood",
    ):
        parts = cue.split()
        for at in range(min(3, len(words))):
            if words[at : at + len(parts)] == parts and all(word in _BEFORE_CUE for word in words[:at]):
                return first + at + len(parts)
    return first


def _heads(tokens: Sequence[Token]) -> Iterator[Core]:
    for place, token in enumerate(tokens):
        if token.word[0].isalpha() and len(token.word) > 1:
            nature = head_nature(token.word)
            if nature and not (len(token.word) <= 3 and not token.text.isupper()):
                yield Core(place, place + 1, nature, False, _is_generic(token.word))


def _is_generic(word: str) -> bool:
    generic = word_classes()["generic"]
    return word in generic or singular(word) in generic


def _vague(tokens: Sequence[Token]) -> bool:
    """A single word of the caller's phrase book needs company when it is generic, everyday English (`dish`, `cold`), or so
    short that in lower case it is more likely something else (`gave`, `prom`)."""
    if len(tokens) > 1:
        return False
    token = tokens[0]
    if head_nature(token.word) and not _is_generic(token.word):
        return False
    plain = word_class("plain")
    everyday = token.word in plain or singular(token.word) in plain
    return everyday or _is_generic(token.word) or (len(token.word) <= SHORT and not token.text.isupper())


def _empty(tokens: Sequence[Token]) -> bool:
    """A match without a single word of letters (`2`, `/`), or one short lower-case word (`as`, `or`)."""
    if len(tokens) == 1:
        token = tokens[0]
        if token.word in word_class("running"):
            return True
        return not token.word.isalpha() or (len(token.word) <= 3 and not token.text.isupper())
    return not any(len(token.word) > 2 and token.word.isalpha() for token in tokens)


def _settle(found: list[Core]) -> list[Core]:
    kept: list[Core] = []
    taken: set[int] = set()
    for core in sorted(found, key=lambda core: (core.first - core.last, core.generic, core.first)):
        places = range(core.first, core.last)
        if not taken.intersection(places):
            taken.update(places)
            kept.append(core)
    return sorted(kept)


def _with_tails(cores: list[Core], tokens: Sequence[Token]) -> list[Core]:
    """`aortic aneurysm` + `repair` is a procedure, no longer the aneurysm."""
    made: list[Core] = []
    for core in cores:
        tail = core.last - core.first == 1 and tokens[core.first].word in word_class("procedure_tail")
        if tail and made and made[-1].last == core.first:
            made[-1] = Core(made[-1].first, core.last, "procedure", made[-1].whole, False)
        else:
            made.append(core)
    return made


def _with_leads(cores: list[Core], leads: list[tuple[int, int, str]], tokens: Sequence[Token]) -> list[Core]:
    """Begin a core at the words that change its meaning: `screening for colon cancer` is not colon cancer."""
    made = []
    for core in cores:
        for first, last, name in leads:
            gap = core.first - last
            if (
                first < core.first
                and 0 <= gap <= 4
                and all(tokens[at].word.isalnum() for at in range(last, core.first))
            ):
                core = Core(first, core.last, name, True, False)
                break
        made.append(core)
    return made
