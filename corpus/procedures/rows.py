"""The rows by which procedures are found: composed labels, our own procedure words, the lines of the alphabetic index.

A unit is a group (table and body part) that stands for itself and for the groups that differ from it in the side alone, or a
whole table. 78,925 titles differ mostly in approach, device and qualifier, which a search cannot and need not tell apart.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from corpus.codes import IndexTerm, Node
from corpus.index.terms import SearchTerm, TermKind
from corpus.index.words import fold
from corpus.procedures import definitions, words
from corpus.procedures.nodes import labels_in
from corpus.procedures.words import sideless

_BY_SUBSTANCE = "3456789FGHX"
"""Sections in which characters 5 to 7 say what is done, not where. In F the equipment (character 6) does not."""
_SILENT = frozenset(("None", "No Device", "No Qualifier", ""))
_POINTERS = ("Insertion of", "Removal of", "Revision of", "Change device", "Introduction of", "Control bleeding")


def units_of(nodes: Iterable[Node]) -> dict[str, str]:
    """Unit by group and table: the first group of a table with the same body part whatever its side."""
    first: dict[tuple[str, str], str] = {}
    units: dict[str, str] = {}
    titles: dict[str, str] = {}
    for node in nodes:
        if len(node.code) == 3:
            units[node.code] = node.code
            titles[node.code] = node.title
        elif len(node.code) == 4:
            base = sideless(part_of(node.title, titles.get(node.code[:3], "")))[0]
            units[node.code] = first.setdefault((node.code[:3], base), node.code)
    return units


def part_of(group_title: str, table_title: str) -> str:
    """The body part label of a group, whose title is its table's with the label after it."""
    return group_title.removeprefix(table_title).removeprefix(", ")


def procedure_rows(nodes: Sequence[Node], index: Iterable[IndexTerm]) -> list[SearchTerm]:
    """All rows in order, without repeats."""
    units = units_of(nodes)
    seen: set[tuple[str, str]] = set()
    rows: list[SearchTerm] = []
    for row in (*_composed(nodes), *word_rows(nodes), *_index_rows(index)):
        unit = units.get(row.unit[:4]) or units.get(row.unit[:3])
        mark = unit or "", fold(row.text)
        if unit and mark not in seen:
            seen.add(mark)
            rows.append(SearchTerm(unit, row.text, row.kind))
    return rows


def _composed(nodes: Iterable[Node]) -> Iterator[SearchTerm]:
    tables = {node.code: node.title for node in nodes if len(node.code) == 3}
    for node in nodes:
        operation = definitions.operation(node.code[:3]).label
        if len(node.code) == 3:
            system = definitions.body_system(node.code).label
            yield SearchTerm(node.code, operation if system == "None" else f"{operation}, {system}", TermKind.TITLE)
        elif len(node.code) == 4:
            base = sideless(part_of(node.title, tables.get(node.code[:3], "")))[0]
            text = operation if base in _SILENT else f"{operation} of {base}"
            yield SearchTerm(node.code, text, TermKind.TITLE)
        elif node.code[0] in _BY_SUBSTANCE:
            yield from _said_by(node, operation)


def _said_by(node: Node, operation: str) -> Iterator[SearchTerm]:
    """What is given or done, without the way it is given."""
    labels = labels_in(node.detail)
    if labels is None:
        return
    approach = node.code[0] in definitions.APPROACH_SECTIONS
    told = () if node.code[0] == "F" else labels[2:]
    said = [label for label in told if label not in _SILENT and not label.startswith("New Technology")]
    if not approach and labels[1] not in _SILENT:
        said.insert(0, labels[1])
    place = "" if labels[0] in _SILENT or node.code[0] in "3X" else sideless(labels[0])[0]
    if said:
        unit = node.code[:3] if node.code[0] in "3X" else node.code[:4]
        yield SearchTerm(unit, " ".join(filter(None, (operation, place, ", ".join(said)))), TermKind.INCLUSION)


def word_rows(nodes: Iterable[Node]) -> Iterator[SearchTerm]:
    """Our procedure words, each at its first two targets; further targets are weighed by reading the query."""
    tables: dict[str, str] = {}
    groups: dict[str, list[tuple[str, str]]] = {}
    for node in nodes:
        if len(node.code) == 3:
            tables[node.code] = node.title
        elif len(node.code) == 4:
            base = sideless(part_of(node.title, tables.get(node.code[:3], "")))[0]
            groups.setdefault(node.code[:3], []).append((node.code, base))
    for procedure in words.procedures():
        for target in procedure.targets[:2]:
            units = _target_units(target, groups)
            for text in procedure.words:
                yield from (SearchTerm(unit, text, TermKind.PHRASE) for unit in units)


def _target_units(target: words.Target, groups: Mapping[str, Sequence[tuple[str, str]]]) -> list[str]:
    """The groups meant; the table itself where the target leaves the body part open or allows many."""
    found = [code for code, base in groups.get(target.table[:3], ()) if target.allows(code, base)]
    several = len({base for code, base in groups.get(target.table[:3], ()) if code in found}) > 1
    return found[:1] if found and not several else [target.table[:3]]


def _index_rows(index: Iterable[IndexTerm]) -> Iterator[SearchTerm]:
    """Lines of the index that name a code, save those under a root operation, which the composed rows say already."""
    labels = {found.label for _, found in definitions.operations()}
    paths: dict[int, tuple[str, bool]] = {}
    for line in index:
        above, skipped = paths.get(line.parent, ("", False)) if line.parent is not None else ("", False)
        if line.parent is None:
            skipped = line.term in labels or line.term.startswith(_POINTERS)
        path = f"{above} {line.term}".strip()
        paths[line.number] = path, skipped
        if not skipped and not line.see.startswith("use "):
            yield from (SearchTerm(code.rstrip("-"), path, TermKind.INDEX) for _, code in line.codes[:6])
