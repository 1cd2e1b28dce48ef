"""A guideline case: a set of codes and the findings that must, and must not, come.

JSONL line: {id, codes, setting, date_of_service, sex?, age?, expect: [{severity, codes, section}], clean?}. An
expected finding is met by a finding of that severity or a graver one that names at least those codes. `clean: true`
says that no error or warning may come. `section` is the guideline or tabular note that it rests on, e.g. `I.C.4.a`.
"""

import dataclasses
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.guidelines.finding import Severity
from assistant.suggest.suggestion import Setting
from evals.cases.lines import load

_GRAVITY = {Severity.INFO: 0, Severity.WARNING: 1, Severity.ERROR: 2}


@dataclass(frozen=True, slots=True)
class ExpectedFinding:
    """What a finding must say to count as the expected one."""

    severity: Severity
    codes: frozenset[str]
    section: str

    def met_by(self, severity: str, codes: frozenset[str]) -> bool:
        """Whether a finding of this severity on these codes says it."""
        return _GRAVITY[Severity(severity)] >= _GRAVITY[self.severity] and self.codes <= codes


@dataclass(frozen=True, slots=True)
class RuleCase:
    """A set of codes under test."""

    id: str
    codes: tuple[str, ...]
    setting: Setting
    date_of_service: str
    sex: str
    age: float | None
    expect: tuple[ExpectedFinding, ...]
    clean: bool
    origin: str = "rules"
    """Name of the case file."""
    forbid: frozenset[str] = frozenset()
    """Rule numbers that must not fire; they mean something to Superbill only."""


def parse_rule(record: dict[str, Any]) -> RuleCase:
    """A case from its JSONL object; raises KeyError or ValueError."""
    expect = tuple(
        ExpectedFinding(Severity(item["severity"]), frozenset(item["codes"]), item["section"])
        for item in record["expect"]
    )
    clean = bool(record.get("clean", False))
    if clean == bool(expect):
        raise ValueError("a rule case either expects findings or is clean")
    return RuleCase(
        id=str(record["id"]),
        codes=tuple(record["codes"]),
        setting=Setting(record["setting"]),
        date_of_service=record["date_of_service"],
        sex=record.get("sex", "unknown"),
        age=record.get("age"),
        expect=expect,
        clean=clean,
        forbid=frozenset(record.get("forbid", ())),
    )


def load_rules(path: Path) -> list[RuleCase]:
    """All rule cases of a JSONL file; raises InputError naming the line."""
    return [dataclasses.replace(case, origin=path.stem) for case in load(path, parse_rule)]
