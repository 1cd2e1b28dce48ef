"""People, providers and payers of an encounter to parties of a claim; texts are folded into what X12 carries."""

from collections.abc import Sequence

from assistant.claim.claim import Contact, Party, PartyAddress
from assistant.claim.wire import folded
from assistant.review.encounter import Submitter
from assistant.review.party import Address, Patient, Payer, Person, Provider, Relationship, Sex, TaxIdKind

RELATIONSHIPS = {
    Relationship.SELF: "18",
    Relationship.SPOUSE: "01",
    Relationship.CHILD: "19",
    Relationship.EMPLOYEE: "20",
    Relationship.UNKNOWN: "21",
    Relationship.ORGAN_DONOR: "39",
    Relationship.CADAVER_DONOR: "40",
    Relationship.LIFE_PARTNER: "53",
    Relationship.OTHER: "G8",
}
SEXES = {Sex.FEMALE: "F", Sex.MALE: "M", Sex.UNKNOWN: "U"}
DIGITS = "0123456789"


class Wording:
    """Collects what is missing or cannot be sent, in the order met, while texts are brought into wire form."""

    def __init__(self) -> None:
        self.faults: list[str] = []

    def missing(self, field: str) -> None:
        """Note a missing field."""
        self.fault(f"{field} is missing")

    def fault(self, sentence: str) -> None:
        """Note any fault, once."""
        if sentence not in self.faults:
            self.faults.append(sentence)

    def text(self, value: str, field: str, longest: int, shortest: int = 1) -> str:
        """`value` as X12 carries it: accents off, blanks collapsed. Never cut: too long is a fault."""
        plain = folded(value)
        if plain is None:
            self.fault(f"{field} has a character that X12 cannot carry (such as * ~ : ^)")
            return ""
        if len(plain) > longest:
            self.fault(f"{field} is longer than {longest} characters")
        elif 0 < len(plain) < shortest:
            self.fault(f"{field} is shorter than {shortest} characters")
        return plain

    def digits(self, value: str, field: str, lengths: Sequence[int]) -> str:
        """`value` without punctuation; a fault unless as many digits remain as `lengths` allows."""
        plain = "".join(character for character in value if character not in " -().+")
        if plain and (len(plain) not in lengths or any(character not in DIGITS for character in plain)):
            self.fault(f"{field} must have {' or '.join(str(length) for length in lengths)} digits")
        return plain


def address_of(address: Address, words: Wording, where: str) -> PartyAddress:
    """The address; ZIP without hyphen. United States unless a country is given."""
    country = words.text(address.country.upper(), f"{where}.country", 3, 2)
    home = country in ("", "US", "CA")
    zip_code = address.zip.replace("-", "").replace(" ", "")
    return PartyAddress(
        _needed(words, address.line1, f"{where}.line1", 55),
        words.text(address.line2, f"{where}.line2", 55),
        _needed(words, address.city, f"{where}.city", 30, 2),
        _needed(words, address.state.upper(), f"{where}.state", 2, 2) if home else "",
        words.digits(zip_code, f"{where}.zip", (5, 9)) if country in ("", "US") else words.text(zip_code, where, 15, 3),
        "" if country == "US" else country,
    )


def member(
    role: str, person: Patient | Person, words: Wording, where: str, member_id: str = "", demographics: bool = True
) -> Party:
    """The subscriber (`IL`) or patient (`QC`); `demographics` adds date of birth and sex."""
    return Party(
        role,
        _needed(words, person.last_name, f"{where}.last_name", 60),
        words.text(person.first_name, f"{where}.first_name", 35),
        words.text(person.middle_name, f"{where}.middle_name", 25),
        words.text(person.suffix, f"{where}.suffix", 10),
        person=True,
        id_kind="MI" if member_id else "",
        id=words.text(member_id, "coverage.member_id", 80, 2),
        address=address_of(person.address, words, f"{where}.address") if person.address else None,
        birth_date=person.birth_date if demographics else None,
        sex=SEXES[person.sex] if demographics and person.birth_date else "",
    )


def provider_party(role: str, provider: Provider, words: Wording, where: str) -> Party:
    """A provider in a role; only the billing provider carries tax id and contact."""
    billing = role == "85"
    if bool(provider.organization) == bool(provider.last_name):
        words.fault(f"{where} needs either organization or last_name")
    if role in ("85", "82", "77") and not provider.npi:
        words.missing(f"{where}.npi")
    references: tuple[tuple[str, str], ...] = ()
    contacts: tuple[Contact, ...] = ()
    if billing:
        kind = "SY" if provider.tax_id_kind is TaxIdKind.SSN else "EI"
        references = ((kind, words.digits(provider.tax_id, f"{where}.tax_id", (9,))),)
        phone = words.digits(provider.phone, f"{where}.phone", (10,))
        if phone:
            contact = provider.contact_name or provider.organization or f"{provider.first_name} {provider.last_name}"
            contacts = (Contact(words.text(contact.strip(), f"{where}.contact_name", 60), (("TE", phone),)),)
    place = provider.address if role in ("85", "77", "DK") else None
    return Party(
        role,
        words.text(provider.organization or provider.last_name, f"{where} name", 60),
        words.text(provider.first_name, f"{where}.first_name", 35),
        words.text(provider.middle_name, f"{where}.middle_name", 25),
        words.text(provider.suffix, f"{where}.suffix", 10),
        person=not provider.organization,
        id_kind="XX" if provider.npi else "",
        id=words.digits(provider.npi, f"{where}.npi", (10,)),
        address=address_of(place, words, f"{where}.address") if place else None,
        taxonomy=words.text(provider.taxonomy, f"{where}.taxonomy", 10, 10) if role in ("85", "82", "71") else "",
        references=references,
        contacts=contacts,
    )


def payer_party(payer: Payer, words: Wording, where: str) -> Party:
    """The plan."""
    return Party(
        "PR",
        _needed(words, payer.name, f"{where}.name", 60),
        id_kind="PI",
        id=_needed(words, payer.id, f"{where}.id", 80, 2),
        address=address_of(payer.address, words, f"{where}.address") if payer.address else None,
    )


def organisation(role: str, submitter: Submitter, words: Wording, where: str) -> Party:
    """Who sends the file."""
    phone = words.digits(submitter.phone, f"{where}.phone", (10,))
    if not phone:
        words.missing(f"{where}.phone")
    contact = Contact(_needed(words, submitter.contact_name, f"{where}.contact_name", 60), (("TE", phone),))
    return Party(
        role,
        _needed(words, submitter.name, f"{where}.name", 60),
        id_kind="46",
        id=_needed(words, submitter.id, f"{where}.id", 80, 2),
        contacts=(contact,),
    )


def _needed(words: Wording, value: str, where: str, longest: int, shortest: int = 1) -> str:
    if not value.strip():
        words.missing(where)
    return words.text(value, where, longest, shortest)
