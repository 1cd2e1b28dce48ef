"""Claims and lines while their segments are still arriving; `build` freezes them into values."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal

from assistant.remit.balance import adjusted, balance, counted
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

MIA_REMARKS = (5, 20, 21, 22, 23)
MOA_REMARKS = (3, 4, 5, 6, 7)


def amount_of(text: str, what: str, segment: int, report: Report) -> Decimal | None:
    """The amount in `text`; None, and a problem, when it is there but is no number."""
    text = text.strip()
    if not text:
        return None
    value = parse_amount(text)
    if value is None:
        report("error", f"{what} is not a number", segment)
    else:
        exponent = value.as_tuple().exponent
        if isinstance(exponent, int) and exponent < -2 and what not in ("units", "quantity"):
            report("warning", f"{what} has more than two decimals", segment)
    return value


def date_of(text: str, what: str, segment: int, report: Report) -> dt.date | None:
    """The date in `text`; None, and a problem, when it is there but is no date."""
    text = text.strip()
    if not text:
        return None
    value = parse_date(text)
    if value is None:
        report("error", f"{what} is not a date in the form CCYYMMDD", segment)
    return value


def party_of(segment: Segment) -> Party:
    """A name, from NM1 or N1."""
    get = segment.get
    if segment.id == "N1":
        return Party(get(1), get(2), "", "", get(3), get(4), segment.number)
    return Party(get(1), get(3), get(4), get(5), get(8), get(9), segment.number)


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
        value = date_of(segment.get(2), "the date", segment.number, report)
        self.dates.append(QualifiedDate(segment.get(1), value, segment.number))

    def ref(self, segment: Segment, _report: Report) -> None:
        """One qualified number."""
        self.references.append(Reference(segment.get(1), segment.get(2), segment.number))

    def amt(self, segment: Segment, report: Report) -> None:
        """One qualified amount."""
        value = amount_of(segment.get(2), "the amount", segment.number, report)
        self.amounts.append(Measure(segment.get(1), value, segment.number))

    def qty(self, segment: Segment, report: Report) -> None:
        """One qualified quantity."""
        value = amount_of(segment.get(2), "quantity", segment.number, report)
        self.quantities.append(Measure(segment.get(1), value, segment.number))

    def lq(self, segment: Segment, _report: Report) -> None:
        """One remark code; LQ01 other than HE (a drug reject code) is kept with the segments only."""
        if segment.get(1) == "HE" and segment.get(2):
            self.remarks.append(Remark(segment.get(2), segment.number))

    def date(self, *qualifiers: str) -> dt.date | None:
        """The first readable date with one of these qualifiers, in their order."""
        for qualifier in qualifiers:
            for found in self.dates:
                if found.qualifier == qualifier and found.value is not None:
                    return found.value
        return None


class Line(Part):
    """A service line in the making."""

    __slots__ = ()

    def build(self, number: int, claim: "Claim", split: Callable[[str, int], list[str]], report: Report) -> RemitLine:
        """The finished line. `split` takes a composite apart."""
        get, segment = self.segment.get, self.segment.number
        code = [part.strip() for part in split(get(1), segment)] + ["", ""]
        was = [part.strip() for part in split(get(6), segment)] + ["", ""] if get(6) else ["", ""]
        revenue = get(4) or (code[1] if code[0] == "NU" else "")
        return RemitLine(
            number=number,
            segment=segment,
            qualifier=code[0],
            procedure=code[1],
            modifiers=tuple(part for part in code[2:6] if part),
            billed_procedure=was[1],
            billed_modifiers=tuple(part for part in was[2:6] if part),
            revenue_code=revenue,
            billed=amount_of(get(2), "the charge of the line", segment, report),
            paid=amount_of(get(3), "the payment of the line", segment, report),
            units=amount_of(get(5), "units", segment, report),
            billed_units=amount_of(get(7), "units", segment, report),
            date=self.date("472", "150") or claim.date("232"),
            date_end=self.date("151") or (None if self.date("472", "150") else claim.date("233")),
            line_control_number=next((item.value for item in self.references if item.qualifier == "6R"), ""),
            adjustments=tuple(self.adjustments),
            remarks=tuple(self.remarks),
            amounts=tuple(self.amounts),
            quantities=tuple(self.quantities),
            references=tuple(self.references),
            dates=tuple(self.dates),
            balance=balance(counted(get(2)), counted(get(3)), adjusted(self.adjustments)),
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
        get, segment = self.segment.get, self.segment.number
        lines = tuple(line.build(place, self, split, report) for place, line in enumerate(self.lines, 1))
        taken = adjusted(self.adjustments)
        charges: Decimal | None = ZERO
        for line in self.lines:
            part, charge = adjusted(line.adjustments), counted(line.segment.get(2))
            taken = None if taken is None or part is None else taken + part
            charges = None if charges is None or charge is None else charges + charge
        billed = counted(get(3))
        return RemitClaim(
            number=number,
            segment=segment,
            control_number=get(1),
            status=get(2),
            billed=amount_of(get(3), "the charge of the claim", segment, report),
            paid=amount_of(get(4), "the payment of the claim", segment, report),
            stated_patient_responsibility=amount_of(get(5), "the patient's share (CLP05)", segment, report),
            filing_indicator=get(6),
            payer_control_number=get(7),
            facility=get(8),
            frequency=get(9),
            drg=get(11),
            adjustments=tuple(self.adjustments),
            remarks=tuple(self.remarks),
            parties=tuple(self.parties),
            dates=tuple(self.dates),
            references=tuple(self.references),
            amounts=tuple(self.amounts),
            quantities=tuple(self.quantities),
            lines=lines,
            balance=balance(billed, counted(get(4)), taken),
            line_charges=Balance(billed, charges if lines else billed),
            complete=complete,
            segments=tuple(self.segments),
        )
