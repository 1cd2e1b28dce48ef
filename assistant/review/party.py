"""The people, providers and payers of an encounter; the claim uses the same values.

Every dataclass here is plain and frozen. `__pydantic_config__` is read only by the JSON reader in `encounter.py`,
which turns the field docstrings into the descriptions of `superbill schema encounter`.
"""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any, ClassVar

CONFIG: dict[str, Any] = {"extra": "forbid", "use_attribute_docstrings": True}


class Sex(StrEnum):
    """Sex as the payer has it on file."""

    FEMALE = "female"
    MALE = "male"
    UNKNOWN = "unknown"


class Relationship(StrEnum):
    """How the patient is related to the subscriber (the person who holds the policy)."""

    SELF = "self"
    SPOUSE = "spouse"
    CHILD = "child"
    EMPLOYEE = "employee"
    ORGAN_DONOR = "organ_donor"
    CADAVER_DONOR = "cadaver_donor"
    LIFE_PARTNER = "life_partner"
    OTHER = "other"
    UNKNOWN = "unknown"


class Responsibility(StrEnum):
    """The payer's place in the order of payment."""

    PRIMARY = "primary"
    SECONDARY = "secondary"
    TERTIARY = "tertiary"


class TaxIdKind(StrEnum):
    """What a tax id is: an employer identification number or a social security number."""

    EIN = "ein"
    SSN = "ssn"


@dataclass(frozen=True, slots=True)
class Address:
    """A postal address in the United States (or abroad, with `country`)."""

    __pydantic_config__: ClassVar[dict[str, Any]] = CONFIG
    line1: str
    """Street and number. A billing provider needs a street, not a post office box."""
    city: str
    """City."""
    state: str
    """Two-letter state, e.g. `OH`."""
    zip: str
    """ZIP code, five or nine digits, with or without the hyphen. A billing provider needs nine."""
    line2: str = ""
    """Suite, unit or building."""
    country: str = ""
    """Two-letter country, only when not the United States."""


@dataclass(frozen=True, slots=True)
class Person:
    """A person: the subscriber when that is not the patient."""

    __pydantic_config__: ClassVar[dict[str, Any]] = CONFIG
    last_name: str
    """Family name."""
    first_name: str
    """Given name."""
    middle_name: str = ""
    """Middle name or initial."""
    suffix: str = ""
    """Generation, e.g. `JR`; no titles."""
    birth_date: dt.date | None = None
    """Date of birth, ISO (`1961-05-14`)."""
    sex: Sex = Sex.UNKNOWN
    """Sex on file with the payer."""
    address: Address | None = None
    """Home address."""


@dataclass(frozen=True, slots=True)
class Patient:
    """The person treated."""

    __pydantic_config__: ClassVar[dict[str, Any]] = CONFIG
    last_name: str
    """Family name."""
    first_name: str
    """Given name."""
    birth_date: dt.date
    """Date of birth, ISO (`1961-05-14`)."""
    sex: Sex
    """Sex on file with the payer."""
    address: Address
    """Home address."""
    middle_name: str = ""
    """Middle name or initial."""
    suffix: str = ""
    """Generation, e.g. `JR`; no titles."""
    id: str = ""
    """The practice's own number for the patient; `superbill purge` takes it. Never sent."""
    medical_record_number: str = ""
    """Medical record number, sent with the claim when given."""
    death_date: dt.date | None = None
    """Date of death, ISO, when the patient has died."""
    pregnant: bool = False
    """True when the payer must be told that the patient is pregnant."""


