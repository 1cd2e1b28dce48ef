"""The alphabetic index as a flattened table (CSV): one line a term with its level; the indentation is rebuilt from it.

Columns by name: Level, Term, See, SeeAlso, NonEssModif and Code, or one column for each cell of the tables of
neoplasms and drugs.
"""

import re
from collections.abc import Mapping

from corpus.codes import IndexTerm
from corpus.errors import CorpusError
from corpus.sources.files import SourceFile
from corpus.sources.index_lines import (
    DISEASES,
    DRUG_COLUMNS,
    DRUGS,
    EXTERNAL,
    MANIFESTATION,
    NEOPLASM_COLUMNS,
    NEOPLASMS,
    Index,
    printed_code,
    settled,
)
from corpus.sources.sheet import Sheet, read_sheet

_NEOPLASM_CELLS = (
    "malignantprimary",
    "malignantsecondary",
    "cainsitu",
    "benign",
    "uncertainbehavior",
    "unspecifiedbehavior",
)
_DRUG_CELLS = (
    "poisoningaccidental",
    "poisoningintentionalselfharm",
    "poisoningassault",
    "poisoningundetermined",
    "adverseeffect",
    "underdosing",
)


def is_index_table(header: Mapping[str, int]) -> bool:
    """Whether the columns are those of a flattened index."""
    return {"level", "term"} <= header.keys() and bool({"code", _NEOPLASM_CELLS[0], _DRUG_CELLS[0]} & header.keys())


def read_index_table(file: SourceFile) -> Index:
    """All lines in file order. Raises CorpusError naming the line whose level does not follow from those above."""
    sheet = read_sheet(file)
    if not is_index_table(sheet.header):
        raise CorpusError(f"{file.name} lacks the columns Level, Term and Code of an index table")
    source, cells = _source(sheet)
    above: list[int] = []
    terms: list[IndexTerm] = []
    for line, row in sheet.rows():
        level = row.get("level", "")
        if not re.fullmatch(r"[0-9]{1,3}", level) or int(level) > len(above):
            raise CorpusError(f"{file.name}, line {line}: the level does not follow from the line above")
        del above[int(level) :]
        see = row.get("see", "")
        if cells:
            found = ((name, printed_code(row.get(column, ""))[0]) for column, name in cells.items())
            codes = [(name, code) for name, code in found if code]
        else:
            code, second = printed_code(row.get("code", ""))
            see, code = settled(see, code)
            codes = [("", code)] if code else []
            if code and second:
                codes.append((MANIFESTATION, second))
        terms.append(
            IndexTerm(
                number=len(terms),
                parent=above[-1] if above else None,
                source=source,
                term=row.get("term", ""),
                modifiers=row.get("nonessmodif", ""),
                see=see,
                see_also=row.get("seealso", ""),
                codes=tuple(codes),
            )
        )
        above.append(len(terms) - 1)
    if not terms:
        raise CorpusError(f"{file.name} holds no term")
    return Index(source, "", tuple(terms))


def _source(sheet: Sheet) -> tuple[str, dict[str, str]]:
    """Which part of the index it is, and our name for each column of cells. External causes have codes V to Y."""
    if _NEOPLASM_CELLS[0] in sheet.header:
        return NEOPLASMS, dict(zip(_NEOPLASM_CELLS, NEOPLASM_COLUMNS, strict=True))
    if _DRUG_CELLS[0] in sheet.header:
        return DRUGS, dict(zip(_DRUG_CELLS, DRUG_COLUMNS, strict=True))
    letters = [code[0] for _, row in sheet.rows() if (code := row.get("code", ""))]
    external = sum(letter in "VWXY" for letter in letters)
    return (EXTERNAL if external > len(letters) / 2 else DISEASES), {}
