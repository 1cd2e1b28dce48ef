"""Pairs to train the encoder with: words somebody uses, and the stem (code without its 7th character) they mean.

Sources: the tabular list, our own word lists and, from a folder outside the repository, the Alphabetic Index (a CSV a
row: Level, Term, Code), the Table of Neoplasms and the open disease names of the Disease Ontology. Nothing read from that
folder is stored anywhere but in the weights. A fifth of the ICD-10-CM categories is held out by hash: no pair of theirs
is trained with, whatever its source, and scores are told for them alone.
"""

import csv
import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from corpus.codes import Node, NoteKind
from corpus.index.terms import SearchTerm, children_of, default_unit, lexicon_terms
from corpus.sources.tabular import read_tabular

HELD_OUT_OF = 5
NEOPLASM_COLUMNS = {
    "MalignantPrimary": "malignant neoplasm of {}",
    "MalignantSecondary": "secondary malignant neoplasm of {}",
    "CaInSitu": "carcinoma in situ of {}",
    "Benign": "benign neoplasm of {}",
    "UncertainBehavior": "neoplasm of uncertain behavior of {}",
}


@dataclass(frozen=True, slots=True)
class Pair:
    """`words` mean `unit`; `source` names where the pair comes from."""

    words: str
    unit: str
    source: str


def held_out(code: str) -> bool:
    """Whether the category of `code` is kept out of training."""
    return hashlib.sha256(code[:3].encode()).digest()[0] % HELD_OUT_OF == 0


class Units:
    """Stems of the tabular list, their titles and neighbours."""

    def __init__(self, nodes: Iterable[Node] | None = None) -> None:
        listed = [node for node in (read_tabular() if nodes is None else nodes) if node.kind == "code"]
        self.nodes = {node.code: node for node in listed}
        self._children = children_of(listed)
        self.stems = {node.stem for node in listed if node.billable}

    def unit(self, code: str) -> str | None:
        """The stem that `code`, a header or a billable code means when nothing more is said."""
        bare = code.strip().rstrip("-").rstrip(".")
        return default_unit(bare, self.nodes, self._children)

    def title(self, unit: str) -> str:
        """Official title of a stem."""
        return self.nodes[unit].title

    def siblings(self, unit: str) -> list[str]:
        """Other stems under the same parent."""
        parent = self.nodes[unit].parent
        return [
            child.code
            for child in self._children.get(parent or "", [])
            if child.code in self.stems and child.code != unit
        ]


def index_paths(path: Path) -> Iterator[tuple[str, str]]:
    """(path of terms, code) of a flattened index file; the path joins the terms of all levels above, main term first."""
    above: list[str] = []
    with path.open(encoding="utf-8-sig", newline="") as stream:
        for row in csv.DictReader(stream):
            level = int(row["Level"])
            above = [*above[:level], row["Term"].strip()]
            if row["Code"].strip():
                yield ", ".join(above), row["Code"].strip()


def neoplasm_phrases(path: Path) -> Iterator[tuple[str, str]]:
    """(phrase, code) for every cell of the Table of Neoplasms."""
    above: list[str] = []
    with path.open(encoding="utf-8-sig", newline="") as stream:
        for row in csv.DictReader(stream):
            level = int(row["Level"])
            above = [*above[:level], row["Term"].strip()]
            site = ", ".join(above[1:])
            if site:
                for column, phrase in NEOPLASM_COLUMNS.items():
                    if row[column].strip():
                        yield phrase.format(site), row[column].strip()


def disease_names(path: Path) -> Iterator[tuple[str, str]]:
    """(name, code or header) of the open disease names that have exactly one."""
    with path.open(encoding="utf-8") as stream:
        for line in map(json.loads, stream):
            codes = [code["code"] for code in line["codes"] if code["in_current_icd10cm"]]
            if len(codes) == 1 == len(line["codes"]) and "-" not in codes[0]:
                yield line["text"], codes[0]


def collect(data: Path, units: Units) -> list[Pair]:
    """All pairs whose unit is known, held-out categories included; words that equal the title are left out."""
    found: dict[tuple[str, str], Pair] = {}

    def add(words: str, code: str, source: str) -> None:
        unit = units.unit(code)
        if unit and words.strip().lower() != units.title(unit).lower():
            found.setdefault((words.lower(), unit), Pair(words, unit, source))

    for node in units.nodes.values():
        for note in node.notes:
            if note.kind in (NoteKind.INCLUSION_TERM, NoteKind.INCLUDES):
                add(note.text, node.code, "inclusion")
    term: SearchTerm
    for term in lexicon_terms():
        add(term.text, term.unit, "lexicon")
    codesets = data / "codesets"
    for name, source in (("ICD10CM_2025_Index.csv", "index"), ("ICD10CM_2025_ExternalIndex.csv", "external")):
        for words, code in index_paths(codesets / name):
            add(words, code, source)
    for words, code in neoplasm_phrases(codesets / "ICD10CM_2025_neoplasms.csv"):
        add(words, code, "neoplasm")
    for words, code in disease_names(data / "doid" / "doid_terms.jsonl"):
        add(words, code, "disease")
    return list(found.values())
