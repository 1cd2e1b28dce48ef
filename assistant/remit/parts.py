"""Claims and lines from their segments: one pass over a claim that is complete in memory.

This is the inner loop of reading: a large file spends nearly all its time here. Hence the order of the branches (most
frequent first), the short ways for what is usual, and tuples made without their constructors.
"""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from assistant.remit.balance import add, adjusted, balance, counted
from assistant.remit.values import (
    Adjustment,
    Balance,
    Measure,
    Party,
    QualifiedDate,
    Reference,
    Remark,
    RemitClaim,
    RemitLine,
)
from assistant.x12.elements import ZERO, parse_amount, parse_date
from assistant.x12.problems import Level
from assistant.x12.segments import Segment

Report = Callable[[Level, str, int], None]
"""Takes severity, sentence, segment number."""

COUNTS = ("units", "quantity")
_PADDING = ("",) * 12
_REMARKS = {"MIA": (5, 20, 21, 22, 23), "MOA": (3, 4, 5, 6, 7)}
_new = tuple.__new__


class Procedure(NamedTuple):
    """A procedure composite (SVC01, SVC06) taken apart."""

    kind: str
    code: str
    modifiers: tuple[str, ...]


_NOTHING_BILLED = Procedure("", "", ())


def procedure_of(parts: list[str]) -> Procedure:
    """Kind, code and up to four modifiers of a composite's parts."""
    code = parts[1].strip() if len(parts) > 1 else ""
    return Procedure(parts[0].strip(), code, tuple([part.strip() for part in parts[2:6] if part]))


def amount_of(text: str, what: str, segment: int, report: Report) -> Decimal | None:
    """The amount in `text`; None, and a problem, when it is there but is no number."""
    value = parse_amount(text)
    if value is None:
        if text.strip():
            report("error", f"{what} is not a number", segment)
    elif len(text) > 3 and "." in text[:-3] and what not in COUNTS:
        report("warning", f"{what} has more than two decimals", segment)
    return value


@lru_cache(maxsize=1 << 16)
def usual(text: str) -> Decimal | None:
    """An amount of which there is nothing to say; None for every other text, which then goes to `amount_of`."""
    return None if "." in text[:-3] else parse_amount(text)


def fields(segment: Segment, count: int) -> tuple[str, ...]:
    """The first `count` elements, those absent being empty. Faster than `get` for each."""
    return (segment.elements + _PADDING)[:count]


def date_of(text: str, what: str, segment: int, report: Report) -> dt.date | None:
    """The date in `text`; None, and a problem, when it is there but is no date."""
    value = parse_date(text)
    if value is None and text.strip():
        report("error", f"{what} is not a date in the form CCYYMMDD", segment)
    return value


def party_of(segment: Segment) -> Party:
    """A name, from NM1 or N1."""
    parts = [*map(str.strip, (segment[1] + _PADDING)[:10])]
    if parts[0] == "N1":
        return Party(parts[1], parts[2], "", "", parts[3], parts[4], segment.number)
    return _new(Party, (parts[1], parts[3], parts[4], parts[5], parts[8], parts[9], segment.number))


class _Part:
    """What is gathered for a claim or a line."""

    __slots__ = ("adjustments", "amounts", "dates", "quantities", "references", "remarks", "segment", "taken")

    def __init__(self, segment: Segment) -> None:
        self.segment = segment
        self.adjustments: list[Adjustment] = []
        self.remarks: list[Remark] = []
        self.dates: list[QualifiedDate] = []
        self.references: list[Reference] = []
        self.amounts: list[Measure] = []
        self.quantities: list[Measure] = []
        self.taken: Decimal | None = None
        """Sum of a line's adjustments, once the line is built."""

    def date(self, *qualifiers: str) -> dt.date | None:
        """The first readable date with one of these qualifiers, in their order."""
        for qualifier in qualifiers:
            for found in self.dates:
                if found[0] == qualifier and found[1] is not None:
                    return found[1]
        return None


