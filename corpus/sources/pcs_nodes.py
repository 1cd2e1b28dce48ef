"""An imported ICD-10-PCS release as nodes: tables (three characters), groups (table and body part), codes."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from corpus.codes import Node, NoteKind, TabularNote
from corpus.procedures import definitions
from corpus.procedures.labels import label_all
from corpus.procedures.nodes import detail_of, labels_in, table_title
from corpus.sources.order import OrderRow
from corpus.sources.pcs import Labels
from corpus.sources.pcs_index import PcsDefinition
from corpus.sources.pcs_tables import PcsTable, PcsTables

_NOTHING = ("no device", "no qualifier", "none")


def imported_nodes(
    rows: Sequence[OrderRow],
    tables: PcsTables | None,
    meanings: Iterable[PcsDefinition],
    known: Callable[[], Iterable[Node]],
) -> Iterator[Node]:
    """Tables, groups and codes of a release, parents before children.

    `rows` (of the order or description file) decide which codes there are, without them the `tables` do. What neither says
    (labels where there is an order file alone, titles where there are tables alone) is taken from `known`, the nodes of the
    release in use; titles that it lacks are put together from labels.
    """
    titles = {row.code: row.long for row in rows if row.billable}
    headers = {row.code: row.long for row in rows if not row.billable}
    by_code = {table.code: table for table in tables.tables} if tables else {}
    labels: Mapping[str, Labels] = tables.labels() if tables else {}
    old = {} if titles and tables else {node.code: node for node in known() if node.billable}
    if not titles:
        titles = {code: old[code].title if code in old else "" for code in labels}
    if titles.keys() - labels.keys():
        earlier = {code: found for code, node in old.items() if (found := labels_in(node.detail))}
        labels = label_all(titles, {**earlier, **labels})
    defined = {(meaning.section, meaning.title): meaning for meaning in meanings if meaning.axis == 3}
    seen: set[str] = set()
    for code in sorted(titles):
        table, group = code[:3], code[:4]
        official = by_code.get(table)
        named = (official.title if official else headers.get(table)) or table_title(table)
        if table not in seen:
            seen.add(table)
            yield Node(table, named, "code", None, table, False, notes=tuple(_meaning(table, official, defined)))
        if group not in seen:
            seen.add(group)
            yield Node(group, f"{named}, {labels[code][0]}", "code", table, group, False)
        title = titles[code] or _composed(named, labels[code])
        yield Node(code, title, "code", group, group, True, detail=detail_of(code, labels[code]))


def _composed(table: str, labels: Labels) -> str:
    operation = table.rsplit(", ", 1)[-1]
    part, approach, *others = labels
    further = [label for label in others if label.lower() not in _NOTHING]
    return ", ".join([f"{operation} of {part}", f"{approach} Approach", *further])


def _meaning(
    code: str, table: PcsTable | None, defined: Mapping[tuple[str, str], PcsDefinition]
) -> Iterator[TabularNote]:
    """The official definition of the operation where the files have one, else ours."""
    ours = definitions.operation(code)
    operation = table.head[2].values[0][1] if table else ours.label
    official = defined.get((code[0], operation))
    first = (table.head[2].definition if table else "") or (official.definition if official else "") or ours.meaning
    for text in (first, official.explanation if official else ours.apart):
        if text:
            yield TabularNote(code, NoteKind.DEFINITION, text)
