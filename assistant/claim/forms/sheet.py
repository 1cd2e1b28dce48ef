"""A paper form as values: where each box stands, and a claim's pages filled in, before anything is drawn."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

from assistant.guidelines.finding import Finding, Severity

LINE = 12.0
"""Points from one print line to the next: six lines per inch."""
COLUMN = 7.2
"""Points from one print column to the next: ten characters per inch."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a text stands on the preprinted form: print line and column of its first character, counting from 1."""

    line: float
    column: float
    characters: int
    align: str = "left"
    condensed: int = 0
    """Characters that fit in narrower print; 0 when the box must keep ten characters per inch."""

    @property
    def most(self) -> int:
        """The longest text the box holds."""
        return max(self.characters, self.condensed)


@dataclass(frozen=True, slots=True)
class Table:
    """Boxes that repeat: service lines, payers. `columns` are (box, share of the width)."""

    lines: int
    step: float
    """Print lines from one row to the next."""
    columns: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Layout:
    """A form's data file. `left` and `top` are points from the paper's edge to column 1 and to print line 0; `rows` is
    the readable page, each row a table's name or (box, share of the width) cells."""

    name: str
    title: str
    left: float
    top: float
    places: Mapping[str, Place]
    labels: Mapping[str, str]
    tables: Mapping[str, Table]
    rows: tuple[str | tuple[tuple[str, float], ...], ...]
    repeating: Mapping[str, str]
    """The table of each place that stands once for every row of it."""
    alternatives: frozenset[str]
    """Places written instead of others, over the same columns."""

    def point(self, place: Place, row: float = 0.0) -> tuple[float, float]:
        """Points from the left and top edge of the paper to the first character's baseline; `row` in print lines."""
        return self.left + (place.column - 1) * COLUMN, self.top + (place.line + row) * LINE


@cache
def layout(name: str) -> Layout:
    """The layout of `cms1500` or `ub04`."""
    read = tomllib.loads((files("assistant.claim.forms") / f"{name}.toml").read_text("utf-8"))
    grid: dict[str, Any] = read["grid"]
    tables = {
        key: Table(item["lines"], item["step"], tuple((str(box), float(share)) for box, share in item["columns"]))
        for key, item in read["tables"].items()
    }
    return Layout(
        name,
        grid["title"],
        float(grid["left"]),
        float(grid["top"]),
        {key: Place(*item) for key, item in read["places"].items()},
        read["labels"],
        tables,
        tuple(
            row if isinstance(row, str) else tuple((str(box), float(share)) for box, share in row)
            for row in read["rows"]
        ),
        {place: key for key, item in read["tables"].items() for place in item["places"]},
        frozenset(grid.get("alternatives", ())),
    )


@dataclass(frozen=True, slots=True)
class Mark:
    """A text for one place of the preprinted form; `row` counts from 0 in its table."""

    place: str
    text: str
    table: str = ""
    row: int = 0


@dataclass(slots=True)
class Page:
    """One sheet of paper: each box in words, the tables row by row, and the marks of the overlay."""

    boxes: dict[str, str] = field(default_factory=dict)
    tables: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    marks: list[Mark] = field(default_factory=list)
    number: int = 1
    of: int = 1


def blank_pages(form: Layout, lines: int) -> list[tuple[Page, slice]]:
    """The pages that `lines` service lines need, at least one, each with the lines that stand on it."""
    size = form.tables["lines"].lines
    starts = range(0, max(lines, 1), size)
    return [(Page(number=at + 1, of=len(starts)), slice(start, start + size)) for at, start in enumerate(starts)]


class Filling:
    """Fills pages of one claim and notes what a form cannot hold. Nothing is cut: what is too long stays off the
    overlay, is whole on the readable page, and is an error that names the box."""

    def __init__(self, form: Layout, claim_number: str) -> None:
        self.form = form
        self.findings: list[Finding] = []
        self._about = f"Claim {claim_number or 'without number'}"

    def put(self, page: Page, box: str, text: str, /, **marks: str) -> None:
        """Box in words, and its marks by the part behind the box number (`month` stands for `3.month`)."""
        if text:
            page.boxes[box] = text
        for part, value in (marks or {"": text}).items():
            self.mark(page, f"{box}.{part}" if part else box, value)

    def mark(self, page: Page, place: str, text: str, table: str = "", row: int = 0) -> None:
        """One text of the overlay, in capitals as the forms want it."""
        if not text:
            return
        room, normal = self.form.places[place].most, self.form.places[place].characters
        box = place.split(".", maxsplit=1)[0]
        where = f"box {box}" + (f", row {row + 1}" if table else "")
        where += f" of page {page.number}" if table and page.of > 1 else ""
        if len(text) > room:
            self._note(
                "CL-0701",
                Severity.ERROR,
                f"{where} holds {room} characters and the text has {len(text)}; it was left off the printed form",
                "Shorten the text in the encounter, or send the claim electronically.",
            )
            return
        if len(text) > normal:
            self._note(
                "CL-0704",
                Severity.INFO,
                f"{where} holds {normal} characters and the text has {len(text)}; it is printed narrower",
                "Shorten the text in the encounter if the payer reads forms by machine.",
            )
        page.marks.append(Mark(place, text.upper(), table, row))

    def overflow(self, box: str, what: str, severity: Severity = Severity.ERROR) -> None:
        """Note that `box` cannot show everything: `what` is left out."""
        self._note(
            "CL-0702",
            severity,
            f"box {box}: {what}",
            "Check whether the payer needs it; the electronic claim carries it.",
        )

    def remark(self, message: str, fix: str) -> None:
        """Note something a person must do with the paper."""
        self._note("CL-0703", Severity.INFO, message, fix)

    def _note(self, rule: str, severity: Severity, message: str, fix: str) -> None:
        found = Finding(rule, severity, f"{self._about}: {message}.", fix, self.form.title)
        if found not in self.findings:
            self.findings.append(found)
