"""Filling a code axis by axis: what is still open after a beginning, and what the words of a query decide."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from corpus.codes import Code
from corpus.library import CodeBook
from corpus.procedures import definitions
from corpus.procedures.definitions import Definition
from corpus.procedures.labels import labels_of
from corpus.procedures.nodes import labels_in
from corpus.procedures.reading import Reading, content, read, tokens_of
from corpus.procedures.rows import part_of
from corpus.procedures.words import said_only, sideless
from corpus.sources.pcs import Labels

FULL = 7


@dataclass(frozen=True, slots=True)
class AxisValue:
    """One value that an axis allows. `label` joins several with " or " where it depends on later characters."""

    value: str
    label: str
    meaning: str
    apart: str


@dataclass(frozen=True, slots=True)
class Axis:
    """One character of a code: its position (1 to 7), what it stands for, and the values allowed there."""

    position: int
    name: str
    values: tuple[AxisValue, ...]


def labels(code: Code) -> Labels:
    """Labels of characters 4 to 7: as the code keeps them, or read from its title where an edition has none."""
    return labels_in(code.detail) or labels_of(code.code, code.title)


def chosen(book: CodeBook, code: str) -> tuple[Axis, ...]:
    """The axes that a code, or the beginning of one, has filled, each with its one value. Empty for no such code."""
    bare = book.form(code)
    below = _below(book, bare)
    if not below:
        return ()
    return tuple(_axis(book, bare[:position], below) for position in range(1, len(bare) + 1))


def axes(book: CodeBook, prefix: str, date: dt.date | None = None) -> Axis | None:
    """The axis after `prefix` (0 to 6 characters) with the values it allows on `date`.

    Without a date every value of the release is allowed. None when the prefix is a whole code or begins none that is valid;
    on a date nothing is known about no value is allowed.
    """
    bare = book.form(prefix)
    if len(bare) >= FULL:
        return None
    position = len(bare) + 1
    found: dict[str, list[Code]] = {}
    for code in _below(book, bare):
        listed = found.setdefault(code.code[len(bare)], [])
        if listed and len(code.code) < FULL:
            continue  # one valid table or group is enough for the value
        if date is None or _any_valid(book, code, date):
            listed.append(code)
    values = tuple(_value(book, listed[0].code[:position], listed) for _, listed in sorted(found.items()) if listed)
    return Axis(position, definitions.axis_name((bare or "0")[0], position), values) if values else None


def _any_valid(book: CodeBook, code: Code, date: dt.date) -> bool:
    if code.billable:
        return bool(book.valid_on(code.code, date))
    return any(_any_valid(book, child, date) for child in book.children(code.code))


def _below(book: CodeBook, prefix: str) -> tuple[Code, ...]:
    """Codes and, above character 4, tables or groups that begin with `prefix`; headers stand for what is below them."""
    if len(prefix) >= 3:
        head = prefix[:4] if len(prefix) > 3 else prefix
        if len(prefix) == 3:
            return book.children(head)
        if len(prefix) == FULL:
            found = book.get(prefix)
            return (found,) if found else ()
        return tuple(code for code in book.children(head) if code.code.startswith(prefix))
    tables = (found for node, _ in book.chapters() if node.startswith(prefix) and (found := book.get(node)))
    return tuple(tables)


def _axis(book: CodeBook, prefix: str, below: Iterable[Code]) -> Axis:
    position = len(prefix)
    value = _value(book, prefix, [code for code in below if code.code.startswith(prefix)])
    return Axis(position, definitions.axis_name(prefix[0], position), (value,))


def _value(book: CodeBook, prefix: str, codes: Sequence[Code]) -> AxisValue:
    """The last character of `prefix`; `codes` begin with it."""
    position = len(prefix)
    if position <= 3:
        found = _upper(prefix)
        return AxisValue(prefix[-1], found.label, found.meaning, found.apart)
    names = dict.fromkeys(_label(book, code, position) for code in codes)
    label = " or ".join(name for name in names if name)
    found = definitions.value_definition(prefix, position, label)
    return AxisValue(prefix[-1], label, found.meaning, found.apart)


def _upper(prefix: str) -> Definition:
    if len(prefix) == 1:
        return definitions.section(prefix)
    return definitions.body_system(prefix) if len(prefix) == 2 else definitions.operation(prefix)


def _label(book: CodeBook, code: Code, position: int) -> str:
    if len(code.code) == FULL:
        return labels(code)[position - 4]
    return part_of(code.title, book.title(code.code[:3]))


def narrowed(codes: Sequence[Code], text: str) -> tuple[Code, ...]:
    """Those of `codes` that fit what `text` says of side, approach, device and qualifier; what it does not say stays open."""
    reading = read(text)
    left = _by_side(codes, reading)
    if left and left[0].code[0] in definitions.APPROACH_SECTIONS:
        left = _by_approach(left, reading)
    for position in (6, 7):
        left = _by_label(left, reading, position)
    return tuple(_without_unsaid(left))


def _without_unsaid(codes: Sequence[Code]) -> Sequence[Code]:
    """Leave out values that nobody leaves unsaid, where the plain value is there as well."""
    for position in (6, 7):
        names = {labels(code)[position - 4] for code in codes}
        special = names & said_only(position)
        if special and names - special:
            codes = [code for code in codes if labels(code)[position - 4] not in special]
    return codes


def _by_side(codes: Sequence[Code], reading: Reading) -> Sequence[Code]:
    sides = {code.code: sideless(labels(code)[0])[1] for code in codes}
    if reading.side and reading.side in sides.values():
        return [code for code in codes if sides[code.code] == reading.side]
    return codes


def _by_approach(codes: Sequence[Code], reading: Reading) -> Sequence[Code]:
    allowed = {code.code[4] for code in codes}
    for rows in (reading.hints, reading.named, reading.operating):
        said = {row.approach for row in rows if row.approach} & allowed
        if said:
            return [code for code in codes if code.code[4] in said] if len(said) == 1 else codes
    return codes


def _by_label(codes: Sequence[Code], reading: Reading, position: int) -> Sequence[Code]:
    spot = position - 4
    names = {labels(code)[spot] for code in codes}
    if len(names) < 2:
        return codes
    patterns = [pattern for row in reading.said for pattern in (row.devices if position == 6 else row.qualifiers)]
    fitting = {name for name in names for pattern in patterns if fnmatchcase(name, pattern)}
    spoken = {name for name in names if _spoken(name, reading)}
    for wanted in (fitting & spoken, fitting, spoken):
        if wanted:
            best = max(len(content(name)) for name in wanted) if wanted is spoken else 0
            kept = {name for name in wanted if len(content(name)) >= best}
            return [code for code in codes if labels(code)[spot] in kept]
    return codes


def _spoken(name: str, reading: Reading) -> bool:
    if name.startswith(("No ", "None", "Other")):
        return False
    wanted = frozenset(tokens_of(sideless(name)[0])) - {"and", "with", "of", "device"}
    return bool(wanted) and wanted <= reading.tokens
