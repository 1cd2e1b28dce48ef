"""Suites by name: which parts, which case files."""

import dataclasses
from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.errors import InputError
from evals.adapters import codiesp, mdace, outside
from evals.cases.lines import CASES, case_files
from evals.parts import assertions, billing, notes, procedure_notes, remits, rules, searches, traps
from evals.parts.part import Part

PARTS: dict[str, Part] = {
    part.name: part
    for part in (
        notes.PART,
        searches.PART,
        searches.BLIND,
        searches.PROCEDURES,
        searches.SUPPLIES,
        procedure_notes.PART,
        assertions.PART,
        traps.PART,
        traps.BLIND,
        rules.PART,
        remits.PART,
        billing.PART,
        billing.QUESTIONS,
    )
}

FILES = {
    "notes": ("notes",),
    "search": ("search",),
    "search_blind": ("search_blind",),
    "procedures": ("search_procedures",),
    "supplies": ("search_supplies",),
    "procedure_notes": ("procedure_notes", "procedure_notes_test"),
    "assertions": ("assertion_traps",),
    "traps": ("traps",),
    "traps_blind": ("traps_blind",),
    "rules": ("rules", "guideline_rules"),
    "remit": ("remits",),
    "billing": ("billing",),
    "questions": ("questions",),
}
"""Part -> case files or folders under `cases/`."""


def files_of(part: str, root: Path = CASES) -> tuple[Path, ...]:
    """The case files of a part."""
    return tuple(path for name in FILES[part] for path in case_files(name, root))


SEARCHES = ("search", "search_blind", "procedures", "supplies")
"""Parts of the suite `search`."""
ALSO_SHOWN = {
    "codiesp": ("mean_recall_at_10", "map"),
    "notes": ("recall_at_max_10",),
    "visits": ("recall_at_max_10",),
}
"""Suite -> metrics of its notes printed behind the headline, because a goal is set in them."""
VISIT_GOLD = "visit_notes.jsonl"
"""Gold of visit notes whose text stays outside."""

PUBLIC: dict[str, Callable[[Path], Sequence[Any]]] = {
    "codiesp": codiesp.load_cases,
    "mdace": mdace.load_cases,
    "visits": lambda folder: outside.load_cases(CASES / VISIT_GOLD, folder / "notes.jsonl"),
}
"""Suites over data that is read from a path and never shipped."""


def shown(name: str, part: str, metrics: Container[str]) -> tuple[str, ...]:
    """The metrics of a part that are printed for the suite `name`; those of `metrics` alone, as old runs lack some."""
    also = ALSO_SHOWN.get(name, ()) if part == "notes" else ()
    return tuple(metric for metric in (*PARTS[part].headline, *also) if metric in metrics)


@dataclass(frozen=True, slots=True)
class Block:
    """One part of a suite with its case files."""

    part: Part
    files: tuple[Path, ...]


def suite(name: str, root: Path = CASES, data: Path | None = None) -> list[Block]:
    """The blocks of a suite. `first` is the quick one; a part's own name is that part; `all` is every part with cases;
    `codiesp`, `mdace` and `visits` read the folder `data`.

    Raises InputError for an unknown name, a suite without cases, or a folder that is not there.
    """
    if name in PUBLIC:
        if data is None or not data.is_dir():
            raise InputError(f"The suite {name} reads a folder that is not shipped; name it with --data FOLDER.")
        return [Block(dataclasses.replace(PARTS["notes"], load=PUBLIC[name]), (data,))]
    if name == "first":
        blocks = [
            Block(PARTS["notes"], (root / "notes" / "first.jsonl",)),
            Block(PARTS["search"], files_of("search", root)),
        ]
    elif name == "search":
        blocks = [Block(PARTS[part], files_of(part, root)) for part in SEARCHES]
        blocks = [block for block in blocks if block.files]
    elif name in PARTS:
        blocks = [Block(PARTS[name], files_of(name, root))]
    elif name == "all":
        blocks = [Block(part, files_of(key, root)) for key, part in PARTS.items()]
        blocks = [block for block in blocks if block.files]
    else:
        raise InputError(f"There is no suite named {name}; choose first, all, {', '.join([*PARTS, *PUBLIC])}.")
    for block in blocks:
        if not block.files:
            raise InputError(f"The suite {name} has no cases yet; see evals/README.md for how to write them.")
    return blocks
