"""The scrubber: every rule of `rules/scrub.tsv` on a claim. Findings name the claim, never the patient."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files

from assistant.claim.checks import CHECKS
from assistant.claim.checks.base import Check, Context
from assistant.claim.claim import Claim
from assistant.guidelines.finding import Finding, Severity

__all__ = ["Context", "Rule", "rules", "scrub_claim", "scrub_claims"]


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of the rules file."""

    id: str
    check: Check
    parameter: str
    severity: Severity
    forms: str
    message: str
    fix: str
    source: str


@cache
def rules() -> tuple[Rule, ...]:
    """The rules that ship with Superbill. Raises ValueError naming a line that cannot be used."""
    text = (files("assistant.claim.rules") / "scrub.tsv").read_text("utf-8")
    made = []
    for number, line in enumerate(text.splitlines(), start=1):
        if line.startswith(("#", "id\t")) or not line:
            continue
        cells = line.split("\t")
        if len(cells) != 8 or cells[1] not in CHECKS:
            raise ValueError(f"scrub.tsv line {number} is not a rule")
        name, check, parameter, severity, forms, message, fix, source = cells
        made.append(Rule(name, CHECKS[check], parameter, Severity(severity), forms, message, fix, source))
    return tuple(made)


def scrub_claim(claim: Claim, context: Context) -> tuple[Finding, ...]:
    """Findings on one claim, in rule order. `context.seen` remembers its number for the next."""
    return tuple(_findings(claim, context, rules()))


def scrub_claims(claims: Iterable[Claim], context: Context) -> tuple[Finding, ...]:
    """Findings on every claim of a file, in order."""
    return tuple(finding for claim in claims for finding in _findings(claim, context, rules()))


def _findings(claim: Claim, context: Context, chosen: Sequence[Rule]) -> Iterator[Finding]:
    for rule in chosen:
        if rule.forms not in ("both", claim.form.value):
            continue
        for hit in rule.check(claim, context, rule.parameter):
            said = f"Claim {claim.control_number or 'without number'}: "
            if hit.finding:
                yield replace(hit.finding, message=said + hit.finding.message)
                continue
            words = rule.message.format(where=hit.where, codes=", ".join(hit.codes), detail=hit.detail)
            yield Finding(rule.id, rule.severity, said + words, rule.fix, rule.source, hit.codes)
