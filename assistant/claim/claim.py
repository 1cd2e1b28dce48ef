"""The claim as it is sent: plain values in wire form, the same for what is drafted and what is read from an 837.

Codes in here are X12's own (`18`, `F`, `11`), diagnoses dotted for people. Absent text is empty, absent amounts and
dates None. Whatever an 837 holds that no field names is kept in `extras`, with its place.
"""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import NewType

DiagnosisPointer = NewType("DiagnosisPointer", int)
"""Place of a diagnosis in the claim's list, counting from 1."""


class ClaimForm(StrEnum):
    """The transaction a claim travels in."""

    PROFESSIONAL = "837p"
    INSTITUTIONAL = "837i"

    @property
    def version(self) -> str:
        """GS08 and ST03."""
        return "005010X222A1" if self is ClaimForm.PROFESSIONAL else "005010X223A2"


@dataclass(frozen=True, slots=True)
class PartyAddress:
    """N3 and N4. `zip` without hyphen."""

    line1: str = ""
    line2: str = ""
    city: str = ""
    state: str = ""
    zip: str = ""
    country: str = ""


@dataclass(frozen=True, slots=True)
class Contact:
    """PER: a name and one to three numbers, each with its kind (`TE` telephone, `EX` extension, `EM` e-mail, `FX`)."""

    name: str = ""
    numbers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Party:
    """Anyone a claim names: NM1 and what stands with it."""

    role: str
    """NM101: `85` billing, `82` rendering, `DN` referring, `DQ` supervising, `77` facility, `71` attending, `72`
    operating, `ZZ` other operating, `DK` ordering, `PW` ambulance pick-up, `45` drop-off, `IL` subscriber, `QC`
    patient, `PR` payer, `41` submitter, `40` receiver, `87` pay-to."""
    name: str = ""
    """Organisation, or family name of a person."""
    first: str = ""
    middle: str = ""
    suffix: str = ""
    person: bool = False
    id_kind: str = ""
    """NM108: `XX` NPI, `MI` member id, `PI` payer id, `46` electronic transmitter id."""
    id: str = ""
    address: PartyAddress | None = None
    birth_date: dt.date | None = None
    sex: str = ""
    """`F`, `M` or `U`."""
    taxonomy: str = ""
    references: tuple[tuple[str, str], ...] = ()
    """REF of the party: (`EI`, tax id), (`SY`, social security number), (`G2`, payer's own number), ..."""
    contacts: tuple[Contact, ...] = ()


@dataclass(frozen=True, slots=True)
class ClaimAdjustment:
    """One CAS triple. `quantity` is None unless given."""

    group: str
    reason: str
    amount: Decimal
    quantity: Decimal | None = None


@dataclass(frozen=True, slots=True)
class ClaimDiagnosis:
    """One diagnosis with its HI qualifier: `ABK` principal, `ABF` other, `ABJ` admitting, `ABN` external cause,
    `APR` reason for visit; `BK`, `BF` ... are ICD-9."""

    code: str
    """Dotted."""
    qualifier: str
    present_on_admission: str = ""


@dataclass(frozen=True, slots=True)
class ClaimProcedure:
    """An ICD-10-PCS code on a facility claim: `BBR` principal, `BBQ` other."""

    code: str
    qualifier: str
    date: dt.date | None


@dataclass(frozen=True, slots=True)
class ClaimOccurrence:
    """An occurrence code (HI*BH) with its day, or with `end` an occurrence span (HI*BI)."""

    code: str
    start: dt.date
    end: dt.date | None = None


