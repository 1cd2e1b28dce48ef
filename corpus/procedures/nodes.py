"""The packaged ICD-10-PCS release as nodes: tables, groups (table and body part) and codes."""

from collections.abc import Iterator, Mapping
from functools import lru_cache

from corpus.codes import Node, NoteKind, TabularNote
from corpus.procedures import definitions
from corpus.procedures.labels import label_all
from corpus.sources import pcs
from corpus.sources.pcs import Labels

SEPARATOR = "; "


def detail_of(code: str, labels: Labels) -> str:
    """Labels of characters 4 to 7 in one line, each after the name of its axis: what a code keeps as its detail."""
    named = ((definitions.axis_name(code[0], position), label) for position, label in enumerate(labels, start=4))
    return SEPARATOR.join(f"{name}: {label}" for name, label in named)


@lru_cache(maxsize=100_000)
def labels_in(detail: str) -> Labels | None:
    """The labels that `detail_of` wrote; None for anything else."""
    parts = [part.partition(": ") for part in detail.split(SEPARATOR)]
    if len(parts) != 4 or not all(mark for _, mark, _ in parts):
        return None
    return parts[0][2], parts[1][2], parts[2][2], parts[3][2]


def table_title(table: str) -> str:
    """Section, body system and operation of characters 1 to 3."""
    system = definitions.body_system(table).label
    named = (
        definitions.section(table[0]).label,
        "" if system == "None" else system,
        definitions.operation(table).label,
    )
    return ", ".join(filter(None, named))


def procedure_nodes(titles: Mapping[str, str], labels: Mapping[str, Labels]) -> Iterator[Node]:
    """Tables, groups and codes, parents before children. `titles` are in code order."""
    seen: set[str] = set()
    for code, title in titles.items():
        table, group = code[:3], code[:4]
        if table not in seen:
            seen.add(table)
            yield Node(table, table_title(table), "code", None, table, False, notes=tuple(_meaning(table)))
        if group not in seen:
            seen.add(group)
            yield Node(group, f"{table_title(table)}, {labels[code][0]}", "code", table, group, False)
        yield Node(code, title, "code", group, group, True, detail=detail_of(code, labels[code]))


def _meaning(table: str) -> Iterator[TabularNote]:
    found = definitions.operation(table)
    for text in (found.meaning, found.apart):
        if text:
            yield TabularNote(table, NoteKind.DEFINITION, text)


def read_nodes() -> Iterator[Node]:
    """Every node of the packaged release."""
    titles = pcs.read_titles()
    return procedure_nodes(titles, label_all(titles, pcs.read_labels()))
