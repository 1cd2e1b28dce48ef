"""Money moved beside the claims (PLB), over many files: what each entry refers to, and which balances are still open."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from assistant.remit.chains import payer_key
from assistant.remit.references import References
from assistant.remit.values import RemitFile
from assistant.x12.elements import ZERO
from corpus.lexicon import reasons

FORWARD = "FB"


@dataclass(frozen=True, slots=True)
class Movement:
    """One PLB entry. A positive amount lowered the payment."""

    payer: str
    payment_date: dt.date | None
    trace: str
    reason: str
    meaning: str
    amount: Decimal | None
    reference: str
    target: str
    """What the reference names among the files: `claim`, `payment`, `balance` (its other half), or empty."""
    target_label: str
    target_file: str
    target_segment: int | None
    settled: bool | None
    """For a balance carried forward: whether its halves add up to nothing. None for every other reason."""
    file: str
    segment: int


def movements(files: Iterable[RemitFile]) -> list[Movement]:
    """Every PLB entry of `files`, in their order."""
    files = list(files)
    references = References(files)
    sums: dict[tuple[str, str], Decimal] = {}
    for file in files:
        for part in file.transactions:
            for item in part.trailer.provider_adjustments:
                if item.reason == FORWARD:
                    key = (payer_key(part.header.payer), item.reference)
                    sums[key] = sums.get(key, ZERO) + (item.amount or ZERO)
    found = []
    for file in files:
        for part in file.transactions:
            header = part.header
            for item in part.trailer.provider_adjustments:
                target = references.of(item, file.name)
                words = reasons.plb_reason(item.reason)
                key = (payer_key(header.payer), item.reference)
                found.append(
                    Movement(
                        payer=header.payer.full_name if header.payer else "",
                        payment_date=header.payment_date,
                        trace=header.trace_number,
                        reason=item.reason,
                        meaning=words.biller_meaning if words else "",
                        amount=item.amount,
                        reference=item.reference,
                        target=target.kind if target else "",
                        target_label=target.label if target else "",
                        target_file=target.file if target else "",
                        target_segment=target.segment if target else None,
                        settled=not sums[key] if item.reason == FORWARD else None,
                        file=file.name,
                        segment=item.segment,
                    )
                )
    return found
