"""A professional claim on the CMS-1500 (02/12): which fact stands in which box.

Meant to follow the 1500 claim form instruction manual of the NUCC, and for boxes 4, 7 and 11 of a claim with Medicare first the
Medicare Claims Processing Manual, chapter 26, section 10.2; written from general knowledge and not yet held against either.
"""

from decimal import Decimal

from assistant.claim.claim import Claim, OtherPayer, Party
from assistant.claim.forms.cms1500_lines import put_lines
from assistant.claim.forms.sheet import Filling, Page, blank_pages, layout
from assistant.claim.forms.words import (
    SIGNED,
    day_of,
    full_name,
    money,
    month_day_year,
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

PLANS = {"MA": "medicare", "MB": "medicare", "MC": "medicaid", "CH": "tricare", "VA": "champva"}
"""Box 1 by claim filing indicator; other plans are a group health plan when they have a group, else other."""
PLAN_WORDS = {
    "medicare": "Medicare",
    "medicaid": "Medicaid",
    "tricare": "TRICARE",
    "champva": "CHAMPVA",
    "group": "group health plan",
    "other": "other",
}
RELATIONSHIPS = {"18": "self", "01": "spouse", "19": "child"}
LETTERS = "ABCDEFGHIJKL"
SOURCES = ("DN", "DK", "DQ")
"""Box 17 holds one provider: who referred, else who ordered, else who supervised."""
OTHER_DATES = ("454", "304", "453", "439", "455", "471", "090", "091", "444")
NUMBERS = {"G1": "authorisation", "9F": "referral", "X4": "CLIA"}
CHANGES = {"7": "replacement", "8": "void"}


def fill_cms1500(claim: Claim) -> tuple[list[Page], tuple[Finding, ...]]:
    """The claim's pages, six lines on each; every page repeats the claim, totals stand on the last one.

    The findings name every box that cannot hold what the claim says.
    """
    form = layout("cms1500")
    filling = Filling(form, claim.control_number)
    pages = blank_pages(form, len(claim.lines))
    for page, held in pages:
        _put_people(filling, page, claim)
        _put_other_policy(filling, page, claim)
        _put_circumstances(filling, page, claim)
        _put_codes(filling, page, claim)
        put_lines(filling, page, claim, claim.lines[held])
        _put_foot(filling, page, claim)
    if claim.death_date or claim.pregnant:
        filling.overflow("any", "date of death and pregnancy have no box", Severity.WARNING)
    if claim.transport or any(party.role in ("PW", "45") for party in claim.providers):
        filling.overflow("any", "the ambulance transport (places, miles, conditions) has no box", Severity.WARNING)
    if claim.pay_to:
        filling.overflow("33", "the pay-to address has no box", Severity.WARNING)
    if claim.extras:
        names = ", ".join(dict.fromkeys((item.elements or item.replaces)[0] for item in claim.extras))
        filling.overflow("any", f"the claim holds segments that no box shows ({names})", Severity.WARNING)
    if claim.others and any(other.paid is not None for other in claim.others):
        filling.remark("an earlier payer has answered", "Send a copy of its remittance with the paper form.")
    return [page for page, _ in pages], tuple(filling.findings)


def _put_people(filling: Filling, page: Page, claim: Claim) -> None:
    patient, holder, payer = patient_of(claim), claim.subscriber, claim.payer
    medicare_first = PLANS.get(claim.filing_indicator) == "medicare" and claim.responsibility == "P"
    here = payer.address
    lines = [part for part in (plain(here.line1), plain(here.line2), town(here)) if part] if here else []
    filling.put(
        page,
        "0",
        ", ".join((payer.name, *lines)),
        name=payer.name,
        **dict(zip(("line1", "line2", "city"), lines, strict=False)),
    )
    plan = PLANS.get(claim.filing_indicator) or ("group" if claim.group_number or claim.group_name else "other")
    filling.put(page, "1", PLAN_WORDS[plan], **{plan: "X"})
    filling.put(page, "1a", holder.id)
    filling.put(page, "2", name_of(patient))
    _put_born(filling, page, "3", patient)
    _put_address(filling, page, "5", patient)
    relation = "self" if claim.patient is None else RELATIONSHIPS.get(claim.relationship, "other")
    filling.put(page, "6", relation, **{relation: "X"})
    if medicare_first:
        filling.put(page, "11", "NONE")
        return
    filling.put(page, "4", name_of(holder))
    _put_address(filling, page, "7", holder)
    filling.put(page, "11", claim.group_number)
    _put_born(filling, page, "11a", holder)
    if number := next((value for kind, value in patient.references if kind == "Y4"), ""):
        filling.put(page, "11b", f"Y4 {number}", kind="Y4", number=number)
    filling.put(page, "11c", claim.group_name or payer.name)


def _put_born(filling: Filling, page: Page, box: str, person: Party) -> None:
    if not person.birth_date:
        return
    sex = {"M": {"male": "X"}, "F": {"female": "X"}}.get(person.sex, {})
    filling.put(
        page, box, f"{shown(person.birth_date)} {person.sex}".strip(), **month_day_year(person.birth_date, True), **sex
    )


def _put_address(filling: Filling, page: Page, box: str, person: Party) -> None:
    if here := person.address:
        filling.put(
            page,
            box,
            whole(here),
            street=street(here),
            city=plain(here.city),
            state=here.state or here.country,
            zip=zip_code(here.zip),
        )


def _put_other_policy(filling: Filling, page: Page, claim: Claim) -> None:
    answer = "yes" if claim.others else "no"
    filling.put(page, "11d", answer, **{answer: "X"})
    if not claim.others:
        return
    other: OtherPayer = claim.others[0]
    filling.put(page, "9", name_of(other.subscriber))
    filling.put(page, "9a", other.group_number or other.subscriber.id)
    filling.put(page, "9d", other.group_name or other.payer.name)
    if len(claim.others) > 1:
        filling.overflow("9", f"one other policy fits and the claim has {len(claim.others)}", Severity.WARNING)


def _put_circumstances(filling: Filling, page: Page, claim: Claim) -> None:
    for box, cause in (("10a", "EM"), ("10b", "AA"), ("10c", "OA")):
        answer = "yes" if cause in claim.accident_causes else "no"
        state = claim.accident_state if box == "10b" and answer == "yes" else ""
        filling.put(page, box, f"{answer} {state}".strip(), **{answer: "X"}, **({"state": state} if state else {}))
    if claim.conditions:
        filling.put(page, "10d", " ".join(claim.conditions))
    if claim.release_information in ("Y", "I"):
        filling.put(page, "12", SIGNED)
    if claim.assign_benefits == "Y":
        filling.put(page, "13", SIGNED)
    _put_one_date(filling, page, "14", claim, ("431", "484"))
    _put_one_date(filling, page, "15", claim, OTHER_DATES)
    for box, first, last in (("16", "360", "361"), ("18", "435", "096")):
        start, end = day_of(claim, first), day_of(claim, last)
        if box == "16" and (span := next((date for date in claim.dates if date.kind == "314"), None)):
            start, end = span.start, span.end
        marks = {f"from.{part}": value for part, value in month_day_year(start).items()} if start else {}
        if end:
            marks |= {f"to.{part}": value for part, value in month_day_year(end).items()}
        if marks:
            filling.put(page, box, f"{shown(start)} to {shown(end)}".removesuffix(" to "), **marks)
    _put_source(filling, page, claim)
    filling.put(page, "19", claim.note)
    filling.put(page, "20", "no", no="X")


def _put_one_date(filling: Filling, page: Page, box: str, claim: Claim, kinds: tuple[str, ...]) -> None:
    found = [(kind, date) for kind in kinds if (date := day_of(claim, kind))]
    for kind, date in found[:1]:
        filling.put(page, box, f"{shown(date)} ({kind})", kind=kind, **month_day_year(date))
    for kind, date in found[1:]:
        filling.overflow(box, f"one date fits; {shown(date)} (kind {kind}) is left out", Severity.WARNING)


def _put_source(filling: Filling, page: Page, claim: Claim) -> None:
    ordered = [party for line in claim.lines for party in line.providers if party.role == "DK"]
    known = {(party.role, party.id, party.name): party for party in (*claim.providers, *ordered)}
    found = sorted(
        (party for party in known.values() if party.role in SOURCES), key=lambda party: SOURCES.index(party.role)
    )
    for party in found[:1]:
        filling.put(page, "17", f"{full_name(party)} ({party.role})", kind=party.role, name=full_name(party))
        filling.put(page, "17b", party.id)
    if len(found) > 1:
        rest = ", ".join(party.role for party in found[1:])
        filling.overflow("17", f"one provider fits; those in role {rest} are left out", Severity.WARNING)


def _put_codes(filling: Filling, page: Page, claim: Claim) -> None:
    version = "0" if all(item.qualifier.startswith("A") for item in claim.diagnoses) else "9"
    codes = {
        letter: item.code.replace(".", "")
        for letter, item in zip(LETTERS, claim.diagnoses[: len(LETTERS)], strict=False)
    }
    text = "  ".join((version, *(f"{letter}:{code}" for letter, code in codes.items())))
    filling.put(page, "21", text, version=version, **codes)
    if len(claim.diagnoses) > len(LETTERS):
        filling.overflow("21", f"twelve diagnoses fit and the claim has {len(claim.diagnoses)}")
    if claim.frequency in CHANGES:
        number = claim.reference("F8")
        filling.put(
            page, "22", f"{claim.frequency} ({CHANGES[claim.frequency]}) {number}", code=claim.frequency, number=number
        )
    found = [(kind, claim.reference(kind)) for kind in NUMBERS if claim.reference(kind)]
    for _, number in found[:1]:
        filling.put(page, "23", number)
    for kind, _ in found[1:]:
        filling.overflow("23", f"one number fits; the {NUMBERS[kind]} number is left out", Severity.WARNING)


def _put_foot(filling: Filling, page: Page, claim: Claim) -> None:
    billing = claim.billing
    for kind, box in (("EI", "ein"), ("SY", "ssn")):
        if number := next((value for key, value in billing.references if key == kind), ""):
            filling.put(page, "25", f"{number} ({box.upper()})", number=number, **{box: "X"})
    filling.put(page, "26", claim.control_number)
    answer = "no" if claim.assignment == "C" else "yes"
    filling.put(page, "27", answer, **{answer: "X"})
    if page.number < page.of:
        filling.put(page, "28", "continued", continued="CONTINUED")
    else:
        filling.put(page, "28", f"{claim.total:.2f}", **money(claim.total))
        paid = [other.paid for other in claim.others if other.paid is not None]
        if claim.patient_paid is not None:
            paid.append(claim.patient_paid)
        if paid:
            filling.put(page, "29", f"{sum(paid, Decimal(0)):.2f}", **money(sum(paid, Decimal(0))))
    if claim.provider_signature == "Y":
        filling.put(page, "31", SIGNED)
    place = next((party for party in claim.providers if party.role == "77"), None)
    if place:
        _put_block(filling, page, "32", place)
    phone = telephone(billing)
    _put_block(filling, page, "33", billing, area=phone[:3], phone=phone[3:])
    if billing.taxonomy:
        filling.put(page, "33b", f"ZZ{billing.taxonomy}")


def _put_block(filling: Filling, page: Page, box: str, party: Party, **more: str) -> None:
    """Name and address in three lines, and the NPI below."""
    said = ", ".join(part for part in (full_name(party), whole(party.address), "".join(more.values())) if part)
    filling.put(page, box, said, name=full_name(party), street=street(party.address), city=town(party.address), **more)
    filling.put(page, f"{box}a", party.id)
