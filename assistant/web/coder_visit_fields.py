"""The fields of the form for a visit's details: a place in the encounter record each, in groups."""

from dataclasses import dataclass

from assistant.review.party import Relationship, Sex, TaxIdKind

POLICIES = ("CI", "BL", "HM", "12", "MB", "MA", "16", "MC", "CH", "WC", "AM", "ZZ")
"""Kinds of plan that are offered; the record takes any other X12 filing indicator too."""
NPI, PAYER = "sb-npis", "sb-payers"
"""Lists to choose from."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field. `path` is its place in the encounter record; its last part names its label unless `label` does."""

    path: str
    label: str = ""
    choices: tuple[str, ...] = ()
    """What may be chosen; their words are `visit.choice_...`. Empty for text."""
    offered: str = ""
    hint: str = ""
    wide: bool = False

    @property
    def name(self) -> str:
        """Name of its label among the page's words."""
        return self.label or self.path.rpartition(".")[2]


@dataclass(frozen=True, slots=True)
class Group:
    """Fields under one heading. `when` names what shows them: `facility`, `subscriber`, or always when empty."""

    name: str
    fields: tuple[Field, ...]
    when: str = ""


def _address(path: str) -> tuple[Field, ...]:
    return tuple(Field(f"{path}.address.{part}", wide=part == "line1") for part in ("line1", "city", "state", "zip"))


_SEX = tuple(Sex)
DAY = "YYYY-MM-DD"
GROUPS = (
    Group(
        "patient",
        (
            Field("patient.last_name"),
            Field("patient.first_name"),
            Field("patient.birth_date", hint=DAY),
            Field("patient.sex", choices=_SEX),
            *_address("patient"),
            Field("patient.id", "patient_id"),
        ),
    ),
    Group(
        "coverage",
        (
            Field("coverage.payer.id", "payer_id", offered=PAYER),
            Field("coverage.payer.name", "payer_name", wide=True),
            Field("coverage.filing_indicator", choices=POLICIES),
            Field("coverage.member_id"),
            Field("coverage.group_number"),
            Field("coverage.relationship", choices=tuple(Relationship)),
        ),
    ),
    Group(
        "subscriber",
        (
            Field("coverage.subscriber.last_name"),
            Field("coverage.subscriber.first_name"),
            Field("coverage.subscriber.birth_date", hint=DAY),
            Field("coverage.subscriber.sex", choices=_SEX),
            *_address("coverage.subscriber"),
        ),
        "subscriber",
    ),
    Group(
        "billing",
        (
            Field("billing_provider.npi", offered=NPI),
            Field("billing_provider.organization", wide=True),
            Field("billing_provider.tax_id"),
            Field("billing_provider.tax_id_kind", choices=tuple(TaxIdKind)),
            Field("billing_provider.taxonomy"),
            Field("billing_provider.contact_name"),
            Field("billing_provider.phone"),
            *_address("billing_provider"),
        ),
    ),
    Group(
        "rendering",
        (
            Field("rendering_provider.npi", offered=NPI),
            Field("rendering_provider.last_name"),
            Field("rendering_provider.first_name"),
            Field("rendering_provider.taxonomy"),
        ),
    ),
    Group(
        "facility",
        (
            Field("facility.bill_type", hint="11"),
            Field("facility.admission_type", hint="1"),
            Field("facility.admission_source", hint="1"),
            Field("facility.patient_status", hint="01"),
            Field("facility.admission_date", hint=DAY),
            Field("facility.admission_hour", hint="0930"),
            Field("facility.discharge_hour", hint="1400"),
            Field("facility.admitting_diagnosis", hint="R07.9"),
            Field("facility.attending_provider.npi", "attending", offered=NPI),
            Field("facility.attending_provider.last_name", "attending_last"),
            Field("facility.attending_provider.first_name", "attending_first"),
        ),
        "facility",
    ),
    Group(
        "visit",
        (
            Field("place_of_service", hint="11"),
            Field("end_date", hint=DAY),
            Field("prior_authorization"),
            Field("clia_number"),
            Field("control_number", "claim_number"),
        ),
    ),
)
FIELDS = {field.path: field for group in GROUPS for field in group.fields}
LINE = ("procedure", "modifiers", "units", "charge", "diagnoses", "revenue_code")
"""What is asked of each line to bill; anything else a line brought from a file stays with it."""
