"""An imported ICD-10-PCS release as nodes: tables (three characters), groups (table and body part), codes."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from corpus.codes import Node, NoteKind, TabularNote
from corpus.sources.order import OrderRow
from corpus.sources.pcs_index import PcsDefinition
from corpus.sources.pcs_tables import PcsTable, PcsTables

_NOTHING = ("no device", "no qualifier", "none")


def procedure_nodes(
    rows: Sequence[OrderRow],
    tables: PcsTables | None,
    definitions: Iterable[PcsDefinition],
    known: Iterable[Node],
) -> Iterator[Node]:
    """Tables, groups and codes of a release, parents before children.

    `rows` (of the order or description file) decide which codes there are, without them the `tables` do. What neither says
    (labels of an order file alone, titles of tables alone) is taken from `known`, the nodes of the release in use.
    """
    titles = {row.code: row.long for row in rows if row.billable}
    headers = {row.code: row.long for row in rows if not row.billable}
    labels = tables.labels() if tables else {}
    by_code = {table.code: table for table in tables.tables} if tables else {}
    old = {node.code: node.title for node in known}
    meanings = _meanings(definitions)
    seen: set[str] = set()
    for code in sorted(titles or labels):
        table, group = code[:3], code[:4]
        named = by_code[table].title if table in by_code else headers.get(table) or old.get(table) or f"Table {table}"
        if table not in seen:
            seen.add(table)
            notes = tuple(_definition(table, by_code.get(table), meanings))
            yield Node(table, named, "code", None, table, False, notes=notes)
        if group not in seen:
            seen.add(group)
            title = f"{named}, {labels[code][0]}" if code in labels else old.get(group, named)
            yield Node(group, title, "code", table, group, False)
        title = titles.get(code) or old.get(code) or _composed(named, labels[code])
        yield Node(code, title, "code", group, group, True)


def _composed(table: str, labels: Sequence[str]) -> str:
    operation = table.rsplit(", ", 1)[-1]
    part, approach, *others = labels
    further = [label for label in others if label.lower() not in _NOTHING]
    return ", ".join([f"{operation} of {part}", f"{approach} Approach", *further])


def _meanings(definitions: Iterable[PcsDefinition]) -> Mapping[tuple[str, str], PcsDefinition]:
    """Definitions of the third character by section and title."""
    return {(meaning.section, meaning.title): meaning for meaning in definitions if meaning.axis == 3}


def _definition(
    code: str, table: PcsTable | None, meanings: Mapping[tuple[str, str], PcsDefinition]
) -> Iterator[TabularNote]:
    if table is None:
        return
    operation = table.head[2].values[0][1]
    found = meanings.get((code[0], operation))
    text = table.head[2].definition or (found.definition if found else "")
    if text:
        yield TabularNote(code, NoteKind.DEFINITION, text)
    if found and found.explanation:
        yield TabularNote(code, NoteKind.DEFINITION, found.explanation)
