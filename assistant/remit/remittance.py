"""The JSON record of `superbill remit read --json`, as types: `superbill schema remittance` is made from them.

`record.py` builds exactly these keys; a test validates its output against the schema. `None` means unreadable or not
said by the file, as each field tells.
"""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

ActionName = Literal[
    "post_payment",
    "post_reversal",
    "bill_patient",
    "write_off",
    "correct_and_resubmit",
    "send_records",
    "appeal",
    "bill_next_payer",
    "wait",
    "refund_patient",
    "refund_payer",
    "do_not_bill_patient",
    "review",
]


@dataclass(frozen=True, slots=True)
class ProblemRecord:
    """Something wrong with the file."""

    severity: Literal["error", "warning", "info"]
    message: str
    segment: int | None
    """Number of the segment in the physical file, the first being 1; null when it concerns the whole file."""


@dataclass(frozen=True, slots=True)
class AdjustmentRecord:
    """One reason of a CAS."""

    group: str
    reason: str
    amount: Decimal | None
    segment: int


@dataclass(frozen=True, slots=True)
class ProviderAdjustmentRecord:
    """One reason of a PLB. A positive amount lowers the payment."""

    reason: str
    amount: Decimal | None
    reference: str
    segment: int


@dataclass(frozen=True, slots=True)
class ActionRecord:
    """One thing to do."""

    action: ActionName
    amount: Decimal | None
    why: str
    segments: list[int]
    """What it rests on."""
    rule: str
    """Id of the rule in `rules.toml` that decided it."""


@dataclass(frozen=True, slots=True)
class LineRecord:
    """One service line."""

    procedure: str
    modifiers: list[str]
    billed_procedure: str | None
    """The code that was billed, when the payer decided on another one."""
    revenue_code: str | None
    date: dt.date | None
    billed: Decimal | None
    allowed: Decimal | None
    allowed_source: Literal["stated", "derived"] | None
    paid: Decimal | None
    units: Decimal | None
    line_control_number: str
    segment: int
    balanced: bool
    imbalance: Decimal | None
    """Payment stated minus payment computed."""
    adjustments: list[AdjustmentRecord]
    remarks: list[str]


@dataclass(frozen=True, slots=True)
class ClaimRecord:
    """One claim as the payer decided it."""

    control_number: str
    payer_control_number: str
    status: str
    reversal: bool
    final: bool
    """False when another answer is still to come."""
    patient: str
    segment: int
    billed: Decimal | None
    allowed: Decimal | None
    allowed_source: Literal["stated", "derived"] | None
    paid: Decimal | None
    provider_responsibility: Decimal | None
    """CO and PI: what the patient may not be billed."""
    contractual: Decimal | None
    """The part of it that a contract or law takes away for good."""
    denied: Decimal | None
    """The part of it that may still be won."""
    other_adjustments: Decimal | None
    patient_responsibility: Decimal | None
    deductible: Decimal | None
    coinsurance: Decimal | None
    copay: Decimal | None
    patient_owes_now: Decimal
    paid_percent_of_allowed: str | None
    """What the payer paid of what it allowed, one decimal: `61.7`. Null where nothing was allowed or it is not known."""
    paid_percent_of_billed: str | None
    balanced: bool
    imbalance: Decimal | None
    adjustments: list[AdjustmentRecord]
    """Those at claim level; the sums run over the lines' too."""
    remarks: list[str]
    actions: list[ActionRecord]
    """Most urgent first."""
    lines: list[LineRecord]


@dataclass(frozen=True, slots=True)
class TransactionRecord:
    """One transaction set: one payment."""

    trace_number: str
    payer: str
    payee: str
    payment_date: dt.date | None
    payment_amount: Decimal | None
    payment_method: str
    production_date: dt.date | None
    version: str
    segment: int
    balanced: bool
    imbalance: Decimal | None
    complete: bool
    """False when the transaction set breaks off."""
    claim_count: int
    line_count: int
    claims_paid: Decimal | None
    provider_adjustments: list[ProviderAdjustmentRecord]
    claims: list[ClaimRecord]


@dataclass(frozen=True, slots=True)
class FileRecord:
    """One physical file."""

    file: str
    problems: list[ProblemRecord]
    transactions: list[TransactionRecord]


@dataclass(frozen=True, slots=True)
class Remittance:
    """Every file that was read, in the order given."""

    files: list[FileRecord]
