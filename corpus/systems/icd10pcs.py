"""ICD-10-PCS: what is found is a table and a body part in it; the axes after it are filled by the words or by the coder."""

import datetime as dt
import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from corpus.codes import Code, CodeSystem, IndexTerm, Node
from corpus.editions import Edition
from corpus.index.terms import SearchTerm
from corpus.lexicon.words import Sense
from corpus.library import CodeBook
from corpus.systems.system import System

if TYPE_CHECKING:
    from corpus.procedures.groups import Groups, Weights

_SHOWN = 5
"""Values of an open axis that a hit names."""


class Icd10Pcs(System):
    """Inpatient procedures."""

    id = CodeSystem.ICD10PCS
    label = "ICD-10-PCS"
    code_shape = re.compile(r"(?=.*\d)[0-9A-HJ-NP-Z]{2,7}|[GH]Z[0-9A-HJ-NP-Z]{0,5}", re.I)
    validity_required = True
    absent = "no ICD-10-PCS codes are loaded; import the official tables with `superbill corpus import FILE`"

    def __init__(self) -> None:
        self._groups: WeakKeyDictionary[CodeBook, Groups] = WeakKeyDictionary()

    def packaged(self) -> Edition:
        from corpus.procedures.nodes import read_nodes
        from corpus.sources import pcs

        return Edition(pcs.release(), pcs.sources(), read_nodes, pcs.read_index)

    def synonyms_sha256(self) -> str:
        return _lexicon_sha256()

    def abbreviations(self) -> Mapping[str, tuple[Sense, ...]]:
        return {}  # procedure words have their own list; clinical senses ("MI", "ACL tear") lead away from the tables

    def rows(self, nodes: Sequence[Node], index: Iterable[IndexTerm] = ()) -> list[SearchTerm]:
        from corpus.procedures.rows import procedure_rows

        return procedure_rows(nodes, index)

    def favoured(self, book: CodeBook, text: str) -> "Weights":
        """What reading the procedure words of `text` adds to the score of tables and groups."""
        from corpus.procedures.reading import read

        return self._groups_of(book).weigh(read(text))

    def by_code(self, book: CodeBook, text: str, k: int) -> list[Code]:
        """The code or header with what is directly below it; a beginning of five or six characters lists its codes."""
        bare = book.form(text)
        found = book.get(bare)
        if found:
            return [found, *book.children(found.code)]
        if len(bare) > 4:
            return [code for code in book.children(bare[:4]) if code.code.startswith(bare)]
        return [table for node, _ in book.chapters() if node.startswith(bare) and (table := book.get(node))]

    def resolve(self, book: CodeBook, unit: str, text: str, date: dt.date) -> Code | None:
        """The code that the words decide; else the header they reach, titled with the body part when only its side is open."""
        from corpus.procedures.filling import narrowed

        header = book.get(unit)
        if header is None:
            return None
        groups = self._groups_of(book).alike(unit)
        below = [code for group in groups or (unit,) for code in book.billable_under(group)]
        fitting = narrowed([code for code in below if book.validity.valid_on(code.code, date)], text)
        if len(fitting) < 2:
            return fitting[0] if fitting else None
        left = {code.code[:4] for code in fitting}
        if len(left) == 1:
            group = book.get(left.pop())
            return replace(group, detail=_open_axes(fitting, 5)) if group else None
        table = book.get(unit[:3])
        if table is None:
            return None
        base = "" if len(unit) == 3 else f", {self._groups_of(book).base(unit)}"
        return replace(table, title=f"{table.title}{base}", detail=_open_axes(fitting, 4))

    def missing(self, book: CodeBook, code: Code, text: str = "") -> str:
        """The axes that are open, each with the values allowed; a resolved header carries them, on its date, as its detail."""
        if code.billable or code.detail:
            return "" if code.billable else code.detail
        return _open_axes(book.billable_under(code.code), len(code.code) + 1)

    def _groups_of(self, book: CodeBook) -> "Groups":
        found = self._groups.get(book)
        if found is None:
            from corpus.procedures.groups import Groups

            found = self._groups.setdefault(book, Groups(book))
        return found


def _open_axes(codes: Sequence[Code], first: int) -> str:
    """From character `first` on, the axes in which `codes` differ, each with its values."""
    from corpus.procedures.definitions import axis_name
    from corpus.procedures.filling import labels

    told = []
    for position in range(first, 8):
        values: dict[str, str] = {}
        for code in codes:
            values.setdefault(code.code[position - 1], labels(code)[position - 4])
        if len(values) > 1:
            shown = " / ".join(f"{value} {label}" for value, label in sorted(values.items())[:_SHOWN])
            more = f" and {len(values) - _SHOWN} more" if len(values) > _SHOWN else ""
            told.append(f"{axis_name(codes[0].code[0], position).lower()} ({shown}{more})")
    return "; ".join(told)


_IN_ROWS = ("labels.tsv", "operations.tsv", "sections.tsv", "systems.tsv", "titles.tsv", "words.tsv")
"""Our files that nodes and rows are made from; the others are read with each query."""


@lru_cache(maxsize=1)
def _lexicon_sha256() -> str:
    from corpus.procedures import lexicon

    digest = hashlib.sha256(b"rows 2")
    for path in (lexicon.FOLDER / name for name in _IN_ROWS):
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


SYSTEM = Icd10Pcs()
