"""The tables as CMS prints them, put together again from the list of codes: rows of values that go with each other."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import product


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row of a table: every combination of these values of characters 4 to 7 is a code."""

    parts: tuple[str, ...]
    approaches: tuple[str, ...]
    devices: tuple[str, ...]
    qualifiers: tuple[str, ...]

    def codes(self, table: str) -> Iterable[str]:
        """The codes that the row makes with characters 1 to 3."""
        for values in product(self.parts, self.approaches, self.devices, self.qualifiers):
            yield table + "".join(values)


def table_rows(codes: Iterable[str]) -> tuple[TableRow, ...]:
    """The rows of one table from its codes. Together they make exactly these codes, each once."""
    approaches: dict[tuple[str, str, str], set[str]] = {}
    for code in codes:
        approaches.setdefault((code[3], code[5], code[6]), set()).add(code[4])
    devices: dict[tuple[str, tuple[str, ...], str], set[str]] = {}
    for (part, device, qualifier), allowed in approaches.items():
        devices.setdefault((part, tuple(sorted(allowed)), qualifier), set()).add(device)
    qualifiers: dict[tuple[str, tuple[str, ...], tuple[str, ...]], set[str]] = {}
    for (part, approach_set, qualifier), allowed in devices.items():
        qualifiers.setdefault((part, approach_set, tuple(sorted(allowed))), set()).add(qualifier)
    parts: dict[tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]], set[str]] = {}
    for (part, approach_set, device_set), allowed in qualifiers.items():
        parts.setdefault((approach_set, device_set, tuple(sorted(allowed))), set()).add(part)
    rows = (TableRow(tuple(sorted(found)), *others) for others, found in parts.items())
    return tuple(sorted(rows, key=lambda row: (row.parts, row.approaches, row.devices, row.qualifiers)))
