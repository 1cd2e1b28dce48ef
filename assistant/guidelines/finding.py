"""A finding: what a rule says about a set of codes."""

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """`error` stops a claim, `warning` asks for a look, `info` explains."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Finding:
    """One result of one rule. `rule` is a number users can quote (`CM-0012`)."""

    rule: str
    severity: Severity
    message: str
    fix: str
    source: str = ""
    codes: tuple[str, ...] = ()
