"""The words of the code library: systems, releases, codes, citations, hits."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum


class CodeSystem(StrEnum):
    """Code systems by their stable id."""

    ICD10CM = "icd10cm"
    ICD10PCS = "icd10pcs"
    HCPCS = "hcpcs"
    CPT = "cpt"
    PLACE = "pos"
    """Places of service: two digits on every professional claim line."""


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
    """ISO date from which this edition is in force; "" when nobody says."""
    ends: str
    """ISO date up to which it is in force, inclusive; "" when nobody says."""


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
    DEFINITION = "definition"


@dataclass(frozen=True, slots=True)
class TabularNote:
    """One instructional line, cited to the node that carries it (the code itself or an ancestor)."""

    node: str
    kind: NoteKind
    text: str


@dataclass(frozen=True, slots=True)
class Node:
    """One node of a release of any code system, as its reader yields it; parents come before their children."""

    code: str
    """As people write it: dotted for ICD-10-CM, plain upper case elsewhere."""
    title: str
    kind: str
    """`chapter`, `block`, `code` or `modifier`; only the last two can be looked up as codes."""
    parent: str | None
    stem: str
    """The unit that search finds: the code itself, its stem (ICD-10-CM) or its table row (ICD-10-PCS); "" above."""
    billable: bool
    seventh: tuple[tuple[str, str], ...] = ()
    """For a stem that needs a 7th character: each character and its meaning."""
    notes: tuple[TabularNote, ...] = ()
    aliases: tuple[str, ...] = ()
    """Other words for the part of the title that the 7th character adds."""
    terms: tuple[str, ...] = ()
    """Further names of the code; each becomes a row of the search."""
    short: str = ""
    """Short description where the source has one."""
    valid_from: str = ""
    """ISO date, where the source states one for this code; else ""."""
    valid_to: str = ""
    """ISO date, inclusive, where the source states one for this code; else ""."""
    detail: str = ""
    """What a system keeps beside a code: billing unit, group, setting. Shown, never searched."""


@dataclass(frozen=True, slots=True)
class IndexTerm:
    """One line of an official alphabetic index or of its tables of drugs and neoplasms."""

    number: int
    """Counts from 0 within the release; a parent comes before what stands under it."""
    parent: int | None
    """Number of the line this one is indented under; None for a main term."""
    source: str
    """`diseases`, `external`, `drugs`, `neoplasms` or `procedures`."""
    term: str
    modifiers: str = ""
    """Nonessential modifiers as printed, without changing which code is meant."""
    see: str = ""
    see_also: str = ""
    codes: tuple[tuple[str, str], ...] = ()
    """(column, code): column "" for the one code of a line, else the column of the table, e.g. `adverse_effect`.

    A code may end in "-": more characters are needed.
    """


@dataclass(frozen=True, slots=True)
class Window:
    """Days on which a code may be reported, both inclusive. None: beyond what the data says, not for ever."""

    first: dt.date | None
    last: dt.date | None


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
    kind: str = "code"
    short: str = ""
    detail: str = ""
    valid_from: str = ""
    valid_to: str = ""

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
    note: str = ""
    """Says so when the text is of a release that is not the one in force on the date of service."""


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
    release: str = ""
    """The release that the description is of."""
    validity: str = "valid"
    """`valid` on the date asked for, or `unknown` where no data says so."""
    note: str = ""
    """What a reader must know of this answer: a description older than the date of service, a validity not known."""


CITED_AS = {
    CodeSystem.ICD10CM: "ICD-10-CM Tabular List",
    CodeSystem.ICD10PCS: "ICD-10-PCS Tables",
    CodeSystem.HCPCS: "HCPCS Level II",
    CodeSystem.CPT: "CPT (the site's licensed file)",
    CodeSystem.PLACE: "Place of Service Codes",
}
"""What a citation calls the source of each system."""


CATEGORY = r"[A-Z](?:[0-9][0-9A-Z]|[A-Z][0-9])"
"""A category of ICD-10-CM as a regular expression: E11, C7A, QA0."""


def fiscal_year(date: dt.date) -> str:
    """The year of the ICD-10 release in force on `date`, which begins on 1 October: `FY2027` from 2026-10-01."""
    return f"FY{date.year + (date.month >= 10)}"


def written(system: CodeSystem, code: str) -> str:
    """`code` as people write it in `system`: dotted in ICD-10-CM, plain upper case elsewhere."""
    return dotted(code) if system is CodeSystem.ICD10CM else code.strip().upper().replace(".", "")


def dotted(code: str) -> str:
    """`code` in the form people read: `e1122` and `E11.22` both give `E11.22` (ICD-10-CM shape only)."""
    bare = code.strip().upper().replace(".", "")
    return f"{bare[:3]}.{bare[3:]}" if len(bare) > 3 else bare
