"""HCPCS Level II as CMS publishes it each quarter: the fixed-width text file, the workbook, or a plain table.

Record layout of the text file (CMS, HCPCS record layout; 320 columns, counted from 1): code 1-5, sequence 6-10,
record id 11 (3 first line of a code, 4 its further lines, 7 first line of a modifier, 8 its further lines), long
description 12-91, short description 92-119, cross references 205-229 (five of five), coverage 230, added 269-276,
action effective 277-284, terminated 285-292, action 293. The termination date is the last day on which the code may
be used.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from corpus.errors import CorpusError
from corpus.sources.days import iso_day
from corpus.sources.files import SourceFile
from corpus.sources.sheet import Sheet, read_sheet

FIXED_LINE = re.compile(r"^(?P<code>[ 0-9A-Z]{5})(?P<sequence>\d{5})(?P<record>[3478])(?P<long>.{1,80})")
SHAPE = re.compile(r"[A-CE-HJ-MP-V]\d{4}")
"""Letters of CMS's own codes. D codes belong to the American Dental Association and are not in these files."""
MODIFIER_SHAPE = re.compile(r"[0-9A-Z]{2}")
_FIRST, _FURTHER = "37", "48"
_COLUMNS = {
    "code": ("hcpc", "hcpcs", "code", "hcpcscode"),
    "sequence": ("seqnum", "sequence"),
    "record": ("recid", "recordid"),
    "kind": ("kind",),
    "long": ("longdescription", "longdesc", "description"),
    "short": ("shortdescription", "shortdesc"),
    "added": ("adddt", "adddate", "dateadded"),
    "effective": ("acteffdt", "actioneffectivedate", "effdt", "effectivedate"),
    "terminated": ("termdt", "terminationdate", "termdate"),
    "action": ("actioncd", "actioncode", "action"),
    "coverage": ("cov", "coverage", "covcode"),
}


@dataclass(frozen=True, slots=True)
class HcpcsRow:
    """A code or modifier. Dates are ISO, "" when the file gives none; both bounds are inclusive."""

    code: str
    modifier: bool
    long: str
    short: str
    added: str = ""
    effective: str = ""
    """Since when the last action on it (text, price, coverage) holds."""
    terminated: str = ""
    action: str = ""
    coverage: str = ""
    references: tuple[str, ...] = ()
    """Codes the file refers to from this one, usually those that replace it."""
    line: int = 0


def is_fixed_width(text: str) -> bool:
    """Whether the first lines are those of the fixed-width file."""
    lines = [line for line in text[:20_000].split("\n")[:-1] or text.split("\n") if line.strip()][:20]
    return bool(lines) and all(FIXED_LINE.match(line.rstrip("\r")) for line in lines)


def is_hcpcs_sheet(header: Mapping[str, int]) -> bool:
    """Whether the columns are those of the workbook, or of a table with kind, code and descriptions."""
    official = {"hcpc", "hcpcs"} & header.keys() and {"longdescription", "longdesc", "shortdescription"} & header.keys()
    return bool(official) or {"kind", "code", "longdescription"} <= header.keys()


def read_fixed_width(file: SourceFile) -> tuple[HcpcsRow, ...]:
    """Codes and modifiers, continuation lines joined. Raises CorpusError naming the line that is not a record."""
    return tuple(_joined(file.name, _fixed_records(file)))


def read_hcpcs_sheet(file: SourceFile) -> tuple[HcpcsRow, ...]:
    """Codes and modifiers of a workbook or table. Raises CorpusError naming the row that is not one."""
    sheet = read_sheet(file)
    if not is_hcpcs_sheet(sheet.header):
        raise CorpusError(f"{file.name} lacks the columns HCPC, LONG DESCRIPTION and SHORT DESCRIPTION")
    return tuple(_joined(file.name, _sheet_records(file.name, sheet)))


_Record = tuple[str, HcpcsRow]
"""Record id (3, 4, 7 or 8) and what its line says."""


def _fixed_records(file: SourceFile) -> Iterator[_Record]:
    for number, raw in enumerate(file.text.split("\n"), 1):
        line = raw.rstrip("\r\x1a")
        if not line.strip():
            continue
        found = FIXED_LINE.match(line)
        if not found:
            raise CorpusError(f"{file.name}, line {number}, is not a HCPCS record (fixed columns); download it again")
        record, where = found["record"], f"{file.name}, line {number}"
        yield (
            record,
            HcpcsRow(
                code=found["code"].strip(),
                modifier=record in "78",
                long=found["long"].strip(),
                short=line[91:119].strip(),
                added=iso_day(line[268:276], where),
                effective=iso_day(line[276:284], where),
                terminated=iso_day(line[284:292], where),
                action=line[292:293].strip(),
                coverage=line[229:230].strip(),
                references=tuple(filter(None, (line[start : start + 5].strip() for start in range(204, 229, 5)))),
                line=number,
            ),
        )


def _sheet_records(name: str, sheet: Sheet) -> Iterator[_Record]:
    places = {key: next((name for name in names if name in sheet.header), "") for key, names in _COLUMNS.items()}
    crosswalks = [column for column in sheet.header if re.fullmatch(r"xref\d?", column)]
    for number, row in sheet.rows():
        cell = {key: row.get(column, "") if column else "" for key, column in places.items()}
        if not cell["code"]:
            continue
        code = cell["code"].upper()
        record = cell["record"] or ("7" if cell["kind"] == "modifier" or len(code) == 2 else "3")
        where = f"{name}, row {number}"
        if record not in _FIRST + _FURTHER:
            raise CorpusError(f"{where}: RECID must be 3, 4, 7 or 8")
        yield (
            record,
            HcpcsRow(
                code=code,
                modifier=record in "78",
                long=cell["long"],
                short=cell["short"],
                added=iso_day(cell["added"], where),
                effective=iso_day(cell["effective"], where),
                terminated=iso_day(cell["terminated"], where),
                action=cell["action"],
                coverage=cell["coverage"],
                references=tuple(filter(None, (row.get(column, "") for column in crosswalks))),
                line=number,
            ),
        )


def _joined(name: str, records: Iterable[_Record]) -> Iterator[HcpcsRow]:
    current: HcpcsRow | None = None
    for record, row in records:
        if record in _FIRST:
            if current:
                yield current
            current = row
        elif current is None or (current.code, current.modifier) != (row.code, row.modifier):
            raise CorpusError(
                f"{name}, line {row.line}, continues another code than the line before; download it again"
            )
        else:
            current = replace(current, long=_glued(current.long, row.long), short=current.short or row.short)
    if current:
        yield current


def _glued(first: str, second: str) -> str:
    """Lines are wrapped between words; a hyphen or slash at the end of one belongs to the word that goes on."""
    tight = re.search(r"[0-9A-Za-z][-/]$", first) is not None
    return first + second if tight else f"{first} {second}".strip()
