"""Our procedure words: what coders call procedures, and where each leads in the tables.

Three lists: words.tsv (whole procedures), operation_words.tsv (root operations in any body system), hints.tsv (approach, device,
qualifier); part_words.tsv has everyday words for body parts.
"""

import re
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import lru_cache

from corpus.procedures import lexicon

_SIDE = re.compile(r"^(Right|Left|Bilateral) (?!and )|, (Right|Left|Bilateral)$|(?<=, )(Right|Left) (?!Lobe)")
_COLUMNS = ("words", "targets", "approach", "device", "qualifier")


@dataclass(frozen=True, slots=True)
class Target:
    """A table, or a body part in it. `table` is a regular expression on characters 1 to 3, `part` a label without side."""

    table: str
    part: str = ""

    def allows(self, group: str, base: str) -> bool:
        """Whether the group (characters 1 to 4) whose body part is `base` without its side is meant."""
        return bool(re.match(self.table, group)) and (not self.part or fnmatchcase(base, self.part))


@dataclass(frozen=True, slots=True)
class Procedure:
    """One row of words.tsv or operation_words.tsv. What is not said is empty."""

    words: tuple[str, ...]
    targets: tuple[Target, ...]
    approach: str
    devices: tuple[str, ...]
    qualifiers: tuple[str, ...]


@lru_cache(maxsize=20_000)
def sideless(label: str) -> tuple[str, str]:
    """A body part label without its side, and the side: `Knee Joint, Right` -> (`Knee Joint`, `right`)."""
    found = _SIDE.search(label)
    if not found:
        return label, ""
    side = next(group for group in found.groups() if group)
    return _SIDE.sub("", label, count=1), side.lower()


def _split(cell: str, mark: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in cell.split(mark) if part.strip())


def _read(name: str, columns: tuple[str, ...]) -> tuple[Procedure, ...]:
    found = []
    for words, targets, approach, device, qualifier in lexicon.rows(name, columns):
        aims = (target.partition(":") for target in _split(targets, ";"))
        found.append(
            Procedure(
                _split(words, "|"),
                tuple(Target(table, part) for table, _, part in aims),
                approach,
                _split(device, ";"),
                _split(qualifier, ";"),
            )
        )
    return tuple(found)


@lru_cache(maxsize=1)
def procedures() -> tuple[Procedure, ...]:
    """Whole procedures, in file order."""
    return _read("words.tsv", _COLUMNS)


@lru_cache(maxsize=1)
def operations() -> tuple[Procedure, ...]:
    """Words for root operations, in file order."""
    return _read("operation_words.tsv", ("words", "tables", *_COLUMNS[2:]))


@lru_cache(maxsize=1)
def hints() -> tuple[Procedure, ...]:
    """Words for an approach, a device or a qualifier, in file order; they have no targets."""
    return tuple(
        Procedure(_split(words, "|"), (), approach, _split(device, ";"), _split(qualifier, ";"))
        for words, approach, device, qualifier in lexicon.rows("hints.tsv", ("words", *_COLUMNS[2:]))
    )


@lru_cache(maxsize=1)
def part_words() -> dict[str, str]:
    """Words of axis labels by everyday word for a body part."""
    return {
        word: label
        for words, label in lexicon.rows("part_words.tsv", ("words", "label"))
        for word in _split(words, "|")
    }


@lru_cache(maxsize=4)
def said_only(position: int) -> frozenset[str]:
    """Labels of character 6 or 7 that a note would name: they are left out when it does not."""
    rows = lexicon.rows("said_only.tsv", ("axis", "label"))
    return frozenset(label for axis, label in rows if int(axis) == position)