@dataclass(frozen=True, slots=True)
class Provider:
    """A provider: an organisation (`organization`) or a person (`last_name`, `first_name`), never both."""

    __pydantic_config__: ClassVar[dict[str, Any]] = CONFIG
    npi: str
    """National Provider Identifier: ten digits, the last a Luhn check digit. Whatever else is left out is taken from
    the site's imported providers, when they hold this number."""
    organization: str = ""
    """Legal name of the organisation; empty for a person."""
    last_name: str = ""
    """Family name of a person; empty for an organisation."""
    first_name: str = ""
    """Given name of a person."""
    middle_name: str = ""
    """Middle name or initial of a person."""
    suffix: str = ""
    """Generation, e.g. `JR`; no degrees."""
    taxonomy: str = ""
    """Health care provider taxonomy code, ten characters, e.g. `207Q00000X`."""
    tax_id: str = ""
    """Tax id, nine digits without hyphen; required for the billing provider."""
    tax_id_kind: TaxIdKind = TaxIdKind.EIN
    """What the tax id is."""
    address: Address | None = None
    """Street address; required for the billing provider and a service facility."""
    contact_name: str = ""
    """Person to call about claims; the provider's name when empty."""
    phone: str = ""
    """Telephone, ten digits; required for the billing provider unless a `submitter` is given."""


@dataclass(frozen=True, slots=True)
class Payer:
    """A health plan."""

    __pydantic_config__: ClassVar[dict[str, Any]] = CONFIG
    id: str
    """The payer id of the plan or clearing house."""
    name: str = ""
    """Name of the plan; taken from the site's imported payers when left out."""
    address: Address | None = None
    """Claims address, when the plan wants it on the claim."""


@dataclass(frozen=True, slots=True)
class Adjustment:
    """One reason a payer gave for not paying part of a charge, as its remittance (835) says."""

    __pydantic_config__: ClassVar[dict[str, Any]] = CONFIG
    group: str
    """Group code: `CO`, `PR`, `OA` or `PI`."""
    reason: str
    """Claim adjustment reason code (CARC), e.g. `45`."""
    amount: Decimal
    """Amount not paid for this reason, e.g. `"47.00"`."""


@dataclass(frozen=True, slots=True)
class Adjudication:
    """What an earlier payer decided about one line or about the whole claim."""

    __pydantic_config__: ClassVar[dict[str, Any]] = CONFIG
    paid: Decimal
    """Amount that payer paid, e.g. `"112.00"`."""
    date: dt.date
    """Date of its remittance, ISO."""
    adjustments: tuple[Adjustment, ...] = ()
    """Its adjustments; with `paid` they add up to the charge."""
    patient_owes: Decimal | None = None
    """What it left to the patient, when known."""
    control_number: str = ""
    """The payer's own claim number (claim level only)."""
    procedure: str = ""
    """The procedure it paid, when it differs from the one billed (line level only)."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """One policy of the patient: the payer, the member and, when another person holds it, the subscriber."""

    __pydantic_config__: ClassVar[dict[str, Any]] = CONFIG
    payer: Payer
    """The plan."""
    member_id: str
    """Member id as on the card."""
    relationship: Relationship
    """The patient's relationship to the subscriber; `self` when the patient holds the policy."""
    filing_indicator: str = ""
    """Kind of plan; taken from the site's imported payers when left out.
    X12 code: `MB` Medicare part B, `MA` part A, `MC` Medicaid, `CI` commercial, `BL` Blue Cross,
    `HM` HMO, `12` PPO, `16` Medicare Advantage, `CH` TRICARE, `WC` workers' compensation, `AM` automobile,
    `ZZ` unknown."""
    responsibility: Responsibility = Responsibility.PRIMARY
    """This payer's place in the order of payment."""
    subscriber: Person | None = None
    """The person who holds the policy; required unless `relationship` is `self`."""
    group_number: str = ""
    """Group or policy number."""
    group_name: str = ""
    """Name of the group or plan."""
    insurance_type: str = ""
    """Why Medicare is secondary, X12 code (`12` working aged, `13`, `14`, `15`, `16`, `41`, `42`, `43`, `47`)."""
    casualty_number: str = ""
    """The insurer's number of the accident or injury (automobile, workers' compensation), when it has given one."""
    adjudication: Adjudication | None = None
    """What this payer decided about the claim; only for a payer that has answered already."""
