"""Order files and code description files of ICD-10-CM and ICD-10-PCS, and the codes they list.

Order file (`icd10cm_order_YYYY.txt`, `icd10pcs_order_YYYY.txt`), as CMS describes it: order number in columns 1 to 5,
code without dot in 7 to 13, column 15 is 0 for a header and 1 for a code that may be reported, short title in 17 to
76, long title from 78 on. Code description file (`icd10cm_codes_YYYY.txt`): code, spaces, long title; no headers.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from corpus.codes import CodeSystem, Node, dotted
from corpus.errors import CorpusError
from corpus.sources.files import SourceFile
from corpus.sources.tabular import clean_title

ORDER_LINE = re.compile(
    r"^(?P<number>\d{5}) (?P<code>[0-9A-Z]{3,7}) {1,5}(?P<flag>[01]) (?P<short>.{60}) (?P<long>\S.*)$"
)
DESCRIPTION_LINE = re.compile(r"^(?P<code>[0-9A-Z]{3}\.?[0-9A-Z]{0,4})(?: {1,5}|\t)(?P<long>\S.*)$")


@dataclass(frozen=True, slots=True)
class OrderRow:
    """One line: `code` undotted, as the file has it."""

    number: int
    code: str
    billable: bool
    short: str
    long: str


def read_order(file: SourceFile) -> tuple[OrderRow, ...]:
    """The lines of an order file. Raises CorpusError naming the first line that is not one."""
    rows = []
    for number, line in _lines(file):
        found = ORDER_LINE.match(line)
        if not found:
            raise CorpusError(
                f"{file.name}, line {number}, is not a line of an order file (fixed columns); download the file again"
            )
        rows.append(
            OrderRow(
                int(found["number"]), found["code"], found["flag"] == "1", _line(found["short"]), _line(found["long"])
            )
        )
    return tuple(rows)


def read_descriptions(file: SourceFile) -> tuple[OrderRow, ...]:
    """The lines of a code description file, all billable. Raises CorpusError naming the first line that is not one."""
    rows = []
    for number, line in _lines(file):
        found = DESCRIPTION_LINE.match(line)
        if not found:
            raise CorpusError(f"{file.name}, line {number}, is not a code and its title; download the file again")
        rows.append(OrderRow(number, found["code"].replace(".", ""), True, "", _line(found["long"])))
    return tuple(rows)


def system_of(codes: Iterable[str]) -> CodeSystem:
    """ICD-10-PCS when any code begins with a digit (a tenth of them do not, all of ICD-10-CM's do not)."""
    return CodeSystem.ICD10PCS if any(code[:1].isdigit() for code in codes) else CodeSystem.ICD10CM


def order_nodes(rows: Iterable[OrderRow]) -> Iterator[Node]:
    """An ICD-10-CM order file as nodes, without chapters, blocks or notes. A code's parent is its longest listed prefix."""
    listed = list(rows)
    headers = {row.code: clean_title(row.long)[0] for row in listed if not row.billable}
    below: dict[str, list[OrderRow]] = {}
    parents: dict[str, str] = {}
    for row in listed:
        parent = next((row.code[:size] for size in range(len(row.code) - 1, 2, -1) if row.code[:size] in headers), "")
        parents[row.code] = parent
        below.setdefault(parent, []).append(row)
    for row in listed:
        parent = parents[row.code]
        extended = _extended(row)
        title, aliases = clean_title(row.long)
        yield Node(
            code=dotted(row.code),
            title=title,
            kind="code",
            parent=dotted(parent) if parent else None,
            stem=dotted(parent) if extended and parent else dotted(row.code),
            billable=row.billable,
            seventh=tuple(
                (child.code[-1], _added(title, clean_title(child.long)[0]))
                for child in (() if row.billable else below.get(row.code, ()))
                if _extended(child)
            ),
            notes=(),
            aliases=aliases,
        )


def _extended(row: OrderRow) -> bool:
    return len(row.code) == 7


def _added(stem_title: str, title: str) -> str:
    """What the 7th character adds to the title of its stem."""
    if title.lower().startswith(stem_title.lower() + ", "):
        return title[len(stem_title) + 2 :]
    return title.rsplit(", ", 1)[-1]


def _lines(file: SourceFile) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(file.text.split("\n"), 1):
        line = line.rstrip("\r\n \x1a")
        if line.strip():
            yield number, line


def _line(text: str) -> str:
    return text if "\t" in text else " ".join(text.split())
