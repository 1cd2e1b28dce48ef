"""Reading an 837 back. Every segment finds its loop, the fields take what they know, the rest is kept as extras.

What is read and written again says the same: the writer's own output is compared with what was read, loop by loop, and
every difference becomes an extra.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from assistant.claim.claim import Batch, Claim, ClaimForm, Party
from assistant.claim.fields import claim_of, party_of
from assistant.claim.loops import free_place
from assistant.claim.structure import Elements, Place, structure
from assistant.errors import InputError
from assistant.x12 import Delimiters, Envelopes, Problem, parse_date, read_segments, whole_number

FORMS = {"005010X222": ClaimForm.PROFESSIONAL, "005010X223": ClaimForm.INSTITUTIONAL}
LEVELS = {"20": "2000A", "22": "2000B", "23": "2000C"}
PARENTS = {"2000A": "", "2000B": "2000A", "2000C": "2000B"}


@dataclass(frozen=True, slots=True)
class Reading:
    """An 837 file: its transaction sets, and what is wrong with it."""

    batches: tuple[Batch, ...]
    problems: tuple[Problem, ...]


def read_837(source: Path | bytes, name: str = "") -> Reading:
    """Read 837P and 837I files, several interchanges included. Good claims in a bad file are kept.

    Raises InputError when the file cannot be read at all or is no 837.
    """
    name = name or (source.name if isinstance(source, Path) else "The file")
    batches: list[Batch] = []
    problems: list[Problem] = []
    try:
        for reader in _transactions(source, problems):
            batches.append(reader.batch())
    except OSError as error:
        raise InputError(f"{name} cannot be read ({error.strerror}); check the path.") from None
    except InputError as error:
        raise InputError(f"{name} cannot be read: {error}.") from None
    if not batches:
        raise InputError(f"{name} holds no 837 (ST*837 of 005010X222 or X223).")
    return Reading(tuple(batches), tuple(sorted(problems, key=lambda problem: problem.segment or 0)))


def _transactions(source: Path | bytes, problems: list[Problem]) -> Iterator["_Transaction"]:
    stream = read_segments(source)
    envelopes = Envelopes()
    current: _Transaction | None = None
    for found in stream:
        envelopes.take(found)
        if found.id == "ST":
            current = None
            version = (found.get(3) or envelopes.version)[:10]
            if found.get(1) == "837" and version in FORMS:
                current = _Transaction(FORMS[version], problems)
            else:
                problems.append(
                    Problem("error", "this transaction set is not an 837P or 837I and is left out", found.number)
                )
        elif found.id == "SE":
            if current:
                yield current
            current = None
        elif current:
            current.take(found.number, _plain(found.elements, stream.delimiters))
    if current:
        yield current
    envelopes.close()
    problems += [*stream.problems, *envelopes.problems]


def _plain(elements: tuple[str, ...], delimiters: Delimiters) -> Elements:
    """Components joined by `:` whatever the file uses; blanks and trailing empty elements off."""
    component = delimiters.component
    if component == ":":
        made = [value.strip() for value in elements]
    else:
        made = [value.strip().replace(":", " ").replace(component, ":") for value in elements]
    while len(made) > 1 and not made[-1]:
        made.pop()
    return tuple(value.rstrip(":") if ":" in value else value for value in made)


_NOWHERE = ""
"""The section of segments that belong to no level that is known."""


@dataclass
class _Transaction:
    """One ST to SE on its way to a batch."""

    form: ClaimForm
    problems: list[Problem]
    header: list[Elements] = field(default_factory=list)
    claims: list[Claim] = field(default_factory=list)
    _section: str = "1000"
    _loop: str = ""
    _levels: dict[str, dict[Place, list[Elements]]] = field(default_factory=dict)
    _numbers: dict[str, str] = field(default_factory=dict)
    _claim: dict[Place, list[Elements]] | None = None
    _at: int = 0
    _counts: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    _place: Place = Place("")  # noqa: RUF009
    _lines: int = 0

    def take(self, number: int, elements: Elements) -> None:
        """One segment in order."""
        name = elements[0]
        self._number = number
        if name == "HL":
            self._level(number, elements)
        elif name == "CLM":
            self._finish()
            self._open_claim(number, elements)
        elif self._section == _NOWHERE:
            return
        elif self._section == "1000":
            self.header.append(elements)
        elif self._claim is None:
            self._add_ancestor(elements)
        else:
            self._add(number, elements)

    def batch(self) -> Batch:
        """The whole transaction set."""
        self._finish()
        submitter, receiver, head = _header(self.header)
        stamp = _stamp(head)
        return Batch(
            self.form,
            submitter,
            receiver,
            _get(head, 3),
            stamp,
            tuple(self.claims),
            _get(head, 2) or "00",
            _get(head, 6) or "CH",
        )

    def _level(self, number: int, elements: Elements) -> None:
        self._finish()
        level = LEVELS.get(_get(elements, 3), "")
        if not level:
            self.problems.append(Problem("error", "an HL of a level that an 837 does not have", number))
            # Whom the next claims are about is not known: they must not go to the subscriber before.
            self._section = _NOWHERE
            for name in [known for known in self._levels if known > "2000A"]:
                del self._levels[name]
            return
        parent = self._numbers.get(PARENTS[level], "") if PARENTS[level] else ""
        if _get(elements, 2) != parent:
            self.problems.append(Problem("error", "the HL names the wrong parent", number))
        self._numbers[level] = _get(elements, 1)
        for below in [known for known in self._levels if known > level]:
            del self._levels[below]
            self._numbers.pop(below, None)
        if PARENTS[level] and PARENTS[level] not in self._levels:
            self.problems.append(Problem("error", "an HL without the level above it", number))
        self._levels[level] = {Place(level): []}
        self._section, self._place = level, Place(level)

    def _add_ancestor(self, elements: Elements) -> None:
        loops = self._levels[self._section]
        loop = structure(self.form).opens(self._section, elements)
        if loop:
            self._place = free_place(loops, loop, 0)
            loops[self._place] = []
        loops[self._place].append(elements)

    def _open_claim(self, number: int, elements: Elements) -> None:
        if "2000B" not in self._levels:
            self.problems.append(
                Problem("error", "a claim without billing provider and subscriber is left out", number)
            )
            self._section = _NOWHERE
            return
        self._claim = {Place("2300"): [elements]}
        self._at = number
        self._section, self._place = "2300", Place("2300")
        self._counts = defaultdict(int)

    def _add(self, number: int, elements: Elements) -> None:
        assert self._claim is not None
        name = elements[0]
        if name == "SBR" and self._section in ("2300", "2320"):
            self._anchor("2320")
        elif name == "LX":
            self._anchor("2400")
            return
        elif loop := structure(self.form).opens(self._section, elements):
            self._place = free_place(self._claim, loop, self._counts[self._section])
            self._claim[self._place] = []
        elif name == "NM1":
            self.problems.append(Problem("error", f"an {name} in a role this place does not allow", number))
        self._claim[self._place].append(elements)

    def _anchor(self, section: str) -> None:
        assert self._claim is not None
        self._section = section
        self._counts[section] += 1
        self._place = Place(section, self._counts[section])
        self._claim[self._place] = []

    def _finish(self) -> None:
        if self._claim is None:
            return
        loops = {place: list(segments) for level in self._levels.values() for place, segments in level.items()}
        loops.update(self._claim)
        self._claim = None
        try:
            self.claims.append(claim_of(self.form, loops))
        except InputError as error:
            self.problems.append(Problem("error", f"this claim cannot be used: {error}", self._at))


def _header(segments: Iterable[Elements]) -> tuple[Party, Party, Elements]:
    parties: dict[str, list[Elements]] = {"41": [], "40": []}
    head: Elements = ("BHT",)
    role = "41"
    for elements in segments:
        if elements[0] == "BHT":
            head = elements
        else:
            role = _get(elements, 1) if elements[0] == "NM1" and _get(elements, 1) in parties else role
            parties[role].append(elements)
    return party_of("41", parties["41"]), party_of("40", parties["40"]), head


def _stamp(head: Elements) -> dt.datetime:
    day = parse_date(_get(head, 4)) or dt.date(1900, 1, 1)
    clock = _get(head, 5)
    limits = ((clock[:2], 24), (clock[2:4], 60), (clock[4:6], 60))
    hours, minutes, seconds = (
        number if (number := whole_number(part)) is not None and number < most else 0 for part, most in limits
    )
    return dt.datetime(day.year, day.month, day.day, hours, minutes, seconds)  # noqa: DTZ001 (X12 times are local)


def _get(elements: Elements, position: int) -> str:
    return elements[position] if position < len(elements) else ""
