"""The words of the code library: systems, releases, codes, citations, hits."""

from dataclasses import dataclass
from enum import StrEnum


class CodeSystem(StrEnum):
    """Code systems by their stable id."""

    ICD10CM = "icd10cm"
    ICD10PCS = "icd10pcs"
    HCPCS = "hcpcs"
    CPT = "cpt"


@dataclass(frozen=True, slots=True)
class Release:
    """One edition of a code system."""

    system: CodeSystem
    name: str
    """Short name, e.g. `FY2026 (April)`."""
    title: str
    """For people, e.g. `ICD-10-CM FY2026 (April)`."""
    source: str
    """Where the data came from: package and version, or an imported file."""
    starts: str
    """ISO date from which this edition is in force."""
    ends: str
    """ISO date up to which it is in force, inclusive."""


class NoteKind(StrEnum):
    """Kinds of instructional line in the tabular list."""

    INCLUSION_TERM = "inclusion_term"
    INCLUDES = "includes"
    EXCLUDES1 = "excludes1"
    EXCLUDES2 = "excludes2"
    CODE_FIRST = "code_first"
    USE_ADDITIONAL = "use_additional"
    CODE_ALSO = "code_also"
    SEVENTH_CHARACTER = "seventh_character"


@dataclass(frozen=True, slots=True)
class TabularNote:
    """One instructional line, cited to the node that carries it (the code itself or an ancestor)."""

    node: str
    kind: NoteKind
    text: str


@dataclass(frozen=True, slots=True)
class Code:
    """One code of a system. `stem` is the code without its 7th character (itself when it has none)."""

    system: CodeSystem
    code: str
    title: str
    billable: bool
    stem: str
    parent: str | None
    release: str

    @property
    def undotted(self) -> str:
        """The form X12 wants."""
        return self.code.replace(".", "")


@dataclass(frozen=True, slots=True)
class Citation:
    """An official text and where it stands."""

    source: str
    release: str
    locator: str
    text: str


@dataclass(frozen=True, slots=True)
class Hit:
    """One search result. `score` falls with rank and is comparable within one query only."""

    rank: int
    code: str
    system: CodeSystem
    description: str
    billable: bool
    matched_term: str
    score: float
    missing: str = ""
    """For a header: what the words do not say (laterality, encounter, ...)."""


def dotted(code: str) -> str:
    """`code` in the form people read: `e1122` and `E11.22` both give `E11.22` (ICD-10-CM shape only)."""
    bare = code.strip().upper().replace(".", "")
    return f"{bare[:3]}.{bare[3:]}" if len(bare) > 3 else bare
