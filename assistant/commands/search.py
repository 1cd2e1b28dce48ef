"""`superbill search`."""

import argparse
import datetime as dt
import json
import re
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.commands.lookup import browse, complete, limits_of, print_facets
from assistant.commands.output import print_json, read_jsonl, whole_file
from assistant.commands.procedures import axes_of, print_axes
from assistant.errors import InputError
from assistant.record import to_record
from assistant.services import Services, parse_date
from corpus.codes import CodeSystem, Hit
from corpus.facts import NO_FACTS, facts_of, told
from corpus.standing import note_on
from corpus.status import CodeStatus, status
from corpus.systems import system as system_of

if TYPE_CHECKING:
    from corpus.index.search import Searcher

BATCH = 64
_REMARKS = re.compile(r"; (?=[A-Z]\d{4}: )")
"""Before what a note says of one code alone."""


def search(args: argparse.Namespace) -> int:
    """One query, or a file of them."""
    if args.k < 1:
        raise InputError("-k must be at least 1")
    if args.queries:
        return _many(args)
    if args.browse:
        return browse(args)
    if not args.query or not args.query.strip():
        raise InputError('nothing to search for; give a query, e.g. `superbill search "pink eye"`')
    if args.complete:
        return complete(args)
    services = Services.open()
    system, date = CodeSystem(args.system), parse_date(args.date) or dt.date.today()
    searcher = services.searcher_on(date, system)
    hits = searcher.search(args.query, args.k, date, limits=limits_of(args))
    about = _about(services, system, args.query, date)
    retired = _retired(services, searcher, args.query, date)
    release = searcher.release
    note = note_on(release, date)
    book = services.codebook_on(date, system)
    elsewhere = system_of(system).told(book, args.query)
    procedure = system is CodeSystem.ICD10PCS and system_of(system).is_code(args.query)
    if args.json:
        print_json(
            {
                "query": args.query,
                "system": system.value,
                "date": date.isoformat(),
                "release": release.title,
                "note": note,
                "hits": _records(hits, date),
                "facets": to_record(searcher.facets(hits)),
                **({"about": to_record(about)} if about else {}),
                **({"retired": to_record(retired)} if retired else {}),
                **({"told": elsewhere} if elsewhere else {}),
                **({"axes": axes_of(book, args.query, date)} if procedure else {}),
            }
        )
        return 0
    for known in filter(None, (about, *retired)):
        named = f" ({known.description})" if known in retired and known.description else ""
        print(known.message.replace(known.code, known.code + named, 1))
    if elsewhere:
        print(elsewhere)
    if procedure and print_axes(book, args.query, date):
        return 0
    if not hits and not about:
        print("No code found.")
    for hit in hits:
        _print_hit(hit, date)
    print_facets(searcher.facets(hits))
    for remark in dict.fromkeys(part for hit in hits for part in _REMARKS.split(hit.note or note)):
        if remark and (not about or remark.startswith(f"{about.code}: ")):
            print(f"Note: {remark}.")
    return 0


def _about(services: Services, system: CodeSystem, text: str, date: dt.date) -> CodeStatus | None:
    return status(services.catalog, system, text, date) if system_of(system).is_code(text) else None


def _records(hits: Sequence[Hit], date: dt.date) -> list[dict[str, Any]]:
    """Hits with what payers' models make of each billable code (`hcc`, `drg`)."""
    known = [facts_of(hit.system, hit.code, date) if hit.billable else NO_FACTS for hit in hits]
    return [{**to_record(hit), **to_record(facts)} for hit, facts in zip(hits, known, strict=True)]


def _retired(services: Services, searcher: "Searcher", text: str, date: dt.date) -> list[CodeStatus]:
    """What is known of the codes that the words mean first but that are not valid on `date`."""
    found = (status(services.catalog, searcher.system.id, code.code, date) for code in searcher.retired(text, date))
    return [one for one in found if one]


def _print_hit(hit: Hit, date: dt.date) -> None:
    print(f"{hit.rank:>3}  {hit.code:<9} {hit.description}")
    if hit.matched_term.lower() not in (hit.description.lower(), hit.code.lower()):
        print(f"{'':15}matched: {hit.matched_term}")
    if not hit.billable:
        print(f"{'':15}not billable as it stands; {hit.missing}")
    elif known := told(facts_of(hit.system, hit.code, date)):
        print(f"{'':15}{known}")


def _many(args: argparse.Namespace) -> int:
    if not args.out:
        raise InputError("--queries needs --out FILE.jsonl")
    services = Services.open()
    with whole_file(Path(args.out)) as out:
        for answer in _answers(services, args):
            out.write(json.dumps(answer, ensure_ascii=False) + "\n")
    return 0


def _answers(services: Services, args: argparse.Namespace) -> Iterator[dict[str, Any]]:
    from assistant.errors import USER_ERRORS

    for batch in _batches(Path(args.queries)):
        good: dict[int, dict[str, Any]] = {}
        errors: dict[int, dict[str, Any]] = {}
        for index, line in enumerate(batch):
            if isinstance(line, dict) and isinstance(line.get("text"), str) and line["text"].strip():
                good[index] = line
            else:
                told = line if isinstance(line, str) else "the line has no `text` to search for"
                errors[index] = {"id": line.get("id") if isinstance(line, dict) else None, "error": told}
        found: dict[int, list[Hit]] = {}
        abouts: dict[int, CodeStatus] = {}
        tolds: dict[int, str] = {}
        retireds: dict[int, list[CodeStatus]] = {}
        days: dict[int, dt.date] = {}
        wanted = sorted(good, key=lambda index: (_system(good[index], args), str(good[index].get("date") or "")))
        for (system, date), members in groupby(
            wanted, key=lambda index: (_system(good[index], args), str(good[index].get("date") or ""))
        ):
            listed = list(members)
            try:
                day = parse_date(date or args.date) or dt.date.today()
                searcher = services.searcher_on(day, CodeSystem(system))
                texts = [good[index]["text"] for index in listed]
                hits = searcher.search_many(texts, args.k, day, limits=limits_of(args))
                found.update(zip(listed, hits, strict=True))
                days.update(dict.fromkeys(listed, day))
                for index in listed:
                    if about := _about(services, CodeSystem(system), good[index]["text"], day):
                        abouts[index] = about
                    if gone := _retired(services, searcher, good[index]["text"], day):
                        retireds[index] = gone
                    if said := system_of(CodeSystem(system)).told(searcher.codebook, good[index]["text"]):
                        tolds[index] = said
            except (*USER_ERRORS, ValueError) as error:
                errors.update({index: {"id": good[index].get("id"), "error": str(error)} for index in listed})
        for index in range(len(batch)):
            if index in found:
                known: dict[str, Any] = {"about": to_record(abouts[index])} if index in abouts else {}
                known |= {"told": tolds[index]} if index in tolds else {}
                known |= {"retired": to_record(retireds[index])} if index in retireds else {}
                yield {"id": good[index].get("id"), "hits": _records(found[index], days[index]), **known}
            else:
                yield errors[index]


def _system(line: dict[str, Any], args: argparse.Namespace) -> str:
    return str(line.get("system") or args.system)


def _batches(path: Path) -> Iterator[list[Any]]:
    batch: list[Any] = []
    for _, value in read_jsonl(path):
        batch.append(value)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
