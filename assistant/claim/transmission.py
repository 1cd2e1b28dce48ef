"""837 files: envelopes around batches of claims. The bytes follow from claims, control numbers and the clock alone."""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import chain, groupby

from assistant.claim.claim import Batch, Claim, Contact, Party
from assistant.claim.loops import claim_loops, party_segments
from assistant.claim.structure import Elements, Place, structure
from assistant.claim.wire import segment, segment_text

Laid = list[tuple[Place, list[Elements]]]
"""One claim's loops in order."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """ISA and GS. `interchange`, `group` and `first_transaction` never repeat (see `control_numbers`)."""

    sender: str
    receiver: str
    interchange: int
    group: int
    first_transaction: int
    clock: dt.datetime
    sender_kind: str = "ZZ"
    receiver_kind: str = "ZZ"
    test: bool = False
    acknowledge: bool = True


def write_837(batches: Iterable[Batch], envelope: Envelope) -> Iterator[str]:
    """One interchange with one functional group, segment by segment, each on its own line.

    All batches must be of the same form, at least one, and every batch must hold a claim. Memory does not grow with
    the number of claims as long as the caller's iterables do not.
    """
    iterator = iter(batches)
    first = next(iterator)
    yield segment_text(_isa(envelope)) + "\n"
    stamp = envelope.clock
    version = first.form.version
    numbers = (f"{stamp:%Y%m%d}", f"{stamp:%H%M}", str(envelope.group), "X", version)
    yield segment_text(segment("GS", "HC", envelope.sender[:15], envelope.receiver[:15], *numbers)) + "\n"
    count = 0
    for batch in chain((first,), iterator):
        if batch.form is not first.form:
            raise ValueError("one functional group holds one form")
        yield from _transaction(batch, f"{(envelope.first_transaction + count) % 10**9:04}")
        count += 1
    yield segment_text(segment("GE", str(count), str(envelope.group))) + "\n"
    yield segment_text(segment("IEA", "1", f"{envelope.interchange:09}")) + "\n"


def batch_of(claims: tuple[Claim, ...], reference: str, created: dt.datetime, submitter: Party | None = None) -> Batch:
    """A batch for the payer of the first claim. Without `submitter`, the billing provider sends it under its tax id."""
    first = claims[0]
    billing = first.billing
    sender = submitter or replace(
        billing,
        role="41",
        suffix="",
        id_kind="46",
        id=next((value for kind, value in billing.references if kind in ("EI", "SY")), billing.id),
        address=None,
        taxonomy="",
        references=(),
        contacts=billing.contacts or (Contact(),),
    )
    receiver = Party("40", first.payer.name, id_kind="46", id=first.payer.id)
    return Batch(first.form, sender, receiver, reference, created, claims)


def _isa(envelope: Envelope) -> Elements:
    """ISA has fixed widths, blanks included."""
    return (
        "ISA",
        "00",
        " " * 10,
        "00",
        " " * 10,
        envelope.sender_kind,
        f"{envelope.sender[:15]:15}",
        envelope.receiver_kind,
        f"{envelope.receiver[:15]:15}",
        f"{envelope.clock:%y%m%d}",
        f"{envelope.clock:%H%M}",
        "^",
        "00501",
        f"{envelope.interchange:09}",
        "1" if envelope.acknowledge else "0",
        "T" if envelope.test else "P",
        ":",
    )


def _transaction(batch: Batch, control: str) -> Iterator[str]:
    count = 1
    yield segment_text(segment("ST", "837", control, batch.form.version)) + "\n"
    for elements in _header(batch):
        count += 1
        yield segment_text(elements) + "\n"
    for elements in _claims(batch):
        count += 1
        yield segment_text(elements) + "\n"
    yield segment_text(segment("SE", str(count + 1), control)) + "\n"


def _header(batch: Batch) -> Iterator[Elements]:
    stamp = batch.created
    clock = f"{stamp:%H%M%S}" if stamp.second else f"{stamp:%H%M}"
    yield segment("BHT", "0019", batch.purpose, batch.reference, f"{stamp:%Y%m%d}", clock, batch.kind)
    yield from party_segments(batch.submitter)
    yield from party_segments(batch.receiver)


def _claims(batch: Batch) -> Iterator[Elements]:
    """HL tree: consecutive claims with the same billing provider, subscriber or patient share its level.

    Claims of the subscriber come before those of its dependents, as the HL tree wants.
    """
    order = structure(batch.form)
    level = 0
    laid = (list(order.ordered(claim_loops(claim))) for claim in batch.claims)
    for billing, under_billing in groupby(laid, key=lambda loops: _part(loops, ("2000A", "2010A"))):
        level += 1
        billing_level = level
        yield segment("HL", str(billing_level), "", "20", "1")
        yield from billing
        for subscriber, own in groupby(under_billing, key=lambda loops: _part(loops, ("2000B", "2010B"))):
            level += 1
            subscriber_level = level
            patients = [(_part(loops, ("2000C", "2010C")), loops) for loops in own]
            dependents = any(patient for patient, _ in patients)
            yield segment("HL", str(subscriber_level), str(billing_level), "22", "1" if dependents else "0")
            yield from subscriber
            patients.sort(key=lambda item: bool(item[0]))
            for patient, run in groupby(patients, key=lambda item: item[0]):
                if patient:
                    level += 1
                    yield segment("HL", str(level), str(subscriber_level), "23", "0")
                    yield from patient
                for _, loops in run:
                    yield from _claim(loops)


def _part(loops: Laid, prefixes: tuple[str, str]) -> tuple[Elements, ...]:
    return tuple(elements for place, segments in loops if place.loop.startswith(prefixes) for elements in segments)


def _claim(loops: Laid) -> Iterator[Elements]:
    for place, segments in loops:
        if place.loop[:3] in ("200", "201"):
            continue
        if place.loop == "2400":
            yield segment("LX", str(place.parent))
        yield from segments
