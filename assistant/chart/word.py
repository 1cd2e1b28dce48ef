"""A Word file (docx) -> its text. Run by `apart.py`, never in the main process.

What a reader of the printed page sees: paragraphs, list marks, a table's row on one line, text boxes, foot- and endnotes at the
end. Comments, deleted and moved-away text, hidden text, field codes and running heads are left out.
"""

import io
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from assistant.chart.apart import Unreadable, serve

MOST_UNPACKED = 200_000_000
"""Bytes of all parts together, unpacked."""
MOST_XML = 30_000_000
"""Bytes of one part with text, unpacked."""
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_GONE = frozenset(
    {f"{_W}{tag}" for tag in ("del", "moveFrom", "delText", "instrText", "delInstrText", "commentRangeStart")}
    | {f"{_W}{tag}" for tag in ("sdtPr", "pPr", "tblPr", "trPr", "tcPr", "sectPr")}
    | {f"{_MC}Fallback"}
)
_BOXES = {"F0FE": "☒", "F052": "☒", "F0FD": "☒", "F0A8": "☐", "F06F": "☐", "F0A3": "☐", "F0FC": "✓", "F0B7": "•"}
"""Marks of the fonts Wingdings and Symbol that forms use."""
_NOTES = ("footnotes", "endnotes")


def read_word(data: bytes, most: int) -> tuple[str, list[str]]:
    """Text of at most `most` characters. Unreadable when the file is no Word file, damaged, too large or without a word."""
    _require_sound(data)
    from docx import Document
    from docx.opc.exceptions import OpcError

    try:
        document = Document(io.BytesIO(data))
        reader = _Reader(document)
        text = "\n".join(reader.blocks(document.element.body)).strip("\n")
        notes = [line for kind in _NOTES for line in reader.notes(kind)]
    except (
        OpcError,
        SyntaxError,
        zipfile.BadZipFile,
        KeyError,
        ValueError,
        AttributeError,
        TypeError,
        OSError,
        RecursionError,
    ):
        raise Unreadable("is a damaged Word file; save it again, or give its text.") from None
    text = "\n\n".join(part for part in (text, "\n".join(notes)) if part)
    if len(text) > most:
        raise Unreadable(f"holds more than {most:,} characters of text; split it into single notes.")
    if not any(mark.isalpha() for mark in text):
        raise Unreadable("is a Word file without any text; give a note with text.")
    return text, []


