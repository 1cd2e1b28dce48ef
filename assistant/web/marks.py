"""Overlapping spans of a note as disjoint pieces, so that no word of the chart is shown twice."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any


@dataclass(frozen=True, slots=True)
class Mark:
    """A span of the note and what it stands for: a code, or a mention that was not coded."""

    start: int
    end: int
    kind: str
    """One of `KINDS`; the first of these wins where marks overlap."""
    label: str
    """The code, or why it was not coded."""
    number: int = 0
    """The rank shown beside a selected code; 0 for none."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text under the same marks; `kind` is empty for unmarked text."""

    text: str
    start: int
    kind: str = ""
    codes: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    numbers: tuple[int, ...] = ()
    """Ranks whose mark ends with this piece, to be written behind it."""


KINDS = ("selected", "added", "possible", "left_out")
PAGE_END = "\f"


def pieces(text: str, marks: Iterable[Mark]) -> list[Piece]:
    """`text` cut at every start and end of `marks` and around page ends; joined, the pieces are exactly `text`."""
    found = [mark for mark in marks if 0 <= mark.start < mark.end <= len(text)]
    page_ends = [at for at, mark in enumerate(text) if mark == PAGE_END]
    edges = sorted(
        {0, len(text), *(mark.start for mark in found), *(mark.end for mark in found)}
        | {*page_ends, *(at + 1 for at in page_ends)}
    )
    out = []
    for start, end in pairwise(edges):
        here = [mark for mark in found if mark.start <= start and end <= mark.end]
        kind = next((kind for kind in KINDS if any(mark.kind == kind for mark in here)), "")
        out.append(
            Piece(
                text[start:end],
                start,
                kind,
                tuple(dict.fromkeys(mark.label for mark in here if mark.kind != "left_out")),
                tuple(dict.fromkeys(mark.label for mark in here if mark.kind == "left_out")),
                tuple(sorted({mark.number for mark in here if mark.number and mark.end == end})),
            )
        )
    return out


def note_marks(record: dict[str, Any], added: Mapping[str, Iterable[tuple[int, int]]] | None = None) -> list[Mark]:
    """The marks of one `suggest` answer, and of the words that the coder selected for codes of their own."""
    found = [
        Mark(
            words["start"],
            words["end"],
            "selected" if item["selected"] else "possible",
            item["code"],
            item["rank"] if item["selected"] else 0,
        )
        for item in record["suggestions"]
        for words in item["evidence"]
    ]
    found += [Mark(start, end, "added", code) for code, spans in (added or {}).items() for start, end in spans]
    found += [Mark(item["start"], item["end"], "left_out", item["reason"]) for item in record["not_coded"]]
    return found
