"""Checks on facility claims only: admission, discharge, revenue lines."""

from collections.abc import Iterator

from assistant.claim.checks.base import INPATIENT, Check, Context, Hit
from assistant.claim.claim import Claim, ClaimForm


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
        and any(not item.present_on_admission for item in claim.diagnoses if item.qualifier in ("ABK", "ABF", "ABN")),
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


CHECKS: dict[str, Check] = {"facility": facility, "revenue": revenue}
