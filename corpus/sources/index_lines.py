"""What the readers of the alphabetic index share: its parts, the columns of its tables, and codes as it prints them."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from corpus.codes import IndexTerm

DISEASES, NEOPLASMS, DRUGS, EXTERNAL = "diseases", "neoplasms", "drugs", "external"
"""The parts of the ICD-10-CM index, as `IndexTerm.source` names them."""
NEOPLASM_COLUMNS = ("malignant_primary", "malignant_secondary", "in_situ", "benign", "uncertain", "unspecified")
"""Columns of the table of neoplasms, in the order of its cells."""
DRUG_COLUMNS = (
    "poisoning_accidental",
    "poisoning_self_harm",
    "poisoning_assault",
    "poisoning_undetermined",
    "adverse_effect",
    "underdosing",
)
"""Columns of the table of drugs and chemicals, in the order of its cells."""
MANIFESTATION = "manifestation"
"""Column of the second code of a pair, which the index prints in brackets."""

_CODE = r"(?=\w?\w?\d)[A-Z][0-9A-Z]{2}(?:\.[0-9A-Z]{1,4})?"
"""A category may have a letter in second place: QA0 is one."""
_PRINTED = re.compile(rf"(?P<code>{_CODE})\.?(?P<more>-?)")
_BRACKETED = re.compile(rf"\[(?P<code>{_CODE})-?\]")


@dataclass(frozen=True, slots=True)
class Index:
    """One part of an index, lines in file order. `version` is the year the file states, "" when it states none."""

    source: str
    version: str
    terms: tuple[IndexTerm, ...]


def printed_code(raw: str) -> tuple[str, str]:
    """(code, manifestation) of a printed code: `E85.4 [I43]`, `I63.-` as `I63.-`; ("", "") for a cell that says none."""
    text = " ".join(raw.replace("✓", "").split())
    bracketed = _BRACKETED.search(text)
    manifestation = bracketed["code"] if bracketed else ""
    found = _PRINTED.fullmatch(_BRACKETED.sub("", text).strip())
    if not found:
        return "", manifestation
    code = found["code"]
    return (f"{code}{'' if '.' in code else '.'}-" if found["more"] else code), manifestation


def settled(see: str, code: str) -> tuple[str, str]:
    """(see, code) where "see category I01" is a reference, not the code of the line itself."""
    if code and see.strip().lower().startswith("categor"):
        return f"{see.strip()} {code}", ""
    return see, code


def renumbered(parts: Iterable[Iterable[IndexTerm]]) -> tuple[IndexTerm, ...]:
    """Several parts, each numbered from 0, as one index numbered from 0."""
    from dataclasses import replace

    joined: list[IndexTerm] = []
    for part in parts:
        first = len(joined)
        places: dict[int, int] = {}
        for place, term in enumerate(part, first):
            places[term.number] = place
            parent = None if term.parent is None else places[term.parent]
            joined.append(replace(term, number=place, parent=parent))
    return tuple(joined)
