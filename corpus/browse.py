"""The code book as one turns its pages: chapters, blocks, categories, codes; notes, neighbours, index lines.

Everything is read from one release; a place is named by its node code: `4`, `E08-E13`, `E11`, `E11.22`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from corpus.codes import Code, IndexTerm, NoteKind, TabularNote
from corpus.errors import CorpusError
from corpus.library import CodeBook

SHOWN = 200
"""Lines of an index that are read for one code."""


@dataclass(frozen=True, slots=True)
class Place:
    """One node by name."""

    code: str
    title: str
    kind: str
    """`chapter`, `block`, `code` or `modifier`."""
    billable: bool = False


@dataclass(frozen=True, slots=True)
class IndexLine:
    """A line of the alphabetic index with the words it stands under."""

    path: tuple[str, ...]
    """Main term first."""
    source: str
    code: str
    """As the line names it; "" for a line that only refers."""
    see: str = ""
    see_also: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """One place of the code book and what stands around it."""

    place: Place
    above: tuple[Place, ...]
    """Chapter first."""
    below: tuple[Place, ...]
    beside: tuple[Place, ...]
    """Those with the same parent, in order, without the place itself."""
    notes: tuple[TabularNote, ...]
    """Its own."""
    inherited: tuple[TabularNote, ...]
    """Instructions of what stands above, the nearest first; each says whose it is. Inclusion terms are not inherited."""
    seventh: tuple[tuple[str, str], ...]
    """(character, meaning) that a code must be completed with."""
    detail: str
    index: tuple[IndexLine, ...]
    """Lines of the alphabetic index that lead here; empty when no index is loaded."""


def contents(book: CodeBook) -> tuple[Place, ...]:
    """The chapters; for a system without chapters its highest codes."""
    return tuple(_place(book, code) for code, _ in book.chapters())


def page(book: CodeBook, named: str) -> Page:
    """The page of a chapter, block or code. Raises CorpusError when the release has no such place."""
    place = find(book, named)
    if place is None:
        raise CorpusError(f"{named.strip()!r} is no chapter, block or code of {book.release.title}")
    inside = _code_inside(book, place)
    lineage = (inside, *book.ancestors(inside))
    chain = lineage[lineage.index(place.code) :]
    notes = book.notes(inside)
    parent = chain[1] if len(chain) > 1 else None
    siblings = book.under(parent) if parent else book.chapters()
    return Page(
        place=place,
        above=tuple(_place(book, node) for node in reversed(chain[1:])),
        below=tuple(_place(book, node[0]) for node in book.under(place.code)),
        beside=tuple(_place(book, node[0]) for node in siblings if node[0] != place.code),
        notes=tuple(note for note in notes if note.node == place.code),
        inherited=tuple(note for note in notes if note.node in chain[1:] and note.kind is not NoteKind.INCLUSION_TERM),
        seventh=book.seventh_characters(place.code),
        detail=code.detail if (code := book.get(place.code)) else "",
        index=tuple(index_lines(book, place.code)),
    )


def find(book: CodeBook, named: str) -> Place | None:
    """The place of this name; a block may be written `E08 - E13`, a code with or without its dot."""
    asked = named.strip().upper()
    compact = asked.replace(" ", "").replace("\u2013", "-")
    for one in (book.form(asked), compact, asked):
        if book.heading(one):
            return _place(book, one)
    return None


def index_lines(book: CodeBook, code: str) -> Iterator[IndexLine]:
    """Lines of the alphabetic index that name `code`, with the words above them."""
    for line in book.index_terms(code)[:SHOWN]:
        path = _words(book.index_path(line.number))
        for column, target in line.codes:
            if target.rstrip("-.") == book.form(code):
                named = (*path, column.replace("_", " ")) if column else path
                yield IndexLine(named, line.source, target, line.see, line.see_also)


def index_page(book: CodeBook, number: int | None = None, source: str = "diseases") -> tuple[IndexLine, ...]:
    """Lines directly below line `number` (the main terms for None): from a term to its codes, see and see also."""
    above = _words(book.index_path(number)) if number is not None else ()
    return tuple(
        IndexLine(
            (*above, line.term),
            line.source,
            ", ".join(target for _, target in line.codes),
            line.see,
            line.see_also,
        )
        for line in book.index_under(number, source)
    )


def _words(lines: Sequence[IndexTerm]) -> tuple[str, ...]:
    return tuple(line.term for line in lines)


def _place(book: CodeBook, node: str) -> Place:
    heading = book.heading(node)
    if heading is None:
        raise CorpusError(f"{node!r} is no chapter, block or code of {book.release.title}")
    code, title, kind = heading
    found: Code | None = book.get(code) if kind not in ("chapter", "block") else None
    return Place(code, title.removesuffix(f"({code})").strip(), kind, bool(found and found.billable))


def _code_inside(book: CodeBook, place: Place) -> str:
    """The place itself, or the first code of a chapter or block: through it what stands above is found."""
    code, kind = place.code, place.kind
    while kind in ("chapter", "block"):
        code, _, kind = book.under(code)[0]
    return code
