"""`superbill search`."""

import argparse
import json
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

from assistant.commands.output import print_json, read_jsonl, whole_file
from assistant.errors import InputError
from assistant.record import to_record
from assistant.services import Services, parse_date
from corpus.codes import CodeSystem, Hit

BATCH = 64


def search(args: argparse.Namespace) -> int:
    """One query, or a file of them."""
    if args.k < 1:
        raise InputError("-k must be at least 1")
    if args.queries:
        return _many(args)
    if not args.query or not args.query.strip():
        raise InputError('nothing to search for; give a query, e.g. `superbill search "pink eye"`')
    services = Services.open()
    hits = services.searcher.search(args.query, args.k, parse_date(args.date), CodeSystem(args.system))
    if args.json:
        print_json({"query": args.query, "release": services.searcher.release.title, "hits": to_record(hits)})
        return 0
    if not hits:
        print("No code found.")
    for hit in hits:
        _print_hit(hit)
    return 0


def _print_hit(hit: Hit) -> None:
    print(f"{hit.rank:>3}  {hit.code:<9} {hit.description}")
    if hit.matched_term.lower() not in (hit.description.lower(), hit.code.lower()):
        print(f"{'':15}matched: {hit.matched_term}")
    if not hit.billable:
        print(f"{'':15}not billable as it stands; {hit.missing}")


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
        wanted = sorted(good, key=lambda index: (_system(good[index], args), str(good[index].get("date") or "")))
        for (system, date), members in groupby(
            wanted, key=lambda index: (_system(good[index], args), str(good[index].get("date") or ""))
        ):
            listed = list(members)
            try:
                hits = services.searcher.search_many(
                    [good[index]["text"] for index in listed], args.k, parse_date(date or args.date), CodeSystem(system)
                )
                found.update(zip(listed, hits, strict=True))
            except (*USER_ERRORS, ValueError) as error:
                errors.update({index: {"id": good[index].get("id"), "error": str(error)} for index in listed})
        for index in range(len(batch)):
            if index in found:
                yield {"id": good[index].get("id"), "hits": to_record(found[index])}
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
