"""An assertion trap: one short passage, one mention, and how it must be read.

JSONL line: {id, text, mention: {start, end, text}, assertion, codes: [codes or prefixes], setting?, sex?, age?,
date_of_service?, cue?, may?, split?}. `assertion` is a value of the contract; `present` makes the case a control: there
the code must be selected. `codes` are the codes that coding the mention would give; `may` those that are right for it all
the same although they are no Z code (I25.2 for an old infarction).
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.chart.note import Assertion, Span
from assistant.suggest.suggestion import Setting
from evals.cases.lines import load, one_of


@dataclass(frozen=True, slots=True)
class TrapCase:
    """One passage with one mention under test."""

    id: str
    text: str
    mention: Span
    assertion: Assertion
    codes: tuple[str, ...]
    setting: Setting = Setting.OUTPATIENT
    sex: str = "unknown"
    age: float | None = None
    date_of_service: str = "2026-02-02"
    cue: str = ""
    may: tuple[str, ...] = ()
    split: str = ""
    """Empty for the traps written beside the rules."""

    @property
    def control(self) -> bool:
        """Whether the mention must be coded."""
        return self.assertion is Assertion.PRESENT

    def line(self) -> dict[str, Any]:
        """The case as an input line of `suggest --notes`."""
        return {
            "id": self.id,
            "text": self.text,
            "date_of_service": self.date_of_service,
            "setting": self.setting.value,
            "sex": self.sex,
            "age": self.age,
        }


def parse_trap(record: dict[str, Any]) -> TrapCase:
    """A case from its JSONL object; raises KeyError or ValueError."""
    mention = Span(record["mention"]["start"], record["mention"]["end"])
    if record["text"][mention.start : mention.end] != record["mention"]["text"]:
        raise ValueError("the mention does not stand at its offsets")
    if not record["codes"]:
        raise ValueError("a trap names the codes that the mention would give")
    return TrapCase(
        id=str(record["id"]),
        text=record["text"],
        mention=mention,
        assertion=Assertion(record["assertion"]),
        codes=tuple(record["codes"]),
        setting=Setting(record.get("setting", "outpatient")),
        sex=record.get("sex", "unknown"),
        age=record.get("age"),
        date_of_service=record.get("date_of_service", "2026-02-02"),
        cue=record.get("cue", ""),
        may=tuple(record.get("may", ())),
        split=one_of(record.get("split", ""), ("", "dev", "test", "report")),
    )


def load_traps(path: Path) -> list[TrapCase]:
    """All traps of a JSONL file; raises InputError naming the line."""
    return load(path, parse_trap)