def build_claim(
    segments: list[Segment], number: int, procedure: Callable[[str, int], Procedure], report: Report, complete: bool
) -> RemitClaim:
    """The claim of these segments, CLP first, with its lines and balances.

    `procedure` takes a procedure composite apart; `number` is the claim's place within its transaction.
    """
    claim = part = _Part(segments[0])
    adjustments, dates, references, amounts = part.adjustments, part.dates, part.references, part.amounts
    opened: list[_Part] = []
    parties: list[Party] = []
    value: Decimal | None
    for segment in segments:
        at, elements = segment
        name = elements[0]
        if name == "CAS":
            if len(elements) == 4 and (value := usual(elements[3])) is not None:
                adjustments.append(_new(Adjustment, (elements[1].strip(), elements[2].strip(), value, None, at)))
            else:
                adjustments += _adjustments(elements, at, report)
        elif name == "DTM":
            text = elements[2] if len(elements) > 2 else ""
            day = parse_date(text) or date_of(text, "the date", at, report)
            dates.append(_new(QualifiedDate, (segment.get(1) if len(elements) < 3 else elements[1], day, at)))
        elif name == "REF":
            _, qualifier, text = elements[:3] if len(elements) > 2 else fields(segment, 3)
            references.append(_new(Reference, (qualifier, text.strip(), at)))
        elif name == "AMT":
            _, qualifier, text = elements[:3] if len(elements) > 2 else fields(segment, 3)
            value = usual(text)
            if value is None:
                value = amount_of(text, "the amount", at, report)
            amounts.append(_new(Measure, (qualifier, value, at)))
        elif name == "SVC":
            part = _Part(segment)
            adjustments, dates, references, amounts = part.adjustments, part.dates, part.references, part.amounts
            opened.append(part)
        elif name == "NM1":
            parties.append(party_of(segment))
        elif name == "LQ":
            # LQ01 other than HE (a drug reject code) is kept with the segments only.
            if segment.get(1) == "HE" and segment.get(2):
                part.remarks.append(Remark(segment.get(2), at))
        elif name == "QTY":
            _, qualifier, text = fields(segment, 3)
            part.quantities.append(Measure(qualifier, amount_of(text, "quantity", at, report), at))
        elif name in _REMARKS:
            # These speak of the claim wherever they stand.
            claim.remarks += [Remark(code, at) for place in _REMARKS[name] if (code := segment.get(place))]
        elif len(name) not in (2, 3) or not name.isalnum():
            report("error", "this is no segment; the file is damaged here", at)
    lines = tuple([_line(place, item, claim, procedure, report) for place, item in enumerate(opened, 1)])
    at = claim.segment.number
    _, control, status, charge, payment, share, filing, icn, facility, frequency, _, drg = fields(claim.segment, 12)
    taken = adjusted(claim.adjustments)
    charges: Decimal | None = ZERO
    for line, item in zip(lines, opened, strict=True):
        taken = add(taken, item.taken)
        charges = add(charges, counted(line.billed, item.segment.get(2)) if line.billed is None else line.billed)
    billed = amount_of(charge, "the charge of the claim", at, report)
    paid = amount_of(payment, "the payment of the claim", at, report)
    counted_charge = counted(billed, charge)
    return RemitClaim(
        number=number,
        segment=at,
        control_number=control.strip(),
        status=status.strip(),
        billed=billed,
        paid=paid,
        stated_patient_responsibility=amount_of(share, "the patient's share (CLP05)", at, report),
        filing_indicator=filing.strip(),
        payer_control_number=icn.strip(),
        facility=facility.strip(),
        frequency=frequency.strip(),
        drg=drg.strip(),
        adjustments=tuple(claim.adjustments),
        remarks=tuple(claim.remarks),
        parties=tuple(parties),
        dates=tuple(claim.dates),
        references=tuple(claim.references),
        amounts=tuple(claim.amounts),
        quantities=tuple(claim.quantities),
        lines=lines,
        balance=balance(counted_charge, counted(paid, payment), taken),
        line_charges=Balance(counted_charge, charges if lines else counted_charge),
        complete=complete,
        segments=tuple(segments),
    )


def _line(
    number: int, part: _Part, claim: _Part, procedure: Callable[[str, int], Procedure], report: Report
) -> RemitLine:
    """The service line gathered in `part`."""
    segment = part.segment.number
    _, composite, charge, payment, revenue, count, was_billed, original = (part.segment.elements + _PADDING)[:8]
    kind, code, modifiers = procedure(composite, segment)
    was = procedure(was_billed, segment) if was_billed else _NOTHING_BILLED
    billed = usual(charge)
    if billed is None:
        billed = amount_of(charge, "the charge of the line", segment, report)
    paid = usual(payment)
    if paid is None:
        paid = amount_of(payment, "the payment of the line", segment, report)
    units = usual(count)
    if units is None:
        units = amount_of(count, "units", segment, report)
    dates = part.dates
    day, through = None, None
    if len(dates) == 1 and dates[0][0] == "472":
        day = dates[0][1]
    else:
        day = part.date("472", "150")
        through = part.date("151")
    if day is None:
        day, through = claim.date("232"), through or claim.date("233")
    adjustments = tuple(part.adjustments)
    taken = part.taken = adjusted(adjustments)
    if billed is None or paid is None or taken is None:
        verdict = balance(counted(billed, charge), counted(paid, payment), taken)
    else:
        verdict = _new(Balance, (paid, billed - taken))
    control = ""
    for reference in part.references:
        if reference[0] == "6R":
            control = reference[1]
            break
    return _new(
        RemitLine,
        (
            number,
            segment,
            kind,
            code,
            modifiers,
            was.code,
            was.modifiers,
            revenue.strip() or (code if kind == "NU" else ""),
            billed,
            paid,
            units,
            amount_of(original, "units", segment, report) if original else None,
            day,
            through,
            control,
            adjustments,
            tuple(part.remarks),
            tuple(part.amounts),
            tuple(part.quantities),
            tuple(part.references),
            tuple(dates),
            verdict,
        ),
    )


def _adjustments(elements: tuple[str, ...], segment: int, report: Report) -> list[Adjustment]:
    """Up to six triplets of reason, amount, quantity."""
    group = elements[1].strip() if len(elements) > 1 else ""
    found = []
    for start in range(2, len(elements), 3):
        reason = elements[start].strip()
        text = elements[start + 1].strip() if start + 1 < len(elements) else ""
        if not reason and not text:
            continue
        if not text:
            report("error", "an adjustment has no amount", segment)
        quantity = elements[start + 2] if start + 2 < len(elements) else ""
        amount = amount_of(text, "an adjustment amount", segment, report)
        found.append(Adjustment(group, reason, amount, parse_amount(quantity) if quantity else None, segment))
    return found
