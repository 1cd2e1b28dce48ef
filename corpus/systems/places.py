"""Places of service: the two digits on every professional claim line."""

import re
from collections.abc import Mapping

from corpus.codes import CodeSystem, Release
from corpus.editions import Edition
from corpus.lexicon.words import Sense
from corpus.sources.places import READING, places_sha256, read_places
from corpus.systems.system import System


class Places(System):
    """CMS's place of service codes, named by us."""

    id = CodeSystem.PLACE
    label = "Place of service"
    code_shape = re.compile(r"\d{1,2}")
    undated_note = "validity by date unknown"

    def packaged(self) -> Edition:
        """The list that is shipped; CMS gives most of its codes no days."""
        release = Release(CodeSystem.PLACE, "shipped", "Place of service codes", "Superbill", "", "")
        return Edition(release, {"places.tsv": places_sha256(), "reading": READING}, read_places)

    def abbreviations(self) -> Mapping[str, tuple[Sense, ...]]:
        """None is opened: SNF, ASC and their like are among the names."""
        return {}


SYSTEM = Places()
