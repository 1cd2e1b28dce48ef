"""Reads an 835 as a stream: per transaction its header, its claims one by one, its trailer.

Nothing but the current claim is held, so the size of the file does not matter. Damage never stops the reading: good
claims are given out, problems are named with their segment.
"""

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import BinaryIO

from assistant.remit.balance import add, check_balance, counted
from assistant.remit.parts import Procedure, amount_of, build_claim, date_of, party_of, procedure_of
from assistant.remit.values import Header, Party, ProviderAdjustment, Reference, RemitClaim, Trailer
from assistant.x12.delimiters import Delimiters
from assistant.x12.elements import ZERO
from assistant.x12.envelopes import NAMES, Envelopes
from assistant.x12.problems import Level, Problem
from assistant.x12.segments import Segment, read_segments

Event = Header | RemitClaim | Trailer

MOST_PROBLEMS = 5000
_MOST_PROCEDURES = 20_000
_INSIDE = frozenset({"SVC", "CAS", "DTM", "REF", "AMT", "QTY", "LQ", "NM1", "MOA", "MIA"})
"""Segments that never begin or end a claim."""
_BETWEEN = frozenset({"LX", "TS2", "TS3", "PLB"})
_AFTER_HEADER = frozenset({*_BETWEEN, "CLP", "SVC"})
_OTHER_SEPARATOR = re.compile(r"[A-Z]{2}([^A-Za-z0-9 \t\r\n])[A-Z0-9]")


class _Transaction:
    """What is known of the transaction being read."""

    __slots__ = (
        "claim",
        "claims",
        "header",
        "lines",
        "outside",
        "paid",
        "payment",
        "provider",
        "segments",
        "start",
    )

    def __init__(self, start: Segment) -> None:
        self.start = start
        self.segments: list[Segment] = []
        self.header: Header | None = None
        self.outside: list[Segment] = []
        self.claim: list[Segment] = []
        """The segments of the claim being read, CLP first."""
        self.claims = self.lines = 0
        self.paid: Decimal | None = ZERO
        self.payment: Decimal | None = ZERO
        self.provider: list[ProviderAdjustment] = []


class KeptSegments:
    """Segments that were read before, with the component separator of their file: what `RemitReader` needs of a file."""

    def __init__(self, segments: Iterable[Segment], component: str) -> None:
        self._segments = segments
        self.delimiters = Delimiters(component=component)
        self.problems: list[Problem] = []

    def __iter__(self) -> Iterator[Segment]:
        return iter(self._segments)


