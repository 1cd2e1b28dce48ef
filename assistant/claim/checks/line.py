"""Checks on the service lines: pointers, modifiers, dates, drugs, anaesthesia, laboratory, procedure edits."""

from collections.abc import Iterator
from decimal import Decimal

from assistant.claim.checks.base import INPATIENT, Check, Context, Hit, line_date
from assistant.claim.claim import Claim, ClaimForm, ServiceLine

SIDES = {"LT", "RT", "50"}
DISTINCT = {"59", "XE", "XP", "XS", "XU"}
UNBUNDLES = DISTINCT | {"25", "57", "58", "78", "79", "91", "LT", "RT", "E1", "E2", "E3", "E4"}
REPEATS = DISTINCT | {"76", "77", "91"}


def pointer(claim: Claim, context: Context, parameter: str) -> Iterator[Hit]:
    """`absent`: a line without pointer. `wrong`: a pointer to no diagnosis. `many`: more than four. `twice`."""
    for at, line in enumerate(claim.lines, start=1):
        places = [int(place) for place in line.pointers]
        faulty = {
            "absent": not places,
            "wrong": any(not 1 <= place <= len(claim.diagnoses) for place in places),
            "many": len(places) > 4,
            "twice": len(set(places)) < len(places),
        }
        if faulty[parameter]:
            yield Hit(f"line {at}", (line.procedure,))


def modifiers(claim: Claim, context: Context, parameter: str) -> Iterator[Hit]:
    """`twice`, `many` (over four), or one of the combinations that contradict each other."""
    for at, line in enumerate(claim.lines, start=1):
        said = set(line.modifiers)
        faulty = {
            "twice": len(said) < len(line.modifiers),
            "many": len(line.modifiers) > 4,
            "distinct": "59" in said and bool(said & (DISTINCT - {"59"})),
            "sides": len(said & SIDES) > 1,
            "parts": {"26", "TC"} <= said,
        }
        if faulty[parameter]:
            yield Hit(f"line {at}", (line.procedure,))


def no_date(claim: Claim, context: Context, parameter: str) -> Iterator[Hit]:
    """A line without a service date."""
    for at, line in enumerate(claim.lines, start=1):
        if line.start is None:
            yield Hit(f"line {at}", (line.procedure,))


def range_backwards(claim: Claim, context: Context, parameter: str) -> Iterator[Hit]:
    """The last day of a line lies before the first."""
    for at, line in enumerate(claim.lines, start=1):
        if line.start and line.end and line.end < line.start:
            yield Hit(f"line {at}", (line.procedure,))


def repeated_line(claim: Claim, context: Context, parameter: str) -> Iterator[Hit]:
    """Same procedure, modifiers and day twice, without a modifier that says so."""
    met: dict[object, int] = {}
    for at, line in enumerate(claim.lines, start=1):
        key = (line.revenue_code, line.procedure, line.modifiers, line.start)
        if line.procedure and key in met and not set(line.modifiers) & REPEATS:
            yield Hit(f"lines {met[key]} and {at}", (line.procedure,))
        met.setdefault(key, at)


def repeated_control(claim: Claim, context: Context, parameter: str) -> Iterator[Hit]:
    """Two lines with the same control number: the remittance could not tell them apart."""
    numbers = [line.control_number for line in claim.lines if line.control_number]
    if len(set(numbers)) < len(numbers):
        yield Hit("lines")


def anaesthesia(claim: Claim, context: Context, parameter: str) -> Iterator[Hit]:
    """Minutes on a line that is not anaesthesia (`minutes`), or anaesthesia without minutes (`units`).

    Anaesthesia is CPT 00100 to 01999; 01953, 01967, 01968, 01969 and 01996 are not timed the same way and are left out.
    """
    for at, line in enumerate(claim.lines, start=1):
        code = line.procedure
        timed = len(code) == 5 and code.isdigit() and "00100" <= code <= "01999"
        untimed = code in ("01953", "01967", "01968", "01969", "01996")
        if (parameter == "minutes" and line.unit == "MJ" and not timed) or (
            parameter == "units" and timed and not untimed and line.unit != "MJ"
        ):
            yield Hit(f"line {at}", (code,))


def waived_test(claim: Claim, context: Context, parameter: str) -> Iterator[Hit]:
    """A line with modifier QW on a claim without a CLIA number."""
    for at, line in enumerate(claim.lines, start=1):
        line_number = any(kind == "X4" for kind, _ in line.references)
        if "QW" in line.modifiers and not claim.reference("X4") and not line_number:
            yield Hit(f"line {at}", (line.procedure,))


