"""The checks behind modifier proposals: each finds lines of a claim on which a modifier may be missing.

Ranges of code numbers are facts; what is proposed, why and on whose authority stands in `rules/modifiers.tsv`.
"""

import datetime as dt
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from assistant.claim.checks.base import Edits, line_date
from assistant.claim.claim import Claim, ClaimForm, ServiceLine

DISTINCT = frozenset({"59", "XE", "XP", "XS", "XU"})
SIDES = frozenset({"LT", "RT", "50"})
PARTS = frozenset({"26", "TC"})
REPEATS = DISTINCT | {"76", "77", "91"}
ANAESTHETISTS = frozenset({"AA", "AD", "QK", "QX", "QY", "QZ", "QS", "G8", "G9"})


@dataclass(frozen=True, slots=True)
class Ranges:
    """Code numbers from first to last, both included."""

    parts: tuple[tuple[str, str], ...]

    def __contains__(self, code: object) -> bool:
        if not isinstance(code, str) or len(code) != 5 or not code[1:].isdigit():
            return False
        return any(first <= code <= last for first, last in self.parts if first[0].isdigit() is code[0].isdigit())


VISITS = Ranges((("99202", "99215"), ("99221", "99239"), ("99242", "99255"), ("99281", "99285"), ("99304", "99350")))
PREVENTIVE = Ranges((("99381", "99397"), ("G0438", "G0439"), ("G0402", "G0402")))
SURGERY = Ranges((("10004", "69990"),))
SIDED = Ranges((("10004", "36410"), ("64400", "68899"), ("73000", "73725"), ("L0100", "L9900")))
"""Where a code may take a side: skin to vessels, nerves, eyes, limb imaging, braces. Whether it does, the fee schedule
says (bilateral indicator)."""
IMAGING = Ranges((("70010", "79999"), ("93303", "93356"), ("93880", "93998"), ("95800", "95811"), ("95812", "95824")))
LABORATORY = Ranges((("80047", "89398"),))
DRUGS = Ranges((("J0120", "J9999"), ("Q5101", "Q5150")))
COLONOSCOPY = Ranges((("45379", "45398"), ("45333", "45350")))
THERAPY = Ranges((("97010", "97799"), ("92507", "92526")))
ANAESTHESIA = Ranges((("00100", "01999"),))
SCREENING = re.compile(r"Z12\.1[12]|Z86\.010|Z83\.719|Z80\.0")


class Seen(NamedTuple):
    """What a rule may look at."""

    claim: Claim
    titles: Mapping[str, str]
    edits: Edits | None


class Found(NamedTuple):
    """A line (from 0) that a rule speaks of. `first` moves a choice to the front."""

    at: int
    codes: tuple[str, ...]
    detail: str = ""
    first: str = ""


Check = Callable[[Seen, str], Iterator[Found]]


@cache
def _waived() -> frozenset[str]:
    text = (files("assistant.claim.rules") / "waived.tsv").read_text("utf-8")
    return frozenset(code for line in text.splitlines() if not line.startswith("#") for code in line.split())


def _visit_and_procedure(seen: Seen, parameter: str) -> Iterator[Found]:
    for at, line in enumerate(seen.claim.lines):
        if line.procedure not in VISITS or {"25", "57", "24"} & set(line.modifiers):
            continue
        for other, second in enumerate(seen.claim.lines):
            if other == at or not _same_day(seen, at, other) or _renderer(seen, at) != _renderer(seen, other):
                continue
            day = line_date(seen.claim, at)
            listed = bool(seen.edits and day and seen.edits.pair(second.procedure, line.procedure, day))
            if second.procedure in SURGERY or listed:
                yield Found(at, (line.procedure, second.procedure))
                break


