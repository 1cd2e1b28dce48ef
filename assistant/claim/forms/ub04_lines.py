"""Form locators 42 to 47 of the UB-04: the revenue lines and, on the last page, their total."""

from collections.abc import Sequence
from decimal import Decimal

from assistant.claim.claim import Claim, ServiceLine
from assistant.claim.forms.sheet import Filling, Page
from assistant.claim.forms.words import compact, shown
from assistant.claim.wire import number

TOTAL_REVENUE = "0001"
"""The revenue code that stands before the total."""
INPATIENT_PLACES = "12456"
INPATIENT_BILLS = "18"
"""First and second digit of the types of bill of a stay: its lines carry no date of their own."""


def put_lines(filling: Filling, page: Page, claim: Claim, lines: Sequence[ServiceLine]) -> None:
    """The lines of one page; `lines` are at most as many as the form has."""
    for row, line in enumerate(lines):
        date = None if _stay(claim) else line.start
        cells = {
            "42": line.revenue_code,
            "43": _description(line),
            "44": "".join((line.procedure, *line.modifiers)) if line.procedure else _rate(line),
            "46": number(line.units),
        }
        noncovered = line.noncovered
        digits = {"47": _digits(line.charge), "48": _digits(noncovered) if noncovered is not None else ""}
        for place, text in (*cells.items(), ("45", compact(date)), *digits.items()):
            filling.mark(page, place, text, "lines", row)
        cells["44"] = " ".join((line.procedure, *line.modifiers)) if line.procedure else cells["44"]
        page.tables.setdefault("lines", []).append(
            {
                **cells,
                "45": shown(date),
                "47": f"{line.charge:.2f}",
                "48": f"{noncovered:.2f}" if noncovered is not None else "",
            }
        )
    if page.number == page.of:
        filling.put(page, "42", TOTAL_REVENUE, total=TOTAL_REVENUE)
        filling.put(page, "47", f"{claim.total:.2f} (total)", total=_digits(claim.total))
        amounts = [line.noncovered for line in claim.lines if line.noncovered is not None]
        if amounts:
            added = sum(amounts, Decimal(0))
            filling.put(page, "48", f"{added:.2f} (total)", total=_digits(added))
    else:
        page.boxes["47"] = "continued on the next page"


def _stay(claim: Claim) -> bool:
    code = claim.facility_code
    return len(code) == 2 and code[0] in INPATIENT_PLACES and code[1] in INPATIENT_BILLS


def _description(line: ServiceLine) -> str:
    """A drug as the form wants it, without blanks; else the words that go with the line."""
    if line.drug:
        return f"N4{line.drug.ndc}{line.drug.unit}{number(line.drug.quantity)}"
    return line.description


def _rate(line: ServiceLine) -> str:
    """Charge of one day of a room, when the days divide it to the cent."""
    if line.unit != "DA" or not line.units:
        return ""
    rate = line.charge / line.units
    return f"{rate:.2f}" if rate == round(rate, 2) else ""


def _digits(amount: Decimal) -> str:
    """Dollars and cents without the point: the form prints the line between them."""
    return f"{amount:.2f}".replace(".", "")
