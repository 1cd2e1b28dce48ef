"""`superbill claim draft`, `scrub` and `ack`."""

import argparse
import datetime as dt
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from assistant.commands import wiring
from assistant.commands.claim_print import PRINTED, check_options, claim_form, keep_printed, write_fhir, write_forms
from assistant.commands.output import check_target, print_json, whole_file
from assistant.errors import InputError
from assistant.guidelines.finding import Finding, Severity
from assistant.record import to_record
from assistant.review.encounter import Encounter, read_encounter

if TYPE_CHECKING:
    from assistant.claim.claim import Claim, Party
    from assistant.claim.desk import ClaimDesk
    from assistant.claim.modifiers import Proposal
    from assistant.claim.procedures import ProcedureBooks
    from assistant.review.ledger import Ledger


def draft(args: argparse.Namespace) -> int:
    """Write claims from confirmed encounters, all or none; 1 when the scrubber finds an error in one."""
    from assistant.claim.desk import ClaimDesk
    from assistant.review.ledger import Ledger

    target = Path(args.out)
    check_options(args)
    check_target(target)
    store = wiring.store()
    desk = ClaimDesk(store, wiring.codebook(), _procedures())
    ready = _prepared(args, desk, Ledger(store))
    claims, submitters = [item.claim for item in ready], {item.submitter for item in ready}
    if args.form in (*PRINTED, "fhir"):
        return _draft_aside(args, target, desk, ready)
    if len({claim.payer.id for claim in claims}) > 1 or len(submitters) > 1:
        raise InputError("The encounters have different payers or submitters; write one file for each.")
    findings = desk.findings(claims, today(), {item.claim.control_number: item.encounter.id for item in ready})
    clock = dt.datetime.now().replace(microsecond=0)  # noqa: DTZ005 (X12 times are local)
    envelope, segments = desk.file(claims, ready[0].submitter, clock)
    with whole_file(target) as file:
        file.writelines(segments)
    desk.keep_all([(item.encounter.id, item.claim) for item in ready], envelope)
    return _drafted(args, target, desk, ready, findings)


def _draft_aside(args: argparse.Namespace, target: Path, desk: "ClaimDesk", ready: "list[_Ready]") -> int:
    """A paper form or FHIR: checked alike, without the envelope of an 837; payers may differ."""
    claims = [item.claim for item in ready]
    findings = desk.findings(claims, today(), {item.claim.control_number: item.encounter.id for item in ready})
    if args.form == "fhir":
        write_fhir(target, claims, today())
    else:
        findings += write_forms(args, target, claims, today())
    if args.overlay:
        for item in ready:
            keep_printed(desk, args.form, item.claim, item.encounter.id)
    return _drafted(args, target, desk, ready, findings)


def _drafted(
    args: argparse.Namespace, target: Path, desk: "ClaimDesk", ready: "list[_Ready]", findings: Sequence[Finding]
) -> int:
    """What was written, what the scrubber says, which modifiers are proposed, and for information the groups."""
    from assistant.claim.grouping import grouping_of, told

    numbers = [item.claim.control_number for item in ready]
    done = f"Wrote {target}" + (f" ({len(ready)} claims)" if len(ready) > 1 else "")
    said: dict[str, object] = {"claim": str(target), "control_number": numbers[0], "control_numbers": numbers}
    proposals = [(item.claim.control_number, desk.proposals(item.claim)) for item in ready]
    if args.json:
        said["modifier_proposals"] = [
            {"claim": number, **to_record(offer)} for number, offers in proposals for offer in offers
        ]
        said["grouping"] = [
            {"claim": item.claim.control_number, **to_record(grouping_of(item.encounter))} for item in ready
        ]
        return _report(args, findings, said, done)
    status = _report(args, findings, said, done)
    print_proposals(proposals)
    for item in ready:
        for line in told(grouping_of(item.encounter)):
            print(f"For information, claim {item.claim.control_number}: {line}")
    return status


def print_proposals(proposals: "Sequence[tuple[str, Sequence[Proposal]]]") -> None:
    """Each proposal with its reason, what to ask the record, and the key that accepts it."""
    offered = [(number, offer) for number, offers in proposals for offer in offers]
    for number, offer in offered:
        keys = " or ".join(offer.keys)
        print(f"Proposed, claim {number} line {offer.line} ({offer.procedure}): {offer.reason} {offer.question}")
        print(f"  To accept one, add to the encounter's accept_modifiers: {keys}. Source: {offer.source}.")
    if offered:
        print("Nothing was added.")


class _Ready(NamedTuple):
    """An encounter and what becomes of it."""

    encounter: Encounter
    claim: "Claim"
    submitter: "Party | None"


