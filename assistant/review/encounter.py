"""The encounter: what a person confirmed about one visit, and everything a claim needs besides.

The review station writes it, the page edits it, the claim station reads it. It is complete or it is not written.
"""

import datetime as dt
import json
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any, ClassVar

from assistant.errors import IncompleteError, InputError
from assistant.record import to_record
from assistant.review.party import CONFIG, Address, Coverage, Patient, Provider
from assistant.review.service import Diagnosis, Procedure, Service
from assistant.suggest.suggestion import Setting
from corpus.codes import dotted


class Frequency(StrEnum):
    """What the claim does to an earlier one."""

    ORIGINAL = "original"
    REPLACEMENT = "replacement"
    VOID = "void"


class AccidentKind(StrEnum):
    """What kind of accident led to the visit."""

    AUTO = "auto"
    EMPLOYMENT = "employment"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Accident:
    """The accident that led to the visit."""

    __pydantic_config__: ClassVar[dict[str, Any]] = CONFIG
    kind: AccidentKind
    """Kind of accident."""
    date: dt.date
    """Date of the accident, ISO."""
    state: str = ""
    """Two-letter state; required for an automobile accident."""


@dataclass(frozen=True, slots=True)
class Occurrence:
    """An occurrence code of a facility claim: something that happened on a day, or over a span of days."""

    __pydantic_config__: ClassVar[dict[str, Any]] = CONFIG
    code: str
    """Two-character code of the UB-04 manual: `01` automobile accident, `11` onset of symptoms, `72` first and last
    visit (a span) ..."""
    date: dt.date
    """The day, or the first day of the span, ISO."""
    end_date: dt.date | None = None
    """The last day, ISO; makes it an occurrence span."""


@dataclass(frozen=True, slots=True)
class ValueAmount:
    """A value code of a facility claim with its amount (or number: units, days, a ZIP code)."""

    __pydantic_config__: ClassVar[dict[str, Any]] = CONFIG
    code: str
    """Two-character code of the UB-04 manual: `01` common semi-private rate, `80` covered days ..."""
    amount: Decimal
    """The amount, e.g. `"1200.00"`; for codes that count, the number, e.g. `"4.00"`."""


@dataclass(frozen=True, slots=True)
class Ambulance:
    """What a claim for an ambulance transport needs besides."""

    __pydantic_config__: ClassVar[dict[str, Any]] = CONFIG
    reason: str
    """Why the patient was taken there, X12 code: `A` nearest facility for the care, `B` the physician's preference,
    `C` nearness of family, `D` care by a specialist, `E` transferred to a rehabilitation facility."""
    miles: Decimal
    """Loaded miles, e.g. `"12.00"`."""
    weight: Decimal | None = None
    """The patient's weight in pounds, when needed."""
    round_trip: str = ""
    """Why it was a round trip, at most 80 characters."""
    stretcher: str = ""
    """Why a stretcher was needed, at most 80 characters."""
    conditions: tuple[str, ...] = ()
    """Why an ambulance was needed, up to five X12 codes: `01` admitted to a hospital, `04` moved by stretcher, `05`
    unconscious or in shock, `06` in an emergency, `07` restrained, `08` visible haemorrhage, `09` medically necessary,
    `12` confined to bed or chair."""
    conditions_apply: bool = True
    """False when the codes say what was not the case."""
    pick_up: Address | None = None
    """Where the patient was taken up."""
    drop_off: Address | None = None
    """Where the patient was taken to."""
    drop_off_name: str = ""
    """Name of that place."""


