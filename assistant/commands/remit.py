"""`superbill remit`: read, explain, worklist, letter."""

import argparse
import datetime as dt
import sys
from pathlib import Path
from typing import TextIO, cast

from assistant.cli import CONTENT_ERROR, DONE, UNUSABLE
from assistant.commands.output import print_json, whole_file
from assistant.commands.remittance import one_claim, status_of, usable
from assistant.errors import InputError
from assistant.record import to_record
from assistant.remit.chains import Chains
from assistant.remit.explanation import Explanation, explain_claim, explain_payment
from assistant.remit.fees import FeeSchedule, underpayments
from assistant.remit.file import read_file
from assistant.remit.letter import FORMATS, letter_file, write_letter
from assistant.remit.lines import write_lines
from assistant.remit.matching import match_record
from assistant.remit.record import file_record
from assistant.remit.references import References
from assistant.remit.render import (
    render_explanation,
    render_letter,
    render_matches,
    render_summary,
    render_worklist,
)
from assistant.remit.values import RemitFile
from assistant.remit.worklist import causes, ordered, work_items, write_csv


def read(args: argparse.Namespace) -> int:
    """Read 835 files: a summary, `--json`, or one JSON line per transaction with `--out`."""
    if args.out:
        return _read_lines([Path(name) for name in args.files], Path(args.out))
    files = [read_file(name) for name in args.files]
    _tell_unusable(files)
    chains = Chains.of(*files)
    if args.json:
        print_json({"files": [file_record(file, chains) for file in files]})
    else:
        for file in files:
            print(render_summary(file, chains))
    return max(status_of(file) for file in files)


def explain(args: argparse.Namespace) -> int:
    """Explain every claim of one file, or the claims with one control number; a folder goes file by file to `--out`."""
    if Path(args.file).is_dir():
        from assistant.commands import batch

        return batch.explain(args)
    if args.out or args.ray or args.workers or args.resume:
        raise InputError(f"{args.file} is one file; --out, --resume, --workers and --ray are for a folder")
    file = usable(args.file)
    chains, references = Chains.of(file), References([file])
    found: list[Explanation] = []
    texts: list[str] = []
    for transaction in file.transactions:
        about = [explain_payment(transaction, args.lang, references, file.name)] if args.audience == "biller" else []
        claims = [claim for claim in transaction.claims if args.claim in (None, claim.control_number)]
        if args.claim is not None and not claims:
            continue
        parts = about + [
            explain_claim(
                claim, transaction.header, chains.get(claim, transaction.header, file.name), args.audience, args.lang
            )
            for claim in claims
        ]
        found += parts
        texts += [render_explanation(part) for part in parts]
    if args.claim is not None and not found:
        raise InputError(f"{args.file}: no claim has this control number; `superbill remit read` lists them.")
    if args.json:
        print_json({"file": file.name, "explanations": to_record(found)})
    else:
        print("\n\n".join(texts))
    return status_of(file)


def worklist(args: argparse.Namespace) -> int:
    """List what needs work in the named files, or without files in everything kept, with the causes of denials."""
    if not args.files:
        from assistant.commands import kept

        return kept.worklist(args)
    noted = (args.set is not None, args.status, args.note, args.appeal_sent, args.outcome, args.recovered)
    if any(noted):
        raise InputError("Status and notes are kept with posted remittances: leave the files out, or post them first.")
    files = [read_file(name) for name in args.files]
    _tell_unusable(files)
    items = [
        item
        for item in ordered(work_items(files, dt.date.today()), args.by)
        if (args.payer or "").upper() in item.payer.upper()
        and (not args.reason or any(args.reason.upper() in (code, code.partition("-")[2]) for code in item.codes))
    ]
    lost = causes(files)
    below = underpayments(files, FeeSchedule.load(Path(args.fees))) if args.fees else []
    if args.csv:
        with whole_file(Path(args.csv)) as handle:
            write_csv(items, handle)
        print(f"Wrote {args.csv}.", file=sys.stderr)
    if args.chart:
        from assistant.commands.kept import draw

        draw(causes(files, by_payer=True), args.chart)
    if args.json:
        record = {"items": to_record(items), "causes": to_record(lost)}
        print_json(record | {"root_causes": to_record(causes(files, by_payer=True)), "underpaid": to_record(below)})
    else:
        print(render_worklist(items, lost, below))
    return max(status_of(file) for file in files)