class RemitReader:
    """Iterate once for the events of one file; `problems` grows while iterating and is complete at its end.

    Raises InputError when the file is empty, not text, or not X12, and OSError when it cannot be opened.
    """

    def __init__(self, source: Path | BinaryIO | bytes | KeptSegments) -> None:
        self._stream = source if isinstance(source, KeptSegments) else read_segments(source)
        self._envelopes = Envelopes()
        self._own: list[Problem] = []
        self._transactions = 0
        self._odd_separator = False
        self._unlisted = 0
        self._procedures: dict[tuple[str, str], Procedure] = {}
        self.failed = False
        """An error was found that is not listed any more."""

    @property
    def problems(self) -> list[Problem]:
        """All that was found so far, each once, in the order of the file."""
        found = dict.fromkeys([*self._stream.problems, *self._envelopes.problems, *self._own])
        if self._unlisted:
            found[Problem("warning", f"{self._unlisted} further problems are not listed")] = None
        return sorted(found, key=lambda problem: problem.segment or 0)

    def report(self, severity: Level, message: str, segment: int | None) -> None:
        """Add a problem. Beyond `MOST_PROBLEMS` they are only counted, so that damage cannot fill the memory."""
        if len(self._own) < MOST_PROBLEMS:
            self._own.append(Problem(severity, message, segment))
        else:
            self._unlisted += 1
            self.failed = self.failed or severity == "error"

    def __iter__(self) -> Iterator[Event]:
        current: _Transaction | None = None
        skipping = False
        inside = _INSIDE
        claim: list[Segment] = []
        for segment in self._stream:
            name = segment[1][0]
            # Most segments only add to the open claim: the short way for them.
            if claim and name in inside:
                claim.append(segment)
                continue
            if name in NAMES:
                self._envelopes.take(segment)
                if current is not None:
                    if name == "SE":
                        current.outside.append(segment)
                    yield from self._close(current, complete=name == "SE")
                    current, claim = None, []
                skipping = False
                if name == "ST":
                    if self._envelopes.kind == "835":
                        current = self._begin(segment)
                    else:
                        skipping = True
                        self.report(
                            "info", "this transaction set is no remittance (835); it was not read", segment.number
                        )
                elif name == "GS" and segment.get(1) != "HP":
                    self.report("warning", "GS01 is not HP, the mark of a remittance", segment.number)
                continue
            if skipping:
                continue
            if current is None:
                if name not in ("BPR", "TRN", "CLP"):
                    self.report("error", f"{_shown(name)} stands outside any transaction set", segment.number)
                    continue
                self.report("error", "a transaction set begins here without its ST", segment.number)
                current = self._begin(segment)
            event = self._take(current, name, segment)
            claim = current.claim
            if event is not None:
                yield event
        if current is not None:
            yield from self._close(current, complete=False)
        self._envelopes.close()

    def _begin(self, segment: Segment) -> _Transaction:
        self._transactions += 1
        transaction = _Transaction(segment)
        if segment.elements[0] == "ST":
            transaction.segments.append(segment)
        return transaction

    def _take(self, current: _Transaction, name: str, segment: Segment) -> Header | RemitClaim | None:
        """Note one segment; the header or claim it completes, if any."""
        event: Header | RemitClaim | None = None
        if current.header is None:
            if name not in _AFTER_HEADER:
                current.segments.append(segment)
                return None
            event = current.header = self._header(current)
        if name == "CLP":
            event = self._finish(current) if current.claim else event
            current.claim = [segment]
        elif not current.claim or name in _BETWEEN:
            event = self._finish(current) if current.claim else event
            self._outside(current, name, segment)
        else:
            current.claim.append(segment)
        return event

    def _outside(self, current: _Transaction, name: str, segment: Segment) -> None:
        current.outside.append(segment)
        if name == "PLB":
            self._provider(current, segment)
        elif name not in _BETWEEN:
            self.report("error", f"{_shown(name)} stands before any claim", segment.number)

    def _finish(self, current: _Transaction, complete: bool = True) -> RemitClaim | None:
        if not current.claim:
            return None
        current.claims += 1
        claim = build_claim(current.claim, current.claims, self._procedure, self.report, complete)
        current.claim = []
        current.lines += len(claim.lines)
        current.paid = add(current.paid, claim.balance.stated)
        return claim

    def _close(self, current: _Transaction, complete: bool) -> Iterator[Event]:
        if current.header is None:
            current.header = self._header(current)
            yield current.header
        last = self._finish(current, complete)
        if last is not None:
            yield last
        moved: Decimal | None = ZERO
        for adjustment in current.provider:
            moved = add(moved, adjustment.amount)
        yield Trailer(
            provider_adjustments=tuple(current.provider),
            balance=check_balance(current.payment, current.paid, moved),
            claims=current.claims,
            lines=current.lines,
            paid=current.paid,
            complete=complete,
            segments=tuple(current.outside),
        )

    def _header(self, current: _Transaction) -> Header:
        start, report = current.start, self.report
        payment = trace = None
        payer: Party | None = None
        payee: Party | None = None
        produced = None
        references: list[Reference] = []
        for segment in current.segments:
            name = segment.elements[0]
            if name == "BPR" and payment is None:
                payment = segment
            elif name == "TRN" and trace is None:
                trace = segment
            elif name == "N1":
                party = party_of(segment)
                if party.role == "PR":
                    payer = payer or party
                elif party.role == "PE":
                    payee = payee or party
            elif name == "REF":
                references.append(Reference(segment.get(1), segment.get(2), segment.number))
            elif name == "DTM":
                day = date_of(segment.get(2), "the date", segment.number, report)
                produced = day if segment.get(1) == "405" else produced
        if payment is None:
            report("error", "the transaction set has no BPR: the payment is not known", start.number)
        if trace is None or not trace.get(2):
            report("error", "the transaction set has no trace number (TRN02)", trace.number if trace else start.number)
        if payer is None:
            report("error", "the transaction set names no payer (N1*PR)", start.number)
        if payee is None:
            report("error", "the transaction set names no payee (N1*PE)", start.number)
        number = payment.number if payment else start.number
        amount = amount_of(payment.get(2), "the payment (BPR02)", number, report) if payment else None
        current.payment = counted(amount, payment.get(2)) if payment else None
        return Header(
            number=self._transactions,
            segment=start.number,
            version=self._envelopes.version,
            component=self._stream.delimiters.component,
            control_number=start.get(2) if start.id == "ST" else "",
            handling=payment.get(1) if payment else "",
            method=payment.get(4) if payment else "",
            payment_amount=amount,
            payment_date=date_of(payment.get(16), "the payment date (BPR16)", number, report) if payment else None,
            production_date=produced,
            trace_number=trace.get(2) if trace else "",
            payer=payer,
            payee=payee,
            references=tuple(references),
            segments=tuple(current.segments),
            payment_segment=payment.number if payment else None,
            trace_segment=trace.number if trace else None,
        )

    def _provider(self, current: _Transaction, segment: Segment) -> None:
        elements, number = segment.elements, segment.number
        date_of(segment.get(2), "the fiscal date (PLB02)", number, self.report)
        for place in range(3, len(elements), 2):
            text = elements[place + 1].strip() if place + 1 < len(elements) else ""
            if not elements[place].strip() and not text:
                continue
            if not text:
                self.report("error", "a provider adjustment has no amount", number)
            reason, *rest = [part.strip() for part in self._split(elements[place], number)]
            amount = amount_of(text, "a provider adjustment amount", number, self.report)
            current.provider.append(ProviderAdjustment(segment.get(1), reason, rest[0] if rest else "", amount, number))

    def _procedure(self, text: str, segment: int) -> Procedure:
        """A procedure composite taken apart; a file has few different ones, so they are remembered."""
        key = (text, self._stream.delimiters.component)
        found = self._procedures.get(key)
        if found is None:
            if len(self._procedures) >= _MOST_PROCEDURES:
                self._procedures.clear()
            found = self._procedures[key] = procedure_of(self._split(text, segment))
        return found

    def _split(self, text: str, segment: int) -> list[str]:
        """A composite in its parts; also where the file uses another separator than its ISA names."""
        parts = text.split(self._stream.delimiters.component)
        if len(parts) == 1 and (odd := _OTHER_SEPARATOR.match(text)) is not None:
            if not self._odd_separator:
                self._odd_separator = True
                self.report("warning", "the component separator is not the one that ISA16 names", segment)
            parts = text.split(odd.group(1))
        return parts


def _shown(name: str) -> str:
    """A segment name fit to be printed; damage is not."""
    return name if 2 <= len(name) <= 3 and name.isalnum() and name.isascii() else "a damaged segment"
