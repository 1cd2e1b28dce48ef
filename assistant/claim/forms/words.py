"""Names, addresses, dates and money as paper forms write them: no punctuation in addresses, cents apart."""

import datetime as dt
from decimal import Decimal

from assistant.claim.claim import Claim, Party, PartyAddress

_NO_PUNCTUATION = str.maketrans({",": " ", ".": " ", "#": " "})
SIGNED = "SIGNATURE ON FILE"


def name_of(party: Party) -> str:
    """`Last, First, Middle` of a person, without suffix punctuation; the name of an organisation."""
    if not party.person:
        return party.name
    last = f"{party.name} {party.suffix}".strip()
    return ", ".join(part for part in (last, party.first, party.middle) if part)


def full_name(party: Party) -> str:
    """`First Middle Last` as providers are named."""
    return " ".join(part for part in (party.first, party.middle, party.name, party.suffix) if part)


def street(address: PartyAddress | None) -> str:
    """Both street lines in one, without punctuation."""
    return plain(f"{address.line1} {address.line2}") if address else ""


def town(address: PartyAddress | None) -> str:
    """City, state and ZIP in one line, without punctuation."""
    if not address:
        return ""
    return " ".join(
        part for part in (plain(address.city), address.state, zip_code(address.zip), address.country) if part
    )


def plain(text: str) -> str:
    """Without commas, full stops and number signs, as both forms ask."""
    return " ".join(text.translate(_NO_PUNCTUATION).split())


def zip_code(code: str) -> str:
    """Nine digits with their hyphen."""
    return f"{code[:5]}-{code[5:]}" if len(code) == 9 and code.isdigit() else code


def whole(address: PartyAddress | None) -> str:
    """The address in one readable line."""
    return ", ".join(part for part in (street(address), town(address)) if part)


def month_day_year(date: dt.date, long: bool = False) -> dict[str, str]:
    """The parts of a date, the year with four digits when `long`."""
    year = f"{date.year:04}"
    return {"month": f"{date.month:02}", "day": f"{date.day:02}", "year": year if long else year[2:]}


def shown(date: dt.date | None) -> str:
    """A date for the readable page, ISO."""
    return date.isoformat() if date else ""


def compact(date: dt.date | None, long: bool = False) -> str:
    """MMDDYY, or MMDDYYYY when `long`."""
    return "".join(month_day_year(date, long).values()) if date else ""


def money(amount: Decimal) -> dict[str, str]:
    """Dollars and cents apart; both forms print the line between them."""
    dollars, _, cents = f"{amount:.2f}".partition(".")
    return {"dollars": dollars, "cents": cents}


def telephone(party: Party) -> str:
    """The first telephone number, digits only."""
    return next((value for contact in party.contacts for kind, value in contact.numbers if kind == "TE"), "")


def patient_of(claim: Claim) -> Party:
    """The person treated."""
    return claim.patient or claim.subscriber


def day_of(claim: Claim, kind: str) -> dt.date | None:
    """The claim's first date of this kind."""
    return next((date.start for date in claim.dates if date.kind == kind), None)