@dataclass(frozen=True, slots=True)
class Facility:
    """What a facility claim (837I, UB-04) needs besides."""

    __pydantic_config__: ClassVar[dict[str, Any]] = CONFIG
    bill_type: str
    """First two digits of the type of bill, without the leading zero and the frequency: `11` hospital inpatient,
    `13` hospital outpatient, `85` critical access hospital ..."""
    admission_type: str
    """Type of admission, one digit: `1` emergency, `2` urgent, `3` elective, `4` newborn, `5` trauma, `9` unknown."""
    admission_source: str
    """Point of origin, one character: `1` from home, `2` clinic, `4` other hospital, `5` nursing facility ..."""
    patient_status: str
    """Discharge status, two digits: `01` home, `03` skilled nursing, `20` expired, `30` still a patient ..."""
    admission_date: dt.date | None = None
    """Day of admission, ISO; required on inpatient claims."""
    admission_hour: str = ""
    """Hour of admission, four digits (`0930`)."""
    discharge_hour: str = ""
    """Hour of discharge, four digits; inpatient claims that are not `30`."""
    admitting_diagnosis: str = ""
    """Admitting diagnosis, ICD-10-CM with dot; inpatient claims."""
    drg: str = ""
    """MS-DRG, three digits, when the payer wants it."""
    attending_provider: Provider | None = None
    """Who had overall responsibility; required on most facility claims."""
    operating_provider: Provider | None = None
    """Who performed the principal procedure; required with a surgical procedure."""
    other_operating_provider: Provider | None = None
    """A second surgeon."""
    reasons_for_visit: tuple[str, ...] = ()
    """Up to three ICD-10-CM codes the patient came with (unscheduled outpatient visits)."""
    occurrences: tuple[Occurrence, ...] = ()
    """Occurrence codes and spans."""
    values: tuple[ValueAmount, ...] = ()
    """Value codes. Days go into the four fields below."""
    covered_days: int | None = None
    """Days the plan covers, sent as value code 80."""
    noncovered_days: int | None = None
    """Days it does not, value code 81."""
    coinsurance_days: int | None = None
    """Days with Medicare coinsurance, value code 82."""
    lifetime_reserve_days: int | None = None
    """Medicare lifetime reserve days, value code 83."""
    accident_state: str = ""
    """Two-letter state of an automobile accident; its date is an occurrence code."""
    patient_due: Decimal | None = None
    """What the patient is expected to owe, e.g. `"150.00"`."""


@dataclass(frozen=True, slots=True)
class Submitter:
    """Who sends the file, when that is not the billing provider."""

    __pydantic_config__: ClassVar[dict[str, Any]] = CONFIG
    name: str
    """Name of the sender."""
    id: str
    """Its id with the receiver."""
    contact_name: str
    """Person to call."""
    phone: str
    """Telephone, ten digits."""