def _prepared(args: argparse.Namespace, desk: "ClaimDesk", ledger: "Ledger") -> list[_Ready]:
    """Every encounter with its claim. With several, each that cannot be billed is told before the command refuses."""
    from assistant.claim.draft import submitter_of
    from assistant.review.confirmation import contradiction

    ready, refused = [], []
    for source in map(Path, args.encounters):
        try:
            encounter = read_encounter(source)
            if encounter.confirmation and (why := contradiction(encounter, ledger)):
                raise InputError(f"{source.name} cannot be billed: {why}.")
            for remittance in args.after or ():
                encounter = _after(encounter, Path(remittance), source.name)
            claim = desk.draft(encounter, source.name, claim_form(args.form, encounter))
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
    from assistant.claim.claim import ClaimForm
    from assistant.claim.desk import ClaimDesk
    from assistant.claim.reader import read_837

    path = Path(args.file)
    desk = ClaimDesk(wiring.store(), wiring.codebook(), _procedures())
    if _looks_like_json(path):
        encounter = read_encounter(path)
        form = ClaimForm.INSTITUTIONAL if encounter.facility else ClaimForm.PROFESSIONAL
        found = desk.findings([desk.draft(encounter, path.name, form, draw=False)], today())
        return _report(args, found, {"file": str(path), "claims": 1}, f"Checked {path}: 1 claim")
    reading = read_837(path)
    claims = [claim for batch in reading.batches for claim in batch.claims]
    if not claims:
        why = reading.problems[0].message if reading.problems else "it holds no claim"
        raise InputError(f"{path.name} cannot be checked: {why}.")
    problems = tuple(
        Finding("CL-0001", Severity(item.severity), f"Segment {item.segment}: {item.message}", "Repair the file.")
        for item in reading.problems
    )
    findings = (*problems, *desk.findings(claims, today()))
    said = {"file": str(path), "claims": len(claims)}
    return _report(args, findings, said, f"Checked {path}: {len(claims)} claim{'s' if len(claims) > 1 else ''}")


def import_files(args: argparse.Namespace) -> int:
    """Load the site's own files, told apart by their columns; each kind replaces what was loaded of it before. With
    `--preview` nothing is kept."""
    from assistant.claim.site import SiteData

    site = SiteData(wiring.store())
    loaded = site.load([Path(name) for name in args.files], args.preview)
    if args.json:
        print_json([{**to_record(item), "kept": not args.preview} for item in loaded])
    else:
        for item in loaded:
            what = f"{item.kind} ({item.setting})" if item.setting else item.kind
            print(f"{'Would load' if args.preview else 'Loaded'} {item.file}: {what}, {item.rows} rows.")
    return 0


def ack(args: argparse.Namespace) -> int:
    """Read a TA1, 999 or 277CA and keep what it says about our claims; 1 when something was rejected."""
    from assistant.claim.acknowledgement import read_acknowledgement
    from assistant.claim.history import ClaimHistory

    history = ClaimHistory(wiring.store())
    found = history.located(read_acknowledgement(Path(args.file)))
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


def status(args: argparse.Namespace) -> int:
    """Where the claims stand that left this machine, or one claim with everything that was answered about it."""
    from assistant.claim.history import STATES, ClaimHistory

    history = ClaimHistory(wiring.store())
    if args.state and args.state not in STATES:
        raise InputError(f"--state is one of {', '.join(STATES)}.")
    if args.claim:
        one = history.get(args.claim)
        if one is None:
            raise InputError(f"No claim {args.claim} left this machine.")
        claims, answers = [one], history.answers(one.control_number)
    else:
        claims, answers = list(history.listed((args.state,) if args.state else STATES)), ()
    if args.json:
        listed = [
            {**to_record(claim), "answers": to_record([*history.answers(claim.control_number)])} for claim in claims
        ]
        print_json({"claims": listed})
        return 0
    for claim in claims:
        payers = f", the payer's number {claim.payer_control_number}" if claim.payer_control_number else ""
        print(
            f"Claim {claim.control_number}: {claim.state} ({claim.form}, payer {claim.payer}{payers}, {claim.changed})."
        )
    for answer in answers:
        print(f"  {answer.at} {answer.kind}: {answer.message}")
    if not claims:
        print("No claim of this kind left this machine.")
    return 0


def _procedures() -> "ProcedureBooks":
    from assistant.claim.procedures import ProcedureBooks
    from assistant.services import Services

    return ProcedureBooks(Services.open().catalog)


def today() -> dt.date:
    """The day on which a claim is checked."""
    return dt.date.today()


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
