"""The cases: one reader per shape, and the data beside it."""

from evals.cases.assertion import AssertionCase, load_assertions
from evals.cases.billing import BillingCase, load_billing
from evals.cases.note import GoldCode, MustNot, NoteCase, load_notes
from evals.cases.note_problems import note_problems
from evals.cases.remittance import RemitCase, load_remits
from evals.cases.rule import ExpectedFinding, RuleCase, load_rules
from evals.cases.search import SearchCase, load_searches
from evals.cases.trap import TrapCase, load_traps

__all__ = [
    "AssertionCase",
    "BillingCase",
    "ExpectedFinding",
    "GoldCode",
    "MustNot",
    "NoteCase",
    "RemitCase",
    "RuleCase",
    "SearchCase",
    "TrapCase",
    "load_assertions",
    "load_billing",
    "load_notes",
    "load_remits",
    "load_rules",
    "load_searches",
    "load_traps",
    "note_problems",
]
