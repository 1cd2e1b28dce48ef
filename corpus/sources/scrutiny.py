"""Checks on the codes of a release before it is installed, and how it differs from the one in use."""

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from corpus.codes import CodeSystem, Node
from corpus.sources import hcpcs_file, licensed

LARGEST_FALL = 0.05
"""A release with this share of codes less than the one before is probably not whole."""
_FEW = 4
"""Codes on which a release may differ from the validity tables without a doubt; the two agreed on all of FY2026's 74,719."""
EXAMPLES = 5
_ICD10CM = re.compile(r"(?=.*\d)[A-Z][0-9A-Z]{2}(?:\.[0-9A-Z]{1,4})?")
_ICD10PCS = re.compile(r"[0-9A-HJ-NP-Z]{3,7}")
_SHAPES: Mapping[CodeSystem, tuple[re.Pattern[str], re.Pattern[str]]] = {
    CodeSystem.ICD10CM: (_ICD10CM, _ICD10CM),
    CodeSystem.ICD10PCS: (_ICD10PCS, _ICD10PCS),
    CodeSystem.HCPCS: (hcpcs_file.SHAPE, hcpcs_file.MODIFIER_SHAPE),
    CodeSystem.CPT: (licensed.SHAPE, licensed.MODIFIER_SHAPE),
}
"""System -> shape of a code, shape of a modifier."""


@dataclass(frozen=True, slots=True)
class Sifted:
    """Nodes fit to be installed. `doubts` need the site's word before anything is installed; `remarks` do not."""

    nodes: tuple[Node, ...]
    doubts: tuple[str, ...]
    remarks: tuple[str, ...]


def sift(system: CodeSystem, nodes: Iterable[Node]) -> Sifted:
    """Leave out what cannot stand in a release (bad shape, second of a code, no title), and say so."""
    kept: dict[str, Node] = {}
    misshapen: list[str] = []
    doubled: list[str] = []
    untitled: list[str] = []
    repeated = 0
    code_shape, modifier_shape = _SHAPES[system]
    for node in nodes:
        shape = modifier_shape if node.kind == "modifier" else code_shape
        if node.kind in ("code", "modifier") and not shape.fullmatch(node.code):
            misshapen.append(node.code[:12] if system is not CodeSystem.CPT else "")
        elif node.code in kept:
            if kept[node.code].title == node.title:
                repeated += 1
            else:
                doubled.append(node.code)
        elif not node.title:
            untitled.append(node.code)
        else:
            kept[node.code] = node
    orphans = [node.code for node in kept.values() if node.parent and node.parent not in kept]
    for code in orphans:
        kept[code] = replace(kept[code], parent=None)
    doubts = (
        _listed(misshapen, "{} of a shape this system does not have; left out"),
        _listed(doubled, "{} given twice with different titles; the first is kept"),
        _listed(untitled, "{} without a title; left out"),
        _listed(orphans, "{} whose parent is not in the files; they stand alone"),
    )
    remarks = (f"{repeated:,} lines repeat a code with the same title",) if repeated else ()
    return Sifted(tuple(kept.values()), tuple(filter(None, doubts)), remarks)


def confirmed(nodes: Sequence[Node], valid_on: Callable[[str], bool | None]) -> tuple[Node, ...]:
    """`nodes` without the codes that `valid_on` rejects among those a 7th character makes; their stems no longer offer it."""
    rejected = {node.code for node in nodes if node.stem not in ("", node.code) and valid_on(node.code) is False}
    if not rejected:
        return tuple(nodes)
    gone = {(node.stem, node.code[-1]) for node in nodes if node.code in rejected}
    kept = (node for node in nodes if node.code not in rejected)
    return tuple(
        replace(node, seventh=tuple(pair for pair in node.seventh if (node.code, pair[0]) not in gone))
        if node.seventh
        else node
        for node in kept
    )


def _listed(codes: Sequence[str], sentence: str) -> str:
    if not codes:
        return ""
    shown = ", ".join(filter(None, codes[:EXAMPLES])) + (" ..." if len(codes) > EXAMPLES else "")
    counted = sentence.format(f"{len(codes):,} code{'s' if len(codes) > 1 else ''}")
    return f"{counted}: {shown}" if any(codes) else counted


def fall(nodes: Sequence[Node], before: Sequence[Node]) -> str:
    """A sentence when the release has far fewer codes than the one before, else ""."""
    now, then = sum(node.billable for node in nodes), sum(node.billable for node in before)
    if then and now < then * (1 - LARGEST_FALL):
        share = 100 * (then - now) / then
        return f"{now:,} codes where the release in use has {then:,}: {share:.0f} % fewer; the files may not be whole"
    return ""


def against_validity(
    nodes: Iterable[Node], before: Iterable[Node], starts: str, valid_on: Callable[[str, dt.date], bool | None]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(doubts, remarks) where the validity tables say something else about the first day of the release.

    Codes of the file that they reject, and codes of the release before (`before`) that they accept and the file lacks. This
    tells last year's files from this year's, which differ in few codes.
    """
    day = dt.date.fromisoformat(starts) if starts else None
    codes = [node.code for node in nodes if node.billable and node.kind == "code"]
    if not day or not codes or valid_on(codes[0], day) is None:
        return (), ()
    have = set(codes)
    strange = [code for code in codes if valid_on(code, day) is False]
    lost = [node.code for node in before if node.billable and node.code not in have and valid_on(node.code, day)]
    sentences = (
        (strange, f"{{}} not valid on {starts} by the validity tables; is this the release you mean?"),
        (lost, f"{{}} valid on {starts} by the validity tables but not in the files"),
    )
    told = [(len(found) > _FEW, _listed(found, sentence)) for found, sentence in sentences if found]
    return tuple(text for doubt, text in told if doubt), tuple(text for doubt, text in told if not doubt)


@dataclass(frozen=True, slots=True)
class Differences:
    """How a release differs from another: counts, and the first few of each as (code, words)."""

    against: str
    """Title of the release compared with; "" when there is none."""
    added: int = 0
    removed: int = 0
    changed: int = 0
    added_examples: tuple[tuple[str, str], ...] = ()
    removed_examples: tuple[tuple[str, str], ...] = ()
    changed_examples: tuple[tuple[str, str, str], ...] = ()
    """(code, title before, title now)."""


def differences(nodes: Iterable[Node], before: Iterable[Node], against: str) -> Differences:
    """Codes and modifiers added, removed, and with another title (spacing and case aside)."""
    now = {node.code: node.title for node in nodes if node.kind in ("code", "modifier")}
    then = {node.code: node.title for node in before if node.kind in ("code", "modifier")}
    added = [code for code in now if code not in then]
    removed = [code for code in then if code not in now]
    changed = [code for code, title in now.items() if code in then and _folded(title) != _folded(then[code])]
    return Differences(
        against,
        len(added),
        len(removed),
        len(changed),
        tuple((code, now[code]) for code in added[:EXAMPLES]),
        tuple((code, then[code]) for code in removed[:EXAMPLES]),
        tuple((code, then[code], now[code]) for code in changed[:EXAMPLES]),
    )


def _folded(title: str) -> str:
    return " ".join(title.casefold().split())
