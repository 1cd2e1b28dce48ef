"""Checks on what kind of service a line is: known code, place, drug number, orders, laboratory, ambulance.

Code numbers and ranges are facts; whether a payer acts on them is the payer's.
"""

from collections.abc import Iterator

from assistant.claim.checks.base import Check, Context, Hit, line_date
from assistant.claim.claim import Claim

PLACE_RULES = {
    "inpatient": (
        ("99221", "99239"),
        {"06", "08", "19", "21", "22", "23", "26", "31", "34", "51", "52", "54", "55", "56", "61"},
        True,
    ),
    "office": (("99202", "99215"), {"21", "51"}, False),
    "emergency": (("99281", "99285"), {"23"}, True),
    "nursing": (("99304", "99316"), {"31", "32", "54", "56"}, True),
    "home": (("99341", "99350"), {"04", "12", "13", "14", "16", "33", "55"}, True),
}
"""Kind -> codes, places, and whether the codes belong to these places or stay away from them. Hospital visits since 2023 are
those of observation too, which is given in outpatient places."""


def unknown_procedure(claim: Claim, context: Context, parameter: str) -> Iterator[Hit]:
    """A procedure that the site's imported HCPCS or licensed CPT file does not have, or not on that day."""
    if context.procedures is None:
        return
    for at, line in enumerate(claim.lines):
        day = line_date(claim, at)
        if day and line.procedure and line.qualifier == "HC" and context.procedures(line.procedure, day) is False:
            yield Hit(f"line {at + 1}", (line.procedure,))


def place_fits(claim: Claim, context: Context, parameter: str) -> Iterator[Hit]:
    """A visit whose code belongs to other places. Parameter: a row of `PLACE_RULES`."""
    (first, last), places, inside = PLACE_RULES[parameter]
    for at, line in enumerate(claim.lines, start=1):
        place = line.place_of_service or claim.facility_code
        if len(line.procedure) == 5 and first <= line.procedure <= last and (place in places) is not inside:
            yield Hit(f"line {at}", (line.procedure,), place)


def drug_number(claim: Claim, context: Context, parameter: str) -> Iterator[Hit]:
    """A drug without its National Drug Code, for a plan that wants one. Parameter: filing indicators."""
    for at, line in enumerate(claim.lines, start=1):
        drug = line.procedure[:1] == "J" and line.procedure[1:].isdigit() and line.procedure < "J9999"
        if drug and line.drug is None and claim.filing_indicator in parameter.split():
            yield Hit(f"line {at}", (line.procedure,))


def ordered(claim: Claim, context: Context, parameter: str) -> Iterator[Hit]:
    """A test, image or piece of equipment for which nobody is named who ordered or referred. Parameter: filing
    indicators of the plans that want one."""
    if claim.filing_indicator not in parameter.split():
        return
    referred = any(party.role in ("DN", "DK") for party in claim.providers)
    for at, line in enumerate(claim.lines, start=1):
        tested = _within(line.procedure, "70010", "89398")
        equipped = line.procedure[:1] in ("E", "K", "L") and line.procedure[1:].isdigit()
        named = referred or any(party.role in ("DN", "DK") for party in line.providers)
        if (tested or equipped) and not named:
            yield Hit(f"line {at}", (line.procedure,))


def laboratory(claim: Claim, context: Context, parameter: str) -> Iterator[Hit]:
    """A laboratory test without CLIA number, for a plan that denies it. Parameter: filing indicators."""
    if claim.filing_indicator not in parameter.split() or claim.reference("X4"):
        return
    for at, line in enumerate(claim.lines, start=1):
        own = any(kind in ("X4", "F4") for kind, _ in line.references)
        # Drawing blood is 36415; pathology consultations 80503 to 80506 and apheresis need no certificate.
        if _within(line.procedure, "80047", "89398") and not _within(line.procedure, "80503", "80506") and not own:
            yield Hit(f"line {at}", (line.procedure,))


def ambulance(claim: Claim, context: Context, parameter: str) -> Iterator[Hit]:
    """An ambulance line (A0225, A0380 to A0436, A0998 ...) and `transport`: no CR1; `places`: pick-up or drop-off
    missing; `modifier`: no modifier of origin and destination. `needless`: CR1 without an ambulance line."""
    lines = [(at, line) for at, line in enumerate(claim.lines, start=1) if _ambulance(line.procedure)]
    if parameter == "needless":
        if claim.transport and not lines:
            yield Hit("claim")
        return
    roles = {party.role for party in claim.providers}
    for at, line in lines:
        faulty = {
            "transport": claim.transport is None,
            "places": not {"PW", "45"} <= roles,
            "modifier": not any(_route(modifier) for modifier in line.modifiers),
        }
        if faulty[parameter]:
            yield Hit(f"line {at}", (line.procedure,))
            if parameter != "modifier":
                return


def _ambulance(code: str) -> bool:
    return len(code) == 5 and code[:2] == "A0" and code[2:].isdigit() and code != "A0888"


def _route(modifier: str) -> bool:
    """Two letters, from where to where: diagnostic site, residence, hospital, ..."""
    return len(modifier) == 2 and all(letter in "DEGHIJNPRSX" for letter in modifier) and modifier[0] != "X"


def _within(code: str, first: str, last: str) -> bool:
    return len(code) == 5 and code.isdigit() and first <= code <= last


CHECKS: dict[str, Check] = {
    "unknown_procedure": unknown_procedure,
    "place_fits": place_fits,
    "drug_number": drug_number,
    "ordered": ordered,
    "laboratory": laboratory,
    "ambulance": ambulance,
}
