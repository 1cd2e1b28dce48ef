"""The groups of a release (table and body part), and what the reading of a query says for each of them."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from corpus.library import CodeBook
from corpus.procedures.reading import Reading, tokens_of
from corpus.procedures.rows import part_of
from corpus.procedures.words import sideless

PROCEDURE = 0.6
"""Added for what a phrase of words.tsv names first, when the phrase is the whole query; half of it is sure."""
LATER = 0.05
"""Less for each further target of the same phrase."""
OPERATION = 0.12
"""Added for a table whose root operation the words name."""
PART = 0.45
"""Added for a body part that the words name whole, when procedure or root operation fit as well."""
LOOSE = 0.15
"""The share of PART for a body part named without them."""
NAMED = 60
"""Groups at most that are looked at because of what was read, whatever rows were found."""


@dataclass(frozen=True, slots=True)
class Group:
    """Characters 1 to 4. `base` is the body part without its side, `words` its words."""

    code: str
    base: str
    words: frozenset[str]


class Groups:
    """The groups of one release, by table and by word of their body part. Immutable."""

    def __init__(self, book: CodeBook) -> None:
        self._by_code: dict[str, Group] = {}
        self._in_table: dict[str, list[Group]] = {}
        self._by_word: dict[str, list[Group]] = {}
        alike: dict[tuple[str, str], list[str]] = {}
        for table, title, *_ in book.chapters():
            for code, full, _ in book.under(table):
                base = sideless(part_of(full, title))[0]
                group = Group(code, base, frozenset(tokens_of(base)))
                self._by_code[code] = group
                alike.setdefault((table, base), []).append(code)
                if len(alike[table, base]) == 1:  # search finds the first of those that differ in side alone
                    self._in_table.setdefault(table, []).append(group)
                    for word in group.words:
                        self._by_word.setdefault(word, []).append(group)
        self._alike = {code: tuple(codes) for codes in alike.values() for code in codes}
        self._tables = tuple(self._in_table)
        self._fitting = lru_cache(maxsize=2000)(self._find_tables)

    def base(self, code: str) -> str:
        """The body part of a group without its side; "" for an unknown one."""
        found = self._by_code.get(code)
        return found.base if found else ""

    def alike(self, code: str) -> tuple[str, ...]:
        """The groups of the same table that differ from this one in the side of the body part alone, itself included."""
        return self._alike.get(code, ())

    def _find_tables(self, pattern: str) -> frozenset[str]:
        fits = re.compile(pattern)
        return frozenset(table for table in self._tables if fits.match(table))

    def weigh(self, reading: Reading) -> "Weights":
        """What the reading adds to the score of groups."""
        operations: dict[str, float] = {}
        for row, _ in reading.operations:
            for order, target in enumerate(row.targets):
                for table in self._fitting(target.table):
                    operations[table] = max(operations.get(table, 0.0), OPERATION - 0.02 * order)
        named: dict[str, float] = {}
        for procedure, share in reading.procedures:
            for order, target in enumerate(procedure.targets):
                weight = PROCEDURE * (0.5 + 0.5 * share) - LATER * min(order, 6)
                for table in self._fitting(target.table):
                    if not target.part:
                        named[table] = max(named.get(table, 0.0), weight)
                    for group in self._in_table[table]:
                        if target.allows(group.code, group.base):
                            named[group.code] = max(named.get(group.code, 0.0), weight)
        weights = Weights(reading, self._by_code, named, operations)
        touched = dict.fromkeys(named)
        for word in sorted(reading.parts):
            listed = self._by_word.get(word, ())
            if len(listed) <= _COMMON:
                touched.update(dict.fromkeys(group.code for group in listed))
        weights.units = weights.best(touched)
        return weights


_COMMON = 1500
"""Words of more body parts than this ("artery", "skin") do not alone bring a group into the choice."""


class Weights:
    """What one reading adds to the score of units; `units` are those it speaks for most, best first."""

    def __init__(
        self, reading: Reading, groups: dict[str, Group], named: dict[str, float], operations: dict[str, float]
    ) -> None:
        self._reading = reading
        self._groups = groups
        self._named = named
        self._operations = operations
        self.units: tuple[str, ...] = ()

    def best(self, units: Iterable[str]) -> tuple[str, ...]:
        """The units of most weight, at most NAMED."""
        weighed = [(self.weight(unit), unit) for unit in units]
        weighed.sort(key=lambda pair: (-pair[0], pair[1]))
        return tuple(unit for weight, unit in weighed[:NAMED] if weight > 0.05)

    def weight(self, unit: str) -> float:
        """For a group or a table; 0.0 when the reading says nothing of it."""
        named = self._named.get(unit, 0.0)
        operation = self._operations.get(unit[:3], 0.0)
        group = self._groups.get(unit)
        shared = group.words & self._reading.parts if group else ()
        if not group or not shared:
            return named + operation
        rest = min(len(self._reading.parts) - len(shared), 2)
        part = 2 * len(shared) / (len(group.words) + len(shared) + rest)
        return named + operation + PART * part * (1.0 if operation or named else LOOSE)
