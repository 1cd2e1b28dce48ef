"""A note case: one encounter, the codes a careful coder would report, and the mentions that must not be coded.

JSONL line: {id, text, setting, date_of_service, sex, age, specialty, style, split, provenance,
gold: [{code, evidence: [{start, end}], first_listed?}], must_not: [{start, end, text, reason, codes?}]}.
`gold` is in claim order. Offsets are code points into `text`. `codes` of a must-not mention are codes or prefixes that
would be the mistake.
"""

import datetime as dt
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from assistant.chart.note import Span
from assistant.suggest.suggestion import NotCodedReason, Setting
from evals.cases.lines import load, one_of

SPLITS = ("train", "dev", "test", "report")
SEXES = ("female", "male", "unknown")


@dataclass(frozen=True, slots=True)
class GoldCode:
    """One code of the gold and where the note supports it."""

    code: str
    evidence: tuple[Span, ...]
    first_listed: bool = False


@dataclass(frozen=True, slots=True)
class MustNot:
    """A mention that must not be coded, and why."""

    span: Span
    text: str
    reason: NotCodedReason
    codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NoteCase:
    """One annotated encounter. `age` in years, None when the note's age is not a number of years."""

    id: str
    text: str
    setting: Setting
    date_of_service: dt.date
    sex: str
    age: float | None
    specialty: str
    style: str
    split: str
    gold: tuple[GoldCode, ...]
    must_not: tuple[MustNot, ...]
    provenance: str
    extra: dict[str, str] = field(default_factory=dict)
    """Further slices a data set brings (its origin, its batch)."""

    @property
    def codes(self) -> frozenset[str]:
        """The gold set."""
        return frozenset(gold.code for gold in self.gold)

    def line(self) -> dict[str, Any]:
        """The case as an input line of `suggest --notes`; never the gold."""
        return {
            "id": self.id,
            "text": self.text,
            "date_of_service": self.date_of_service.isoformat(),
            "setting": self.setting.value,
            "sex": self.sex,
            "age": self.age,
        }


def parse_note(record: dict[str, Any]) -> NoteCase:
    """A case from its JSONL object; raises KeyError or ValueError."""
    age = record["age"]
    return NoteCase(
        id=str(record["id"]),
        text=record["text"],
        setting=Setting(record["setting"]),
        date_of_service=dt.date.fromisoformat(record["date_of_service"]),
        sex=one_of(record["sex"], SEXES),
        age=None if age is None else float(age),
        specialty=record["specialty"],
        style=record["style"],
        split=one_of(record["split"], SPLITS),
        gold=tuple(
            GoldCode(
                code=gold["code"],
                evidence=tuple(Span(span["start"], span["end"]) for span in gold["evidence"]),
                first_listed=bool(gold.get("first_listed", False)),
            )
            for gold in record["gold"]
        ),
        must_not=tuple(
            MustNot(
                span=Span(item["start"], item["end"]),
                text=item["text"],
                reason=NotCodedReason(item["reason"]),
                codes=tuple(item.get("codes", ())),
            )
            for item in record["must_not"]
        ),
        provenance=record["provenance"],
        extra=dict(record.get("extra", {})),
    )


def load_notes(path: Path) -> list[NoteCase]:
    """All note cases of a JSONL file; raises InputError naming the line."""
    return load(path, parse_note)
