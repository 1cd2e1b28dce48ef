"""Imported HCPCS Level II and CPT releases as nodes, with a chapter for each letter or section so that they can be browsed."""

from collections.abc import Iterable, Iterator, Sequence

from corpus.codes import Node
from corpus.sources.hcpcs_file import HcpcsRow
from corpus.sources.licensed import CptRow

MODIFIERS = "modifier"
_LETTERS = {
    "A": "Transport, supplies, contrast and tracers",
    "B": "Feeding by tube or vein",
    "C": "Items of hospital outpatient payment",
    "E": "Equipment for the home",
    "G": "Services and procedures, temporary codes",
    "H": "Mental health and addiction",
    "J": "Drugs not taken by mouth, and cancer drugs",
    "K": "Equipment, temporary codes",
    "L": "Braces and artificial limbs",
    "M": "Medical services and quality",
    "P": "Laboratory and blood",
    "Q": "Temporary codes",
    "R": "Transport of X-ray equipment",
    "S": "Codes of private payers",
    "T": "Codes of Medicaid",
    "U": "Coronavirus tests",
    "V": "Vision and hearing",
}
"""Our words for what the codes of a letter are."""
_SECTIONS = (
    ("00100", "01999", "Anesthesia"),
    ("10004", "69990", "Surgery"),
    ("70010", "79999", "Radiology"),
    ("80047", "89398", "Laboratory and pathology"),
    ("99202", "99499", "Evaluation and management"),
    ("90281", "99607", "Medicine"),
)
"""Ranges of code numbers, the narrower before the wider."""
_CATEGORIES = {
    "F": "Category II",
    "T": "Category III",
    "U": "Laboratory analyses of one maker",
    "M": "Multianalyte assays",
}


def hcpcs_nodes(rows: Sequence[HcpcsRow], starter: Iterable[Node] = ()) -> Iterator[Node]:
    """Chapters, codes and modifiers of an official file.

    Of the `starter` set are kept what it says beside a code (billing unit, group) and the modifiers with a number, which are
    CPT's, are in no file of CMS, and have our words.
    """
    ours = {node.code: node for node in starter if node.kind != "chapter"}
    listed = {row.code for row in rows}
    numbered = [node for node in ours.values() if _is_numbered(node) and node.code not in listed]
    for letter in sorted({row.code[:1] for row in rows if not row.modifier}):
        yield Node(f"{letter} codes", _LETTERS.get(letter, f"Codes with {letter}"), "chapter", None, "", False)
    if numbered or any(row.modifier for row in rows):
        yield Node(MODIFIERS, "Modifiers", "chapter", None, "", False)
    for row in rows:
        refers = f"refers to {', '.join(row.references)}" if row.references else ""
        kept = ours[row.code].detail if row.code in ours else ""
        yield Node(
            code=row.code,
            title=row.long or row.short,
            kind="modifier" if row.modifier else "code",
            parent=MODIFIERS if row.modifier else f"{row.code[:1]} codes",
            stem=row.code,
            billable=not row.modifier,
            short=row.short,
            valid_from=row.added,
            valid_to=row.terminated,
            detail="; ".join(filter(None, (kept, refers))),
        )
    for node in numbered:
        yield Node(node.code, node.title, "modifier", MODIFIERS, node.code, False, short=node.short, detail=node.detail)


def _is_numbered(node: Node) -> bool:
    return node.kind == "modifier" and node.code.isdigit()


def cpt_nodes(rows: Sequence[CptRow]) -> Iterator[Node]:
    """Chapters, codes and modifiers of a licensed file."""
    chapters = {row.code: _chapter(row.code) for row in rows}
    for chapter, title in dict.fromkeys(chapters.values()):
        yield Node(chapter, title, "chapter", None, "", False)
    for row in rows:
        modifier = len(row.code) == 2
        yield Node(
            code=row.code,
            title=row.description,
            kind="modifier" if modifier else "code",
            parent=chapters[row.code][0],
            stem=row.code,
            billable=not modifier,
            short=row.short,
            valid_from=row.starts,
            valid_to=row.ends,
        )


def _chapter(code: str) -> tuple[str, str]:
    """(node, title) of the chapter that a code stands in."""
    if len(code) == 2:
        return MODIFIERS, "Modifiers"
    if code[-1].isalpha():
        return f"{code[-1]} codes", _CATEGORIES.get(code[-1], "Other codes")
    found = ((f"{first}-{last}", name) for first, last, name in _SECTIONS if first <= code <= last)
    return next(found, ("others", "Other codes"))
