"""Laterality: which units say the same of another side of the body."""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from corpus.sources.tabular import TabularNode

SIDES = ("right", "left", "bilateral", "unspecified")
_SIDE = re.compile(r"\b(right|left|bilateral|unspecified)\b(?:[ -](?:side|sided))?", re.I)
_SPACES = re.compile(r"[\s,]+")
_IN_QUERY = (
    ("bilateral", re.compile(r"\b(bilateral(?:ly)?|both|b/l|bilat)\b", re.I)),
    ("right", re.compile(r"\b(right|rt)\b", re.I)),
    ("left", re.compile(r"\b(left|lt)\b", re.I)),
)


def side_of(text: str) -> str:
    """`right`, `left` or `bilateral` when the words name exactly one side, else ""."""
    named = [side for side, pattern in _IN_QUERY if pattern.search(text)]
    if named == ["right", "left"]:
        return "bilateral" if re.search(r"\b(and|&|both)\b", text, re.I) else ""
    return named[0] if named else ""


def write_sides(path: Path, nodes: Iterable[TabularNode]) -> None:
    """Write `group, side, unit` lines for stems of one parent whose titles differ in nothing but the side."""
    groups: dict[tuple[str, str], dict[str, str]] = {}
    for node in nodes:
        if node.kind != "code" or node.code != node.stem or not (node.billable or node.seventh):
            continue
        named = [word.lower() for word in _SIDE.findall(node.title)]
        sides = [word for word in named if word != "unspecified"]
        if len(set(sides)) > 1 or not named:
            continue
        group = (node.parent or "", _SPACES.sub(" ", _SIDE.sub(" ", node.title)).strip().lower())
        groups.setdefault(group, {}).setdefault(sides[0] if sides else "unspecified", node.code)
    with path.open("w", encoding="utf-8", newline="\n") as stream:
        for number, members in enumerate(group for group in groups.values() if len(group) > 1):
            stream.writelines(f"{number}\t{side}\t{unit}\n" for side, unit in members.items())


class Sides:
    """Units of one group by side."""

    def __init__(self, path: Path) -> None:
        self._group: dict[str, str] = {}
        self._members: dict[str, dict[str, str]] = {}
        self._side: dict[str, str] = {}
        for line in path.read_text(encoding="utf-8").splitlines():
            group, side, unit = line.split("\t")
            self._group[unit] = group
            self._side[unit] = side
            self._members.setdefault(group, {})[side] = unit

    def variants(self, unit: str) -> Mapping[str, str]:
        """Side -> unit for the group of `unit`; empty when it has no sides."""
        return self._members.get(self._group.get(unit, ""), {})

    def side(self, unit: str) -> str:
        """Side that `unit` names, or ""."""
        return self._side.get(unit, "")

    def turn(self, unit: str, side: str) -> str:
        """`unit` for `side`, or `unit` itself when there is none."""
        return self.variants(unit).get(side, unit)
