"""Left, right, both or open: sides read from official titles, and codes that differ in nothing but the side."""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from assistant.guidelines.case import Case, CodeBook
from assistant.guidelines.finding import Finding
from assistant.guidelines.texts import texts
from corpus.codes import Code

_SIDES = re.compile(r"\b(right|left|bilateral|unspecified)\b", re.IGNORECASE)
_DROP = re.compile(
    r"\b(right|left|bilateral|unilateral|unspecified|both|eyes?|ears?|side|of|the|an?|upper|lower|eyelids?)\b|[,()]",
    re.IGNORECASE,
)


def side_of(title: str) -> str:
    """`right`, `left`, `bilateral`, `unspecified`, or "" when the title names no single side."""
    found = {word.lower() for word in _SIDES.findall(title)}
    for side in ("bilateral", "right", "left"):
        if side in found:
            return side if not {"right", "left"} <= found else ""
    return "unspecified" if "unspecified" in found else ""


@lru_cache(maxsize=50_000)
def family_of(book: CodeBook, code: str) -> tuple[tuple[str, str], ...]:
    """(side, code) of the codes that say the same as `code` about each side; empty when it has no side.

    Codes of one family have the same 7th character and titles that differ only in the side. The side may stand in the
    last character of the stem (H25.11), in the one before it (L89.21-, L89.22-), or in the 7th (E11.3211).
    """
    found = book.get(code)
    stem = book.get(found.stem) if found else None
    if not found or not stem or not stem.parent:
        return ()
    if stem.code != found.code and not side_of(stem.title):
        return _family(book.children(stem.code), found)
    if not side_of(stem.title):
        return ()
    seventh = code[-1] if stem.code != found.code else ""
    near = _family(book.children(stem.parent), stem)
    above = book.get(stem.parent)
    if not near and above and above.parent and len(above.code) > 5:
        cousins = (child for aunt in book.children(above.parent) for child in book.children(aunt.code))
        near = _family((child for child in cousins if child.code[-1] == stem.code[-1]), stem)
    if not seventh:
        return near
    whole = tuple((side, book.complete(other, seventh)) for side, other in near)
    return tuple((side, one.code) for side, one in whole if one)


def _family(candidates: Iterable[Code], mine: Code) -> tuple[tuple[str, str], ...]:
    """Codes with the words of `mine`; failing that, those that say a part of them or more (`recurrent, right ear` has a
    family of its own beside `right ear`)."""
    core = _core(mine.title)
    sided = [
        (side, one.code, _core(one.title))
        for one in candidates
        if (side := side_of(one.title)) and len(one.code) == len(mine.code)
    ]
    for alike in (frozenset.__eq__, _same):
        family = tuple((side, code) for side, code, words in sided if alike(core, words))
        sides = [side for side, _ in family]
        complete = {"right", "left"} <= set(sides) and len(set(sides)) == len(sides)
        if complete and mine.code in dict(family).values():
            return family
    return ()


def _core(title: str) -> frozenset[str]:
    return frozenset(word.rstrip("s") for word in _DROP.sub(" ", title.lower()).split())


def _same(one: frozenset[str], other: frozenset[str]) -> bool:
    return one <= other or other <= one


def laterality_findings(case: Case, codes: tuple[str, ...]) -> Iterator[Finding]:
    """Both sides coded apart, a side beside `bilateral`, and sides left open (OCG I.B.13)."""
    seen: set[tuple[tuple[str, str], ...]] = set()
    for code in codes:
        family = family_of(case.book, code)
        if not family or family in seen:
            continue
        seen.add(family)
        of = dict(family)
        here = {side: other for side, other in family if other in codes}
        sided = tuple(here[side] for side in ("right", "left") if side in here)
        if "bilateral" in here and sided:
            yield texts()["TB-0051"].finding((here["bilateral"],), sided)
        elif len(sided) == 2 and "bilateral" in of:
            yield texts()["TB-0050"].finding(sided, options=(of["bilateral"],))
        if "unspecified" in here:
            known = tuple(other for side, other in here.items() if side != "unspecified")
            kind = "TB-0052" if known else "TB-0053"
            yield texts()[kind].finding((here["unspecified"],), known)