@dataclass(frozen=True, slots=True)
class Encounter:
    """One visit: the confirmed codes, and the data a claim needs. Dates are ISO, codes dotted, money a string with
    two decimals. Whatever a claim needs and is not here is asked for, never made up."""

    __pydantic_config__: ClassVar[dict[str, Any]] = CONFIG
    id: str
    """Your id of the visit; also the id of its entries in the decision ledger."""
    date_of_service: dt.date
    """First (or only) day of the visit, ISO (`2026-11-09`)."""
    diagnoses: tuple[Diagnosis, ...]
    """Diagnoses, first-listed first (facility: principal first), at most twelve on a professional claim."""
    setting: Setting = Setting.OUTPATIENT
    """`inpatient` means a facility inpatient claim."""
    end_date: dt.date | None = None
    """Last day, ISO, when the visit spans several days."""
    services: tuple[Service, ...] = ()
    """The lines to bill."""
    procedures: tuple[Procedure, ...] = ()
    """Procedure codes that were decided on; each confirmed HCPCS or CPT code needs its line in `services`."""
    place_of_service: str = ""
    """Two-digit place of service, e.g. `11` office; required on a professional claim."""
    patient: Patient | None = None
    """The person treated; required to bill."""
    coverage: Coverage | None = None
    """The policy that is billed now; required to bill."""
    other_coverages: tuple[Coverage, ...] = ()
    """The patient's other policies. Billing a secondary payer: the primary goes here, with its `adjudication`."""
    billing_provider: Provider | None = None
    """Who is paid; required to bill."""
    rendering_provider: Provider | None = None
    """Who treated the patient, when not the billing provider."""
    referring_provider: Provider | None = None
    """Who referred the patient."""
    supervising_provider: Provider | None = None
    """Who supervised."""
    service_facility: Provider | None = None
    """Where the service took place, when not at the billing provider's address."""
    facility: Facility | None = None
    """Only for facility claims (837I, UB-04)."""
    submitter: Submitter | None = None
    """Who sends the file, when not the billing provider."""
    control_number: str = ""
    """Your claim number, at most 20 characters, returned on the remittance; drawn from the store when left out."""
    frequency: Frequency = Frequency.ORIGINAL
    """`replacement` and `void` name the claim they change in `payer_control_number`."""
    payer_control_number: str = ""
    """The payer's number of the claim that is replaced or voided (remittance CLP07)."""
    accept_assignment: bool = True
    """True when the provider takes the plan's payment as agreed."""
    assign_benefits: bool = True
    """True when the patient lets the plan pay the provider."""
    release_information: bool = True
    """True when the patient's signature to release information is on file."""
    provider_signature: bool = True
    """True when the provider's signature is on file."""
    accident: Accident | None = None
    """The accident that led to the visit."""
    onset_date: dt.date | None = None
    """Onset of the illness, ISO."""
    last_menstrual_period: dt.date | None = None
    """Last menstrual period, ISO."""
    initial_treatment_date: dt.date | None = None
    """First treatment, ISO."""
    last_seen_date: dt.date | None = None
    """Last seen by the supervising or referring provider, ISO."""
    admission_date: dt.date | None = None
    """Hospital admission related to a professional service, ISO."""
    discharge_date: dt.date | None = None
    """Hospital discharge related to a professional service, ISO."""
    disability_start: dt.date | None = None
    """First day the patient could not work, ISO."""
    disability_end: dt.date | None = None
    """Last day the patient could not work, ISO."""
    condition_codes: tuple[str, ...] = ()
    """Two-character condition codes of the UB-04 manual, e.g. `02` condition is employment related; on a professional
    claim those the payer asks for, at most 24."""
    ambulance: Ambulance | None = None
    """Only for an ambulance transport (837P)."""
    pay_to_address: Address | None = None
    """Where the payment goes, when not to the billing provider's address; may be a post office box."""
    delay_reason: str = ""
    """Why a claim is late, X12 code: `1` proof of eligibility, `3` authorisation delays, `7` third party processing,
    `8` eligibility, `9` original claim rejected for other reasons, `10` administration, `11` other, `15` disaster."""
    prior_authorization: str = ""
    """Authorisation number."""
    referral_number: str = ""
    """Referral number."""
    clia_number: str = ""
    """CLIA number of the laboratory, for laboratory lines."""
    patient_paid: Decimal | None = None
    """What the patient has paid towards this claim, e.g. `"20.00"`."""
    note: str = ""
    """Short remark to the payer, at most 80 characters. No clinical detail."""
    accept_modifiers: tuple[str, ...] = ()
    """Proposed modifiers that a person accepts, each by its key, line number and modifier: `["1-25"]`. Nothing is added
    to a line without its key here or without standing in the line's `modifiers`."""
    release: str = ""
    """Code release the codes were suggested from, for the reader; never sent."""
    confirmation: str = ""
    """Digest of the ledger entry that closed the review. Written by `superbill confirm`; leave it out."""


@cache
def _adapter() -> Any:
    from pydantic import TypeAdapter

    return TypeAdapter(Encounter)


def encounter_from_json(text: str | bytes, name: str) -> Encounter:
    """The encounter in `text`; `name` is what an error calls the file.

    Raises InputError naming every field that is missing, unknown or unreadable; never the values.
    """
    from pydantic import ValidationError

    try:
        encounter: Encounter = _adapter().validate_json(text, strict=True)
    except ValidationError as error:
        raise IncompleteError(f"{name} is not an encounter", _faults(error.errors()), SCHEMA_HINT) from None
    return _in_house_form(encounter, name)


def encounter_from_record(record: dict[str, Any], name: str) -> Encounter:
    """The encounter in a plain JSON record (see `encounter_from_json`)."""
    return encounter_from_json(json.dumps(record), name)


