"""Modifiers that may be missing from a claim: proposals with their reason, their authority and what the record must answer.

Nothing is added by itself. A person accepts a proposal by its key (line number and modifier, `1-25`) in the encounter's
`accept_modifiers`, or writes the modifier on the line. The rules are data (`rules/modifiers.tsv`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from assistant.claim.checks.base import Edits
from assistant.claim.claim import Claim, ClaimForm
from assistant.claim.modifier_checks import CHECKS, Check, Seen

INFORMATIONAL = frozenset({"LT", "RT", "QW", "95", "93", "GP", "GO", "GN", "JZ", "JW", "33", "PT"})
"""Modifiers that stand behind those that decide on payment."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """One proposal. `keys` are the choices, likeliest first; a person accepts at most one."""

    rule: str
    line: int
    """Counting from 1."""
    procedure: str
    modifiers: tuple[str, ...]
    keys: tuple[str, ...]
    reason: str
    question: str
    source: str


def propose(claim: Claim, titles: Mapping[str, str], edits: Edits | None = None) -> tuple[Proposal, ...]:
    """Proposals for a professional claim, or an outpatient facility claim, by line and rule; none for an inpatient stay.

    `titles` are those of the diagnoses (dotted code -> title): sides are read from them.
    """
    if claim.form is ClaimForm.INSTITUTIONAL and not claim.facility_code.startswith(("13", "14", "83", "85")):
        return ()
    seen = Seen(claim, titles, edits)
    made = []
    for rule in _rules():
        for found in rule.check(seen, rule.parameter):
            chosen = sorted(rule.modifiers, key=lambda name: name != found.first)
            line = claim.lines[found.at]
            said = {"codes": " and ".join(found.codes), "detail": found.detail}
            made.append(
                Proposal(
                    rule.id,
                    found.at + 1,
                    line.procedure,
                    tuple(chosen),
                    tuple(f"{found.at + 1}-{name}" for name in chosen),
                    rule.reason.format(**said),
                    rule.question.format(**said),
                    rule.source.format(),
                )
            )
    return tuple(sorted(made, key=lambda item: (item.line, item.rule)))


def placed(modifiers: Sequence[str], added: str) -> tuple[str, ...]:
    """The modifiers of a line with one more: what decides on payment stands before what only informs."""
    if added in INFORMATIONAL:
        return (*modifiers, added)
    front = [name for name in modifiers if name not in INFORMATIONAL]
    return (*front, added, *(name for name in modifiers if name in INFORMATIONAL))


@dataclass(frozen=True, slots=True)
class _Rule:
    id: str
    check: Check
    parameter: str
    modifiers: tuple[str, ...]
    reason: str
    question: str
    source: str


@cache
def _rules() -> tuple[_Rule, ...]:
    text = (files("assistant.claim.rules") / "modifiers.tsv").read_text("utf-8")
    rows = [line.split("\t") for line in text.splitlines() if line and not line.startswith(("#", "id\t"))]
    return tuple(
        _Rule(name, CHECKS[check], parameter, tuple(modifiers.split()), reason, question, source)
        for name, check, parameter, modifiers, reason, question, source in rows
    )
