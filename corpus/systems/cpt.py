"""CPT: the American Medical Association's; nothing of it is shipped. A site imports its licensed file."""

import re

from corpus.codes import CodeSystem
from corpus.systems.system import System

_SHAPE = re.compile(r"\d{4}[\dFTUM]|00\d{2}A")


class Cpt(System):
    """Professional services, from the site's licensed file only."""

    id = CodeSystem.CPT
    label = "CPT"
    code_shape = re.compile(r"\d{4}[\dFTUAM]|\d{2,4}", re.I)
    absent = (
        "no CPT codes are loaded: CPT is licensed by the AMA and not shipped; "
        "import the site's licensed file with `superbill corpus import FILE --columns code=...,description=...`"
    )
    undated_note = "from the site's licensed file; validity by date unknown"


def told_of_cpt(text: str) -> str:
    """What is said, in another system's search, of a query that has the shape of a CPT code; else ""."""
    bare = text.strip().upper()
    if not _SHAPE.fullmatch(bare):
        return ""
    return (
        f"{bare} has the shape of a CPT code. CPT belongs to the American Medical Association and is not shipped: "
        "import the site's licensed file with `superbill corpus import FILE --columns code=...,description=...` "
        "and search with --system cpt."
    )


SYSTEM = Cpt()
