"""`superbill claim draft`, `scrub` and `ack`."""

import argparse
import dataclasses
import datetime as dt
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from assistant.commands import wiring
from assistant.commands.output import check_target, print_json, whole_file
from assistant.errors import InputError
from assistant.guidelines.finding import Finding, Severity
from assistant.record import to_record
from assistant.review.encounter import Encounter, read_encounter

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from assistant.claim.claim import Claim, Party
    from assistant.claim.history import SentClaim
    from assistant.claim.transmission import Envelope

PENDING = "PENDING"
"""Stands for a control number while it is not yet known whether the claim can be written."""


def draft(args: argparse.Namespace) -> int:
    """Write claims from confirmed encounters, all or none; 1 when the scrubber finds an error in one."""
    from assistant.claim.history import ClaimHistory

    target = Path(args.out)
    if args.form in ("cms1500", "ub04"):
        raise InputError(f"The {args.form} print form is not there yet; use --form 837p or 837i.")
    check_target(target)
    store = wiring.store()
    ready = _prepared(args, store)
    claims, submitters = [item.claim for item in ready], {item.submitter for item in ready}
    if len({claim.payer.id for claim in claims}) > 1 or len(submitters) > 1:
        raise InputError("The encounters have different payers or submitters; write one file for each.")
    history = ClaimHistory(store)
    owners = {item.claim.control_number: item.encounter.id for item in ready}
    findings = _scrubbed(claims, lambda number: history.of_another(number, owners[number]))
    sent = _write(target, claims, ready[0].submitter, store)
    for item in ready:
        history.add(_sent(item, sent))
    numbers = [claim.control_number for claim in claims]
    said: dict[str, object] = {"claim": str(target), "control_number": numbers[0], "control_numbers": numbers}
    return _report(args, findings, said, f"Wrote {target}" + (f" ({len(claims)} claims)" if len(claims) > 1 else ""))


class _Ready(NamedTuple):
    """An encounter and what becomes of it."""

    encounter: Encounter
    claim: "Claim"
    submitter: "Party | None"


def _prepared(args: argparse.Namespace, store: "Engine") -> list[_Ready]:
    """Every encounter with its claim. With several, each that cannot be billed is told before the command refuses."""
    from assistant.claim.draft import submitter_of
    from assistant.review.confirmation import contradiction
    from assistant.review.ledger import Ledger

    ledger = Ledger(store)
    ready, refused = [], []
    for source in map(Path, args.encounters):
        try:
            encounter = read_encounter(source)
            if encounter.confirmation and (why := contradiction(encounter, ledger)):
                raise InputError(f"{source.name} cannot be billed: {why}.")
            if args.after:
                encounter = _after(encounter, Path(args.after), source.name)
            claim = _drafted(encounter, args.form, source.name, store)
            ready.append(_Ready(encounter, claim, submitter_of(encounter)))
        except InputError as error:
            refused.append(error)
    if refused and len(args.encounters) == 1:
        raise refused[0]
    if refused:
        for told in refused:
            print(f"superbill: {told}", file=sys.stderr)
        raise InputError(f"{len(refused)} of {len(args.encounters)} encounters cannot be billed; nothing was written.")
    return ready


def _sent(item: _Ready, envelope: "Envelope") -> "SentClaim":
    """The row that the store keeps about a claim."""
    from assistant.claim.history import SentClaim

    return SentClaim(
        control_number=item.claim.control_number,
        encounter=item.encounter.id,
        form=item.claim.form.value,
        payer=item.claim.payer.id,
        interchange=envelope.interchange,
        group=envelope.group,
        transaction=f"{envelope.first_transaction:04}",
        state="drafted",
        payer_control_number="",
        changed=dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
    )


def _after(encounter: Encounter, remittance: Path, name: str) -> Encounter:
    """The encounter for the next payer, with the last decision about it in the remittance file."""
    from assistant.claim.next_payer import for_next_payer
    from assistant.remit.file import read_file

    if not encounter.control_number:
        raise InputError(f"{name} has no control_number; give the one of the claim that was sent.")
    read = read_file(remittance)
    if not read.usable:
        raise InputError(f"{remittance.name} cannot be used: {read.problems[0].message}.")
    found = [
        (claim, transaction.header)
        for transaction in read.transactions
        for claim in transaction.claims
        if claim.control_number == encounter.control_number
    ]
    if not found:
        raise InputError(f"{remittance.name} says nothing about claim {encounter.control_number}.")
    # A correction stands behind the decision it replaces.
    claim, header = found[-1]
    return for_next_payer(encounter, claim, header.payment_date)


def scrub(args: argparse.Namespace) -> int:
    """Check an encounter (JSON) or an 837 file before it is sent."""
    from assistant.claim.reader import read_837

    path = Path(args.file)
    if _looks_like_json(path):
        encounter = read_encounter(path)
        claim = _drafted(encounter, "837i" if encounter.facility else "837p", path.name, None)
        return _report(args, _scrubbed([claim]), {"file": str(path), "claims": 1}, f"Checked {path}: 1 claim")
    reading = read_837(path)
    claims = [claim for batch in reading.batches for claim in batch.claims]
    if not claims:
        why = reading.problems[0].message if reading.problems else "it holds no claim"
        raise InputError(f"{path.name} cannot be checked: {why}.")
    problems = tuple(
        Finding("CL-0001", Severity(item.severity), f"Segment {item.segment}: {item.message}", "Repair the file.")
        for item in reading.problems
    )
    findings = (*problems, *_scrubbed(claims))
    said = {"file": str(path), "claims": len(claims)}
    return _report(args, findings, said, f"Checked {path}: {len(claims)} claim{'s' if len(claims) > 1 else ''}")


