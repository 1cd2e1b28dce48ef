"""The words coders type, as data: abbreviations with senses, lay terms, spelling and eponym variants, drug names.

Each list is a tab-separated file beside this module: lines starting with `#` say what it is and where it comes from,
the first other line is the header. The lists are written by us from common knowledge; codes are ICD-10-CM FY2026.
Codes of injuries and external causes are stems, without the 7th character that states the encounter.
"""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from corpus.errors import CorpusError

FOLDER = Path(__file__).parent
KINDS = ("diagnosis", "symptom", "procedure", "anatomy", "drug", "lab", "other")
VARIANT_KINDS = ("british", "eponym", "spanish", "misspelling")
_ENGLISH = """
    add age aids all an ant ape art as bad be bed bun charge chi come cop cows crest cup did dip dish dot dress dub em
    en fit from gas gave gist has he hit id load mac map mash mat men mis net oasis odd oh on pad pan pea pep pet pop
    prep prom rad ras sad sam sib sis slap tee ten tips traps us vain vats
"""
ENGLISH = frozenset(_ENGLISH.split())
"""Lower-case English words that are an abbreviation only in the written form of the list (`AS`, not `as`)."""


@dataclass(frozen=True, slots=True)
class Sense:
    """One meaning of an abbreviation as US notes use it."""

    abbreviation: str
    """As people write it: case can tell senses apart (`mm` millimeters, `MM` multiple myeloma)."""
    expansion: str
    """Written towards the titles of the code book."""
    rank: int
    """1 is the most common sense of this abbreviation, whatever its case."""
    cues: tuple[str, ...]
    """Lower-case words or phrases nearby that choose this sense; none marks the default of this written form."""
    kind: str
    """One of `KINDS`."""


@dataclass(frozen=True, slots=True)
class Term:
    """A lay or colloquial term and the code it means when nothing more is said."""

    term: str
    code: str


@dataclass(frozen=True, slots=True)
class Variant:
    """Another spelling or name for a standard wording; `code` is None where the wording alone decides none."""

    variant: str
    standard: str
    kind: str
    """One of `VARIANT_KINDS`."""
    code: str | None


@dataclass(frozen=True, slots=True)
class Drug:
    """A brand name with its generic; `long_term_code` (Z79) and `hcpcs` are None where there is none."""

    brand: str
    generic: str
    drug_class: str
    usual_indication: str
    long_term_code: str | None
    hcpcs: str | None


def rows(path: Path, header: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """The rows of the tab-separated list at `path`, which must have exactly the columns of `header`.

    Raises CorpusError naming file and line when the header or a row does not fit.
    """
    seen_header = False
    with path.open(encoding="utf-8", newline="") as lines:
        for number, cells in enumerate(csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE), start=1):
            if not cells or cells[0].startswith("#"):
                continue
            if not seen_header:
                if tuple(cells) != header:
                    raise CorpusError(f"{path.name} line {number}: expected the columns {', '.join(header)}.")
                seen_header = True
                continue
            if len(cells) != len(header):
                raise CorpusError(f"{path.name} line {number}: expected {len(header)} columns, found {len(cells)}.")
            yield tuple(cells)


@lru_cache(maxsize=1)
def abbreviations() -> dict[str, tuple[Sense, ...]]:
    """Senses by case-folded abbreviation, most common first."""
    found: dict[str, list[Sense]] = {}
    path = FOLDER / "abbreviations.tsv"
    for short, expansion, rank, cues, kind in rows(path, ("abbreviation", "expansion", "rank", "cues", "kind")):
        one = Sense(short, expansion, int(rank), tuple(cues.split("|")) if cues else (), kind)
        found.setdefault(short.casefold(), []).append(one)
    return {key: tuple(sorted(senses, key=lambda one: one.rank)) for key, senses in found.items()}


def sense(short: str, nearby: str = "") -> Sense | None:
    """The sense `short` has beside the words `nearby`, or None when it is unknown or nothing chooses one."""
    return choose_sense(abbreviations().get(short.casefold(), ()), short, nearby)


def choose_sense(senses: tuple[Sense, ...], written: str, nearby: str) -> Sense | None:
    """The one of `senses` that `written` has beside the words `nearby`; None when nothing chooses one.

    Most cues found win; then the default of the exact written form; then the default of any form. Equal counts go to
    the exact form, then to the more common sense.
    """
    known = fitting(senses, written)
    if not known:
        return None
    text = " ".join(re.findall(r"[^\s,;:.()]+", nearby.casefold()))
    padded = f" {text} "

    def standing(one: Sense) -> tuple[int, bool, bool, int]:
        found = sum(f" {cue} " in padded for cue in one.cues)
        return found, not one.cues, one.abbreviation == written, -one.rank

    best = max(known, key=standing)
    return best if not best.cues or standing(best)[0] else None


def fitting(senses: tuple[Sense, ...], written: str) -> tuple[Sense, ...]:
    """The senses that this written form can have: a lower-case English word only those listed in just that form."""
    return tuple(one for one in senses if one.abbreviation == written) if written in ENGLISH else senses


@lru_cache(maxsize=1)
def lay_terms() -> tuple[Term, ...]:
    """Lay terms in file order."""
    return tuple(Term(term, code) for term, code in rows(FOLDER / "lay_terms.tsv", ("term", "code")))


@lru_cache(maxsize=1)
def variants() -> tuple[Variant, ...]:
    """British spellings, eponyms, Spanish lay terms and common misspellings in file order."""
    return tuple(
        Variant(variant, standard, kind, code or None)
        for variant, standard, kind, code in rows(FOLDER / "variants.tsv", ("variant", "standard", "kind", "code"))
    )


@lru_cache(maxsize=1)
def drugs() -> tuple[Drug, ...]:
    """Brand names with their generics in file order."""
    header = ("brand", "generic", "drug_class", "usual_indication", "long_term_code", "hcpcs")
    return tuple(
        Drug(brand, generic, drug_class, use, long_term or None, hcpcs or None)
        for brand, generic, drug_class, use, long_term, hcpcs in rows(FOLDER / "drugs.tsv", header)
    )
