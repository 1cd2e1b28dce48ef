"""What payers' models make of one code on one day: its risk adjustment category, its part in the DRG of a stay."""

import datetime as dt
from dataclasses import dataclass

from corpus.codes import CodeSystem
from corpus.sources.grouper import DrgFacts, drg_of
from corpus.sources.hcc import Hcc, hcc_of


@dataclass(frozen=True, slots=True)
class CodeFacts:
    """None where a model does not look at codes of the system, or nothing is known for the date."""

    hcc: Hcc | None
    drg: DrgFacts | None


NO_FACTS = CodeFacts(None, None)


def facts_of(system: CodeSystem, code: str, date: dt.date) -> CodeFacts:
    """Facts of a billable code for services on `date`. Never part of choosing a code: only the record decides that."""
    if system is CodeSystem.ICD10CM:
        return CodeFacts(hcc_of(code, date), drg_of(code, date))
    return NO_FACTS


def told(facts: CodeFacts) -> str:
    """The facts in one line for people; "" when there is nothing to tell."""
    parts = []
    if facts.hcc and facts.hcc.category:
        rules = f" ({'; '.join(facts.hcc.conditions)})" if facts.hcc.conditions else ""
        names = " and ".join(f"HCC {one.number} {one.label}".strip() for one in facts.hcc.categories)
        parts.append(f"{names}, {facts.hcc.model}, payment year {facts.hcc.payment_year}{rules}")
    elif facts.hcc and not facts.hcc.known:
        parts.append(f"HCC not known: {facts.hcc.note}")
    if facts.drg and facts.drg.severity in ("CC", "MCC"):
        parts.append(f"{facts.drg.severity} in MS-DRG {facts.drg.version}")
    return "; ".join(parts)
