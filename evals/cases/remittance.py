"""A remittance case: an 835 and the exact money and actions it must give.

JSONL line: {id, kind, file | x12, money: {path: amount or null}, actions?: {claim control number: [actions]},
balanced?: {path: bool}}. `file` is relative to the folder of the JSONL. A path walks the `remit read` record with
`/`; lists are addressed by position or, for claims, by control number: `claims/A1/patient_responsibility`,
`claims/A1/lines/0/allowed`, `payment_amount`.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evals.cases.lines import load


@dataclass(frozen=True, slots=True)
class RemitCase:
    """One remittance with what it must give."""

    id: str
    kind: str
    x12: str
    money: dict[str, str | None]
    actions: dict[str, tuple[str, ...]]
    balanced: dict[str, bool]


def load_remits(path: Path) -> list[RemitCase]:
    """All remittance cases of a JSONL file, their X12 read without newline translation; raises InputError."""

    def parse(record: dict[str, Any]) -> RemitCase:
        if ("file" in record) == ("x12" in record):
            raise ValueError("a remittance case has either file or x12")
        x12 = record["x12"] if "x12" in record else (path.parent / record["file"]).read_bytes().decode("latin-1")
        return RemitCase(
            id=str(record["id"]),
            kind=record["kind"],
            x12=x12,
            money=dict(record["money"]),
            actions={key: tuple(value) for key, value in record.get("actions", {}).items()},
            balanced=dict(record.get("balanced", {})),
        )

    return load(path, parse)


def at(record: Any, path: str) -> Any:
    """The value at `path` of a transaction record; raises KeyError when the path leads nowhere."""
    value = record
    for step in path.split("/"):
        if isinstance(value, list):
            named = [item for item in value if isinstance(item, dict) and item.get("control_number") == step]
            if named:
                value = named[0]
            elif step.isdigit() and int(step) < len(value):
                value = value[int(step)]
            else:
                raise KeyError(path)
        elif isinstance(value, dict) and step in value:
            value = value[step]
        else:
            raise KeyError(path)
    return value