def visit_alone(claim: Claim, context: Context, parameter: str) -> Iterator[Hit]:
    """An office visit on the day of a procedure, without modifier 25 (or 57).

    Visits are CPT 99202 to 99215; procedures are CPT 10004 to 69990, the surgery section.
    """
    for at, line in enumerate(claim.lines, start=1):
        if "99202" <= line.procedure <= "99215" and not {"25", "57"} & set(line.modifiers):
            operated = [
                other.procedure
                for other in claim.lines
                if _surgery(other) and (other.start or line.start) == line.start
            ]
            if operated:
                yield Hit(f"line {at}", (line.procedure, operated[0]))


def edit_pair(claim: Claim, context: Context, parameter: str) -> Iterator[Hit]:
    """Two lines of one day that an imported edit keeps apart. `never`: no modifier helps. `modifier`: one may.

    Professional and outpatient facility claims have tables of their own; inpatient stays have none.
    """
    if context.edits is None or (claim.facility_code in INPATIENT and claim.form is ClaimForm.INSTITUTIONAL):
        return
    hospital = claim.form is ClaimForm.INSTITUTIONAL
    days = [line_date(claim, at) for at in range(len(claim.lines))]
    for at, first in enumerate(claim.lines):
        for other, second in enumerate(claim.lines):
            day = days[at]
            if at == other or day is None or day != days[other] or not (first.procedure and second.procedure):
                continue
            may = context.edits.pair(first.procedure, second.procedure, day, hospital)
            helped = bool(may and {*first.modifiers, *second.modifiers} & UNBUNDLES)
            if may is not None and not helped and may is (parameter == "modifier"):
                yield Hit(f"lines {at + 1} and {other + 1}", (first.procedure, second.procedure))


def too_many_units(claim: Claim, context: Context, parameter: str) -> Iterator[Hit]:
    """More units than the imported medically unlikely edit allows: on a line, or on all lines of a day."""
    if context.edits is None or (claim.facility_code in INPATIENT and claim.form is ClaimForm.INSTITUTIONAL):
        return
    hospital = claim.form is ClaimForm.INSTITUTIONAL
    told: set[object] = set()
    for at, line in enumerate(claim.lines):
        day = line_date(claim, at)
        limit = context.edits.most_units(line.procedure, day, hospital) if day and line.unit == "UN" else None
        if limit is None or (line.procedure, day) in told:
            continue
        units = line.units
        if limit.by_day:
            told.add((line.procedure, day))
            units = sum(
                (
                    other.units
                    for place, other in enumerate(claim.lines)
                    if other.procedure == line.procedure and line_date(claim, place) == day
                ),
                Decimal(0),
            )
        if units > limit.most:
            yield Hit(
                f"line {at + 1}", (line.procedure,), f"at most {limit.most} {'a day' if limit.by_day else 'on a line'}"
            )


def add_on(claim: Claim, context: Context, parameter: str) -> Iterator[Hit]:
    """`alone`: an add-on code without one of the codes it goes with, on the same day of the same claim. `unnamed`: the
    imported file names no code it goes with, and it stands alone."""
    if context.edits is None:
        return
    for at, line in enumerate(claim.lines):
        day = line_date(claim, at)
        parents = context.edits.parents(line.procedure, day) if day and line.procedure else None
        if parents is None:
            continue
        others = {
            other.procedure for place, other in enumerate(claim.lines) if place != at and line_date(claim, place) == day
        }
        faulty = {"alone": bool(parents) and not parents & others, "unnamed": not parents and not others}
        if faulty[parameter]:
            yield Hit(f"line {at + 1}", (line.procedure,))


def _surgery(line: ServiceLine) -> bool:
    return len(line.procedure) == 5 and line.procedure.isdigit() and "10004" <= line.procedure <= "69990"


CHECKS: dict[str, Check] = {
    "pointer": pointer,
    "modifiers": modifiers,
    "no_date": no_date,
    "range_backwards": range_backwards,
    "repeated_line": repeated_line,
    "repeated_control": repeated_control,
    "anaesthesia": anaesthesia,
    "waived_test": waived_test,
    "visit_alone": visit_alone,
    "edit_pair": edit_pair,
    "too_many_units": too_many_units,
    "add_on": add_on,
}
