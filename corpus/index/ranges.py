"""Queries made of codes: lists, ranges, codes with `x` for what is left open, and codes that do not exist.

`E11.2-E11.4`, `I20-25`, `S52 to S53`, `E11.9, I10`, `S72.00xA`, `W19A`, `E11.222`. A single code that exists is not read here:
`System.by_code` answers it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from corpus.codes import CATEGORY, Code, CodeSystem
from corpus.library import CodeBook

_ITEM = rf"{CATEGORY}(?:\.?[0-9A-Z]{{1,8}})?\.?"
_PLAIN = r"(?=.*\d)[0-9A-Z]{2,7}"
_LISTED = re.compile(r"\s*[,;&+/]\s*|\s+(?:and|or)\s+|(?<![-\u2013\u2014])\s+(?![-\u2013\u2014])", re.I)
_TO = re.compile(r"\s+(?:to|thru|through)\s+|\s*[\u2013\u2014]\s*|\s*\.\.\s*|\s+-\s+", re.I)
_MISREAD = str.maketrans("OIL", "011")


@dataclass(frozen=True, slots=True)
class CodesAsked:
    """What one item of a query that is made of codes means."""

    asked: str
    codes: tuple[Code, ...]
    """In tabular order, those that a range or an open place covers, or the nearest that exist."""
    message: str
    """Why these, in a sentence; "" when the item is simply a code."""
    exists: bool = True
    """False when `codes` are only near what was asked."""


def read_codes(text: str, book: CodeBook, limit: int = 50) -> tuple[CodesAsked, ...]:
    """The items of a query that is made of codes alone; empty when it is not, or when no code is anything like it."""
    plain = book.system is not CodeSystem.ICD10CM
    shape = re.compile(_PLAIN if plain else _ITEM, re.I)
    parts = [part for part in _LISTED.split(_TO.sub("-", text.strip())) if part]
    items: list[CodesAsked] = []
    for part in parts:
        first, dash, last = part.partition("-")
        if not shape.fullmatch(first):
            return ()
        if not dash or not last:
            item = _single(first, book, limit, open_end=bool(dash))
        else:
            last = last if shape.fullmatch(last) else _tail(first, last)
            if not shape.fullmatch(last):
                return ()
            item = _range(first, last, book, limit)
        if item is None:
            return ()
        items.append(item)
    return tuple(items)


def _tail(first: str, last: str) -> str:
    """`I20-25` is I20 to I25, `E11.2-.4` is E11.2 to E11.4."""
    bare = first.replace(".", "")
    ending = last.replace(".", "")
    return bare[: len(bare) - len(ending)] + ending if ending.isalnum() and len(ending) < len(bare) else last


def _single(asked: str, book: CodeBook, limit: int, open_end: bool) -> CodesAsked | None:
    code = book.form(asked.rstrip("."))
    found = book.get(code)
    if found:
        return CodesAsked(code, (found, *(book.children(code) if open_end else ())), "")
    if book.system is not CodeSystem.ICD10CM:
        return _near(asked, code, book)
    completed = book.complete(code[:-1].rstrip("."), code[-1]) if len(code) > 3 else None
    if completed:
        return CodesAsked(
            code, (completed,), f"{code} is written {completed.code}, with x in the places that are not used"
        )
    matching = _with_open_places(code, book, limit)
    if matching:
        return CodesAsked(code, matching, f"{code} leaves places open; these codes fit it")
    return _near(asked, code, book)


def _with_open_places(code: str, book: CodeBook, limit: int) -> tuple[Code, ...]:
    """Codes that have any character where `code` has an x; trailing ones may be missing altogether."""
    bare = code.replace(".", "")
    if "X" not in bare[3:]:
        return ()
    place = bare.index("X", 3)
    if not bare[place:].strip("X"):
        above = book.get(bare[:place])
        return (above, *book.children(above.code))[:limit] if above else ()
    pattern = re.compile(re.escape(bare).replace("X", "."))
    stock = book.starting_with(bare[:place], 5000)
    return tuple(one for one in stock if pattern.fullmatch(one.undotted))[:limit]


def _near(asked: str, code: str, book: CodeBook) -> CodesAsked | None:
    """The nearest codes to one that does not exist: what its beginning is, else the categories beside it."""
    bare = code.replace(".", "")
    if book.system is CodeSystem.ICD10CM and bare[1].isdigit():  # CO2 is no C02
        meant = bare[0] + bare[1:].translate(_MISREAD)
        found = book.get(meant) if meant != bare else None
        if found:
            return CodesAsked(code, (found,), f"{code} is no code; read as {found.code}", exists=False)
    for length in range(len(bare) - 1, 2, -1):
        above = book.get(bare[:length])
        if above:
            below = book.children(above.code)
            near = (above, *below) if not above.billable else (above,)
            told = f"{code} is no code; the nearest is {above.code}" + (", with what is below it" if below else "")
            return CodesAsked(code, near, told, exists=False)
    if "." not in asked:  # `B12`, `T2DM`: words that only look like codes
        return None
    beside = tuple(found for one in _beside(code[:3], book) if (found := book.get(one)))
    return CodesAsked(code, beside, f"there is no category {code[:3]}; these stand beside it", exists=False)


def _beside(category: str, book: CodeBook) -> list[str]:
    listed = sorted(one for one in categories(book) if one[0] == category[0])
    place = next((index for index, one in enumerate(listed) if one > category), len(listed))
    return listed[max(0, place - 2) : place + 2]


def _range(first: str, last: str, book: CodeBook, limit: int) -> CodesAsked | None:
    first, last = book.form(first.rstrip(".")), book.form(last.rstrip("."))
    asked = f"{first} to {last}"
    if book.system is not CodeSystem.ICD10CM:
        first, last = sorted((first, last))
        shared = next((first[:end] for end in range(len(first), 0, -1) if last.startswith(first[:end])), "")
        stock = book.starting_with(shared, 5000) if shared else ()
        inside = tuple(one for one in stock if first <= one.code <= last or one.code.startswith(last))
        return CodesAsked(asked, inside[:limit], f"{asked}: {len(inside)} codes") if inside else None
    listed = categories(book)
    places = {one: index for index, one in enumerate(listed)}
    ends = [_known(one, book) for one in (first, last)]
    if ends[0][:3] not in places and ends[1][:3] not in places:
        return None
    if not all(one[:3] in places for one in ends):
        ends = [one if one[:3] in places else _nearest(one[:3], listed) for one in ends]
    if places[ends[0][:3]] > places[ends[1][:3]]:
        ends.reverse()
    inside_categories = listed[places[ends[0][:3]] : places[ends[1][:3]] + 1]
    cover = _cover([code for one in inside_categories if (code := book.get(one))], ends[0], ends[1], book)
    if not cover:
        cover = _cover([code for one in inside_categories if (code := book.get(one))], ends[1], ends[0], book)
    if not cover:
        return None
    told = f"{asked}: {len(cover)} {'code' if len(cover) == 1 else 'codes'} and what is below"
    return CodesAsked(asked, _opened(cover, book, limit), told)


def _known(code: str, book: CodeBook) -> str:
    """The longest beginning of `code` that is a code, else its category."""
    bare = code.replace(".", "")
    return next((found.code for end in range(len(bare), 2, -1) if (found := book.get(bare[:end]))), code[:3])


def _nearest(category: str, listed: Sequence[str]) -> str:
    return min(listed, key=lambda one: (one[0] != category[0], abs(_number(one) - _number(category)), one))


def _number(category: str) -> int:
    return int(category[1:], 36)


def _cover(nodes: Sequence[Code], first: str, last: str, book: CodeBook) -> list[Code]:
    """The highest codes that lie wholly from `first` to `last`, in tabular order."""
    begins = [index for index, node in enumerate(nodes) if first and _above(node.code, first)]
    ends = [index for index, node in enumerate(nodes) if last and _above(node.code, last)]
    start, stop = begins[0] if begins else 0, ends[-1] if ends else len(nodes) - 1
    cover: list[Code] = []
    for index, node in enumerate(nodes[start : stop + 1], start):
        low = first if begins and index == start and node.code != first else ""
        high = last if ends and index == stop and node.code != last else ""
        cover.extend(_cover(book.children(node.code), low, high, book) if low or high else [node])
    return cover


def _above(code: str, other: str) -> bool:
    return other.replace(".", "").startswith(code.replace(".", ""))


def _opened(cover: Sequence[Code], book: CodeBook, limit: int) -> tuple[Code, ...]:
    """`cover`, with what is below it as deep as whole levels fit into `limit`, in tabular order."""
    depth = 0
    listed = list(cover)
    while len(listed) < limit and depth < 5:
        depth += 1
        deeper = [one for node in cover for one in _down(node, depth, book)]
        if len(deeper) > limit or len(deeper) == len(listed):
            break
        listed = deeper
    return tuple(listed[:limit])


def _down(node: Code, depth: int, book: CodeBook) -> list[Code]:
    below = book.children(node.code) if depth else ()
    return [node, *(one for child in below for one in _down(child, depth - 1, book))]


@lru_cache(maxsize=8)
def categories(book: CodeBook) -> tuple[str, ...]:
    """Every category (the highest codes) in tabular order."""
    found: list[str] = []

    def walk(nodes: Sequence[tuple[str, str, str]]) -> None:
        for node, _, kind in nodes:
            if kind in ("chapter", "block"):
                walk(book.under(node))
            else:
                found.append(node)

    walk([(node, title, "chapter") for node, title in book.chapters()])
    return tuple(found)
