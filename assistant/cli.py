"""The `superbill` command. Only the standard library is imported here, so that `--help` answers at once."""

import argparse
import importlib
import io
import os
import sys
import time
from collections.abc import Sequence
from typing import Any

SYSTEMS = ("icd10cm", "icd10pcs", "hcpcs")
DONE, CONTENT_ERROR, UNUSABLE = 0, 1, 2


def build_parser() -> argparse.ArgumentParser:
    """The whole command line; each leaf names the module of `assistant.commands` that runs it."""
    parser = argparse.ArgumentParser(
        prog="superbill",
        description="Find codes for a note, draft the claim, explain the remittance. Everything stays on this machine.",
    )
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)

    def leaf(parent: Any, name: str, handler: str, help_text: str) -> argparse.ArgumentParser:
        command: argparse.ArgumentParser = parent.add_parser(name, help=help_text, description=help_text)
        command.add_argument("--json", action="store_true", help="print JSON instead of text")
        command.set_defaults(handler=handler)
        return command

    def group(name: str, help_text: str) -> Any:
        command = commands.add_parser(name, help=help_text, description=help_text)
        return command.add_subparsers(dest=f"{name}_command", metavar="COMMAND", required=True)

    leaf(commands, "demo", "demo:demo", "the whole chain on the shipped samples")

    corpus = group("corpus", "the code library and its index")
    leaf(corpus, "build", "corpus:build", "build the code index").add_argument(
        "--force", action="store_true", help="build again even when the index is current"
    )
    leaf(corpus, "info", "corpus:info", "releases, counts and hashes")
    imports = leaf(corpus, "import", "imports:import_files", "load official files the site has")
    imports.add_argument("files", nargs="+", metavar="FILE", help="official files or zip archives of them")
    imports.add_argument("--system", choices=(*SYSTEMS, "cpt"), help="import the files of this system alone")
    imports.add_argument(
        "--release", metavar="NAME", help="name of the release, e.g. FY2027, when the files do not say"
    )
    imports.add_argument("--from", dest="starts", metavar="DATE", help="first day in force, when the files do not say")
    imports.add_argument("--to", dest="ends", metavar="DATE", help="last day in force, when the files do not say")
    imports.add_argument(
        "--columns", metavar="MAP", help="columns of a licensed CPT file: code=A,description=B,short=C"
    )
    imports.add_argument("--dry-run", action="store_true", help="show what would be imported and stop")
    imports.add_argument("--yes", action="store_true", help="install in spite of doubts")

    removal = leaf(corpus, "remove", "corpus:remove", "take an imported release away again")
    removal.add_argument("system", choices=(*SYSTEMS, "cpt", "pos"), metavar="SYSTEM", help="e.g. icd10cm")
    removal.add_argument("release", metavar="RELEASE", help="its name as `corpus info` shows it, e.g. FY2027")

    search = leaf(commands, "search", "search:search", "find codes by words, typo, abbreviation or code")
    search.add_argument("query", nargs="?", metavar="QUERY")
    search.add_argument("--system", choices=(*SYSTEMS, "cpt", "pos"), default="icd10cm")
    search.add_argument("-k", type=int, default=10, metavar="N", help="number of hits (default 10)")
    search.add_argument("--date", metavar="D", help="date of service, ISO (default today)")
    search.add_argument(
        "--chapter", action="append", default=[], metavar="PLACE", help="only this chapter, block or code"
    )
    search.add_argument("--billable", action="store_true", help="only codes that can be reported as they stand")
    search.add_argument("--side", choices=("right", "left", "bilateral"), help="no codes of another side")
    search.add_argument("--complete", action="store_true", help="QUERY is still being typed: offer codes at once")
    search.add_argument("--browse", action="store_true", help="show the page of a chapter, block, code or index term")
    search.add_argument("--queries", metavar="FILE.jsonl")
    search.add_argument("--out", metavar="FILE.jsonl")

    suggest = leaf(commands, "suggest", "suggest:suggest", "suggest codes for one note or many")
    suggest.add_argument("note", nargs="?", metavar="NOTE")
    suggest.add_argument("--setting", choices=("outpatient", "inpatient"), default="outpatient")
    suggest.add_argument("--date", metavar="D", help="date of service, ISO (default today)")
    suggest.add_argument("--top", type=int, default=20, metavar="N", help="suggestions to list (default 20)")
    suggest.add_argument("--model", metavar="NAME", help="a language model that chooses among the candidates")
    suggest.add_argument("--ray", metavar="ADDRESS", help="run on a Ray cluster")
    suggest.add_argument("--workers", type=int, metavar="N", help="processes on this machine (with --notes)")
    suggest.add_argument("--notes", metavar="FILE.jsonl", help="many notes, one JSON object a line; or a folder")
    suggest.add_argument("--out", metavar="FILE.jsonl", help="the answers, one line a note; a folder for a folder")
    suggest.add_argument("--resume", action="store_true", help="continue an unfinished --out file")

    confirm = leaf(commands, "confirm", "review:confirm", "record decisions and write the encounter")
    confirm.add_argument("suggestions", metavar="SUGGESTIONS.json")
    confirm.add_argument("--accept", required=True, metavar="all|selected|CODE,...")
    confirm.add_argument("--reject", action="append", default=[], metavar="CODE=REASON")
    confirm.add_argument("--add", action="append", default=[], metavar="CODE")
    confirm.add_argument("--details", metavar="FILE", help="patient, payer, providers and lines (JSON) to merge in")
    confirm.add_argument("--out", required=True, metavar="ENCOUNTER.json")

    check = leaf(commands, "check", "check:check", "guideline and edit findings on a set of codes")
    check.add_argument("codes", nargs="*", metavar="CODE")
    check.add_argument("--encounter", metavar="FILE")
    check.add_argument("--setting", choices=("outpatient", "inpatient"), default="outpatient")
    check.add_argument("--date", metavar="D")
    check.add_argument("--sex", choices=("F", "M"))
    check.add_argument("--age", type=float, metavar="YEARS")

    claim = group("claim", "draft, check and follow claims")
    draft = leaf(claim, "draft", "claim:draft", "write claims from confirmed encounters")
    draft.add_argument("encounters", nargs="+", metavar="ENCOUNTER.json")
    draft.add_argument("--out", required=True, metavar="FILE")
    draft.add_argument("--form", choices=("837p", "837i", "cms1500", "ub04", "fhir"), default="837p")
    draft.add_argument("--overlay", action="store_true", help="text for a preprinted form instead of a readable page")
    draft.add_argument("--offset", metavar="X,Y", help="move that text by so many points to the right and downwards")
    draft.add_argument("--test-page", action="store_true", help="begin with a page that shows how the form is aligned")
    draft.add_argument(
        "--after", metavar="REMIT.835", action="append", help="bill the next payer with what this remittance decided"
    )
    scrub = leaf(claim, "scrub", "claim:scrub", "check an encounter or claim before it is sent")
    scrub.add_argument("file", metavar="FILE")
    site = leaf(claim, "import", "claim:import_files", "load the site's fees, providers, payers, and CMS edit files")
    site.add_argument("files", nargs="+", metavar="FILE")
    site.add_argument("--preview", action="store_true", help="read and check everything, keep nothing")
    leaf(claim, "ack", "claim:ack", "read a 999, 277CA or TA1").add_argument("file", metavar="FILE")
    status = leaf(claim, "status", "claim:status", "where the claims stand, and what was answered about one")
    status.add_argument("claim", nargs="?", metavar="CLAIM")
    status.add_argument("--state", metavar="S", help="drafted, received, accepted or rejected")

    remit = group("remit", "read and explain remittances (835)")
    read = leaf(remit, "read", "remit:read", "read 835 files exactly")
    read.add_argument("files", nargs="+", metavar="FILE")
    read.add_argument("--out", metavar="FILE.jsonl")
    explain = leaf(remit, "explain", "remit:explain", "explain a remittance in plain words")
    explain.add_argument("file", metavar="FILE", help="an 835 file, or a folder of them with --out FOLDER")
    explain.add_argument("--audience", choices=("biller", "patient"), default="biller")
    explain.add_argument("--claim", metavar="ID")
    explain.add_argument("--lang", choices=("en", "es"), default="en")
    explain.add_argument("--out", metavar="FOLDER", help="for a folder: a file of lines for each remittance file")
    explain.add_argument("--resume", action="store_true", help="for a folder: leave finished files as they are")
    explain.add_argument("--workers", type=int, metavar="N", help="for a folder: processes on this machine")
    explain.add_argument("--ray", metavar="ADDRESS", help="for a folder: run on a Ray cluster")
    worklist = leaf(remit, "worklist", "remit:worklist", "what needs work: in these files, or in everything kept")
    worklist.add_argument("files", nargs="*", metavar="FILE")
    worklist.add_argument(
        "--sort",
        "--by",
        dest="by",
        choices=("urgency", "amount", "age", "payer", "reason", "deadline"),
        default="urgency",
    )
    worklist.add_argument("--status", metavar="S", help="show these only, or with --set the new status; `all` for all")
    worklist.add_argument("--payer", metavar="NAME", help="show one payer's only (part of the name)")
    worklist.add_argument("--reason", metavar="CODE", help="show one reason's only, such as 197 or CO-197")
    worklist.add_argument("--set", type=int, metavar="ID", help="note what was done on this entry of the kept list")
    worklist.add_argument("--note", metavar="TEXT")
    worklist.add_argument("--appeal-sent", metavar="D", help="the day an appeal was sent")
    worklist.add_argument("--outcome", choices=("won", "partly_won", "lost", "withdrawn"), help="what came of it")
    worklist.add_argument("--recovered", metavar="AMOUNT", help="what it brought")
    worklist.add_argument("--csv", metavar="FILE", help="write the list as CSV")
    worklist.add_argument("--chart", metavar="FILE.svg", help="draw what was denied, by reason and payer")
    worklist.add_argument("--fees", metavar="FILE.csv", help="the contract's fees: list what was allowed below them")
    post = leaf(remit, "post", "remit:post", "keep the answers in the store; the same file twice changes nothing")
    post.add_argument("files", nargs="+", metavar="FILE")
    find = leaf(remit, "find", "kept:find", "find claims and patients in everything kept")
    find.add_argument(
        "query", nargs="+", metavar="WORDS", help="claim, check or member number, name, payer, date, A..B"
    )
    find.add_argument("-k", type=int, default=50, metavar="N", help="how many to show")
    balances = leaf(remit, "balances", "kept:balances", "where each claim stands over all answers kept")
    balances.add_argument("--claim", metavar="ID")
    balances.add_argument("--by", choices=("claim", "patient", "payer"), default="claim")
    ledger = leaf(remit, "ledger", "kept:ledger", "every answer and payment of one claim, reversals as entries")
    ledger.add_argument("claim", metavar="CLAIM")
    receipt = leaf(remit, "receipt", "kept:receipt", "note what a patient paid, or with --refund was paid back")
    receipt.add_argument("claim", metavar="CLAIM")
    receipt.add_argument("amount", metavar="AMOUNT")
    receipt.add_argument("--date", metavar="D")
    receipt.add_argument("--refund", action="store_true")
    receipt.add_argument("--note", default="", metavar="TEXT")
    carried = leaf(remit, "carried", "kept:carried", "provider adjustments, what each refers to, balances still open")
    carried.add_argument("files", nargs="*", metavar="FILE")
    glossary = leaf(remit, "glossary", "kept:glossary", "the codes a remittance uses, each with its meaning")
    sheet = leaf(remit, "sheet", "kept:sheet", "one claim on one sheet, for the next payer")
    for command in (glossary, sheet):
        command.add_argument("file", metavar="FILE")
        command.add_argument("--claim", metavar="ID")
        command.add_argument("--lang", choices=("en", "es"), default="en")
    match = leaf(remit, "match", "remit:match", "find the sent claim (837) of each answer, in a file or in all kept")
    match.add_argument("file", nargs="?", metavar="FILE")
    match.add_argument("--claims", nargs="+", required=True, metavar="FILE.837", help="the claims that were sent")
    match.add_argument("--unmatched", action="store_true", help="only the answers that find no claim")
    letter = leaf(remit, "letter", "remit:letter", "write a letter about one claim")
    letter.add_argument("file", metavar="FILE")
    letter.add_argument("--claim", metavar="ID")
    letter.add_argument("--kind", choices=("patient", "appeal", "corrected", "refund", "next_payer"), default="patient")
    letter.add_argument("--lang", choices=("en", "es"), default="en")
    letter.add_argument("--out", metavar="FILE", help="write it here: .docx, .pdf or .txt")
    letter.add_argument("--date", metavar="D", help="the date it bears, ISO (default: a line to fill in)")
    letter.add_argument("--no-sources", action="store_true", help="docx and PDF without the page of sources")

    ask = leaf(commands, "ask", "ask:ask", "ask about codes, a note, a remittance or what is kept in the store")
    ask.add_argument("question", metavar="QUESTION")
    ask.add_argument("--note", metavar="F", help="the note that is asked about")
    ask.add_argument("--remit", metavar="F", action="append", default=[], help="a remittance (835); may be given again")
    ask.add_argument("--claim", metavar="ENCOUNTER", help="the encounter (JSON) whose claim is asked about")
    ask.add_argument("--date", metavar="D", help="date of service, ISO (default that of the note or claim, else today)")
    ask.add_argument("--setting", choices=("outpatient", "inpatient"), default="outpatient")
    ask.add_argument("--lang", choices=("en", "es"), default="en")
    ask.add_argument("--audience", choices=("biller", "patient"), default="biller")
    ask.add_argument("--session", metavar="FILE", help="go on with the conversation in this file (made when absent)")
    ask.add_argument("--model", metavar="NAME", help="a language model that words the answer from what the tools found")
    ask.add_argument("--show-outbound", action="store_true", help="show what a model would be sent, and send nothing")

    evals = group("eval", "measure how often Superbill is right")
    run = leaf(evals, "run", "evals:run", "run a suite")
    run.add_argument("suite", nargs="?", metavar="SUITE")
    run.add_argument("--stages", action="store_true", help="recall after each stage")
    run.add_argument("--model", metavar="NAME", help="measure the notes with this language model choosing too")
    run.add_argument("--out", metavar="FILE", help="write the run file (JSON) here")
    run.add_argument("--report", metavar="FILE.html", help="write the report page here")
    run.add_argument("--data", metavar="FOLDER", help="where the data of codiesp, mdace or visits lies")
    run.add_argument("--split", choices=("all", "train", "dev", "test", "tune", "report"), default="all")
    run.add_argument("--predictions", metavar="FILE.jsonl", help="score this predictions file of any tool instead")
    run.add_argument("--no-baseline", action="store_true", help="leave the naive baseline out")
    run.add_argument("--seed", type=int, default=20260202, help="seed of the bootstrap (default 20260202)")
    run.add_argument("--resamples", type=int, default=2000, help="bootstrap draws (default 2000)")
    compare = leaf(evals, "compare", "evals:compare", "compare two runs with a paired bootstrap")
    compare.add_argument("a", metavar="A")
    compare.add_argument("b", metavar="B")
    compare.add_argument("--tool-a", metavar="NAME", help="the tool of A (default its first)")
    compare.add_argument("--tool-b", metavar="NAME", help="the tool of B (default its first)")

    leaf(commands, "schema", "schema:schema", "JSON Schema of a record").add_argument(
        "name", choices=("encounter", "claim", "suggestion", "remittance"), metavar="NAME"
    )

    audit = group("audit", "the decision ledger")
    leaf(audit, "verify", "store:verify", "check the ledger's hash chain")
    trail = leaf(audit, "log", "store:trail", "who did what")
    trail.add_argument("--last", type=int, default=50, metavar="N", help="how many lines (default 50)")
    leaf(commands, "backup", "store:backup", "copy the store").add_argument("out", metavar="FILE")
    leaf(commands, "restore", "store:restore", "bring a backup back").add_argument("file", metavar="FILE")
    export = leaf(commands, "export", "store:export", "everything the store holds, as JSON lines")
    export.add_argument("--out", required=True, metavar="FOLDER|FILE.zip")
    purge = leaf(commands, "purge", "store:purge", "remove a patient's content")
    purge.add_argument("patient", nargs="?", metavar="ID")
    purge.add_argument("--patient", dest="patient_id", metavar="ID", help="the same")
    purge.add_argument("--member", metavar="NUMBER", help="also every kept remittance of this member number")

    keeping = group("retention", "how long things are kept")
    leaf(keeping, "apply", "store:retention", "remove what is older than SUPERBILL_RETENTION_DAYS")
    store = group("store", "the store's tables and its key")
    leaf(store, "status", "store:status", "where it is, its step, whether it is encrypted, its rows")
    leaf(store, "upgrade", "store:upgrade", "bring its tables up to this program's")
    leaf(store, "key", "store:key", "make a key").add_argument("--out", metavar="FILE", help="write it to a new file")
    leaf(store, "encrypt", "store:encrypt", "encrypt patient data in the store with the key that is set")
    rotate = leaf(store, "rotate", "store:rotate", "encrypt everything anew with another key")
    rotate.add_argument("--new-key-file", required=True, metavar="FILE")
    leaf(store, "decrypt", "store:decrypt", "take the encryption away again")

    user = group("user", "the accounts of this site")
    leaf(user, "list", "accounts:list_users", "every account with its roles")
    for name, help_text in (
        ("add", "make an account"),
        ("password", "set its password"),
        ("role", "set its roles"),
        ("disable", "let nobody log in under it"),
        ("enable", "let it be used again, unlocked"),
    ):
        account = leaf(user, name, f"accounts:{name}", help_text)
        account.add_argument("name", metavar="NAME")
        if name in ("add", "role"):
            account.add_argument(
                "--roles", required=True, metavar="ROLE,...", help="coder, biller, evaluator, administrator"
            )
        if name in ("add", "password"):
            account.add_argument("--stdin", action="store_true", help="read the password from standard input")

    serve = leaf(commands, "serve", "serve:serve", "the web app on this machine")
    serve.add_argument("--host", metavar="ADDRESS")
    serve.add_argument("--port", type=int, metavar="N")
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; 0 done, 1 an error was found in the content, 2 nothing usable."""
    args = build_parser().parse_args(argv)
    place, started = os.environ.get("SUPERBILL_LOG", "").strip(), time.monotonic()
    status = _run(args)
    if place:
        from assistant.log import log

        log(place, "command", command=args.handler, status=status, seconds=time.monotonic() - started)
    return status


def _run(args: argparse.Namespace) -> int:
    module, function = args.handler.split(":")
    from assistant.errors import USER_ERRORS

    if isinstance(sys.stdout, io.TextIOWrapper):  # half a character in a file's name must not stop the answer
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        status: int = getattr(importlib.import_module(f"assistant.commands.{module}"), function)(args)
        sys.stdout.flush()
        return status
    except USER_ERRORS as error:
        print(f"superbill: {error}", file=sys.stderr)
        return UNUSABLE
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except KeyboardInterrupt:
        print("superbill: stopped.", file=sys.stderr)
        return 130
    except Exception as error:
        # The message of an unforeseen error may quote what it met: only its kind and place are told.
        if os.environ.get("SUPERBILL_DEBUG"):
            raise
        from assistant.log import log, where

        kind, place = type(error).__name__, where(error)
        log(os.environ.get("SUPERBILL_LOG", "").strip(), "fault", error=kind, where=place)
        print(
            f"superbill: this should not happen ({kind} in {place}); please report it. "
            "SUPERBILL_DEBUG=1 shows everything, patient data too.",
            file=sys.stderr,
        )
        return UNUSABLE


if __name__ == "__main__":
    sys.exit(main())
