"""CPT: the American Medical Association's; nothing of it is shipped. A site imports its licensed file."""

import re

from corpus.codes import CodeSystem
from corpus.systems.system import System


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


SYSTEM = Cpt()
