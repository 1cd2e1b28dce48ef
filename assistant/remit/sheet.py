"""One claim's answer on one sheet, as the next payer needs it: who, what was billed, each adjustment, the codes used."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from assistant.record import to_record
from assistant.remit.actions import Chain, decide
from assistant.remit.glossary import GlossaryTerm, glossary
from assistant.remit.money import is_primary, line_allowed
from assistant.remit.values import Adjustment, Header, Party, RemitClaim


@dataclass(frozen=True, slots=True)
class SheetLine:
    """One service line with everything the payer did to it."""

    date: dt.date | None
    code: str
    billed_code: str
    """The code that was billed, when the payer decided on another one; else empty."""
    units: Decimal | None
    billed: Decimal | None
    allowed: Decimal | None
    paid: Decimal | None
    adjustments: tuple[Adjustment, ...]
    remarks: tuple[str, ...]
    segment: int


@dataclass(frozen=True, slots=True)
class ClaimSheet:
    """What the remittance says of one claim; nothing is left out that decides money, nothing added."""

    payer: Party | None
    payee: Party | None
    patient: Party | None
    insured: Party | None
    next_payer: Party | None
    trace_number: str
    payment_date: dt.date | None
    control_number: str
    payer_control_number: str
    status: str
    billed: Decimal | None
    allowed: Decimal | None
    allowed_source: str | None
    paid: Decimal | None
    patient_responsibility: Decimal | None
    interest: Decimal | None
    """Interest the payer states for this claim (AMT*I); it is paid beside the claim, in a PLB."""
    final: bool
    balanced: bool
    adjustments: tuple[Adjustment, ...]
    """Those at claim level."""
    remarks: tuple[str, ...]
    lines: tuple[SheetLine, ...]
    glossary: tuple[GlossaryTerm, ...]
    segment: int


def claim_sheet(claim: RemitClaim, header: Header, chain: Chain | None = None, language: str = "en") -> ClaimSheet:
    """The sheet of `claim`, paid with the transaction of `header`; the glossary in `en` or `es`."""
    decision = decide(claim, chain)
    money, primary = decision.money, is_primary(claim)
    return ClaimSheet(
        payer=header.payer,
        payee=header.payee,
        patient=claim.party("QC"),
        insured=claim.party("IL"),
        next_payer=claim.party("TT"),
        trace_number=header.trace_number,
        payment_date=header.payment_date,
        control_number=claim.control_number,
        payer_control_number=claim.payer_control_number,
        status=claim.status,
        billed=money.billed,
        allowed=money.allowed,
        allowed_source=money.allowed_source,
        paid=money.paid,
        patient_responsibility=money.patient_responsibility,
        interest=next((item.value for item in claim.amounts if item.qualifier == "I"), None),
        final=decision.final,
        balanced=claim.sound,
        adjustments=claim.adjustments,
        remarks=tuple(remark.code for remark in claim.remarks),
        lines=tuple(
            SheetLine(
                date=line.date,
                code=line.code,
                billed_code="-".join((line.billed_procedure, *line.billed_modifiers)) if line.billed_procedure else "",
                units=line.units,
                billed=line.billed,
                allowed=line_allowed(line, primary)[0],
                paid=line.paid,
                adjustments=line.adjustments,
                remarks=tuple(remark.code for remark in line.remarks),
                segment=line.segment,
            )
            for line in claim.lines
        ),
        glossary=tuple(glossary([claim], language=language)),
        segment=claim.segment,
    )


def sheet_record(sheet: ClaimSheet) -> dict[str, Any]:
    """The sheet for JSON, with names for the parts of adjustments and parties."""
    record: dict[str, Any] = to_record(sheet)
    for role in ("payer", "payee", "patient", "insured", "next_payer"):
        party: Party | None = getattr(sheet, role)
        record[role] = {"name": party.full_name, "id": party.id, "segment": party.segment} if party else None
    record["adjustments"] = [_adjustment(item) for item in sheet.adjustments]
    for line, item in zip(record["lines"], sheet.lines, strict=True):
        line["adjustments"] = [_adjustment(part) for part in item.adjustments]
    return record


def _adjustment(item: Adjustment) -> dict[str, Any]:
    return {
        "group": item.group,
        "reason": item.reason,
        "amount": to_record(item.amount),
        "quantity": None if item.quantity is None else f"{item.quantity:f}",
        "segment": item.segment,
    }