def letter(args: argparse.Namespace) -> int:
    """Write a letter about one claim, with the source of each figure below it; `--out` as text, docx or PDF."""
    from assistant.services import parse_date

    if args.out and Path(args.out).suffix.lower() not in ("", *FORMATS):
        raise InputError(f"{args.out}: a letter is written as {', '.join(FORMATS)}; choose one of these endings.")
    file = usable(args.file)
    chains = Chains.of(file)
    claim, header = one_claim(file, args.file, args.claim)
    written = write_letter(
        claim, header, chains.get(claim, header, file.name), args.kind, args.lang, parse_date(args.date)
    )
    if args.json:
        print_json(to_record(written))
    elif args.out:
        out = Path(args.out)
        content = letter_file(written, out.suffix.lower() or ".txt", sources=not args.no_sources)
        with whole_file(out) as handle:
            cast(TextIO, handle).buffer.write(content)
        print(f"Wrote {args.out}.", file=sys.stderr)
    else:
        print(render_letter(written))
    return status_of(file)


def post(args: argparse.Namespace) -> int:
    """Keep the answers of the named files in the store. What does not balance is held back, and said so."""
    from assistant.commands import wiring
    from assistant.commands.kept import actor
    from assistant.remit.payments import PaymentLedger

    files = [read_file(name) for name in args.files]
    _tell_unusable(files)
    ledger = PaymentLedger(wiring.store())
    done = [(file, ledger.post(file, actor())) for file in files if file.usable]
    if args.json:
        print_json({"files": [{"file": file.name, **to_record(posted)} for file, posted in done]})
    for file, posted in done if not args.json else ():
        held = f"; held back for a person: {', '.join(posted.held)}" if posted.held else ""
        print(f"{file.name}: {posted.new} new, {posted.known} known before{held}")
    return max(status_of(file) for file in files)


def match(args: argparse.Namespace) -> int:
    """Find the sent claim each answer of one file, or of everything kept, belongs to; what finds none is unmatched."""
    from assistant.claim.reader import read_837
    from assistant.commands import wiring
    from assistant.remit.archive import Archive
    from assistant.remit.matching import SentClaims

    file = usable(args.file) if args.file else None
    batches = [batch for name in args.claims for batch in read_837(Path(name), name).batches]
    sent = SentClaims(claim for batch in batches for claim in batch.claims)
    if file is None:
        answers = [kept.claim for kept in Archive(wiring.store()).all_claims()]
    else:
        answers = [claim for transaction in file.transactions for claim in transaction.claims]
    found = [(answer, sent.match(answer)) for answer in answers]
    if args.unmatched:
        found = [(answer, match) for answer, match in found if match is None]
    if args.json:
        name = file.name if file else None
        print_json({"file": name, "answers": [match_record(answer, match) for answer, match in found]})
    else:
        print(render_matches(found) or "Every answer has its claim.")
    return status_of(file) if file else DONE


def _tell_unusable(files: list[RemitFile]) -> None:
    for file in files:
        if not file.usable:
            print(f"superbill: {file.name}: {file.problems[-1].message}.", file=sys.stderr)


def _read_lines(paths: list[Path], out: Path) -> int:
    status = DONE
    chains = Chains.scan((path, str(path)) for path in paths)
    with whole_file(out) as handle:
        for path in paths:
            count, failed = write_lines(path, str(path), handle, chains)
            if not count:
                print(f"superbill: {path}: no remittance could be read from it.", file=sys.stderr)
            status = max(status, UNUSABLE if not count else CONTENT_ERROR if failed else DONE)
    print(f"Wrote {out}.", file=sys.stderr)
    return status
