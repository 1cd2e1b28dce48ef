"""A procedure case: a short encounter, the HCPCS codes with units that it supports, and its ICD-10-PCS tables.

JSONL line: {id, text, setting, age?, date_of_service, split: dev|test, kind: drug|supply|vaccine|procedure|trap, gold: [{code,
units: number or null}], tables: [{table, code: all seven characters, or "" where the note leaves axes open}], unscored: [codes or
beginnings that count neither way, because payers differ]}. A trap has no gold: what it names was planned, declined, taken at
home, done before or elsewhere.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.suggest.suggestion import Setting
from evals.cases.lines import load, one_of

KINDS = ("drug", "supply", "vaccine", "procedure", "trap")
SPLITS = ("dev", "test")


@dataclass(frozen=True, slots=True)
class ProcedureCase:
    """One encounter. `units` maps a HCPCS code to its units, None where the note does not decide them; `tables` maps an
    ICD-10-PCS table to the whole code, or to "".
    """

    id: str
    text: str
    setting: Setting
    age: float | None
    date_of_service: str
    split: str
    kind: str
    units: dict[str, int | None]
    tables: dict[str, str]
    unscored: tuple[str, ...]

    def line(self) -> dict[str, Any]:
        """The case as an input line of `suggest --notes`."""
        return {
            "id": self.id,
            "text": self.text,
            "setting": self.setting.value,
            "age": self.age,
            "date_of_service": self.date_of_service,
        }


def parse_procedure(record: dict[str, Any]) -> ProcedureCase:
    """A case from its JSONL object; raises KeyError or ValueError."""
    kind = one_of(record["kind"], KINDS)
    if kind == "trap" and (record["gold"] or record["tables"]):
        raise ValueError("a trap has no gold")
    return ProcedureCase(
        id=str(record["id"]),
        text=record["text"],
        setting=Setting(record["setting"]),
        age=record.get("age"),
        date_of_service=record["date_of_service"],
        split=one_of(record["split"], SPLITS),
        kind=kind,
        units={one["code"]: one["units"] for one in record["gold"]},
        tables={one["table"]: one["code"] for one in record["tables"]},
        unscored=tuple(record["unscored"]),
    )


def load_procedures(path: Path) -> list[ProcedureCase]:
    """All cases of a JSONL file; raises InputError naming the line."""
    return load(path, parse_procedure)
