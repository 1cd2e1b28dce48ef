"""The HCPCS starter set and the modifiers, written by us: corpus/lexicon/hcpcs/*.tsv and corpus/lexicon/modifiers.tsv.

Code numbers, billing units and the days on which codes ended are facts; every name is in our own words. The set has no
first days: what is valid on a date is not known until the site imports the official file. Codes known to have ended are
kept with their last day, so that a look-up can say so; they have no search rows.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from corpus.codes import Node, NoteKind, TabularNote
from corpus.lexicon.words import FOLDER, rows

HCPCS = FOLDER / "hcpcs"
PARTS = ("drugs", "services", "supplies", "equipment", "orthotics", "vision_hearing")
RETIRED = HCPCS / "retired.tsv"
MODIFIERS = FOLDER / "modifiers.tsv"
DRUGS = FOLDER / "drugs.tsv"
BIOSIMILAR = "biosimilar"
"""The group of biologics that follow a reference product."""
_READING = "1"
"""Raised when other nodes are made of the same files."""
_MODIFIER_GROUP = "modifier"


@dataclass(frozen=True, slots=True)
class StarterCode:
    """One code of the starter set."""

    code: str
    name: str
    unit: str
    """What one unit on the claim stands for, e.g. `10 mg`; "" where the code states none."""
    synonyms: tuple[str, ...]
    group: str
    note: str
    """What a biller must know of it, e.g. that it took the place of another code."""

    @property
    def title(self) -> str:
        """The name with its billing unit."""
        return f"{self.name}, unit {self.unit}" if self.unit else self.name


@dataclass(frozen=True, slots=True)
class Modifier:
    """Two characters that say something about the service on a line."""

    code: str
    meaning: str
    synonyms: tuple[str, ...]
    applies_to: str
    source: str
    """`HCPCS`, or `CPT`: the number only, the words are ours."""

    @property
    def title(self) -> str:
        """How it is shown and searched."""
        return f"Modifier {self.code}: {self.meaning}"


@dataclass(frozen=True, slots=True)
class RetiredCode:
    """A code that ended. `replaced_by` may name CPT codes by number."""

    code: str
    last_day: str
    replaced_by: tuple[str, ...]


@lru_cache(maxsize=1)
def starter_codes() -> tuple[StarterCode, ...]:
    """The starter set in file order. Raises CorpusError naming file and line when a list is damaged."""
    header = ("code", "name", "unit", "synonyms", "group", "note")
    return tuple(
        StarterCode(code, name, unit, tuple(filter(None, synonyms.split("|"))), group, note)
        for part in PARTS
        for code, name, unit, synonyms, group, note in rows(HCPCS / f"{part}.tsv", header)
    )


@lru_cache(maxsize=1)
def modifiers() -> tuple[Modifier, ...]:
    """All modifiers in file order."""
    header = ("code", "meaning", "synonyms", "applies_to", "source")
    return tuple(
        Modifier(code, meaning, tuple(filter(None, synonyms.split("|"))), applies_to, source)
        for code, meaning, synonyms, applies_to, source in rows(MODIFIERS, header)
    )


@lru_cache(maxsize=1)
def retired_codes() -> dict[str, RetiredCode]:
    """Codes known to have ended, by code."""
    found = rows(RETIRED, ("code", "last_day", "replaced_by"))
    return {code: RetiredCode(code, last, tuple(filter(None, new.split("|")))) for code, last, new in found}


def read_starter() -> Iterator[Node]:
    """Every node: a group above its codes, the modifiers last."""
    groups: dict[str, list[StarterCode]] = {}
    for one in starter_codes():
        groups.setdefault(one.group, []).append(one)
    for group, members in groups.items():
        yield Node(group, group.capitalize(), "chapter", None, "", False)
        yield from map(_code, members)
    for ended in retired_codes().values():
        instead = " or ".join(ended.replaced_by)
        title = f"Retired code; use {instead}" if instead else "Retired code"
        yield Node(ended.code, title, "code", None, "", True, valid_to=ended.last_day)
    yield Node(_MODIFIER_GROUP, "Modifiers", "chapter", None, "", False)
    yield from map(_modifier, modifiers())


def starter_files() -> dict[str, str]:
    """File -> sha256 of everything `read_starter` reads, and which reading it is."""
    paths = [*(HCPCS / f"{part}.tsv" for part in PARTS), RETIRED, MODIFIERS]
    return {**{path.name: _sha256(path) for path in paths}, "reading": _READING}


def synonyms_sha256() -> str:
    """sha256 over the lists that synonyms come from, the drug names among them."""
    digests = [*starter_files().values(), _sha256(DRUGS)]
    return hashlib.sha256("".join(digests).encode()).hexdigest()


def _code(one: StarterCode) -> Node:
    notes = (TabularNote(one.code, NoteKind.DEFINITION, one.note),) if one.note else ()
    detail = "; ".join(filter(None, (one.group, f"unit {one.unit}" if one.unit else "")))
    return Node(one.code, one.title, "code", one.group, one.code, True, notes=notes, short=one.name, detail=detail)


def _modifier(one: Modifier) -> Node:
    detail = f"for: {one.applies_to}; source: {one.source}"
    return Node(one.code, one.title, "modifier", _MODIFIER_GROUP, one.code, False, short=one.meaning, detail=detail)


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
