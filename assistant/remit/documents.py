"""A letter as a list of blocks, read from a rendered template, and the same as plain text.

Templates are XML, filled in with escaping on, so that no name out of a remittance can become a part of the letter's
form. `documents_docx.py` and `documents_pdf.py` draw the same blocks.
"""

import re
import xml.etree.ElementTree as ET
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from defusedxml.ElementTree import fromstring

BLANK = "____________________________"
"""A place to write what the file does not say."""
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_WIDTH = 72


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines that stand directly under each other: an address."""

    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Heading:
    """`level` 1 says what the letter is about; 2 opens a part of it."""

    text: str
    level: int = 1


@dataclass(frozen=True, slots=True)
class Paragraph:
    """`style`: plain, lead (the one sentence to read), note (about the letter itself) or sign (below the signature)."""

    text: str
    style: str = "plain"


@dataclass(frozen=True, slots=True)
class Items:
    """A list with bullets."""

    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Facts:
    """Names with their values, one a line."""

    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of as many cells as `header`; all columns but the first `words` (1 or 2) hold figures. The last row may be a
    sum."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    words: int = 1
    sum_row: bool = False


@dataclass(frozen=True, slots=True)
class Rules:
    """Empty lines to write on."""

    count: int


Block = Lines | Heading | Paragraph | Items | Facts | Table | Rules


def printable(text: str) -> str:
    """`text` without the characters that no XML file may hold; a damaged remittance can have them."""
    return _NOT_XML.sub("", text)


def read_blocks(markup: str) -> tuple[Block, ...]:
    """The blocks of a rendered template. Raises ValueError for an element that is no block: a fault of the template."""
    blocks: list[Block] = []
    root = fromstring(markup)
    for node in root:
        if node.tag not in _READERS:
            raise ValueError(f"letter template: <{node.tag}> is no block")
        if (node.tail or "").strip() or (root.text or "").strip():
            raise ValueError("letter template: text stands outside a block")
        block = _READERS[node.tag](node)
        if block is not None:
            blocks.append(block)
    return tuple(blocks)


def as_text(blocks: tuple[Block, ...]) -> str:
    """The blocks as plain text, a blank line between them."""
    return "\n\n".join(_WRITERS[type(block)](block) for block in blocks) + "\n"


def words_of(blocks: tuple[Block, ...]) -> tuple[str, ...]:
    """Every text of the blocks in reading order, cell by cell."""
    said: list[str] = []
    for block in blocks:
        match block:
            case Lines():
                said += block.lines
            case Heading() | Paragraph():
                said.append(block.text)
            case Items():
                said += block.items
            case Facts():
                said += [part for row in block.rows for part in row]
            case Table():
                said += [*block.header, *(cell for row in block.rows for cell in row)]
            case Rules():
                pass
    return tuple(said)


def _said(node: ET.Element) -> str:
    return " ".join("".join(node.itertext()).split())


def _children(node: ET.Element, tag: str) -> tuple[str, ...]:
    return tuple(text for text in (_said(child) for child in node.findall(tag)) if text)


def _lines(node: ET.Element) -> Block | None:
    lines = _children(node, "l")
    return Lines(lines) if lines else None


def _items(node: ET.Element) -> Block | None:
    items = _children(node, "i")
    return Items(items) if items else None


def _facts(node: ET.Element) -> Block | None:
    return Facts(tuple((child.get("name", ""), _said(child)) for child in node.findall("f")))


def _table(node: ET.Element) -> Block | None:
    head, *rows = [tuple(_said(cell) for cell in row.findall("c")) for row in node.findall("row")]
    if any(len(row) != len(head) for row in rows):
        raise ValueError("letter template: a row of a table has not as many cells as its head")
    return Table(head, tuple(rows), int(node.get("words", "1")), node.get("sum") == "yes") if rows else None


def _paragraph(node: ET.Element) -> Block | None:
    return Paragraph(_said(node), node.get("style", "plain"))


_READERS: Mapping[str, Callable[[ET.Element], Block | None]] = {
    "lines": _lines,
    "h": lambda node: Heading(_said(node), int(node.get("level", "1"))),
    "p": _paragraph,
    "list": _items,
    "facts": _facts,
    "table": _table,
    "rules": lambda node: Rules(int(node.get("n", "1"))),
}


def _table_text(table: Table) -> str:
    everything = [table.header, *table.rows]
    widths = [max(len(row[place]) for row in everything) for place in range(len(table.header))]
    out = []
    for row in everything:
        cells = [
            cell.ljust(width) if place < table.words else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        out.append("  " + "  ".join(cells).rstrip())
    ruler = "  " + "-" * (sum(widths) + 2 * (len(widths) - 1))
    out.insert(1, ruler)
    if table.sum_row:
        out.insert(len(out) - 1, ruler)
    return "\n".join(out)


def _facts_text(facts: Facts) -> str:
    width = max(len(name) for name, _ in facts.rows) + 1
    return "\n".join(f"  {name + ':':<{width}} {value}" for name, value in facts.rows)


def _heading_text(heading: Heading) -> str:
    return f"{heading.text}\n{'=' * min(len(heading.text), _WIDTH)}" if heading.level == 1 else heading.text


_WRITERS: Mapping[type, Callable[..., str]] = {
    Lines: lambda block: "\n".join(block.lines),
    Heading: _heading_text,
    Paragraph: lambda block: f"{BLANK}\n{block.text}" if block.style == "sign" else block.text,
    Items: lambda block: "\n".join(f"- {item}" for item in block.items),
    Facts: _facts_text,
    Table: _table_text,
    Rules: lambda block: "\n\n".join(["_" * _WIDTH] * block.count),
}
