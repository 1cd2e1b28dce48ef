"""What is wrong with a remittance beyond its syntax: sums, code lists, identifiers. Never repeats a name or number of it.

A code we do not know is a warning when it looks like one of its list (newer than ours), an error when it cannot be one.
A retired code is only a note: it may stand in a reversal, or repeat an older remittance (X12 stop-date rule).
"""

import re
from collections.abc import Callable

from assistant.remit.money import total
from assistant.remit.values import Adjustment, Balance, Header, Party, Remark, RemitClaim, Trailer
from assistant.x12.elements import ZERO, npi_is_valid
from assistant.x12.problems import Level
from corpus.lexicon import reasons

Report = Callable[[Level, str, int | None], None]

_REASON_SHAPE = re.compile(r"[1-9]\d{0,2}|[ABDPWY]\d{1,2}")
_REMARK_SHAPE = re.compile(r"N[1-9]\d{0,2}")
"""The series M and MA are closed: what our list lacks of them is counted as newer only in the series N."""
_OLD_REMARK_SHAPE = re.compile(r"M(?:[1-9]\d?|1[0-3]\d|14[0-4])|MA(?:0?[1-9]|[1-9]\d|1[0-2]\d|13[0-7])")


class Checks:
    """Feed every event of a file to `take`; what is wrong goes to `report(severity, message, segment)`."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._version = ""

    def take(self, event: Header | RemitClaim | Trailer) -> None:
        """Check one event."""
        if isinstance(event, RemitClaim):
            self._claim(event)
        elif isinstance(event, Header):
            self._version = event.version
            self._npi(event.payee)
            if event.payment_amount is not None and event.payment_amount < 0:
                message = "the payment is negative; a balance owed is carried forward in PLB FB instead"
                self._report("error", message, event.payment_segment)
        else:
            self._trailer(event)

    def _claim(self, claim: RemitClaim) -> None:
        report, segment = self._report, claim.segment
        if not claim.control_number:
            report("error", "the claim has no control number (CLP01)", segment)
        words = reasons.claim_status(claim.status)
        if words is None:
            report("error", "the claim status (CLP02) is not in the list of claim statuses", segment)
        if claim.party("QC") is None:
            report("error", "the claim has no patient name (NM1*QC)", segment)
        if claim.billed is None or claim.paid is None:
            report("error", "the claim has no charge or no payment that can be read", segment)
        self._balance(claim.balance, "the claim", segment)
        self._balance(claim.line_charges, "the sum of the line charges", segment, against="the claim's charge")
        if not claim.complete:
            report("error", "the file breaks off inside this claim", segment)
        share = total(item for item in claim.all_adjustments() if item.group == "PR")
        stated = claim.stated_patient_responsibility
        if not claim.reversal and share is not None and (stated or ZERO) != share:
            message = f"CLP05 differs from the sum of the PR adjustments by {(stated or ZERO) - share:.2f}"
            report("warning", message, segment)
        self._adjustments(claim.adjustments, claim.all_remarks())
        for remark in claim.remarks:
            self._remark(remark)
        for line in claim.lines:
            self._balance(line.balance, "the line", line.segment)
            if line.billed is None or line.paid is None:
                report("warning", "the line has no charge or no payment that can be read", line.segment)
            if line.adjustments:
                self._adjustments(line.adjustments, [*claim.remarks, *line.remarks])
            for remark in line.remarks:
                self._remark(remark)
        for party in claim.parties:
            if party.role == "82":
                self._npi(party)

    def _balance(self, balance: Balance, what: str, segment: int | None, against: str = "what was paid") -> None:
        if balance.balanced:
            return
        difference = balance.imbalance
        if difference is None:
            message = f"{what} cannot be balanced: an amount is unreadable"
        elif against == "what was paid":
            message = f"{what} does not balance: the payment stated is off by {difference:.2f} from its own figures"
        else:
            message = f"{what} differs from {against} by {-difference:.2f}"
        self._report("error", message, segment)

    def _adjustments(self, adjustments: tuple[Adjustment, ...], remarks: list[Remark]) -> None:
        for item in adjustments:
            words = reasons.reason(item.reason)
            if words is None:
                if _REASON_SHAPE.fullmatch(item.reason):
                    message = "an adjustment reason is not in our list; look it up in the X12 list of CARCs"
                    self._report("warning", message, item.segment)
                else:
                    self._report("error", "this is no claim adjustment reason code (CARC)", item.segment)
            else:
                if words.status == "retired":
                    message = f"reason {words.code} is retired{' since ' + words.stopped if words.stopped else ''}"
                    self._report("info", message, item.segment)
                if words.groups and item.group not in words.groups:
                    message = f"reason {words.code} is used with {' or '.join(words.groups)} only"
                    self._report("warning", message, item.segment)
                if words.needs_remark and not remarks and item.amount:
                    self._report("warning", f"reason {words.code} needs a remark code, and none is given", item.segment)
            if reasons.group(item.group) is None:
                self._report("error", "the adjustment group (CAS01) is not in the list of groups", item.segment)
            elif item.group == "CR" and self._version.startswith("00501"):
                self._report("warning", "group CR is not part of version 5010", item.segment)

    def _remark(self, remark: Remark) -> None:
        code = remark.code.upper()
        if reasons.remark(code) is not None or _OLD_REMARK_SHAPE.fullmatch(code):
            return
        if _REMARK_SHAPE.fullmatch(code):
            message = "a remark code is not in our list; look it up in the X12 list of RARCs"
            self._report("info", message, remark.segment)
        else:
            self._report("error", "this is no remittance advice remark code (RARC)", remark.segment)

    def _npi(self, party: Party | None) -> None:
        if party is not None and party.id_qualifier == "XX" and not npi_is_valid(party.id):
            self._report("warning", "the NPI has a wrong check digit or form", party.segment)

    def _trailer(self, trailer: Trailer) -> None:
        for item in trailer.provider_adjustments:
            if reasons.plb_reason(item.reason) is None:
                message = "the reason of a provider adjustment (PLB) is not in the list of PLB reasons"
                self._report("error", message, item.segment)
        last = trailer.segments[-1].number if trailer.segments else None
        self._balance(trailer.balance, "the check", last)
