"""What kind of official file this is, told by its content; names are only hints for the release."""

import re
from collections.abc import Callable
from enum import StrEnum

from corpus.errors import CorpusError
from corpus.sources import addenda, hcpcs_file, index_table, index_xml, order, pcs_index, pcs_tables, tabular_xml
from corpus.sources.files import SourceFile
from corpus.sources.sheet import NoTableError, read_sheet

_ELEMENT = re.compile(rb"<([A-Za-z][\w.:-]*)")
_SAMPLE_LINES = 40
_MOSTLY = 0.8


class FileKind(StrEnum):
    """The kinds of file that can be imported, in the words people read."""

    TABULAR = "ICD-10-CM tabular list (XML)"
    INDEX = "ICD-10-CM index (XML)"
    INDEX_TABLE = "ICD-10-CM index (table)"
    ORDER = "order file"
    DESCRIPTIONS = "code description file"
    ADDENDA = "addenda"
    PCS_TABLES = "ICD-10-PCS tables (XML)"
    PCS_INDEX = "ICD-10-PCS index (XML)"
    PCS_DEFINITIONS = "ICD-10-PCS definitions (XML)"
    HCPCS_FIXED = "HCPCS Level II (fixed width)"
    HCPCS_SHEET = "HCPCS Level II (table)"
    CPT = "CPT (licensed file)"


_ROOTS = {
    tabular_xml.ROOT: FileKind.TABULAR,
    index_xml.ROOT: FileKind.INDEX,
    pcs_tables.ROOT: FileKind.PCS_TABLES,
    pcs_index.INDEX_ROOT: FileKind.PCS_INDEX,
    pcs_index.DEFINITIONS_ROOT: FileKind.PCS_DEFINITIONS,
}


def detect(file: SourceFile) -> FileKind | None:
    """The kind of `file`; None when it is none that can be imported. CPT files are told by the site, not detected."""
    if file.data[:64].removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<"):
        found = _ELEMENT.search(file.data[:20_000])
        return _ROOTS.get(found[1].decode()) if found else None
    if not file.is_spreadsheet:
        if file.is_zip or b"\x00" in file.data[:4096]:
            return None
        kind = _text_kind(file.text)
        if kind:
            return kind
    try:
        header = read_sheet(file).header
    except NoTableError:
        return None
    except CorpusError:
        if file.is_spreadsheet:
            raise
        return None
    if index_table.is_index_table(header):
        return FileKind.INDEX_TABLE
    return FileKind.HCPCS_SHEET if hcpcs_file.is_hcpcs_sheet(header) else None


def _text_kind(text: str) -> FileKind | None:
    if hcpcs_file.is_fixed_width(text):
        return FileKind.HCPCS_FIXED
    lines = [line.rstrip() for line in text[:40_000].split("\n")[:400] if line.strip()]
    checks: tuple[tuple[Callable[[str], object], FileKind], ...] = (
        (order.ORDER_LINE.match, FileKind.ORDER),
        (_is_description, FileKind.DESCRIPTIONS),
    )
    for check, kind in checks:
        sample = lines[:_SAMPLE_LINES]
        if sample and sum(bool(check(line)) for line in sample) >= _MOSTLY * len(sample):
            return kind
    said = sum(bool(addenda.LINE.match(line)) for line in lines)
    return FileKind.ADDENDA if said >= 1 and said >= len(lines) / 4 else None


def _is_description(line: str) -> bool:
    found = order.DESCRIPTION_LINE.match(line)
    return bool(found and re.search(r"\d", found["code"]) and "," not in line[:4])