def _require_sound(data: bytes) -> None:
    """Unreadable for another kind of zip file, a zip bomb, or XML that declares entities (Word writes none)."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
            names = {part.filename for part in parts}
            if "[Content_Types].xml" not in names or not any(name.startswith("word/") for name in names):
                raise Unreadable("is a zip or Office file other than a Word file; save its text as a plain text file.")
            large = sum(part.file_size for part in parts) > MOST_UNPACKED
            texts = [part for part in parts if part.filename.endswith((".xml", ".rels"))]
            if large or any(part.file_size > MOST_XML for part in texts):
                raise Unreadable("unpacks to far more than a note; save it again, or give its text.")
            for part in texts:
                with archive.open(part) as stream:  # reads no more than the size stated, which was judged above
                    if b"<!DOCTYPE" in stream.read().replace(b"\x00", b""):
                        raise Unreadable("holds XML with a document type, which no Word file has; save it again.")
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError):
        raise Unreadable("is a damaged or protected Word file; save it again, or give its text.") from None
    except Exception as error:
        if isinstance(error, Unreadable):
            raise
        raise Unreadable("is a damaged Word file; save it again, or give its text.") from None


class _Reader:
    def __init__(self, document: Any) -> None:
        self._part = document.part
        self._styles = {style.element.styleId: style.element for style in document.styles}
        try:
            self._numbering = document.part.numbering_part.element
        except (KeyError, NotImplementedError):
            self._numbering = None
        self._counts: dict[tuple[str, int], int] = defaultdict(int)

    def blocks(self, parent: Any) -> Iterator[str]:
        """Lines of a body, a table's cell, a text box or a note."""
        for child in parent:
            tag = child.tag
            if tag == f"{_W}p":
                yield from self._paragraph(child)
            elif tag == f"{_W}tbl":
                yield from self._table(child)
            elif tag not in _GONE and isinstance(tag, str):
                yield from self.blocks(child)

    def notes(self, kind: str) -> Iterator[str]:
        """Lines of the foot- or endnotes."""
        from docx.oxml import parse_xml

        for relation in self._part.rels.values():
            if relation.reltype.endswith(f"/{kind}") and not relation.is_external:
                for note in parse_xml(relation.target_part.blob):
                    if note.get(f"{_W}type") is None:
                        yield from self.blocks(note)

    def _paragraph(self, paragraph: Any) -> Iterator[str]:
        boxes: list[Any] = []
        text = "".join(self._run(paragraph, boxes))
        mark = self._list_mark(paragraph) if text.strip() else ""
        if self._is_heading(paragraph) and text.strip():
            yield ""
        yield mark + (text.strip(" \t") if mark else text.rstrip(" \t"))
        for box in boxes:
            yield from self.blocks(box)

    def _run(self, parent: Any, boxes: list[Any]) -> Iterator[str]:
        for child in parent:
            tag = child.tag
            if tag in _GONE or not isinstance(tag, str):
                continue
            if tag == f"{_W}t":
                yield child.text or ""
            elif tag in (f"{_W}tab", f"{_W}ptab"):
                yield "\t"
            elif tag in (f"{_W}br", f"{_W}cr"):
                yield "\n"
            elif tag == f"{_W}noBreakHyphen":
                yield "-"
            elif tag == f"{_W}sym":
                yield _BOXES.get(str(child.get(f"{_W}char")).upper(), " ")
            elif tag == f"{_W}txbxContent":
                boxes.append(child)
            elif tag == f"{_W}r" and _hidden(child):
                continue
            else:
                yield from self._run(child, boxes)

    def _table(self, table: Any) -> Iterator[str]:
        yield ""
        for row in _inside(table, "tr"):
            properties = row.find(f"{_W}trPr")
            if properties is not None and properties.find(f"{_W}del") is not None:
                continue
            cells = []
            for cell in _inside(row, "tc"):
                merged = cell.find(f"{_W}tcPr/{_W}vMerge")
                if merged is None or merged.get(f"{_W}val") == "restart":
                    cells.append([line for line in (" ".join(one.split()) for one in self.blocks(cell)) if line])
            if len(cells) == 1:
                yield from cells[0]  # a row of one cell is a box round a text, whose lines are its own
            elif line := " | ".join(" ".join(lines) for lines in cells).strip(" |"):
                yield line
        yield ""

    def _property(self, paragraph: Any, path: str) -> Any:
        """A property of the paragraph, else of its style or one that it is based on."""
        found = paragraph.find(f"{_W}pPr/{path}")
        style = paragraph.find(f"{_W}pPr/{_W}pStyle")
        name = style.get(f"{_W}val") if style is not None else None
        for _ in range(20):
            if found is not None or name not in self._styles:
                break
            element = self._styles[name]
            found = element.find(f"{_W}pPr/{path}")
            base = element.find(f"{_W}basedOn")
            name = base.get(f"{_W}val") if base is not None else None
        return found

    def _is_heading(self, paragraph: Any) -> bool:
        return self._property(paragraph, f"{_W}outlineLvl") is not None

    def _list_mark(self, paragraph: Any) -> str:
        found = self._property(paragraph, f"{_W}numPr")
        number = found.find(f"{_W}numId") if found is not None else None
        if number is None or number.get(f"{_W}val") in (None, "0") or self._numbering is None:
            return ""
        depth = found.find(f"{_W}ilvl")
        level = int(depth.get(f"{_W}val")) if depth is not None else 0
        key = str(number.get(f"{_W}val"))
        form, start = self._level(key, level)
        if form == "none":
            return ""
        if form == "bullet":
            return "- "
        for deeper in [one for one in self._counts if one[0] == key and one[1] > level]:
            del self._counts[deeper]
        self._counts[key, level] = self._counts.get((key, level), start - 1) + 1
        return f"{self._counts[key, level]}. "

    def _level(self, key: str, level: int) -> tuple[str, int]:
        """Form and first number of a list's level; a bullet where the file does not say."""
        for number in self._numbering.findall(f"{_W}num"):
            if number.get(f"{_W}numId") == key:
                kind = number.find(f"{_W}abstractNumId").get(f"{_W}val")
                for abstract in self._numbering.findall(f"{_W}abstractNum"):
                    if abstract.get(f"{_W}abstractNumId") == kind:
                        for one in abstract.findall(f"{_W}lvl"):
                            if one.get(f"{_W}ilvl") == str(level):
                                form, start = one.find(f"{_W}numFmt"), one.find(f"{_W}start")
                                return (
                                    form.get(f"{_W}val") if form is not None else "decimal",
                                    int(start.get(f"{_W}val")) if start is not None else 1,
                                )
        return "bullet", 1


def _inside(parent: Any, tag: str) -> Iterator[Any]:
    """Rows of a table or cells of a row, also those inside content controls and inserted text."""
    for child in parent:
        if child.tag == f"{_W}{tag}":
            yield child
        elif child.tag in (f"{_W}sdt", f"{_W}sdtContent", f"{_W}ins", f"{_W}customXml"):
            yield from _inside(child, tag)


def _hidden(run: Any) -> bool:
    mark = run.find(f"{_W}rPr/{_W}vanish")
    return mark is not None and mark.get(f"{_W}val") not in ("0", "false", "off")


if __name__ == "__main__":
    serve(read_word)
