"""CPT from the file of a site that holds a licence of the American Medical Association. No such text ships with
Superbill.

The columns differ from one licensee's file to the next, so the site names them: `code=CPT
Code,description=Long,short=Short`, by name or, for files without a header, by number (`code=1,description=2`). Errors
name lines and columns, never what stands in them.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from corpus.errors import CorpusError
from corpus.sources.days import iso_day
from corpus.sources.files import SourceFile
from corpus.sources.sheet import column_name, read_sheet

SHAPE = re.compile(r"\d{4}[0-9FTUMA]")
"""Category I, II (F), III (T), proprietary laboratory analyses (U), multianalyte assays (M), administrative (A)."""
MODIFIER_SHAPE = re.compile(r"[0-9A-Z]{2}|P[1-6]|[0-9]{4}P")
FIELDS = ("code", "description", "short", "from", "to")


@dataclass(frozen=True, slots=True)
class CptRow:
    """One code; dates ISO or ""."""

    code: str
    description: str
    short: str
    starts: str
    ends: str
    line: int


def parse_columns(text: str) -> dict[str, str]:
    """`code=A,description=B` as a mapping. Raises CorpusError for an unknown field or when one of these two lacks."""
    columns: dict[str, str] = {}
    for part in text.split(","):
        field, mark, column = part.partition("=")
        if not mark or field.strip() not in FIELDS or not column.strip():
            raise CorpusError(
                f"--columns takes {', '.join(FIELDS)}, each as NAME=COLUMN, separated by commas; not {part!r}"
            )
        columns[field.strip()] = column.strip()
    if not {"code", "description"} <= columns.keys():
        raise CorpusError("--columns must name the columns of code and description")
    return columns


def read_cpt(file: SourceFile, columns: Mapping[str, str]) -> tuple[CptRow, ...]:
    """The rows with a code; rows without one (titles, blank lines) are passed over.

    Raises CorpusError when a column is absent or no row has a code of CPT shape.
    """
    numbered = all(column.isdigit() for column in columns.values())
    sheet = read_sheet(file, header=not numbered)
    places = {field: column if numbered else column_name(column) for field, column in columns.items()}
    for field, place in places.items():
        if place not in sheet.header:
            raise CorpusError(
                f"{file.name} has no column {columns[field]!r} (for {field}); its header decides the names"
            )
    rows = []
    for line, cells in sheet.rows():
        cell = {field: cells.get(place, "") for field, place in places.items()}
        if not re.search(r"\d", cell["code"]) or not cell["description"]:
            continue
        rows.append(
            CptRow(
                cell["code"].zfill(5) if re.fullmatch(r"\d{3,5}", cell["code"]) else cell["code"].upper(),
                cell["description"],
                cell.get("short", ""),
                iso_day(cell.get("from", ""), f"{file.name}, line {line}"),
                iso_day(cell.get("to", ""), f"{file.name}, line {line}"),
                line,
            )
        )
    if not any(SHAPE.fullmatch(row.code) for row in rows):
        raise CorpusError(f"{file.name}: no row has a CPT code in the column named for it; check --columns")
    return tuple(rows)