@dataclass(frozen=True, slots=True)
class ClaimValue:
    """A value code (HI*BE) and its amount."""

    code: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Transport:
    """CR1 and CRC*07 of an ambulance claim. Weight in pounds, distance in miles; `conditions` holds, for each CRC,
    whether its codes apply and the codes."""

    reason: str
    miles: Decimal
    weight: Decimal | None = None
    round_trip: str = ""
    stretcher: str = ""
    conditions: tuple[tuple[bool, tuple[str, ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class ClaimDate:
    """DTP: kind (`431` onset, `439` accident, `435` admission ...), first day, last day, time (HHMM) when there. The
    discharge hour (`096` on a facility claim) has a time and no day."""

    kind: str
    start: dt.date | None
    end: dt.date | None = None
    time: str = ""


@dataclass(frozen=True, slots=True)
class OtherPayer:
    """Another policy of the patient (loop 2320), with what that payer decided about the claim, when it has."""

    responsibility: str
    relationship: str
    filing_indicator: str
    subscriber: Party
    payer: Party
    group_number: str = ""
    group_name: str = ""
    insurance_type: str = ""
    assign_benefits: str = "Y"
    signature_source: str = ""
    release_information: str = "Y"
    paid: Decimal | None = None
    patient_owes: Decimal | None = None
    adjustments: tuple[ClaimAdjustment, ...] = ()
    date: dt.date | None = None
    control_number: str = ""


@dataclass(frozen=True, slots=True)
class LineDecision:
    """What another payer decided about a line (loop 2430)."""

    payer_id: str
    paid: Decimal
    procedure: str
    modifiers: tuple[str, ...]
    units: Decimal
    date: dt.date | None
    adjustments: tuple[ClaimAdjustment, ...] = ()
    patient_owes: Decimal | None = None
    revenue_code: str = ""


@dataclass(frozen=True, slots=True)
class LineDrug:
    """National Drug Code, quantity and unit (loop 2410)."""

    ndc: str
    quantity: Decimal
    unit: str
    prescription: str = ""


@dataclass(frozen=True, slots=True)
class ServiceLine:
    """One line. `charge` is the line's total, not the price of a unit."""

    procedure: str
    charge: Decimal
    units: Decimal
    pointers: tuple[DiagnosisPointer, ...] = ()
    modifiers: tuple[str, ...] = ()
    qualifier: str = "HC"
    description: str = ""
    unit: str = "UN"
    place_of_service: str = ""
    emergency: bool = False
    start: dt.date | None = None
    end: dt.date | None = None
    control_number: str = ""
    revenue_code: str = ""
    references: tuple[tuple[str, str], ...] = ()
    dates: tuple[ClaimDate, ...] = ()
    note: str = ""
    providers: tuple[Party, ...] = ()
    drug: LineDrug | None = None
    decisions: tuple[LineDecision, ...] = ()
    noncovered: Decimal | None = None
    """Part of the charge that is not covered (SV207, facility claims)."""
    epsdt: bool = False
    family_planning: bool = False


@dataclass(frozen=True, slots=True)
class InstitutionalDetail:
    """CL1 and what only facility claims carry."""

    admission_type: str
    admission_source: str
    patient_status: str
    drg: str = ""


@dataclass(frozen=True, slots=True)
class Extra:
    """A segment kept as it stands because no field names it, or not all of it: its loop, the place of the loop among
    its kind (other payer or line, then the loop itself), and its elements, component separator `:`."""

    loop: str
    parent: int
    occurrence: int
    elements: tuple[str, ...]
    replaces: tuple[str, ...] = ()
    """The segment that the fields would write and that this one stands for; empty when there is none."""


@dataclass(frozen=True, slots=True)
class Claim:
    """One claim, professional or institutional."""

    form: ClaimForm
    control_number: str
    """CLM01, at most 20 characters: the payer returns it as CLP01."""
    total: Decimal
    """CLM02, the sum of the lines."""
    facility_code: str
    """Place of service, or the first two digits of the type of bill."""
    frequency: str
    """`1` original, `7` replacement, `8` void; facility claims know more."""
    billing: Party
    subscriber: Party
    payer: Party
    diagnoses: tuple[ClaimDiagnosis, ...]
    lines: tuple[ServiceLine, ...]
    responsibility: str = "P"
    relationship: str = "18"
    """The patient's to the subscriber; `18` self: then `patient` is None."""
    filing_indicator: str = ""
    group_number: str = ""
    group_name: str = ""
    insurance_type: str = ""
    patient: Party | None = None
    pay_to: Party | None = None
    facility_qualifier: str = "B"
    provider_signature: str = "Y"
    assignment: str = "A"
    assign_benefits: str = "Y"
    release_information: str = "Y"
    signature_source: str = ""
    accident_causes: tuple[str, ...] = ()
    accident_state: str = ""
    accident_country: str = ""
    special_program: str = ""
    delay_reason: str = ""
    death_date: dt.date | None = None
    pregnant: bool = False
    dates: tuple[ClaimDate, ...] = ()
    references: tuple[tuple[str, str], ...] = ()
    """(qualifier, value): `F8` payer's claim number, `G1` authorisation, `9F` referral, `X4` CLIA, `EA` record."""
    patient_paid: Decimal | None = None
    note: str = ""
    providers: tuple[Party, ...] = ()
    others: tuple[OtherPayer, ...] = ()
    institutional: InstitutionalDetail | None = None
    procedures: tuple[ClaimProcedure, ...] = ()
    conditions: tuple[str, ...] = ()
    """Condition codes (HI*BG)."""
    occurrences: tuple[ClaimOccurrence, ...] = ()
    values: tuple[ClaimValue, ...] = ()
    patient_due: Decimal | None = None
    """What the patient is expected to owe (AMT*F3, facility claims)."""
    transport: Transport | None = None
    extras: tuple[Extra, ...] = ()

    def reference(self, qualifier: str) -> str:
        """The first REF with this qualifier, or empty."""
        return next((value for kind, value in self.references if kind == qualifier), "")


@dataclass(frozen=True, slots=True)
class Batch:
    """One transaction set: who sends to whom, and the claims."""

    form: ClaimForm
    submitter: Party
    receiver: Party
    reference: str
    """BHT03: never used twice by a submitter."""
    created: dt.datetime
    claims: tuple[Claim, ...]
    purpose: str = "00"
    """`00` original, `18` reissue."""
    kind: str = "CH"
    """`CH` chargeable, `RP` encounter reporting."""
