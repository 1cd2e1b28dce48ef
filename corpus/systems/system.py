"""What library and index must know of a code system. A system overrides what differs from the plain case."""

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from corpus.codes import Code, CodeSystem, IndexTerm, Node
from corpus.editions import Edition
from corpus.errors import CorpusError
from corpus.index.terms import SearchTerm, TermKind
from corpus.index.words import fold
from corpus.lexicon.words import Sense
from corpus.library import CodeBook


class Favoured(Protocol):
    """Units that a system finds named in a query."""

    @property
    def units(self) -> Sequence[str]:
        """Units that must be looked at, best first."""
        ...

    def weight(self, unit: str) -> float:
        """What is added to the score of any unit."""
        ...


class System:
    """A plain list of codes: every code is its own unit, found by its title, its further names and our synonyms."""

    id: CodeSystem
    label: str
    """For people, e.g. `ICD-10-CM`."""
    code_shape: re.Pattern[str]
    """Matches a code of this system, or the beginning of one."""
    validity_required = False
    """True: on a date nothing is known about, nothing is answered. False: codes are shown, labelled `unknown`."""
    sided = False
    """Whether units come in groups that differ in the side of the body or the trimester only."""
    absent = "no codes of this system are loaded; import them with `superbill corpus import`"
    """Said when neither a package nor an import has codes."""
    undated_note = "starter set; validity unknown until the official file is imported"
    """Said beside codes of an edition that has no dates."""

    def packaged(self) -> Edition | None:
        """The edition that comes with the installation; None when the site must import one. Must be cheap: nothing read."""
        return None

    def is_code(self, text: str) -> bool:
        """Whether the whole text is a code of this system or the beginning of one."""
        return bool(self.code_shape.fullmatch(text.strip()))

    def synonyms(self) -> Iterable[SearchTerm]:
        """Rows of our own; `unit` may be any code of the system, those that an edition lacks are left out."""
        return ()

    def synonyms_sha256(self) -> str:
        """sha256 over the files that `synonyms` and `rows` read, besides the edition."""
        return ""

    def abbreviations(self) -> Mapping[str, tuple[Sense, ...]]:
        """What is opened in a query before it is searched, by case-folded abbreviation."""
        from corpus.lexicon import words

        return words.abbreviations()

    def rows(self, nodes: Sequence[Node], index: Iterable[IndexTerm] = ()) -> list[SearchTerm]:
        """All rows of the search, in order, each pointing at a unit, without repeats."""
        stems = {node.code: node.stem for node in nodes if node.stem}
        seen: set[tuple[str, str]] = set()
        out: list[SearchTerm] = []
        for row in (*self._titles(nodes), *_index_rows(index), *self.synonyms()):
            unit = stems.get(row.unit, "")
            mark = (unit, fold(row.text))
            if unit and row.text.strip() and mark not in seen:
                seen.add(mark)
                out.append(SearchTerm(unit, " ".join(row.text.split()), row.kind))
        return out

    def _titles(self, nodes: Sequence[Node]) -> Iterable[SearchTerm]:
        for node in nodes:
            if node.stem == node.code:
                yield SearchTerm(node.code, node.title, TermKind.TITLE)
                yield from (SearchTerm(node.code, text, TermKind.INCLUSION) for text in node.terms)

    def rewrite(self, text: str) -> str:
        """The text of a query as it is searched."""
        return text

    def favoured(self, book: CodeBook, text: str) -> Favoured | None:
        """What a system reads in `text` that speaks for some of its units; None when it reads nothing of its own."""
        return None

    def by_code(self, book: CodeBook, text: str, k: int) -> list[Code]:
        """What a query that is a code means: the code with its children, or else the codes that start with it."""
        bare = text.strip().rstrip(".-")
        found = book.get(bare)
        if found:
            return [found, *book.children(found.code)]
        return list(book.starting_with(bare, k))

    def require_known(self, book: CodeBook, date: dt.date) -> None:
        """Refuse a date outside what the validity data covers, where the system has such data. Raises CorpusError."""
        if self.validity_required and not book.validity.covers(date):
            from corpus.sources.validity import FIRST_DATE, LAST_DATE

            raise CorpusError(
                f"code validity is known from {FIRST_DATE} to {LAST_DATE}; {date} lies outside, "
                "so no code can be called valid on it"
            )

    def resolve(self, book: CodeBook, unit: str, text: str, date: dt.date) -> Code | None:
        """The code that the words of a query decide within the unit they found; the unit itself when they decide none."""
        return book.get(unit)

    def remark(self, book: CodeBook, code: Code) -> str:
        """What must be known of one code beside its description; shown with every hit of it."""
        return ""

    def told(self, book: CodeBook, text: str) -> str:
        """Why nothing here can be found for a query that names something else; its words are then not searched. Else ""."""
        return ""

    def replaced_by(self, code: str) -> tuple[str, ...]:
        """Codes that took the place of one that ended, where that is certain."""
        return ()

    def missing(self, book: CodeBook, code: Code, text: str = "") -> str:
        """For a header: what the words must still say; "" for a billable code."""
        if code.billable:
            return ""
        return "more characters: " + ", ".join(child.code for child in book.children(code.code)[:4])


def _index_rows(index: Iterable[IndexTerm]) -> Iterable[SearchTerm]:
    from corpus.index.terms import index_rows

    return index_rows(index)
