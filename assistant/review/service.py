"""The codes of an encounter and where they stand, and the services to bill."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any, ClassVar

from assistant.review.party import CONFIG, Adjudication, Provider
from corpus.codes import CodeSystem


class CodeStatus(StrEnum):
    """Where a code stands with the coder. Only `confirmed` codes reach a claim."""

    CONFIRMED = "confirmed"
    PROPOSED = "proposed"
    REJECTED = "rejected"


class PresentOnAdmission(StrEnum):
    """Whether a diagnosis was there at admission (inpatient facility claims only)."""

    YES = "Y"
    NO = "N"
    UNKNOWN = "U"
    UNDETERMINED = "W"
    EXEMPT = "exempt"


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """One diagnosis code and where it stands."""

    __pydantic_config__: ClassVar[dict[str, Any]] = CONFIG
    code: str
    """ICD-10-CM code with its dot, e.g. `E11.22`."""
    status: CodeStatus
    """`confirmed` when a person has decided that the code is right; nothing else is billed."""
    description: str = ""
    """The code's official title, for the reader; never sent."""
    present_on_admission: PresentOnAdmission | None = None
    """For inpatient facility claims only."""


@dataclass(frozen=True, slots=True)
class Procedure:
    """A procedure code that a person decided on. A professional claim bills it through a line in `services`."""

    __pydantic_config__: ClassVar[dict[str, Any]] = CONFIG
    code: str
    """Procedure code: HCPCS or CPT (`L1902`), or ICD-10-PCS on an inpatient facility claim (`0DTJ4ZZ`)."""
    system: CodeSystem
    """The code system: `hcpcs`, `cpt` or `icd10pcs`."""
    status: CodeStatus
    """`confirmed` when a person has decided that the code is right; nothing else is billed."""
    description: str = ""
    """The code's official title, for the reader; never sent."""
    date: dt.date | None = None
    """Date of the procedure, ISO; the date of service when left out."""


@dataclass(frozen=True, slots=True)
class Drug:
    """The drug given, for lines that need a National Drug Code."""

    __pydantic_config__: ClassVar[dict[str, Any]] = CONFIG
    ndc: str
    """National Drug Code, eleven digits without hyphens."""
    quantity: Decimal
    """Amount given, e.g. `"10"`."""
    unit: str
    """Unit of the amount: `UN` unit, `ML` millilitre, `GR` gram, `ME` milligram, `F2` international unit."""
    prescription_number: str = ""
    """Prescription number, when there is one."""


@dataclass(frozen=True, slots=True)
class LineAdjudication:
    """What an earlier payer decided about one line."""

    __pydantic_config__: ClassVar[dict[str, Any]] = CONFIG
    payer_id: str
    """Id of that payer, one of `other_coverages`."""
    decision: Adjudication
    """Its decision about the line."""
    units: Decimal = Decimal(1)
    """Units it paid."""


@dataclass(frozen=True, slots=True)
class Service:
    """One service to bill: a line of the claim."""

    __pydantic_config__: ClassVar[dict[str, Any]] = CONFIG
    procedure: str
    """HCPCS or CPT code, five characters, e.g. `99214`. May be empty on a facility line with a revenue code only."""
    charge: Decimal | None = None
    """Total charge of the line in dollars, e.g. `"245.00"`; required to bill, never made up."""
    modifiers: tuple[str, ...] = ()
    """Up to four two-character modifiers, e.g. `["25"]`."""
    units: Decimal = Decimal(1)
    """Units, days or, with `unit` `MJ`, minutes."""
    unit: str = "UN"
    """`UN` units, `MJ` anaesthesia minutes; `DA` days on a facility line."""
    diagnoses: tuple[str, ...] = ()
    """Codes of this encounter's diagnoses that the service was for, most important first, at most four.
    Left empty, the first four confirmed diagnoses are pointed to."""
    date: dt.date | None = None
    """First day, ISO; the date of service when left out."""
    end_date: dt.date | None = None
    """Last day, ISO, when the service spans several days."""
    place_of_service: str = ""
    """Two-digit place of service, only when it differs from the encounter's."""
    description: str = ""
    """Free description, for procedures without a specific code; sent with the line."""
    emergency: bool = False
    """True for an emergency service."""
    control_number: str = ""
    """Your number for the line, returned on the remittance; claim number plus line number when left out."""
    rendering_provider: Provider | None = None
    """Who rendered this line, when not the encounter's rendering provider."""
    ordering_provider: Provider | None = None
    """Who ordered it (laboratory, imaging, equipment)."""
    drug: Drug | None = None
    """The drug given."""
    prior_authorization: str = ""
    """Authorisation number for this line, when it differs from the encounter's."""
    revenue_code: str = ""
    """Four-digit revenue code, facility claims only."""
    noncovered_charge: Decimal | None = None
    """Part of the charge that is not covered, facility claims only."""
    epsdt: bool = False
    """True when the service came out of a child's Medicaid screening (EPSDT)."""
    family_planning: bool = False
    """True for a family planning service (Medicaid)."""
    note: str = ""
    """Short remark to the payer about this line, at most 80 characters, professional claims only."""
    adjudications: tuple[LineAdjudication, ...] = ()
    """What earlier payers decided about this line (secondary and tertiary claims)."""
