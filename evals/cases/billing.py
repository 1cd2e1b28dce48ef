"""A billing question: what is asked, about which papers, and the facts that an answer must and must not state.

JSONL line: {id, question, lang?, note?, remit?, must_state: [patterns], must_not_state: [patterns], max_grade?}.
Patterns are case-insensitive regular expressions; `note` and `remit` are texts. Letters use the same shape with
`letter` as the kind.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evals.cases.lines import load, one_of


@dataclass(frozen=True, slots=True)
class BillingCase:
    """One question or letter."""

    id: str
    kind: str
    question: str
    lang: str
    note: str
    remit: str
    must_state: tuple[str, ...]
    must_not_state: tuple[str, ...]
    max_grade: float | None

    @property
    def sources(self) -> tuple[str, ...]:
        """Everything an answer may take facts from."""
        return (self.question, self.note, self.remit)


def parse_billing(record: dict[str, Any]) -> BillingCase:
    """A case from its JSONL object; raises KeyError or ValueError."""
    if not record["must_state"] and not record["must_not_state"]:
        raise ValueError("a billing case states what must or must not be said")
    return BillingCase(
        id=str(record["id"]),
        kind=one_of(record.get("kind", "question"), ("question", "letter", "explanation")),
        question=record["question"],
        lang=one_of(record.get("lang", "en"), ("en", "es")),
        note=record.get("note", ""),
        remit=record.get("remit", ""),
        must_state=tuple(record["must_state"]),
        must_not_state=tuple(record["must_not_state"]),
        max_grade=record.get("max_grade"),
    )


def load_billing(path: Path) -> list[BillingCase]:
    """All billing cases of a JSONL file; raises InputError naming the line."""
    return load(path, parse_billing)
