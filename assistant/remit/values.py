"""The words of a remittance (X12 835), each with the number of the segment it came from.

An amount is an exact `Decimal`, or None when the file leaves it out or writes something that is no amount.
The smallest values are named tuples, not dataclasses: a large file makes millions of them, and they cost a third.
"""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from assistant.x12.problems import Problem
from assistant.x12.segments import Segment


class Balance(NamedTuple):
    """`stated` is the paid amount the payer writes, `computed` what its own other figures give."""

    stated: Decimal | None
    computed: Decimal | None

    @property
    def imbalance(self) -> Decimal | None:
        """Stated minus computed; None when an amount is unreadable."""
        return None if self.stated is None or self.computed is None else self.stated - self.computed

    @property
    def balanced(self) -> bool:
        """False also when it cannot be told."""
        return self.stated is not None and self.stated == self.computed


class Adjustment(NamedTuple):
    """One reason of a CAS: billed money that was not paid."""

    group: str
    reason: str
    amount: Decimal | None
    quantity: Decimal | None
    segment: int


class Remark(NamedTuple):
    """One remark code, from LQ (line), MOA or MIA (claim)."""

    code: str
    segment: int


class Measure(NamedTuple):
    """AMT or QTY: a qualified amount or quantity."""

    qualifier: str
    value: Decimal | None
    segment: int


class Reference(NamedTuple):
    """REF: a qualified number."""

    qualifier: str
    value: str
    segment: int


class QualifiedDate(NamedTuple):
    """DTM; `value` is None when it is no date."""

    qualifier: str
    value: dt.date | None
    segment: int


class Party(NamedTuple):
    """N1 (payer, payee) or NM1 (patient QC, insured IL, corrected 74, provider 82, next payer TT, first payer PR)."""

    role: str
    name: str
    """Organisation or last name."""
    first: str
    middle: str
    id_qualifier: str
    id: str
    segment: int

    @property
    def full_name(self) -> str:
        """First, middle, last as one reads it."""
        return " ".join(part for part in (self.first, self.middle, self.name) if part)


class RemitLine(NamedTuple):
    """One service line (loop 2110, SVC)."""

    number: int
    """Place within the claim, the first being 1."""
    segment: int
    qualifier: str
    """Kind of procedure code: HC for CPT and HCPCS, NU revenue code, AD dental, ..."""
    procedure: str
    modifiers: tuple[str, ...]
    billed_procedure: str
    """The code that was billed, when the payer decided on another one (SVC06); else empty."""
    billed_modifiers: tuple[str, ...]
    revenue_code: str
    billed: Decimal | None
    paid: Decimal | None
    units: Decimal | None
    billed_units: Decimal | None
    date: dt.date | None
    date_end: dt.date | None
    line_control_number: str
    adjustments: tuple[Adjustment, ...]
    remarks: tuple[Remark, ...]
    amounts: tuple[Measure, ...]
    quantities: tuple[Measure, ...]
    references: tuple[Reference, ...]
    dates: tuple[QualifiedDate, ...]
    balance: Balance

    @property
    def code(self) -> str:
        """Procedure with its modifiers, as people write it: `99214-25`."""
        return "-".join((self.procedure, *self.modifiers)) if self.procedure else self.revenue_code

    @property
    def stated_allowed(self) -> Measure | None:
        """AMT*B6, the allowed amount the payer states for the line."""
        return next((amount for amount in self.amounts if amount.qualifier == "B6"), None)


class RemitClaim(NamedTuple):
    """One claim as the payer decided it (loop 2100, CLP)."""

    number: int
    """Place within the transaction, the first being 1."""
    segment: int
    control_number: str
    """CLP01: the number the provider gave the claim."""
    status: str
    billed: Decimal | None
    paid: Decimal | None
    stated_patient_responsibility: Decimal | None
    filing_indicator: str
    payer_control_number: str
    facility: str
    frequency: str
    drg: str
    adjustments: tuple[Adjustment, ...]
    """Those at claim level; each line has its own."""
    remarks: tuple[Remark, ...]
    parties: tuple[Party, ...]
    dates: tuple[QualifiedDate, ...]
    references: tuple[Reference, ...]
    amounts: tuple[Measure, ...]
    quantities: tuple[Measure, ...]
    lines: tuple[RemitLine, ...]
    balance: Balance
    line_charges: Balance
    """Sum of the lines' charges (computed) against the claim's charge (stated); equal where there are no lines."""
    complete: bool
    """False when the file breaks off inside this claim."""
    segments: tuple[Segment, ...]
    """Every segment of the claim, also those no field above holds."""

    @property
    def reversal(self) -> bool:
        """Status 22 takes an earlier decision back."""
        return self.status == "22"

    @property
    def sound(self) -> bool:
        """Claim, every line and the sum of the lines agree, and the claim is whole."""
        return (
            self.complete
            and self.balance.balanced
            and self.line_charges.balanced
            and all(line.balance.balanced for line in self.lines)
        )

    def party(self, role: str) -> Party | None:
        """The first name with this NM101, if the claim has one."""
        return next((party for party in self.parties if party.role == role), None)

    def all_adjustments(self) -> list[Adjustment]:
        """Those of the claim, then those of its lines."""
        found = list(self.adjustments)
        for line in self.lines:
            found.extend(line.adjustments)
        return found

    def all_remarks(self) -> list[Remark]:
        """Those of the claim, then those of its lines."""
        found = list(self.remarks)
        for line in self.lines:
            found.extend(line.remarks)
        return found


@dataclass(frozen=True, slots=True)
class ProviderAdjustment:
    """One reason and amount of a PLB: money between payer and provider. A positive amount lowers the payment."""

    provider: str
    reason: str
    reference: str
    amount: Decimal | None
    segment: int


@dataclass(frozen=True, slots=True)
class Header:
    """What stands before the claims of one transaction (ST to the first LX or CLP)."""

    number: int
    """Place of the transaction within the file, the first being 1."""
    segment: int
    version: str
    component: str
    """The separator within composites, as the file has it."""
    control_number: str
    handling: str
    """BPR01: I remittance only, C with payment, H notification, ..."""
    method: str
    """BPR04: ACH, CHK, NON, ..."""
    payment_amount: Decimal | None
    payment_date: dt.date | None
    production_date: dt.date | None
    trace_number: str
    payer: Party | None
    payee: Party | None
    references: tuple[Reference, ...]
    segments: tuple[Segment, ...]
    payment_segment: int | None
    trace_segment: int | None


@dataclass(frozen=True, slots=True)
class Trailer:
    """What is known when the transaction is over."""

    provider_adjustments: tuple[ProviderAdjustment, ...]
    balance: Balance
    """BPR02 (stated) against sum of CLP04 minus sum of PLB (computed)."""
    claims: int
    lines: int
    paid: Decimal | None
    """Sum of CLP04; None when one is unreadable."""
    complete: bool
    """False when the transaction has no SE."""
    segments: tuple[Segment, ...]
    """LX, TS2, TS3, PLB, SE and whatever else stands outside header and claims."""


@dataclass(frozen=True, slots=True)
class Transaction:
    """One transaction set (ST*835 to SE)."""

    header: Header
    claims: tuple[RemitClaim, ...]
    trailer: Trailer


@dataclass(frozen=True, slots=True)
class RemitFile:
    """One physical file. `usable` is False when no transaction could be read from it."""

    name: str
    """The path as it was given."""
    transactions: tuple[Transaction, ...]
    problems: tuple[Problem, ...]

    @property
    def usable(self) -> bool:
        """At least one transaction was read."""
        return bool(self.transactions)
