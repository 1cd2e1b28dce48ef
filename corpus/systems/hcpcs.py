"""HCPCS Level II: supplies, drugs and services, with their modifiers."""

import re

from corpus.codes import CodeSystem
from corpus.systems.system import System


class Hcpcs(System):
    """A starter set in our own words until the official file is imported."""

    id = CodeSystem.HCPCS
    label = "HCPCS Level II"
    code_shape = re.compile(r"[A-V]\d{1,4}|[A-Z][A-Z0-9]", re.I)
    absent = "no HCPCS codes are loaded; import the official file with `superbill corpus import FILE`"


SYSTEM = Hcpcs()
