"""Chapters, blocks, side of the body and billability of codes: counts for a list of hits, and limits for a search.

A limit is a set of rows, made in numpy over the units of the index: a `where` over a Chroma collection costs 80 to 250 ms.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from corpus.codes import Code, CodeSystem
from corpus.errors import CorpusError
from corpus.index.sides import side_of
from corpus.index.terms import SearchTerm
from corpus.library import CodeBook

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Limits:
    """What hits are limited to. Empty: to nothing."""

    chapters: tuple[str, ...] = ()
    """Node codes of chapters (`4`), of blocks (`E08-E13`), or beginnings of codes (`E11`)."""
    billable: bool = False
    """Billable codes alone: a header found is replaced by what is below it only where the words decide it."""
    side: str = ""
    """`right`, `left` or `bilateral`."""

    def __bool__(self) -> bool:
        return bool(self.chapters or self.billable or self.side)


@dataclass(frozen=True, slots=True)
class Facet:
    """How many of a list of hits share a value."""

    value: str
    title: str
    count: int


@dataclass(frozen=True, slots=True)
class Facets:
    """Counts over a list of codes, most frequent first."""

    chapters: tuple[Facet, ...] = ()
    blocks: tuple[Facet, ...] = ()
    sides: tuple[Facet, ...] = ()
    billable: tuple[Facet, ...] = ()


@dataclass(slots=True)
class Outline:
    """Where each category of one release stands. Categories are read when first asked for."""

    book: CodeBook
    _known: dict[str, tuple[str, str]] = field(default_factory=dict)

    def place(self, code: str) -> tuple[str, str]:
        """(chapter, innermost block) of `code`; "" where there is none."""
        category = self.category(code)
        if category not in self._known:
            above = [node for node in self.book.ancestors(code) if node != category]
            blocks = [node for node in above if self._kind(node) == "block"]
            chapters = [node for node in above if self._kind(node) == "chapter"]
            self._known[category] = (chapters[0] if chapters else "", blocks[0] if blocks else "")
        return self._known[category]

    def category(self, code: str) -> str:
        """What codes share that stand in one place: the category in ICD-10-CM, elsewhere the code alone."""
        return code[:3] if self.book.system is CodeSystem.ICD10CM else code

    def _kind(self, node: str) -> str:
        heading = self.book.heading(node)
        return heading[2] if heading else ""

    def title(self, node: str) -> str:
        """Title of a chapter or block without the range at its end."""
        heading = self.book.heading(node)
        return heading[1].removesuffix(f"({node})").strip() if heading else ""

    def categories(self, named: str) -> frozenset[str]:
        """Categories of a chapter or block; of a code its own. Raises CorpusError when there is no such place."""
        heading = self.book.heading(named) or self.book.heading(named.upper())
        if heading is None:
            code = self.book.get(named)
            if code is None:
                raise CorpusError(f"{named!r} is no chapter, block or code of {self.book.release.title}")
            return frozenset((self.category(code.code),))
        return frozenset(self._under(heading[0], heading[2]))

    def _under(self, node: str, kind: str) -> Iterable[str]:
        if kind not in ("chapter", "block"):
            yield self.category(node)
        else:
            for below, _, deeper in self.book.under(node):
                yield from self._under(below, deeper)


class RowLimits:
    """Limits as rows of an index. Masks are kept: the same limit is asked again and again."""

    def __init__(self, rows: Sequence[SearchTerm], outline: Outline) -> None:
        self._outline = outline
        self._units = np.array([row.unit for row in rows], np.str_)
        self._categories = np.array([outline.category(row.unit) for row in rows], np.str_)
        self._masks: dict[tuple[str, ...], Flags] = {}

    def rows(self, limits: Limits) -> Flags | None:
        """Rows whose unit stands where `limits` says, shape (rows,); None when it limits no place."""
        if not limits.chapters:
            return None
        if limits.chapters not in self._masks:
            mask = np.zeros(len(self._units), bool)
            for named in limits.chapters:
                mask |= self._in(named)
            self._masks = {**self._masks, limits.chapters: mask}
        return self._masks[limits.chapters]

    def _in(self, named: str) -> Flags:
        inside = self._outline.categories(named)
        code = self._outline.book.get(named)
        if code:
            return np.char.startswith(self._units, code.code)
        mask: Flags = np.isin(self._categories, list(inside))
        return mask


def fits(code: Code, limits: Limits) -> bool:
    """Whether a code is one that `limits` lets through; places are left to `RowLimits`."""
    if limits.billable and not code.billable:
        return False
    return not limits.side or side_of(code.title) in (limits.side, "")


def facets(codes: Iterable[Code], outline: Outline) -> Facets:
    """Counts by chapter, block, side and billability."""
    listed = list(codes)
    places = [outline.place(code.code) for code in listed]
    return Facets(
        _counted((chapter for chapter, _ in places), outline),
        _counted((block for _, block in places), outline),
        _counted((side_of(code.title) or "none" for code in listed), None),
        _counted(("billable" if code.billable else "header" for code in listed), None),
    )


def _counted(values: Iterable[str], outline: Outline | None) -> tuple[Facet, ...]:
    counts = Counter(value for value in values if value)
    return tuple(
        Facet(value, outline.title(value) if outline else value, count)
        for value, count in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    )
