"""What a set of files holds, read and sorted by code system, before anything is made of it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from corpus.codes import CodeSystem
from corpus.errors import CorpusError
from corpus.sources.addenda import Addenda, read_addenda
from corpus.sources.detection import FileKind, detect
from corpus.sources.files import SourceFile
from corpus.sources.hcpcs_file import HcpcsRow, read_fixed_width, read_hcpcs_sheet
from corpus.sources.index_lines import Index
from corpus.sources.index_table import read_index_table
from corpus.sources.index_xml import read_index_xml
from corpus.sources.licensed import CptRow, read_cpt
from corpus.sources.order import OrderRow, read_descriptions, read_order, system_of
from corpus.sources.pcs_index import PcsDefinition, read_pcs_definitions, read_pcs_index
from corpus.sources.pcs_tables import PcsTables, read_pcs_tables
from corpus.sources.tabular_xml import Tabular, read_tabular_xml


@dataclass(frozen=True, slots=True)
class FileRecord:
    """A file that was read: what it is and how many entries (codes, lines, terms, tables) it holds."""

    name: str
    kind: FileKind
    sha256: str
    bytes: int
    entries: int


@dataclass
class Contents:
    """All that the files of one code system hold."""

    files: list[FileRecord] = field(default_factory=list)
    versions: list[str] = field(default_factory=list)
    tabular: Tabular | None = None
    order: tuple[OrderRow, ...] = ()
    descriptions: tuple[OrderRow, ...] = ()
    indexes: list[Index] = field(default_factory=list)
    addenda: list[tuple[str, Addenda]] = field(default_factory=list)
    """(file name, what it says)."""
    tables: PcsTables | None = None
    definitions: tuple[PcsDefinition, ...] = ()
    fixed: tuple[HcpcsRow, ...] = ()
    sheet: tuple[HcpcsRow, ...] = ()
    cpt: tuple[CptRow, ...] = ()

    @property
    def names(self) -> list[str]:
        """File names, in the order given."""
        return [file.name for file in self.files]

    @property
    def listed(self) -> frozenset[str]:
        """Undotted codes that the order file or the descriptions say may be reported."""
        return frozenset(row.code for row in (self.order or self.descriptions) if row.billable)


_ORDER = (FileKind.ORDER, FileKind.DESCRIPTIONS)
"""Read before the others: the tabular list is held against them."""


def read_contents(
    files: Iterable[SourceFile], columns: Mapping[str, str] | None = None
) -> tuple[dict[CodeSystem, Contents], list[str]]:
    """Contents by code system, and the names of files that are of no known kind.

    With `columns`, every table is the licensed CPT file they describe. Raises CorpusError for a damaged file, or two different
    files of a kind that a release has once.
    """
    found: dict[CodeSystem, Contents] = {}
    unknown: list[str] = []
    kinds: list[tuple[FileKind, SourceFile]] = []
    seen: set[str] = set()
    for file in files:
        kind = FileKind.CPT if columns else detect(file)
        if kind is None:
            unknown.append(file.name)
        elif file.sha256 not in seen:
            seen.add(file.sha256)
            kinds.append((kind, file))
    for kind, file in sorted(kinds, key=lambda pair: pair[0] not in _ORDER):
        try:
            _read(found, kind, file, columns or {})
        except RecursionError as error:
            raise CorpusError(f"{file.name} nests deeper than an official file does; it is refused") from error
    return found, unknown


def _read(found: dict[CodeSystem, Contents], kind: FileKind, file: SourceFile, columns: Mapping[str, str]) -> None:
    if kind in _ORDER:
        rows = read_order(file) if kind is FileKind.ORDER else read_descriptions(file)
        contents = found.setdefault(system_of(row.code for row in rows), Contents())
        entries = _add_rows(contents, kind, file, rows)
    elif kind is FileKind.ADDENDA:
        addenda = read_addenda(file)
        contents = found.setdefault(addenda.system, Contents())
        contents.addenda.append((file.name, addenda))
        entries = len(addenda.changes) + addenda.others
    else:
        system, reader = _READERS[kind]
        contents = found.setdefault(system, Contents())
        entries = reader(contents, kind, file, columns)
    contents.files.append(FileRecord(file.name, kind, file.sha256, len(file.data), entries))


def _add_rows(contents: Contents, kind: FileKind, file: SourceFile, rows: tuple[OrderRow, ...]) -> int:
    if kind is FileKind.ORDER:
        _once(contents.order, file, kind)
        contents.order = rows
    else:  # lists of some of the codes (those exempt from a rule, say) come in the same layout
        contents.descriptions = max(contents.descriptions, rows, key=len)
    return len(rows)


def _tabular(contents: Contents, kind: FileKind, file: SourceFile, columns: Mapping[str, str]) -> int:
    _once(contents.tabular, file, kind)
    contents.tabular = read_tabular_xml(file, contents.listed or None)
    contents.versions.append(contents.tabular.version)
    return len(contents.tabular.nodes)


def _index(contents: Contents, kind: FileKind, file: SourceFile, columns: Mapping[str, str]) -> int:
    readers = {FileKind.INDEX: read_index_xml, FileKind.INDEX_TABLE: read_index_table}
    index = readers.get(kind, read_pcs_index)(file)
    _once([part for part in contents.indexes if part.source == index.source], file, kind)
    contents.indexes.append(index)
    contents.versions.append(index.version)
    return len(index.terms)


def _tables(contents: Contents, kind: FileKind, file: SourceFile, columns: Mapping[str, str]) -> int:
    _once(contents.tables, file, kind)
    contents.tables = read_pcs_tables(file)
    contents.versions.append(contents.tables.version)
    return len(contents.tables.tables)


def _definitions(contents: Contents, kind: FileKind, file: SourceFile, columns: Mapping[str, str]) -> int:
    _once(contents.definitions, file, kind)
    version, contents.definitions = read_pcs_definitions(file)
    contents.versions.append(version)
    return len(contents.definitions)


def _fixed(contents: Contents, kind: FileKind, file: SourceFile, columns: Mapping[str, str]) -> int:
    _once(contents.fixed, file, kind)
    contents.fixed = read_fixed_width(file)
    return len(contents.fixed)


def _sheet(contents: Contents, kind: FileKind, file: SourceFile, columns: Mapping[str, str]) -> int:
    rows = read_hcpcs_sheet(file)
    contents.sheet = max(contents.sheet, rows, key=len)  # a list of the quarter's changes may lie beside the whole
    return len(rows)


def _cpt(contents: Contents, kind: FileKind, file: SourceFile, columns: Mapping[str, str]) -> int:
    _once(contents.cpt, file, kind)
    contents.cpt = read_cpt(file, columns)
    return len(contents.cpt)


_READERS: dict[FileKind, tuple[CodeSystem, Callable[[Contents, FileKind, SourceFile, Mapping[str, str]], int]]] = {
    FileKind.TABULAR: (CodeSystem.ICD10CM, _tabular),
    FileKind.INDEX: (CodeSystem.ICD10CM, _index),
    FileKind.INDEX_TABLE: (CodeSystem.ICD10CM, _index),
    FileKind.PCS_INDEX: (CodeSystem.ICD10PCS, _index),
    FileKind.PCS_TABLES: (CodeSystem.ICD10PCS, _tables),
    FileKind.PCS_DEFINITIONS: (CodeSystem.ICD10PCS, _definitions),
    FileKind.HCPCS_FIXED: (CodeSystem.HCPCS, _fixed),
    FileKind.HCPCS_SHEET: (CodeSystem.HCPCS, _sheet),
    FileKind.CPT: (CodeSystem.CPT, _cpt),
}


def _once(already: object, file: SourceFile, kind: FileKind) -> None:
    if already:
        raise CorpusError(f"{file.name} is a second file of the same kind ({kind.value}); import one release at a time")