def import_files(args: argparse.Namespace) -> int:
    """Load the site's own files; each replaces what was loaded of its kind before."""
    from assistant.claim.site import SiteData

    site = SiteData(wiring.store())
    loaded = [(name, *site.load(Path(name))) for name in args.files]
    if args.json:
        print_json([{"file": name, "kind": kind, "rows": rows} for name, kind, rows in loaded])
    else:
        for name, kind, rows in loaded:
            print(f"Loaded {name}: {kind}, {rows} rows.")
    return 0


def ack(args: argparse.Namespace) -> int:
    """Read a TA1, 999 or 277CA and keep what it says about our claims; 1 when something was rejected."""
    from assistant.claim.acknowledgement import read_acknowledgement
    from assistant.claim.history import ClaimHistory

    found = read_acknowledgement(Path(args.file))
    history = ClaimHistory(wiring.store())
    changed = [history.get(number) for number in history.apply(found)]
    claims = [{"control_number": claim.control_number, "state": claim.state} for claim in changed if claim]
    if args.json:
        print_json({"items": to_record(found.items), "problems": to_record(found.problems), "claims": claims})
    else:
        for problem in found.problems:
            print(f"{problem.severity}: segment {problem.segment}: {problem.message}", file=sys.stderr)
        for item in found.items:
            about = f" (claim {item.claim})" if item.claim and item.claim not in item.message else ""
            print(f"{item.kind}: {item.message}{about}")
        for claim in claims:
            print(f"Claim {claim['control_number']} is now {claim['state']}.")
    return 1 if found.rejected else 0


def _drafted(encounter: Encounter, form: str, name: str, store: "Engine | None") -> "Claim":
    """The claim; a control number is drawn only once everything else is there."""
    from assistant.claim.claim import ClaimForm
    from assistant.claim.control_numbers import ControlNumbers
    from assistant.claim.draft import draft_claim

    kind, encounter = ClaimForm(form), _completed(encounter)
    given = encounter if encounter.control_number else dataclasses.replace(encounter, control_number=PENDING)
    claim = draft_claim(given, name, kind)
    if encounter.control_number or store is None:
        return claim
    number = f"SB{ControlNumbers(store).reserve('claim'):08}"
    return draft_claim(dataclasses.replace(encounter, control_number=number), name, kind)


def _write(target: Path, claims: "Sequence[Claim]", submitter: "Party | None", store: "Engine") -> "Envelope":
    from assistant.claim.control_numbers import ControlNumbers
    from assistant.claim.transmission import Envelope, batch_of, write_837

    numbers = ControlNumbers(store)
    clock = dt.datetime.now().replace(microsecond=0)  # noqa: DTZ005 (X12 times are local)
    batch = batch_of(tuple(claims), f"{numbers.reserve('batch'):09}", clock, submitter)
    envelope = Envelope(
        sender=batch.submitter.id,
        receiver=batch.receiver.id,
        interchange=numbers.reserve("interchange"),
        group=numbers.reserve("group"),
        first_transaction=numbers.reserve("transaction"),
        clock=clock,
    )
    with whole_file(target) as file:
        file.writelines(write_837([batch], envelope))
    return envelope


def _scrubbed(claims: "Sequence[Claim]", sent_before: Callable[[str], bool] | None = None) -> tuple[Finding, ...]:
    from assistant.claim.scrub import Context, scrub_claims
    from assistant.claim.site import SiteData

    edits = SiteData(wiring.store())
    return scrub_claims(claims, Context(today(), wiring.codebook(), edits, sent_before))


def today() -> dt.date:
    """The day on which a claim is checked."""
    return dt.date.today()


def _completed(encounter: Encounter) -> Encounter:
    """With what this machine knows: the official titles of the diagnoses (the sides of lines are matched with them),
    and the site's fees for lines without a charge."""
    from assistant.claim.site import SiteData

    site = SiteData(wiring.store())
    services = tuple(
        item
        if item.charge is not None or (fee := site.fee(item.procedure, item.modifiers)) is None
        else dataclasses.replace(item, charge=round(fee * item.units, 2))
        for item in encounter.services
    )
    book = wiring.codebook()
    diagnoses = tuple(
        item if item.description else dataclasses.replace(item, description=book.title(item.code))
        for item in encounter.diagnoses
    )
    return dataclasses.replace(encounter, diagnoses=diagnoses, services=services)


def _looks_like_json(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return file.read(200).lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"[")
    except OSError as error:
        raise InputError(f"{path} cannot be read ({error.strerror}); check the path.") from None


def _report(args: argparse.Namespace, findings: Sequence[Finding], said: dict[str, object], done: str) -> int:
    errors = sum(finding.severity is Severity.ERROR for finding in findings)
    if args.json:
        print_json({**said, "findings": to_record(list(findings))})
    else:
        for finding in findings:
            print(f"{finding.severity.value}: {finding.rule}: {finding.message} {finding.fix}", file=sys.stderr)
        warnings = sum(finding.severity is Severity.WARNING for finding in findings)
        verdict = f"{errors} error(s), {warnings} warning(s)" if findings else "nothing found"
        print(f"{done}; scrubber: {verdict}.")
    return 1 if errors else 0
