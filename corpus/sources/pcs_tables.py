"""The ICD-10-PCS tables as XML (`icd10pcs_tables_YYYY.xml`, root `ICD10PCS.tabular`), as CMS publishes them.

A table is fixed by the first three characters; each of its rows allows every combination of the values of its four
axes.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from xml.etree.ElementTree import Element

from corpus.errors import CorpusError
from corpus.sources.files import SourceFile
from corpus.sources.pcs import Labels
from corpus.sources.xmlfile import parse, text_of, version_of

ROOT = "ICD10PCS.tabular"
_MOST_CODES = 500_000
"""There are about 79,000; a file that expands to more than this is none of CMS."""


@dataclass(frozen=True, slots=True)
class PcsAxis:
    """One character: its position, what it stands for there, and (character, label) of each value allowed."""

    position: int
    title: str
    values: tuple[tuple[str, str], ...]
    definition: str = ""


@dataclass(frozen=True, slots=True)
class PcsTable:
    """One table: its three axes of one value each, and rows of four axes."""

    code: str
    head: tuple[PcsAxis, ...]
    rows: tuple[tuple[PcsAxis, ...], ...]

    @property
    def title(self) -> str:
        """Section, body system and operation, e.g. `Medical and Surgical, Gastrointestinal System, Resection`."""
        return ", ".join(axis.values[0][1] for axis in self.head if axis.values[0][1] != "None")

    def codes(self) -> Iterator[tuple[str, Labels]]:
        """(code, labels of characters 4 to 7) of every code that the table allows."""
        for row in self.rows:
            for values in product(*(axis.values for axis in row)):
                part, approach, device, qualifier = (label for _, label in values)
                yield self.code + "".join(value for value, _ in values), (part, approach, device, qualifier)


@dataclass(frozen=True, slots=True)
class PcsTables:
    """All tables of one release."""

    version: str
    tables: tuple[PcsTable, ...]

    def labels(self) -> dict[str, Labels]:
        """Labels of characters 4 to 7 by code."""
        return {code: labels for table in self.tables for code, labels in table.codes()}


def read_pcs_tables(file: SourceFile) -> PcsTables:
    """All tables in file order. Raises CorpusError when the file is damaged, something else, or its counts do not agree."""
    root = parse(file)
    if root.tag != ROOT:
        raise CorpusError(f"{file.name} is not a file of ICD-10-PCS tables")
    tables = tuple(_table(file, element) for element in root.findall("pcsTable"))
    if not tables:
        raise CorpusError(f"{file.name} holds no table; it is not whole")
    total = 0
    for table in tables:
        for row in table.rows:
            size = 1
            for axis in row:
                size *= len(axis.values)
            total += size
    if total > _MOST_CODES:
        raise CorpusError(f"{file.name} would make {total:,} codes; ICD-10-PCS has about 79,000: it is refused")
    return PcsTables(version_of(root), tables)


def _table(file: SourceFile, element: Element) -> PcsTable:
    head = tuple(_axis(file, axis) for axis in element.findall("axis"))
    code = "".join(axis.values[0][0] for axis in head if axis.values)
    if [axis.position for axis in head] != [1, 2, 3] or any(len(axis.values) != 1 for axis in head):
        raise CorpusError(f"{file.name}: a table (near {code or 'the start'}) does not have three fixed characters")
    rows = []
    for row in element.findall("pcsRow"):
        axes = tuple(_axis(file, axis) for axis in row.findall("axis"))
        if [axis.position for axis in axes] != [4, 5, 6, 7] or not all(axis.values for axis in axes):
            raise CorpusError(f"{file.name}: a row of table {code} does not have characters 4 to 7; download it again")
        stated = row.get("codes", "")
        size = 1
        for axis in axes:
            size *= len(axis.values)
        if re.fullmatch(r"[0-9]{1,9}", stated) and int(stated) != size:
            raise CorpusError(
                f"{file.name}: a row of table {code} says {stated} codes and makes {size}; download it again"
            )
        rows.append(axes)
    if not rows:
        raise CorpusError(f"{file.name}: table {code} has no row; download it again")
    return PcsTable(code, head, tuple(rows))


def _axis(file: SourceFile, element: Element) -> PcsAxis:
    position = element.get("pos", "")
    values = tuple((label.get("code", ""), text_of(label)) for label in element.findall("label"))
    if not re.fullmatch("[0-9]{1,2}", position) or any(len(value) != 1 for value, _ in values):
        raise CorpusError(f"{file.name}: an axis has no position or a value of more than one character")
    return PcsAxis(int(position), text_of(element.find("title")), values, text_of(element.find("definition")))
