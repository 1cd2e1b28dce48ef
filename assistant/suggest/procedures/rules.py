"""The lists beside this module, read once: cue words, drug names, and things handed out."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from assistant.chart.lexicon import TrieLexicon
from corpus.lexicon.words import drugs, rows
from corpus.sources import hcpcs_starter

FOLDER = Path(__file__).with_name("rules")
NOT_PROPOSED = "-"
"""In place of a code: the name is known and leads to none."""
INJECTED = frozenset(
    {"injected drug", "cancer drug", "biosimilar", "skin, eye, joint or implanted drug", "fertility drug"}
)
NEBULIZED, FLUID, DEVICE = "drug for nebulizer", "infusion fluid", "contraceptive"
_GROUPS = INJECTED | {NEBULIZED, FLUID, DEVICE}
_NAME_ENDS = re.compile(
    r"(?:,|\(| injection\b| infusion\b| given by\b| unit dose\b| by nebulizer\b| depot\b| monthly\b| weekly\b| for\b| in\b).*"
)
_SHORTEST = 5
"""Letters of the shortest name taken from the lists without a look; shorter ones are in names.tsv."""


@dataclass(frozen=True, slots=True)
class Item:
    """A thing that is handed out or put on, a vaccine or a screening."""

    also: str
    code: str
    child: str
    supported: bool
    """Whether the words alone name what the code stands for."""
    others: tuple[str, ...]
    ask: str


def _split(cell: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in cell.split("|") if part.strip())


@cache
def cues() -> TrieLexicon:
    """Cue phrases; the term is the class."""
    return TrieLexicon(
        (phrase, kind)
        for kind, phrases in rows(FOLDER / "cues.tsv", ("class", "phrases"))
        for phrase in _split(phrases)
    )


@cache
def drug_codes() -> dict[str, tuple[str, ...]]:
    """HCPCS codes by drug name in lower case; none for a name that is known and leads nowhere."""
    own = {
        name.removeprefix("=").lower(): () if codes == NOT_PROPOSED else _split(codes)
        for names, codes in rows(FOLDER / "names.tsv", ("names", "codes"))
        for name in _split(names)
    }
    listed: dict[str, set[str]] = {}
    groups = starter_groups()
    for one in hcpcs_starter.starter_codes():
        if one.group in _GROUPS and not one.note.startswith("Believed"):
            listed.setdefault(_NAME_ENDS.sub("", one.name).strip().lower(), set()).add(one.code)
    for drug in drugs():
        if drug.hcpcs and groups.get(drug.hcpcs, ("", ""))[0] in _GROUPS:
            listed.setdefault(drug.brand.lower(), set()).add(drug.hcpcs)
    sure = {name: tuple(codes) for name, codes in listed.items() if len(codes) == 1 and len(name) >= _SHORTEST}
    return {**sure, **own}


@cache
def starter_groups() -> dict[str, tuple[str, str]]:
    """(group, billing unit) by HCPCS code."""
    return {one.code: (one.group, one.unit) for one in hcpcs_starter.starter_codes()}


@cache
def items() -> tuple[Item, ...]:
    """Rows of items.tsv in file order."""
    return tuple(item for item, _ in _items())


@cache
def _items() -> tuple[tuple[Item, tuple[str, ...]], ...]:
    header = ("phrases", "also", "code", "child", "level", "others", "ask")
    return tuple(
        (Item(also, code, child, level == "supported", _split(others), ask), _split(phrases))
        for phrases, also, code, child, level, others, ask in rows(FOLDER / "items.tsv", header)
    )


@cache
def things() -> TrieLexicon:
    """Drug names (`drug:NAME`) and items (`item:NUMBER`)."""
    named = ((name, f"drug:{name}") for name in drug_codes())
    handed = ((phrase, f"item:{at}") for at, (_, phrases) in enumerate(_items()) for phrase in phrases)
    return TrieLexicon((*named, *handed))
