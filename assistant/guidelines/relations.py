"""What codes are to each other, for whoever puts a set together: the same data as the checks, without sentences."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from assistant.guidelines.case import Case, CodeBook, case_of
from assistant.guidelines.notes import contradict, excludes1_between
from assistant.guidelines.pattern import CodePattern
from assistant.guidelines.relation_rules import Combination, Integral
from assistant.guidelines.rulebook import rulebook
from assistant.guidelines.tabular import tabular_of
from corpus.codes import Code, NoteKind, TabularNote, Window, dotted


@dataclass(frozen=True, slots=True)
class Proposal:
    """Codes that a rule would change: `drop` are replaced by `add`, `because` are all the codes that met the rule."""

    rule: str
    drop: tuple[str, ...]
    add: tuple[str, ...]
    because: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Companions:
    """What the tabular list asks for around one code."""

    code_first: tuple[CodePattern, ...]
    use_additional: tuple[CodePattern, ...]
    code_also: tuple[CodePattern, ...]


def integral_symptoms(codes: Sequence[str], codebook: CodeBook) -> tuple[tuple[str, str, str], ...]:
    """(symptom, condition, rule id) for every symptom that is part of a condition also listed (OCG I.B.5)."""
    case = _case(codes, codebook)
    hits = rulebook().hits(case)
    return tuple(
        (symptom, match.a[0], rule.id)
        for rule in rulebook().touched(hits)
        if isinstance(rule, Integral)
        for match in rule.matches(case, hits)
        for symptom in match.b
    )


def excluded_pairs(
    codes: Sequence[str], codebook: CodeBook, *, certain: bool = False
) -> tuple[tuple[str, str, str], ...]:
    """(code, code, tabular node) for every pair that an Excludes1 note keeps apart, in code order.

    With `certain`, only pairs that cannot both be true, without those that may be two unrelated conditions (OCG I.A.12.a).
    """
    tabular = tabular_of(codebook)
    found = []
    for one, other in combinations(dict.fromkeys(dotted(code) for code in codes), 2):
        line = excludes1_between(tabular, one, other)
        if line and (not certain or contradict(codebook, one, other)):
            found.append((one, other, line.node))
    return tuple(found)


def combination_for(codes: Sequence[str]) -> tuple[Proposal, ...]:
    """What combination codes would change: `{I10, N18.32}` drops I10 and adds I12.9. Rule order; empty when nothing."""
    case = _case(codes, _NO_BOOK)
    hits = rulebook().hits(case)
    return tuple(
        Proposal(rule.id, match.b, match.add, match.a)
        for rule in rulebook().touched(hits)
        if isinstance(rule, Combination)
        for match in rule.matches(case, hits)
    )


def companions(code: str, codebook: CodeBook) -> Companions:
    """The codes that the notes at category level and below ask for before, after or beside `code`."""
    lines = [line for line in tabular_of(codebook).references(dotted(code)) if line.local]

    def of(kind: NoteKind) -> tuple[CodePattern, ...]:
        return tuple(dict.fromkeys(pattern for line in lines if line.kind is kind for pattern in line.patterns))

    return Companions(of(NoteKind.CODE_FIRST), of(NoteKind.USE_ADDITIONAL), of(NoteKind.CODE_ALSO))


def _case(codes: Sequence[str], book: CodeBook) -> Case:
    return case_of(codes, book, dt.date.min)


class _NoBook:
    """A book that knows nothing, for rules that read only code numbers."""

    def on(self, date: dt.date) -> "_NoBook":
        return self

    def get(self, code: str) -> Code | None:
        return None

    def title(self, code: str) -> str:
        return ""

    def notes(self, code: str, inherited: bool = True) -> tuple[TabularNote, ...]:
        return ()

    def ancestors(self, code: str) -> tuple[str, ...]:
        return ()

    def children(self, code: str) -> tuple[Code, ...]:
        return ()

    def seventh_characters(self, stem: str) -> tuple[tuple[str, str], ...]:
        return ()

    def complete(self, stem: str, character: str) -> Code | None:
        return None

    def billable(self, code: str) -> bool:
        return False

    def valid_on(self, code: str, date: dt.date) -> bool | None:
        return None

    def windows(self, code: str) -> tuple[Window, ...]:
        return ()


_NO_BOOK = _NoBook()
