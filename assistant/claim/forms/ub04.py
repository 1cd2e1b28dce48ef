"""A facility claim on the UB-04 (CMS-1450): which fact stands in which form locator.

Meant to follow the data specifications of the NUBC (Medicare Claims Processing Manual, chapter 25, section 75); written from
general knowledge and not yet held against them.
"""

import datetime as dt

from assistant.claim.claim import Claim, Party
from assistant.claim.forms.sheet import Filling, Page, blank_pages, layout
from assistant.claim.forms.ub04_codes import put_codes
from assistant.claim.forms.ub04_lines import put_lines
from assistant.claim.forms.ub04_payers import put_payers
from assistant.claim.forms.words import (
    compact,
    day_of,
    full_name,
    name_of,
    patient_of,
    plain,
    shown,
    street,
    telephone,
    town,
    whole,
    zip_code,
)
from assistant.guidelines.finding import Finding, Severity

REMARK_WIDTHS = (16, 24, 24, 24)


def fill_ub04(claim: Claim, made: dt.date) -> tuple[list[Page], tuple[Finding, ...]]:
    """The claim's pages, 22 lines on each; every page repeats the claim, the total stands on the last one.

    `made` is the day the form is made. The findings name every box that cannot hold what the claim says.
    """
    form = layout("ub04")
    filling = Filling(form, claim.control_number)
    pages = blank_pages(form, len(claim.lines))
    for page, held in pages:
        _put_provider(filling, page, claim)
        _put_patient(filling, page, claim)
        _put_stay(filling, page, claim)
        put_codes(filling, page, claim)
        put_lines(filling, page, claim, claim.lines[held])
        filling.put(page, "page", f"{page.number} of {page.of}", number=str(page.number), of=str(page.of))
        filling.put(page, "made", shown(made), **{"": compact(made)})
        put_payers(filling, page, claim)
        _put_people(filling, page, claim)
        _put_remarks(filling, page, claim)
    if any(line.providers for line in claim.lines):
        filling.overflow("76 to 79", "providers of single lines have no box", Severity.WARNING)
    if claim.others and any(other.paid is not None for other in claim.others):
        filling.remark("an earlier payer has answered", "Send a copy of its remittance with the paper form.")
    return [page for page, _ in pages], tuple(filling.findings)


def _put_provider(filling: Filling, page: Page, claim: Claim) -> None:
    billing = claim.billing
    phone = telephone(billing)
    said = ", ".join(part for part in (full_name(billing), whole(billing.address), phone) if part)
    filling.put(
        page,
        "1",
        said,
        name=full_name(billing),
        street=street(billing.address),
        city=town(billing.address),
        phone=phone,
    )
    if pay_to := claim.pay_to:
        name = full_name(pay_to) or full_name(billing)
        said = ", ".join(part for part in (name, whole(pay_to.address)) if part)
        filling.put(page, "2", said, name=name, street=street(pay_to.address), city=town(pay_to.address))
    filling.put(page, "3a", claim.control_number)
    filling.put(page, "3b", claim.reference("EA"))
    filling.put(page, "4", f"0{claim.facility_code}{claim.frequency}")
    filling.put(page, "5", next((value for kind, value in billing.references if kind == "EI"), ""))
    filling.put(page, "56", billing.id)
    if billing.taxonomy:
        filling.put(page, "81", f"B3 {billing.taxonomy}", **{"a.kind": "B3", "a.code": billing.taxonomy})


def _put_patient(filling: Filling, page: Page, claim: Claim) -> None:
    patient = patient_of(claim)
    filling.put(page, "8", name_of(patient), name=name_of(patient))
    if here := patient.address:
        filling.put(
            page,
            "9",
            whole(here),
            street=street(here),
            city=plain(here.city),
            state=here.state,
            zip=zip_code(here.zip),
            country=here.country,
        )
    filling.put(page, "10", shown(patient.birth_date), **{"": compact(patient.birth_date, long=True)})
    filling.put(page, "11", patient.sex)


def _put_stay(filling: Filling, page: Page, claim: Claim) -> None:
    days = next((date for date in claim.dates if date.kind == "434"), None)
    if days and days.start:
        last = days.end or days.start
        said = f"{shown(days.start)} to {shown(last)}"
        filling.put(page, "6", said, **{"from": compact(days.start), "to": compact(last)})
    admitted = next((date for date in claim.dates if date.kind == "435"), None)
    if admitted:
        filling.put(page, "12", shown(admitted.start), **{"": compact(day_of(claim, "435"))})
        filling.put(page, "13", admitted.time[:2])
    left = next((date for date in claim.dates if date.kind == "096"), None)
    if left:
        filling.put(page, "16", left.time[:2])
    if detail := claim.institutional:
        filling.put(page, "14", detail.admission_type)
        filling.put(page, "15", detail.admission_source)
        filling.put(page, "17", detail.patient_status)
        filling.put(page, "71", detail.drg)
    filling.put(page, "29", claim.accident_state or claim.reference("LU"))


def _put_people(filling: Filling, page: Page, claim: Claim) -> None:
    def put(box: str, party: Party, **role: str) -> None:
        said = " ".join(part for part in (full_name(party), party.id, *role.values()) if part)
        filling.put(page, box, said, npi=party.id, last=party.name, first=party.first, **role)

    others = []
    for party in claim.providers:
        if party.role == "71":
            put("76", party)
        elif party.role == "72":
            put("77", party)
        elif party.role in ("DN", "82", "ZZ"):
            others.append(party)
    for box, party in zip(("78", "79"), others, strict=False):
        put(box, party, role=party.role)
    if len(others) > 2:
        filling.overflow("79", f"two other providers fit and the claim has {len(others)}", Severity.WARNING)
    if any(party.role == "77" for party in claim.providers):
        filling.overflow("1", "the place of the service has no box of its own", Severity.WARNING)


def _put_remarks(filling: Filling, page: Page, claim: Claim) -> None:
    """Words are kept whole over the four lines."""
    lines, rest = [], claim.note.split()
    for width in REMARK_WIDTHS:
        line = ""
        while rest and len(line) + bool(line) + len(rest[0]) <= width:
            line = f"{line} {rest.pop(0)}".strip()
        lines.append(line)
    if rest:
        page.boxes["80"] = claim.note
        filling.overflow("80", "the remark does not fit in the four lines and was left off the printed form")
        return
    filling.put(page, "80", claim.note, **{str(at): line for at, line in enumerate(lines, start=1)})
