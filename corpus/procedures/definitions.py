"""What sections, body systems, root operations, approaches, devices and qualifiers mean, in our own words."""

import re
from dataclasses import dataclass
from functools import lru_cache

from corpus.procedures import lexicon


@dataclass(frozen=True, slots=True)
class Definition:
    """`label` as ICD-10-PCS names the value; `apart` says what it must be told apart from."""

    label: str
    meaning: str = ""
    apart: str = ""


_UNKNOWN = Definition("")
APPROACH_SECTIONS = frozenset("01234789X")
"""Sections whose character 5 is the approach."""


@lru_cache(maxsize=1)
def _sections() -> dict[str, tuple[Definition, tuple[str, ...]]]:
    header = ("value", "label", "meaning", *(f"axis{number}" for number in range(2, 8)))
    return {
        value: (Definition(label, meaning), tuple(axes))
        for value, label, meaning, *axes in lexicon.rows("sections.tsv", header)
    }


@lru_cache(maxsize=1)
def _systems() -> dict[str, Definition]:
    rows = lexicon.rows("systems.tsv", ("section", "value", "label", "meaning"))
    return {section + value: Definition(label, meaning) for section, value, label, meaning in rows}


@lru_cache(maxsize=1)
def operations() -> tuple[tuple[re.Pattern[str], Definition], ...]:
    """(regular expression on characters 1 to 3, definition) in file order; the first that fits a table holds."""
    rows = lexicon.rows("operations.tsv", ("tables", "value", "label", "meaning", "apart"))
    return tuple((re.compile(tables), Definition(label, meaning, apart)) for tables, _, label, meaning, apart in rows)


@lru_cache(maxsize=1)
def approaches() -> dict[str, Definition]:
    """Approaches by value of character 5."""
    rows = lexicon.rows("approaches.tsv", ("value", "label", "meaning", "apart"))
    return {value: Definition(label, meaning, apart) for value, label, meaning, apart in rows}


@lru_cache(maxsize=1)
def values() -> dict[tuple[int, str], tuple[tuple[re.Pattern[str], str], ...]]:
    """Meanings of devices and qualifiers by axis and label, each with a regular expression on the beginning of the code."""
    found: dict[tuple[int, str], tuple[tuple[re.Pattern[str], str], ...]] = {}
    for codes, axis, label, meaning in lexicon.rows("values.tsv", ("codes", "axis", "label", "meaning")):
        spot = int(axis), label
        found[spot] = (*found.get(spot, ()), (re.compile(codes), meaning))
    return found


def section(value: str) -> Definition:
    """Of character 1."""
    return _sections().get(value, (_UNKNOWN, ()))[0]


def body_system(prefix: str) -> Definition:
    """Of characters 1 and 2."""
    return _systems().get(prefix[:2], _UNKNOWN)


@lru_cache(maxsize=2000)
def operation(table: str) -> Definition:
    """Of characters 1 to 3: the root operation, root type or kind of imaging."""
    return next((found for tables, found in operations() if tables.fullmatch(table)), _UNKNOWN)


def axis_name(section_value: str, position: int) -> str:
    """What character `position` (1 to 7) stands for in a section."""
    if position == 1:
        return "Section"
    axes = _sections().get(section_value, (_UNKNOWN, ()))[1]
    return axes[position - 2] if axes else f"Character {position}"


def value_definition(code: str, position: int, label: str) -> Definition:
    """Of character 4 to 7 of a code, or of a beginning that reaches so far, whose value there has this label."""
    if position == 5 and code[0] in APPROACH_SECTIONS:
        found = approaches().get(code[4], _UNKNOWN)
        return Definition(label, found.meaning, found.apart)
    fitting = (meaning for codes, meaning in values().get((position, label), ()) if codes.match(code))
    return Definition(label, next(fitting, ""))
