"""Laterality and trimester: which units say the same of another side of the body, or of another third of a pregnancy."""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from corpus.codes import Node

SIDES = ("right", "left", "bilateral", "unspecified")
_SIDE = re.compile(r"\b(right|left|bilateral|unspecified)\b(?:[ -](?:side|sided))?", re.I)
_TRIMESTER = re.compile(r"\b(first|second|third|unspecified) trimester\b", re.I)
_TRIMESTER_NAMED = re.compile(r"\b(first|second|third|1st|2nd|3rd) trimester\b", re.I)
_ORDINALS = {"1st": "first", "2nd": "second", "3rd": "third"}
_WEEKS = re.compile(
    r"\b(\d{1,2})(?: ?w(?:ks?|eeks?)?)?(?:,? ?(?:and |& )?\d ?(?:d|days?)|[ -]?\d/7)? ?(?:of )?"
    r"(?:gestation|gestational|ega\b|pregnant|iup\b|ga\b)"
    r"|\b(?:pregnan\w*|gestation\w*|ega|ga|iup)\b[^.;\n]{0,25}?\b(\d{1,2}) ?(?:w\b|wks?|weeks?)",
    re.I,
)
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


def trimester_of(text: str) -> str:
    """`first`, `second` or `third` when the words name one, by name or by weeks (OCG I.C.15.a.3), else ""."""
    named = {match.lower() for match in _TRIMESTER_NAMED.findall(text)}
    named = {_ORDINALS.get(word, word) for word in named}
    if len(named) == 1:
        return str(named.pop())
    weeks = {int(one or other) for one, other in _WEEKS.findall(text)}
    if not named and len(weeks) == 1:
        week = weeks.pop()
        return "first" if week < 14 else "second" if week < 28 else "third" if week <= 42 else ""
    return ""


def weeks_of(text: str) -> int | None:
    """Completed weeks of gestation when the words state exactly one number, else None."""
    weeks = {int(one or other) for one, other in _WEEKS.findall(text)}
    return weeks.pop() if len(weeks) == 1 else None


def write_sides(path: Path, nodes: Iterable[Node]) -> None:
    """Write `group, side, unit` lines for stems of one parent whose titles differ in nothing but the side or trimester."""
    listed = [
        node for node in nodes if node.kind == "code" and node.code == node.stem and (node.billable or node.seventh)
    ]
    groups = [*_groups(listed, _SIDE), *_groups(listed, _TRIMESTER)]
    with path.open("w", encoding="utf-8", newline="\n") as stream:
        for number, members in enumerate(group for group in groups if len(group) > 1):
            stream.writelines(f"{number}\t{side}\t{unit}\n" for side, unit in members.items())


def _groups(nodes: Iterable[Node], pattern: re.Pattern[str]) -> list[dict[str, str]]:
    groups: dict[tuple[str, str], dict[str, str]] = {}
    for node in nodes:
        named = [word.lower() for word in pattern.findall(node.title)]
        values = [word for word in named if word != "unspecified"]
        if len(set(values)) > 1 or not named:
            continue
        group = (node.parent or "", _SPACES.sub(" ", pattern.sub(" ", node.title)).strip().lower())
        groups.setdefault(group, {}).setdefault(values[0] if values else "unspecified", node.code)
    return list(groups.values())


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
