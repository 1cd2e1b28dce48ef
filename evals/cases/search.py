"""A search case: what a coder types, and the codes that answer it.

JSONL line: {id, query, gold: [codes or prefixes], kind, split: tune|report, system?}. A hit is right when its code equals a
gold entry or, for an entry that is a header, lies below it.
"""

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corpus.codes import CodeSystem
from evals.cases.lines import load, one_of

KINDS = (
    "shorthand",
    "lay",
    "typo",
    "abbreviation",
    "injury",
    "code",
    "partial_code",
    "term",
    "drug_or_status",
    "procedure",
    "supply",
)
SPLITS = ("tune", "report")
DATE = dt.date(2026, 2, 2)
"""The date of service of every query: the gold was checked against the release in force then."""


@dataclass(frozen=True, slots=True)
class SearchCase:
    """One query with its right answers."""

    id: str
    query: str
    gold: tuple[str, ...]
    kind: str
    split: str
    system: str = CodeSystem.ICD10CM.value

    def answers(self, code: str) -> bool:
        """Whether `code` is a right answer."""
        bare = code.replace(".", "").upper()
        return any(bare.startswith(gold.replace(".", "")) for gold in self.gold)


def parse_search(record: dict[str, Any]) -> SearchCase:
    """A case from its JSONL object; raises KeyError or ValueError."""
    if not record["gold"] or not record["query"].strip():
        raise ValueError("a query needs words and an answer")
    return SearchCase(
        id=str(record["id"]),
        query=record["query"],
        gold=tuple(record["gold"]),
        kind=one_of(record["kind"], KINDS),
        split=one_of(record["split"], SPLITS),
        system=CodeSystem(record.get("system", CodeSystem.ICD10CM.value)).value,
    )


def load_searches(path: Path) -> list[SearchCase]:
    """All search cases of a JSONL file; raises InputError naming the line."""
    return load(path, parse_search)
