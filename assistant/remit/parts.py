"""Claims and lines while their segments are still arriving; `build` freezes them into values."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal

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
MIA_REMARKS = (5, 20, 21, 22, 23)
MOA_REMARKS = (3, 4, 5, 6, 7)


def amount_of(text: str, what: str, segment: int, report: Report) -> Decimal | None:
    """The amount in `text`; None, and a problem, when it is there but is no number."""
    value = parse_amount(text)
    if value is None:
        if text.strip():
            report("error", f"{what} is not a number", segment)
    elif len(text) > 3 and "." in text[:-3] and what not in COUNTS:
        report("warning", f"{what} has more than two decimals", segment)
    return value


def fields(segment: Segment, count: int) -> tuple[str, ...]:
    """The first `count` elements, those absent being empty. Faster than `get` for each."""
    return (segment.elements + _PADDING)[:count]


def pair(segment: Segment) -> tuple[str, str]:
    """Elements 1 and 2."""
    elements = segment.elements
    return (elements[1], elements[2]) if len(elements) > 2 else (segment.get(1), "")


def date_of(text: str, what: str, segment: int, report: Report) -> dt.date | None:
    """The date in `text`; None, and a problem, when it is there but is no date."""
    value = parse_date(text)
    if value is None and text.strip():
        report("error", f"{what} is not a date in the form CCYYMMDD", segment)
    return value


def party_of(segment: Segment) -> Party:
    """A name, from NM1 or N1."""
    parts = [part.strip() for part in fields(segment, 10)]
    if parts[0] == "N1":
        return Party(parts[1], parts[2], "", "", parts[3], parts[4], segment.number)
    return Party(parts[1], parts[3], parts[4], parts[5], parts[8], parts[9], segment.number)


class Part:
    """What a claim and a line have in common."""

    __slots__ = ("adjustments", "amounts", "dates", "quantities", "references", "remarks", "segment")

    def __init__(self, segment: Segment) -> None:
        self.segment = segment
        self.adjustments: list[Adjustment] = []
        self.remarks: list[Remark] = []
        self.dates: list[QualifiedDate] = []
        self.references: list[Reference] = []
        self.amounts: list[Measure] = []
        self.quantities: list[Measure] = []

    def cas(self, segment: Segment, report: Report) -> None:
        """Up to six triplets of reason, amount, quantity."""
        elements, number = segment.elements, segment.number
        if len(elements) == 4 and len(elements[3]) < 4 and (value := parse_amount(elements[3])) is not None:
            # One reason and a short whole amount: by far the most frequent CAS.
            self.adjustments.append(Adjustment(elements[1].strip(), elements[2].strip(), value, None, number))
            return
        group = elements[1].strip() if len(elements) > 1 else ""
        for start in range(2, len(elements), 3):
            reason = elements[start].strip()
            text = elements[start + 1].strip() if start + 1 < len(elements) else ""
            if not reason and not text:
                continue
            if not text:
                report("error", "an adjustment has no amount", number)
            quantity = elements[start + 2] if start + 2 < len(elements) else ""
            self.adjustments.append(
                Adjustment(
                    group,
                    reason,
                    amount_of(text, "an adjustment amount", number, report),
                    parse_amount(quantity) if quantity else None,
                    number,
                )
            )

    def dtm(self, segment: Segment, report: Report) -> None:
        """One qualified date."""
        qualifier, text = pair(segment)
        value = date_of(text, "the date", segment.number, report)
        self.dates.append(QualifiedDate(qualifier, value, segment.number))

    def ref(self, segment: Segment, _report: Report) -> None:
        """One qualified number."""
        qualifier, value = pair(segment)
        self.references.append(Reference(qualifier, value.strip(), segment.number))

    def amt(self, segment: Segment, report: Report) -> None:
        """One qualified amount."""
        qualifier, text = pair(segment)
        value = amount_of(text, "the amount", segment.number, report)
        self.amounts.append(Measure(qualifier, value, segment.number))

    def qty(self, segment: Segment, report: Report) -> None:
        """One qualified quantity."""
        qualifier, text = pair(segment)
        value = amount_of(text, "quantity", segment.number, report)
        self.quantities.append(Measure(qualifier, value, segment.number))

    def lq(self, segment: Segment, _report: Report) -> None:
        """One remark code; LQ01 other than HE (a drug reject code) is kept with the segments only."""
        if segment.get(1) == "HE" and segment.get(2):
            self.remarks.append(Remark(segment.get(2), segment.number))

    def date(self, *qualifiers: str) -> dt.date | None:
        """The first readable date with one of these qualifiers, in their order."""
        dates = self.dates
        if dates and dates[0][0] == qualifiers[0] and dates[0][1] is not None:
            return dates[0][1]
        for qualifier in qualifiers:
            for found in dates:
                if found.qualifier == qualifier and found.value is not None:
                    return found.value
        return None


class Line(Part):
    """A service line in the making."""

    __slots__ = ()

    def build(self, number: int, claim: "Claim", split: Callable[[str, int], list[str]], report: Report) -> RemitLine:
        """The finished line. `split` takes a composite apart."""
        segment = self.segment.number
        _, composite, charge, payment, revenue, units, was_billed, original, *_ = fields(self.segment, 8)
        code = split(composite, segment)
        was = split(was_billed, segment) if was_billed else []
        kind = code[0].strip()
        procedure = code[1].strip() if len(code) > 1 else ""
        billed = amount_of(charge, "the charge of the line", segment, report)
        paid = amount_of(payment, "the payment of the line", segment, report)
        day, through = self.date("472", "150"), None
        if day is None or len(self.dates) > 1:
            through = self.date("151") or (None if day else claim.date("233"))
        return RemitLine(
            number=number,
            segment=segment,
            qualifier=kind,
            procedure=procedure,
            modifiers=tuple([part.strip() for part in code[2:6] if part]),
            billed_procedure=was[1].strip() if len(was) > 1 else "",
            billed_modifiers=tuple([part.strip() for part in was[2:6] if part]),
            revenue_code=revenue.strip() or (procedure if kind == "NU" else ""),
            billed=billed,
            paid=paid,
            units=amount_of(units, "units", segment, report),
            billed_units=amount_of(original, "units", segment, report),
            date=day or claim.date("232"),
            date_end=through,
            line_control_number=next((item.value for item in self.references if item.qualifier == "6R"), ""),
            adjustments=tuple(self.adjustments),
            remarks=tuple(self.remarks),
            amounts=tuple(self.amounts),
            quantities=tuple(self.quantities),
            references=tuple(self.references),
            dates=tuple(self.dates),
            balance=balance(counted(billed, charge), counted(paid, payment), adjusted(self.adjustments)),
        )


class Claim(Part):
    """A claim in the making."""

    __slots__ = ("lines", "parties", "segments")

    def __init__(self, segment: Segment) -> None:
        super().__init__(segment)
        self.parties: list[Party] = []
        self.lines: list[Line] = []
        self.segments: list[Segment] = []

    def nm1(self, segment: Segment) -> None:
        """One name."""
        self.parties.append(party_of(segment))

    def outcome(self, segment: Segment, places: tuple[int, ...]) -> None:
        """The remark codes of MIA or MOA."""
        elements = segment.elements
        for place in places:
            if place < len(elements) and (code := elements[place].strip()):
                self.remarks.append(Remark(code, segment.number))

    def build(self, number: int, split: Callable[[str, int], list[str]], report: Report, complete: bool) -> RemitClaim:
        """The finished claim with its lines and balances."""
        segment = self.segment.number
        _, control, status, charge, payment, share, filing, icn, facility, frequency, _, drg = fields(self.segment, 12)
        lines = tuple([line.build(place, self, split, report) for place, line in enumerate(self.lines, 1)])
        taken = adjusted(self.adjustments)
        charges: Decimal | None = ZERO
        for line, part in zip(lines, self.lines, strict=True):
            taken = add(taken, adjusted(line.adjustments))
            charges = add(charges, counted(line.billed, part.segment.get(2)))
        billed = amount_of(charge, "the charge of the claim", segment, report)
        paid = amount_of(payment, "the payment of the claim", segment, report)
        counted_charge = counted(billed, charge)
        return RemitClaim(
            number=number,
            segment=segment,
            control_number=control.strip(),
            status=status.strip(),
            billed=billed,
            paid=paid,
            stated_patient_responsibility=amount_of(share, "the patient's share (CLP05)", segment, report),
            filing_indicator=filing.strip(),
            payer_control_number=icn.strip(),
            facility=facility.strip(),
            frequency=frequency.strip(),
            drg=drg.strip(),
            adjustments=tuple(self.adjustments),
            remarks=tuple(self.remarks),
            parties=tuple(self.parties),
            dates=tuple(self.dates),
            references=tuple(self.references),
            amounts=tuple(self.amounts),
            quantities=tuple(self.quantities),
            lines=lines,
            balance=balance(counted_charge, counted(paid, payment), taken),
            line_charges=Balance(counted_charge, charges if lines else counted_charge),
            complete=complete,
            segments=tuple(self.segments),
        )
