"""The rows that are searched: every title, inclusion term and synonym is a row of its own, and points at a unit.

A unit is a stem: a code without its 7th character. Concatenating synonyms into one text ranks worse than one row each
(measured), so rows are never joined. Words that stand at a header (`E11` type 2 diabetes) point at the header's default:
the child that says unspecified or without complications.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from corpus.codes import IndexTerm, Node, NoteKind
from corpus.index.words import fold, key


class TermKind(StrEnum):
    """Where the words of a row come from."""

    TITLE = "title"
    INCLUSION = "inclusion_term"
    HEADER = "header"
    PHRASE = "phrase"
    LAY = "lay_term"
    VARIANT = "variant"
    INDEX = "index"
    """A line of the official alphabetic index that the site imported, with what it stands under."""


@dataclass(frozen=True, slots=True)
class SearchTerm:
    """One row: `text` finds `unit`."""

    unit: str
    text: str
    kind: TermKind


_DEFAULTS = (
    re.compile(r"without (?:any )?complications?\b|\buncomplicated$", re.I),
    re.compile(r"^(?!.*\bwith unspecified\b).*\bunspecified$", re.I),
    re.compile(r"^(?!other)(?!.*\bwith unspecified\b).*\bunspecified\b", re.I),
    re.compile(r"\bwithout\b", re.I),
)


def children_of(nodes: Iterable[Node]) -> dict[str, list[Node]]:
    """Children by parent code."""
    children: dict[str, list[Node]] = {}
    for node in nodes:
        if node.parent:
            children.setdefault(node.parent, []).append(node)
    return children


def default_unit(code: str, nodes: Mapping[str, Node], children: Mapping[str, list[Node]]) -> str | None:
    """The stem that a header means when nothing more is said; None when no child is the plain one."""
    node = nodes.get(code)
    if node is None or node.kind != "code":
        return None
    if node.billable or node.seventh:
        return node.stem
    below = children.get(code, [])
    if len(below) == 1:
        return default_unit(below[0].code, nodes, children)
    for pattern in _DEFAULTS:
        named = [child for child in below if pattern.search(child.title)]
        named.sort(key=lambda child: (not child.code.endswith(("9", "0")), not child.code.endswith("9"), child.code))
        if named:
            return default_unit(named[0].code, nodes, children)
    return None


def collect_terms(
    nodes: Iterable[Node], synonyms: Iterable[SearchTerm] = (), index: Iterable[IndexTerm] = ()
) -> list[SearchTerm]:
    """All rows for the tabular list, our own `synonyms` (whose unit may be any code or header) and the alphabetic
    index where the site has one, without repeats. A line of the index that says what another row says in another order
    (`Contusion back lower`) is one: a tenth of them."""
    listed = list(nodes)
    by_code = {node.code: node for node in listed if node.kind == "code"}
    children = children_of(listed)

    def distinct(
        terms: Iterable[SearchTerm], same: Callable[[str], str], seen: set[tuple[str, str]]
    ) -> Iterator[SearchTerm]:
        for term in terms:
            unit = default_unit(term.unit, by_code, children)
            mark = (unit or "", same(term.text))
            if unit and mark not in seen:
                seen.add(mark)
                yield SearchTerm(unit, term.text, term.kind)

    rows = list(distinct((*_tabular_terms(listed, by_code, children), *synonyms), fold, set()))
    lines = list(index)
    said = {(row.unit, key(row.text)) for row in rows} if lines else set()
    return [*rows, *distinct(index_rows(lines), key, said)]


def _tabular_terms(
    listed: list[Node], by_code: dict[str, Node], children: dict[str, list[Node]]
) -> Iterator[SearchTerm]:
    stems = {node.stem for node in listed if node.billable}
    for node in listed:
        if node.kind != "code" or node.stem != node.code:
            continue
        own = node.code in stems
        yield SearchTerm(node.code, node.title, TermKind.TITLE if own else TermKind.HEADER)
        for note in node.notes:
            if note.kind in (NoteKind.INCLUSION_TERM, NoteKind.INCLUDES):
                yield SearchTerm(node.code, note.text, TermKind.INCLUSION if own else TermKind.HEADER)


_COLUMNS = {
    # drugs: what happened, said before the substance
    "poisoning_accidental": "poisoning by {}",
    "poisoning_self_harm": "intentional self-harm poisoning by {}",
    "adverse_effect": "adverse effect of {}",
    "underdosing": "underdosing of {}",
    # neoplasms: the behaviour, said before the site
    "malignant_primary": "malignant neoplasm of {}",
    "malignant_secondary": "secondary malignant neoplasm of {}",
    "in_situ": "carcinoma in situ of {}",
    "benign": "benign neoplasm of {}",
    "uncertain": "neoplasm of uncertain behavior of {}",
    "unspecified": "neoplasm of unspecified behavior of {}",
}
"""Columns of the index tables whose cells become rows. Poisoning by assault or undetermined is found through the code."""


def index_rows(lines: Iterable[IndexTerm]) -> Iterator[SearchTerm]:
    """A row for every line that names a code: the words of the line after those it stands under."""
    paths: dict[int, str] = {}
    for line in lines:
        above = paths.get(line.parent, "") if line.parent is not None else ""
        path = f"{above} {line.term}".strip()
        table = line.source in ("drugs", "neoplasms")
        paths[line.number] = "" if line.source == "neoplasms" and line.parent is None else path
        for column, code in line.codes:
            shape = _COLUMNS.get(column, "" if table or column else "{}")
            if shape and code.strip("-"):
                yield SearchTerm(code.rstrip("-").rstrip("."), shape.format(path), TermKind.INDEX)


def lexicon_terms() -> Iterator[SearchTerm]:
    """The synonyms written for this project: clinical phrases, lay terms, variants that decide a code."""
    from corpus.lexicon import phrases, words

    for phrase in phrases.phrases():
        yield SearchTerm(phrase.code, phrase.phrase, TermKind.PHRASE)
    for term in words.lay_terms():
        yield SearchTerm(term.code, term.term, TermKind.LAY)
    for variant in words.variants():
        if variant.code:
            yield SearchTerm(variant.code, variant.variant, TermKind.VARIANT)


def write_terms(path: Path, rows: Iterable[SearchTerm]) -> None:
    """Rows as `unit, kind, text` lines, in row order."""
    with path.open("w", encoding="utf-8", newline="\n") as stream:
        stream.writelines(f"{row.unit}\t{row.kind.value}\t{row.text}\n" for row in rows)


def read_terms(path: Path) -> list[SearchTerm]:
    """What `write_terms` wrote."""
    kinds = {kind.value: kind for kind in TermKind}
    with path.open(encoding="utf-8", newline="\n") as stream:
        parts = (line.rstrip("\n").split("\t", 2) for line in stream)
        return [SearchTerm(unit, text, kinds[kind]) for unit, kind, text in parts]
