"""CMS's place of service codes under names of our own: corpus/lexicon/places.tsv."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from corpus.codes import Node
from corpus.lexicon.words import FOLDER, rows

PLACES = FOLDER / "places.tsv"
READING = "2"
"""Raised when other nodes are made of the same file."""


@dataclass(frozen=True, slots=True)
class Place:
    """One place of service."""

    code: str
    """Two digits."""
    name: str
    setting: str
    """`facility` or `non-facility`: the rate at which Medicare pays a clinician there; "" where none is set or known."""
    synonyms: tuple[str, ...]
    source: str


@lru_cache(maxsize=1)
def places() -> tuple[Place, ...]:
    """All places in order of their codes. Raises CorpusError naming file and line when the list is damaged."""
    header = ("code", "name", "setting", "synonyms", "source")
    return tuple(
        Place(code, name, setting, tuple(filter(None, synonyms.split("|"))), source)
        for code, name, setting, synonyms, source in rows(PLACES, header)
    )


def read_places() -> Iterator[Node]:
    """Every place as a node; its title says at which rate Medicare pays a clinician there."""
    for one in places():
        rate = f"{one.setting} rate" if one.setting else ""
        title = f"{one.name} ({rate})" if rate else one.name
        terms = (one.name, *one.synonyms)
        yield Node(one.code, title, "code", None, one.code, True, terms=terms, short=one.name, detail=rate)


def places_sha256() -> str:
    """sha256 of the list."""
    with PLACES.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
