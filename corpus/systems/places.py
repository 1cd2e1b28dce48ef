"""Places of service: the two digits on every professional claim line."""

import re

from corpus.codes import CodeSystem
from corpus.systems.system import System


class Places(System):
    """CMS's place-of-service codes."""

    id = CodeSystem.PLACE
    label = "Place of service"
    code_shape = re.compile(r"\d{2}")


SYSTEM = Places()