def _preventive_and_visit(seen: Seen, parameter: str) -> Iterator[Found]:
    for at, line in enumerate(seen.claim.lines):
        if not "99202" <= line.procedure <= "99215" or "25" in line.modifiers:
            continue
        other = _other(seen, at, lambda second: second.procedure in PREVENTIVE)
        if other is not None:
            yield Found(at, (seen.claim.lines[other].procedure, line.procedure))


def _visit_after_surgery(seen: Seen, parameter: str) -> Iterator[Found]:
    for at, line in enumerate(seen.claim.lines):
        day = line_date(seen.claim, at)
        if line.procedure not in VISITS or "24" in line.modifiers or day is None:
            continue
        for other, second in enumerate(seen.claim.lines):
            before = line_date(seen.claim, other)
            if second.procedure in SURGERY and before and dt.timedelta(0) < day - before <= dt.timedelta(90):
                yield Found(at, (second.procedure,))
                break


def _edit_pair(seen: Seen, parameter: str) -> Iterator[Found]:
    if seen.edits is None:
        return
    hospital = seen.claim.form is ClaimForm.INSTITUTIONAL
    for at, first in enumerate(seen.claim.lines):
        for other, second in enumerate(seen.claim.lines):
            day = line_date(seen.claim, at)
            apart = at != other and day is not None and _same_day(seen, at, other)
            if not apart or first.procedure in VISITS or second.procedure in VISITS or day is None:
                continue
            if {*first.modifiers, *second.modifiers} & (DISTINCT | {"76", "77", "91", "58", "78", "79"}):
                continue
            if first.modifiers and second.modifiers and {"LT", "RT"} <= {*first.modifiers, *second.modifiers}:
                continue
            if seen.edits.pair(first.procedure, second.procedure, day, hospital):
                others = _renderer(seen, at) != _renderer(seen, other)
                detail = "; they have different providers" if others else ""
                yield Found(other, (first.procedure, second.procedure), detail, "XP" if others else "")


def _side(seen: Seen, parameter: str) -> Iterator[Found]:
    for at, line in enumerate(seen.claim.lines):
        if line.procedure not in SIDED or SIDES & set(line.modifiers):
            continue
        sides: dict[str, str] = {}
        for pointer in line.pointers:
            if not 1 <= pointer <= len(seen.claim.diagnoses):
                continue
            code = seen.claim.diagnoses[pointer - 1].code
            said = re.search(r"\b(left|right|bilateral)\b", seen.titles.get(code, ""), re.IGNORECASE)
            if said:
                sides.setdefault(said[1].lower(), code)
        both = "bilateral" in sides or {"left", "right"} <= set(sides)
        if sides and (both if parameter == "both" else not both and parameter in sides):
            yield Found(at, (line.procedure,), ", ".join(sides.values()))


def _facility_test(seen: Seen, parameter: str) -> Iterator[Found]:
    if seen.claim.form is not ClaimForm.PROFESSIONAL:
        return
    for at, line in enumerate(seen.claim.lines):
        place = line.place_of_service or seen.claim.facility_code
        if line.procedure in IMAGING and not PARTS & set(line.modifiers) and place in parameter.split():
            yield Found(at, (line.procedure,), place)


def _technical_only(seen: Seen, parameter: str) -> Iterator[Found]:
    taxonomy = seen.claim.billing.taxonomy
    for at, line in enumerate(seen.claim.lines):
        if taxonomy in parameter.split() and line.procedure in IMAGING and not PARTS & set(line.modifiers):
            yield Found(at, (line.procedure,), taxonomy)


def _repeated(seen: Seen, parameter: str) -> Iterator[Found]:
    for at, line in enumerate(seen.claim.lines):
        if not line.procedure or REPEATS & set(line.modifiers) or line.procedure in VISITS:
            continue
        before = next(
            (
                other
                for other in range(at)
                if seen.claim.lines[other].procedure == line.procedure
                and seen.claim.lines[other].modifiers == line.modifiers
                and _same_day(seen, at, other)
            ),
            None,
        )
        if before is None:
            continue
        kind = (
            "laboratory"
            if line.procedure in LABORATORY
            else ("same" if _renderer(seen, at) == _renderer(seen, before) else "other")
        )
        if kind == parameter:
            yield Found(at, (line.procedure,))


