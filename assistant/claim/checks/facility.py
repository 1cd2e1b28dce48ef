"""Checks on facility claims only: admission, discharge, revenue lines."""

import datetime as dt
import re
from collections.abc import Iterator
from decimal import Decimal

from assistant.claim.checks.base import INPATIENT, Check, Context, Hit
from assistant.claim.claim import Claim, ClaimForm

EXEMPT = re.compile(r"Q|[V-Y]|Z37|Z38|Z79|Z8[0-7]|I25\.2|I69|O80|O94")
"""Diagnoses exempt from the present-on-admission indicator, by category (ICD-10-CM guidelines, appendix I). Some causes
of injury are not; the rule is a warning and stays silent on them."""


def facility(claim: Claim, context: Context, parameter: str) -> Iterator[Hit]:
    """The parameter names what is missing on a facility claim."""
    if claim.form is not ClaimForm.INSTITUTIONAL:
        return
    kinds = {date.kind for date in claim.dates}
    inpatient = claim.facility_code in INPATIENT
    detail = claim.institutional
    final = detail is not None and detail.patient_status != "30"
    faulty = {
        "detail": detail is None,
        "statement": "434" not in kinds,
        "admission": inpatient and "435" not in kinds,
        "discharge": inpatient and final and "096" not in kinds,
        "admitting": inpatient and not any(item.qualifier in ("ABJ", "BJ") for item in claim.diagnoses),
        "attending": not any(party.role == "71" for party in claim.providers),
        "present": claim.facility_code == "11"
        and any(
            not item.present_on_admission and not EXEMPT.match(item.code)
            for item in claim.diagnoses
            if item.qualifier in ("ABK", "ABF", "ABN")
        ),
        "still": detail is not None and detail.patient_status == "30" and claim.frequency in ("1", "4"),
    }
    if faulty[parameter]:
        yield Hit("claim")


def revenue(claim: Claim, context: Context, parameter: str) -> Iterator[Hit]:
    """A facility line without revenue code, or an outpatient line without a date."""
    if claim.form is not ClaimForm.INSTITUTIONAL:
        return
    for at, line in enumerate(claim.lines, start=1):
        undated = claim.facility_code not in INPATIENT and line.start is None
        if (parameter == "code" and not line.revenue_code) or (parameter == "date" and undated):
            yield Hit(f"line {at}", (line.revenue_code,))


def procedure_dates(claim: Claim, context: Context, parameter: str) -> Iterator[Hit]:
    """`absent`: an ICD-10-PCS procedure without its date. `outside`: dated after the stay, or more than three days
    before it (services of the three days before an admission belong to the stay)."""
    stay = next((date for date in claim.dates if date.kind == "434"), None)
    for item in claim.procedures:
        if parameter == "absent":
            if item.date is None:
                yield Hit("claim", (item.code,))
        elif item.date and stay and stay.start:
            last = stay.end or stay.start
            if not stay.start - dt.timedelta(days=3) <= item.date <= last:
                yield Hit("claim", (item.code,))


def surgeon(claim: Claim, context: Context, parameter: str) -> Iterator[Hit]:
    """An operation without an operating provider. ICD-10-PCS section 0 holds operations."""
    operated = [item.code for item in claim.procedures if item.code.startswith("0")]
    if operated and not any(party.role == "72" for party in claim.providers):
        yield Hit("claim", (operated[0],))


def days(claim: Claim, context: Context, parameter: str) -> Iterator[Hit]:
    """`absent`: an inpatient bill to Medicare without covered days (value code 80). `differ`: covered and non-covered
    days are not the days of the room lines (revenue codes 0100 to 0219)."""
    if claim.facility_code not in INPATIENT:
        return
    told = {item.code: item.amount for item in claim.values}
    rooms = sum((line.units for line in claim.lines if "0100" <= line.revenue_code <= "0219"), Decimal(0))
    if parameter == "absent":
        if "80" not in told and claim.filing_indicator == "MA":
            yield Hit("claim")
    elif "80" in told and rooms and told["80"] + told.get("81", Decimal(0)) != rooms:
        yield Hit("claim", detail=f"{told['80'] + told.get('81', Decimal(0)):.0f} days, and the rooms {rooms:.0f}")


def noncovered(claim: Claim, context: Context, parameter: str) -> Iterator[Hit]:
    """More of a line is not covered than it charges, or a negative amount."""
    for at, line in enumerate(claim.lines, start=1):
        if line.noncovered is not None and not 0 <= line.noncovered <= line.charge:
            yield Hit(f"line {at}")


def total_line(claim: Claim, context: Context, parameter: str) -> Iterator[Hit]:
    """Revenue code 0001 as a line: the total is CLM02, not a line."""
    for at, line in enumerate(claim.lines, start=1):
        if line.revenue_code == "0001":
            yield Hit(f"line {at}")


def spans(claim: Claim, context: Context, parameter: str) -> Iterator[Hit]:
    """An occurrence span that ends before it begins, or an occurrence in the future."""
    for item in claim.occurrences:
        if (item.end and item.end < item.start) or item.start > context.today:
            yield Hit("claim", (item.code,))


CHECKS: dict[str, Check] = {
    "facility": facility,
    "revenue": revenue,
    "procedure_dates": procedure_dates,
    "surgeon": surgeon,
    "days": days,
    "noncovered": noncovered,
    "total_line": total_line,
    "spans": spans,
}
