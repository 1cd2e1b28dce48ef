"""Tables of cells: CSV, tab-separated text and .xlsx, read row by row with their columns by name.

A column is known by its name in lower case without anything but letters and digits (`LONG DESCRIPTION` is
`longdescription`). The header is the first row with at least two named columns, so that a title line above it does no
harm.
"""

import csv
import datetime as dt
import io
import re
import warnings
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from corpus.errors import CorpusError
from corpus.sources.files import SourceFile

_HEADER_WITHIN = 30
_MOST_CELLS = 20_000_000
"""Cells of a workbook's sheet, empty ones too; the largest official workbook has 4 million."""
_MOST_ROWS = 2_000_000
_DECLARED = re.compile(rb"<!(DOCTYPE|ENTITY)", re.I)


class NoTableError(CorpusError):
    """The file can be read and holds no table with named columns."""


def column_name(raw: str) -> str:
    """The name a column is known by."""
    return re.sub(r"[^0-9a-z]", "", raw.lower())


@dataclass(frozen=True)
class Sheet:
    """A table. `header` maps a column's name to its place; `lines` are (line number, cells)."""

    name: str
    header: dict[str, int]
    lines: tuple[tuple[int, tuple[str, ...]], ...] = field(repr=False)

    def rows(self) -> Iterator[tuple[int, dict[str, str]]]:
        """(line number, cell by column name) of every row with any content."""
        for line, cells in self.lines:
            if any(cells):
                yield line, {name: cells[place] for name, place in self.header.items() if place < len(cells)}


def read_sheet(file: SourceFile, header: bool = True) -> Sheet:
    """The table in `file` (of a workbook the first sheet with a header). Without `header`, columns are named 1, 2, ...

    Raises CorpusError when the file is damaged or holds no table.
    """
    found = _workbook(file) if file.is_spreadsheet else [_delimited(file)]
    for lines in found:
        if not header:
            width = max((len(cells) for _, cells in lines), default=0)
            if width:
                return Sheet(file.name, {str(place + 1): place for place in range(width)}, tuple(lines))
            continue
        for place, (_, cells) in enumerate(lines[:_HEADER_WITHIN]):
            names = [column_name(cell) for cell in cells]
            if sum(bool(re.search("[a-z]", name)) for name in names) >= 2:
                named = {name: column for column, name in reversed(list(enumerate(names))) if name}
                return Sheet(file.name, named, tuple(lines[place + 1 :]))
    raise NoTableError(f"{file.name} holds no table with named columns")


def _delimited(file: SourceFile) -> list[tuple[int, tuple[str, ...]]]:
    text = file.text
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    lines: list[tuple[int, tuple[str, ...]]] = []
    try:
        for cells in reader:
            lines.append((reader.line_num, tuple(" ".join(cell.split()) for cell in cells)))
    except csv.Error as error:
        raise CorpusError(f"{file.name}, line {reader.line_num}, is not a row of a table ({error})") from error
    return lines


def _delimiter(text: str) -> str:
    """What parts the columns: a tab or bar that most lines have, else the comma or semicolon of the first line with one."""
    lines = [line for line in text[:20_000].split("\n") if line.strip()][:40]
    for mark in "\t|":
        if lines and sum(mark in line for line in lines) > len(lines) / 2:
            return mark
    first = next((line for line in lines if "," in line or ";" in line), "")
    return ";" if first.count(";") > first.count(",") else ","


def _workbook(file: SourceFile) -> Iterator[list[tuple[int, tuple[str, ...]]]]:
    from openpyxl import load_workbook

    try:
        _refuse_declarations(file)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # styles and validations that do not concern the cells
            book = load_workbook(io.BytesIO(file.data), read_only=True, data_only=True)
            try:
                for sheet in book.worksheets:
                    sheet.reset_dimensions()  # what a file says of its size pads every row to it
                    yield list(_rows(file.name, sheet.iter_rows(values_only=True)))
            finally:
                book.close()
    except CorpusError:
        raise
    except Exception as error:  # the library raises whatever the damage leads to
        raise CorpusError(f"{file.name} is a damaged spreadsheet; download it again") from error


def _rows(name: str, rows: Iterable[tuple[object, ...]]) -> Iterator[tuple[int, tuple[str, ...]]]:
    """The rows with any content. Cells far out make many empty ones: they are counted too."""
    seen = 0
    for line, values in enumerate(rows, 1):
        seen += len(values)
        if seen > _MOST_CELLS or line > _MOST_ROWS:
            raise CorpusError(f"{name} has more rows and columns than an official file has; it is refused")
        cells = tuple(_cell(value) for value in values)
        if any(cells):
            yield line, cells


def _refuse_declarations(file: SourceFile) -> None:
    with zipfile.ZipFile(io.BytesIO(file.data)) as archive:
        for name in archive.namelist():
            if name.endswith((".xml", ".rels")):
                head = archive.read(name)
                if _DECLARED.search(head) or head[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\x00" in head[:64]:
                    raise CorpusError(f"{file.name} defines entities in its sheets; it is refused")


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, dt.datetime | dt.date):
        return value.strftime("%Y%m%d")
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return " ".join(str(value).split())
