"""The order of loops and segments in an 837, from data; and the two ways along it: placing and sorting."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from assistant.claim.claim import ClaimForm

Elements = tuple[str, ...]
"""A segment: its name, then its elements; components joined by `:`, no trailing empty elements."""


class Place(NamedTuple):
    """A loop of one claim. `parent` counts the other payer (2320) or line (2400) it belongs to, 0 outside them;
    `occurrence` counts loops of the same kind within that, both from 1."""

    loop: str
    parent: int = 0
    occurrence: int = 1


@dataclass(frozen=True)
class Structure:
    """One implementation guide's order. Made by `structure`."""

    loops: dict[str, int]
    """Loop -> rank."""
    segments: dict[tuple[str, str, str], int]
    """(loop, segment, qualifier or empty) -> rank."""
    entries: dict[tuple[str, str, str], str]
    """(section, segment, qualifier or empty) -> loop that such a segment opens."""

    def rank(self, loop: str, elements: Elements) -> int:
        """Place of a segment within its loop; unknown segments come last."""
        name = elements[0]
        qualifier = elements[1].partition(":")[0] if len(elements) > 1 else ""
        found = self.segments.get((loop, name, qualifier))
        return self.segments.get((loop, name, ""), 999) if found is None else found

    def sort_key(self, place: Place) -> tuple[int, int, int, int]:
        """Order of loops within a claim: an other payer or a line stays together with what hangs on it."""
        anchor = section_of(place.loop)
        return (self.loops[anchor], place.parent, self.loops[place.loop], place.occurrence)

    def opens(self, section: str, elements: Elements) -> str | None:
        """The loop that this segment opens within `section`, if any."""
        qualifier = elements[1].partition(":")[0] if len(elements) > 1 else ""
        return self.entries.get((section, elements[0], qualifier)) or self.entries.get((section, elements[0], ""))

    def ordered(self, loops: dict[Place, list[Elements]]) -> Iterable[tuple[Place, list[Elements]]]:
        """Loops and their segments in the order the guide wants; equal ranks keep their order."""
        for place in sorted(loops, key=self.sort_key):
            yield place, sorted(loops[place], key=lambda elements: self.rank(place.loop, elements))


def section_of(loop: str) -> str:
    """The anchor of a loop: 2010BA hangs on 2000B, 2310B on 2300, 2330A on 2320, 2420A on 2400."""
    if loop.startswith("20"):
        return "2000" + loop[4]
    if loop.startswith("10"):
        return "1000"
    return {"230": "2300", "231": "2300", "232": "2320", "233": "2320"}.get(loop[:3], "2400")


@cache
def structure(form: ClaimForm) -> Structure:
    """The order of a form's guide, read once."""
    text = (files("assistant.claim.guides") / f"{form.value}.tsv").read_text("utf-8")
    loops: dict[str, int] = {}
    segments: dict[tuple[str, str, str], int] = {}
    entries: dict[tuple[str, str, str], str] = {}
    rows = (line.split("\t") for line in text.splitlines() if not line.startswith(("#", "loop\t")))
    for rank, (loop, segment, qualifiers, _usage, _most) in enumerate(rows):
        first = loop not in loops
        loops.setdefault(loop, rank)
        for qualifier in qualifiers.split() or [""]:
            segments.setdefault((loop, segment, qualifier), rank)
            if first and loop != section_of(loop):
                entries[section_of(loop), segment, qualifier] = loop
        segments.setdefault((loop, segment, ""), rank)
    return Structure(loops, segments, entries)
