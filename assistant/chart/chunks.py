"""Noun phrases around a codable core: how far a mention reaches to the left and to the right."""

from collections.abc import Sequence
from functools import lru_cache

from assistant.chart.rules import word_class, word_classes
from assistant.chart.tokens import Token, singular

_GRADES = word_class("grade_word")
_INTO = word_class("site_preposition")
_DETERMINERS = word_class("site_determiner")
_SITE_END = word_class("site_end")
_WEAK_LEAD = word_class("weak_lead")
_COMMA_TAIL = word_class("comma_tail")
_COORDINATED = word_class("coordinated")
_SIDES = frozenset({"left", "right", "medial", "lateral", "upper", "lower", "anterior", "posterior", "dorsal"})
_TITLE_STOP = word_class("title_stop")
_MAX_LEFT, _MAX_RIGHT = 8, 9


@lru_cache(maxsize=20000)
def is_anatomy(word: str) -> bool:
    """Whether a folded word names a part of the body."""
    return word in word_classes()["anatomy"] or singular(word) in word_classes()["anatomy"]


@lru_cache(maxsize=20000)
def is_modifier(word: str) -> bool:
    """Whether a folded word can stand before a codable noun: site, side, cause, kind, degree."""
    classes = word_classes()
    if is_anatomy(word) or word in classes["modifier"]:
        return True
    if len(word) < 5 or word in classes["not_modifier"] or not word.isalpha():
        return False
    return word.endswith(tuple(classes["modifier_suffix"]))


def left_edge(tokens: Sequence[Token], first: int, floor: int = 0) -> int:
    """Leftmost token of the noun phrase whose core begins at `first`; never below `floor`."""
    edge = first
    while edge > floor and first - edge < _MAX_LEFT:
        word = tokens[edge - 1].word
        before = tokens[edge - 2].word if edge - 2 >= floor else ""
        if is_modifier(word) or (edge == first and edge > 1 and _is_name(tokens[edge - 1], tokens[edge - 2])):
            edge -= 1
        elif _is_grade(tokens[edge - 1]) and before in _GRADES:
            edge -= 2
        elif word in {"on", "and", "to"} and before in _COORDINATED:
            if not (word == "and" and not is_modifier(tokens[edge].word)):
                edge -= 2
            else:
                break
        elif word in {"and", "or"} and is_anatomy(before) and is_modifier(tokens[edge].word):
            edge -= 2
        elif word == ")" and edge - 3 >= floor and tokens[edge - 3].word == "(" and is_modifier(before):
            edge -= 3
        elif word == "/" and before and is_modifier(before) and is_modifier(tokens[edge].word):
            edge -= 2
        else:
            break
    return _trimmed(tokens, edge, first)


def _trimmed(tokens: Sequence[Token], edge: int, first: int) -> int:
    """Drop leading words that choose no code: `new onset`, `significant`, a grade without its figure."""
    while edge < first:
        word = tokens[edge].word
        if word in {"new", "recent", "sudden"} and tokens[edge + 1].word == "onset":
            edge = min(edge + 2, first)
        elif (word in _GRADES and not _is_grade(tokens[edge + 1])) or word in _WEAK_LEAD:
            edge += 1
        else:
            break
    return edge


def _is_name(token: Token, before: Token) -> bool:
    """A capitalised word inside a sentence, as in `Lisfranc fracture`; not a form of address or an abbreviation."""
    return token.text.istitle() and len(token.text) > 4 and before.text[0].islower() and not is_plain(token.word)


@lru_cache(maxsize=20000)
def is_plain(word: str) -> bool:
    """Whether a folded word belongs to running text or to an instruction, and so to no name of a problem."""
    classes = word_classes()
    return word in classes["running"] or word in classes["action"] or singular(word) in classes["action"]


def title_left(tokens: Sequence[Token], first: int) -> int:
    """Leftmost word of a problem's title before the core at `first`: any word but one that only frames it."""
    edge = first
    while edge > 0 and tokens[edge - 1].word.isalpha() and tokens[edge - 1].word not in _TITLE_STOP:
        edge -= 1
    return _trimmed(tokens, edge, first)


def _is_grade(token: Token) -> bool:
    word = token.word
    return word[0].isdigit() or word in {"i", "ii", "iii", "iv", "v", "one", "two", "three", "four", "a", "b", "c"}


def right_edge(tokens: Sequence[Token], last: int, ceiling: int, title: bool = False) -> int:
    """End of the noun phrase whose core ends before `last`: grades, sites, sides; never above `ceiling`.

    In a `title` (a problem's own line) a comma may stand before side, site or grade.
    """
    edge = last
    while edge < ceiling and edge - last < _MAX_RIGHT:
        step = _grade(tokens, edge, ceiling) or _site(tokens, edge, ceiling) or _run(tokens, edge, ceiling)
        if not step and tokens[edge].word == "," and edge + 1 < ceiling:
            comma = _grade(tokens, edge + 1, ceiling)
            if not comma and title:
                comma = _run(tokens, edge + 1, ceiling)
            step = comma + 1 if comma else 0
        if not step:
            break
        edge += step
    return edge


def _grade(tokens: Sequence[Token], at: int, ceiling: int) -> int:
    if at + 1 < ceiling and tokens[at].word in _GRADES and _is_grade(tokens[at + 1]):
        return 2
    bare = at > 0 and tokens[at - 1].word in {"ckd", "dm", "diabetes"} and tokens[at].text[:1] in set("12345")
    return 1 if bare and len(tokens[at].text) <= 2 else 0


def _site(tokens: Sequence[Token], at: int, ceiling: int) -> int:
    """`of both feet`, `in the left lower quadrant`: a preposition and words that end in a part of the body."""
    if tokens[at].word not in _INTO:
        return 0
    run = at + 1
    while run < ceiling and tokens[run].word in _DETERMINERS:
        run += 1
    return _anatomy_end(tokens, run, ceiling, at)


def _run(tokens: Sequence[Token], at: int, ceiling: int) -> int:
    """`right distal radius` straight after the core."""
    if tokens[at].word in _COMMA_TAIL and (at + 1 == ceiling or not tokens[at + 1].word.isalnum()):
        return 1
    if tokens[at].word != "both" and not is_modifier(tokens[at].word):
        return 0
    return _anatomy_end(tokens, at, ceiling, at)


def _anatomy_end(tokens: Sequence[Token], run: int, ceiling: int, at: int) -> int:
    best = 0
    placed = False
    while run < ceiling and run - at < _MAX_RIGHT:
        word = tokens[run].word
        if word in {"and", "or", "/"} and run + 1 < ceiling and best == run - at and is_modifier(tokens[run + 1].word):
            run += 1
            continue
        if word == "of" and singular(tokens[run - 1].word) in _SITE_END and run > at + 1:
            run += 1
            continue
        figure = word[0].isdigit() and run > at + 1
        if not (word in _DETERMINERS or is_modifier(word) or singular(word) in _SITE_END or figure):
            break
        run += 1
        placed = placed or is_anatomy(word) or word in _SIDES
        if is_anatomy(word) or (placed and singular(word) in _SITE_END):
            best = run - at
    return best