def read_encounter(path: Path) -> Encounter:
    """The encounter in a file. Raises InputError when it cannot be read or is not one."""
    return encounter_from_json(read_text(path), path.name)


def read_text(path: Path) -> str:
    """The UTF-8 text of a JSON file of at most 5 MB, without newline translation; InputError when there is none."""
    try:
        with path.open("rb") as stream:
            raw = stream.read(LARGEST + 1)
    except IsADirectoryError:
        raise InputError(f"{path} is a folder; name a file.") from None
    except OSError as error:
        raise InputError(f"{path} cannot be read ({error.strerror}); check the path.") from None
    if not raw.strip():
        raise InputError(f"{path.name} is empty.")
    if len(raw) > LARGEST:
        raise InputError(f"{path.name} is larger than 5 MB and is not read.")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"{path.name} is not UTF-8 text (byte {error.start}).") from None


def encounter_json(encounter: Encounter) -> str:
    """The encounter as JSON text, ending in a newline; `encounter_from_json` gives an equal value back."""
    return json.dumps(quantities(to_record(encounter), encounter), indent=2, ensure_ascii=False) + "\n"


LARGEST = 5_000_000
"""Bytes of a JSON file that is read."""
SCHEMA_HINT = "`superbill schema encounter` describes every field."


def quantities(record: dict[str, Any], encounter: Encounter) -> dict[str, Any]:
    """Units are counts, not money: written as they are (`1`, `0.5`), not with two decimals."""
    for line, service in zip(record["services"], encounter.services, strict=True):
        line["units"] = format(service.units, "f")
        if service.drug:
            line["drug"]["quantity"] = format(service.drug.quantity, "f")
        for said, adjudication in zip(line["adjudications"], service.adjudications, strict=True):
            said["units"] = format(adjudication.units, "f")
    return record


def _in_house_form(encounter: Encounter, name: str) -> Encounter:
    """Codes dotted and uppercase; money with at most two decimals."""
    import dataclasses

    diagnoses = tuple(dataclasses.replace(item, code=dotted(item.code)) for item in encounter.diagnoses)
    services = tuple(
        dataclasses.replace(
            item,
            procedure=item.procedure.strip().upper(),
            modifiers=tuple(modifier.strip().upper() for modifier in item.modifiers),
            diagnoses=tuple(dotted(code) for code in item.diagnoses),
        )
        for item in encounter.services
    )
    for number, service in enumerate(services, start=1):
        if service.charge is not None and service.charge != round(service.charge, 2):
            raise InputError(f"{name}: services[{number}].charge has more than two decimals; give dollars and cents.")
    return dataclasses.replace(encounter, diagnoses=diagnoses, services=services)


_SAID = {
    "missing": "is missing",
    "missing_argument": "is missing",
    "unexpected_keyword_argument": "is not a field",
    "extra_forbidden": "is not a field",
    "date_from_datetime_parsing": "is not an ISO date",
    "date_parsing": "is not an ISO date",
    "date_type": "is not an ISO date",
    "decimal_parsing": "is not a number",
    "decimal_type": "is not a number",
    "finite_number": "is not a number",
    "string_type": "is not a text",
    "bool_type": "is not true or false",
    "tuple_type": "is not a list",
    "dataclass_type": "is not an object",
}


def _shown(name: str) -> str:
    """A field's name as a sentence can hold it: a stranger may have written it."""
    return "".join(mark if mark.isprintable() else " " for mark in name[:60])


def _faults(errors: list[Any]) -> list[str]:
    """The pydantic errors in plain words, fields counted from 1, at most ten."""
    said = []
    for error in errors:
        if error["type"] == "json_invalid":
            return ["it is not JSON"]
        where = "".join(f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in error["loc"]).lstrip(".")
        if error["type"] == "enum":
            what = f"must be {error['ctx']['expected']}"
        else:
            what = _SAID.get(error["type"], "cannot be used")
        said.append(f"{_shown(where) or 'the whole'} {what}")
    rest = len(said) - 10
    return said[:10] + ([f"and {rest} more"] if rest > 0 else [])
