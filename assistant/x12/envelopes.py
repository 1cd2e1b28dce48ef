"""The envelopes of an X12 file: ISA/IEA, GS/GE, ST/SE with their counts and control numbers, checked as they pass."""

from dataclasses import dataclass

from assistant.x12.problems import Level, Problem
from assistant.x12.segments import Segment

_ENDS = {"ISA": "IEA", "GS": "GE", "ST": "SE"}
_WORDS = {"ISA": "interchange", "GS": "functional group", "ST": "transaction set"}
_PARTS = {"ISA": "functional groups", "GS": "transaction sets", "ST": "segments"}
_CONTROL = {"ISA": 13, "GS": 6, "ST": 2}
NAMES = frozenset({*_ENDS, *_ENDS.values()})
_LONGEST = 11
"""Digits of a count; X12 allows 10."""
_OUTER = {"ST": "GS", "GS": "ISA"}


@dataclass(slots=True)
class _Open:
    start: str
    segment: int
    control: str
    count: int = 0


class Envelopes:
    """Feed segments in order to `take`, then call `close`; `problems` names what does not add up.

    Only ISA, GS, ST, SE, GE and IEA matter (`NAMES`); others may be left out, their numbers tell how many there were.

    `version` is GS08 of the current group (or ISA12), `kind` ST01 of the current transaction set.
    """

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.version = ""
        self.group = ""
        self.kind = ""
        self._open: dict[str, _Open] = {}
        self._met: set[str] = set()

    def take(self, segment: Segment) -> None:
        """Note one segment."""
        name = segment.elements[0]
        if name in _ENDS:
            self._start(name, segment)
        elif name in ("SE", "GE", "IEA"):
            self._end(next(start for start, end in _ENDS.items() if end == name), segment)

    def close(self) -> None:
        """The file is over: every envelope still open was cut off."""
        for start in ("ST", "GS", "ISA"):
            self._cut(start, None)

    def _add(self, severity: Level, message: str, segment: int | None) -> None:
        self.problems.append(Problem(severity, message, segment))

    def _start(self, name: str, segment: Segment) -> None:
        inside = {"ISA": ("ST", "GS", "ISA"), "GS": ("ST", "GS"), "ST": ("ST",)}[name]
        for start in inside:
            self._cut(start, segment.number)
        outer = _OUTER.get(name)
        if outer in self._open:
            self._open[outer].count += 1
        elif outer is not None and outer not in self._met:
            self._met.add(outer)
            self._add(
                "warning", f"{outer} is missing: the file is a fragment without its {_WORDS[outer]}", segment.number
            )
        self._met.add(name)
        self._open[name] = _Open(name, segment.number, segment.get(_CONTROL[name]))
        if name == "ISA":
            self.version = segment.get(12)
        elif name == "GS":
            self.group = segment.get(1)
            self.version = segment.get(8) or self.version
        else:
            self.kind = segment.get(1)

    def _cut(self, start: str, segment: int | None) -> None:
        opened = self._open.pop(start, None)
        if opened is not None:
            end = _ENDS[start]
            message = (
                f"the {_WORDS[start]} that begins at segment {opened.segment} has no {end}: the file is cut or damaged"
            )
            self._add("error", message, segment if segment is not None else opened.segment)

    def _end(self, start: str, segment: Segment) -> None:
        for inner in {"ISA": ("ST", "GS"), "GS": ("ST",), "ST": ()}[start]:
            self._cut(inner, segment.number)
        opened = self._open.pop(start, None)
        if opened is None:
            self._add("error", f"{segment.id} without its {start}", segment.number)
            return
        stated = segment.get(1)
        if start == "ST":
            opened.count = segment.number - opened.segment + 1
        number = stated if stated.isascii() and stated.isdecimal() and len(stated) < _LONGEST else ""
        if not number or int(number) != opened.count:
            said = number or "no number"
            message = f"{segment.id} says {said} {_PARTS[start]}, the file has {opened.count}"
            self._add("error", message, segment.number)
        control = segment.get(2)
        if control.lstrip("0") != opened.control.lstrip("0"):
            self._add("error", f"the control number of {segment.id} differs from that of its {start}", segment.number)