def _telehealth(seen: Seen, parameter: str) -> Iterator[Found]:
    if seen.claim.form is not ClaimForm.PROFESSIONAL:
        return
    for at, line in enumerate(seen.claim.lines):
        place = line.place_of_service or seen.claim.facility_code
        if place in parameter.split() and not {"95", "93", "GT", "GQ", "FQ"} & set(line.modifiers):
            yield Found(at, (line.procedure,), place)


def _waived_test(seen: Seen, parameter: str) -> Iterator[Found]:
    if seen.claim.form is not ClaimForm.PROFESSIONAL:
        return
    for at, line in enumerate(seen.claim.lines):
        if line.procedure in _waived() and "QW" not in line.modifiers and "90" not in line.modifiers:
            yield Found(at, (line.procedure,))


def _discarded(seen: Seen, parameter: str) -> Iterator[Found]:
    for at, line in enumerate(seen.claim.lines):
        if seen.claim.filing_indicator not in parameter.split() or line.procedure not in DRUGS:
            continue
        if not {"JW", "JZ"} & set(line.modifiers):
            yield Found(at, (line.procedure,))


def _screening_turned(seen: Seen, parameter: str) -> Iterator[Found]:
    medicare = seen.claim.filing_indicator in ("MB", "MA", "16")
    if medicare is (parameter == "@others"):
        return
    for at, line in enumerate(seen.claim.lines):
        if line.procedure not in COLONOSCOPY or {"PT", "33"} & set(line.modifiers):
            continue
        codes = [item.code for item in seen.claim.diagnoses if SCREENING.match(item.code)]
        if codes:
            yield Found(at, (line.procedure,), codes[0])


def _therapy(seen: Seen, parameter: str) -> Iterator[Found]:
    for at, line in enumerate(seen.claim.lines):
        if line.procedure not in THERAPY or {"GP", "GO", "GN"} & set(line.modifiers):
            continue
        parties = [*line.providers, *seen.claim.providers, seen.claim.billing]
        who = next((party.taxonomy for party in parties if party.role in ("82", "85") and party.taxonomy), "")
        if who == parameter:
            yield Found(at, (line.procedure,))


def _anaesthesia(seen: Seen, parameter: str) -> Iterator[Found]:
    for at, line in enumerate(seen.claim.lines):
        if line.procedure in ANAESTHESIA and not ANAESTHETISTS & set(line.modifiers):
            yield Found(at, (line.procedure,))


def _same_day(seen: Seen, at: int, other: int) -> bool:
    return line_date(seen.claim, at) == line_date(seen.claim, other)


def _other(seen: Seen, at: int, wanted: Callable[[ServiceLine], bool]) -> int | None:
    return next(
        (
            other
            for other, second in enumerate(seen.claim.lines)
            if other != at and _same_day(seen, at, other) and wanted(second)
        ),
        None,
    )


def _renderer(seen: Seen, at: int) -> str:
    """NPI of who rendered a line."""
    parties = [*seen.claim.lines[at].providers, *seen.claim.providers]
    return next((party.id for party in parties if party.role == "82"), seen.claim.billing.id)


CHECKS: dict[str, Check] = {
    "visit_and_procedure": _visit_and_procedure,
    "preventive_and_visit": _preventive_and_visit,
    "visit_after_surgery": _visit_after_surgery,
    "edit_pair": _edit_pair,
    "side": _side,
    "facility_test": _facility_test,
    "technical_only": _technical_only,
    "repeated": _repeated,
    "telehealth": _telehealth,
    "waived": _waived_test,
    "discarded": _discarded,
    "screening_turned": _screening_turned,
    "therapy": _therapy,
    "anaesthesia": _anaesthesia,
}
