"""A small release of ICD-10-CM, and an encoder that needs no model, for tests of the library and the index."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from corpus.codes import CodeSystem, IndexTerm, Node, NoteKind, Release, TabularNote
from corpus.editions import Edition
from corpus.index.encoder import DIMENSION, Vectors


class FakeEncoder:
    """Unit vectors made of letter counts; stops with an error after `stop_after` texts."""

    def __init__(self, stop_after: int | None = None) -> None:
        self.encoded = 0
        self.stop_after = stop_after

    def encode(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> Vectors:
        vectors = np.zeros((len(texts), DIMENSION), np.float32)
        for row, text in enumerate(texts):
            if self.stop_after is not None and self.encoded >= self.stop_after:
                raise KeyboardInterrupt
            self.encoded += 1
            for char in text.lower():
                vectors[row, ord(char) % DIMENSION] += 1
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def node(code: str, title: str, parent: str | None, billable: bool = True) -> Node:
    return Node(code, title, "code", parent, code, billable)


NODES = [
    node("I10", "Essential (primary) hypertension", None),
    node("E11", "Type 2 diabetes mellitus", None, billable=False),
    node("E11.9", "Type 2 diabetes mellitus without complications", "E11"),
    node("E11.65", "Type 2 diabetes mellitus with hyperglycemia", "E11"),
]
RICH = [
    Node("4", "Endocrine diseases", "chapter", None, "", False),
    Node("E08-E13", "Diabetes mellitus", "block", "4", "", False),
    Node(
        "E11",
        "Type 2 diabetes mellitus",
        "code",
        "E08-E13",
        "E11",
        False,
        (("A", "initial"), ("D", "later")),
        (TabularNote("E11", NoteKind.INCLUDES, "sweet = sour"), TabularNote("E11", NoteKind.DEFINITION, "x")),
        ("alias one", "alias two"),
        ("further name",),
        "T2DM",
        "2015-10-01",
        "2027-09-30",
        "kept beside",
    ),
    node("E11.9", "Type 2 diabetes mellitus without complications", "E11"),
    Node("GA", "A modifier", "modifier", None, "GA", False),
]
LINES = [
    IndexTerm(0, None, "diseases", "Diabetes, diabetic", "(mellitus) (sugar)"),
    IndexTerm(1, 0, "diseases", "sweet", see_also="Honey", codes=(("", "E11.65"),)),
    IndexTerm(2, None, "drugs", "Tea", codes=(("adverse_effect", "I10"), ("underdosing", "E11.-"))),
    IndexTerm(3, None, "diseases", "Sugar", see="Diabetes"),
]
RELEASE = Release(CodeSystem.ICD10CM, "FY2026", "ICD-10-CM FY2026", "test", "2025-10-01", "2026-09-30")


def edition(
    version: str = "1",
    lines: Sequence[IndexTerm] = (),
    name: str = "FY2026",
    starts: str = "2025-10-01",
    ends: str = "2026-09-30",
    nodes: Sequence[Node] = NODES,
) -> Edition:
    release = replace(RELEASE, name=name, title=f"ICD-10-CM {name}", starts=starts, ends=ends)
    return Edition(release, {"test data": version}, lambda: nodes, lambda: lines)
