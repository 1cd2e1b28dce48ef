"""Many inputs by one command: a JSONL file, a folder of shards or of documents; one process, several, or a cluster."""

import argparse
import datetime as dt
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.batch.order import in_order
from assistant.batch.work import Document, Job, worker
from assistant.commands.output import read_jsonl, resumable_file, whole_file
from assistant.errors import InputError
from assistant.services import Services, parse_date

if TYPE_CHECKING:
    from assistant.batch.order import Workers

NOTES = (".txt", ".text", ".md", ".pdf", ".docx", ".xml", ".json", ".cda", ".ccda")
REMITTANCES = (".835", ".edi", ".x12", ".txt", ".rmt", ".era")
LARGEST = 64 * 1024 * 1024
"""Bytes of one document: several travel at once."""
DOCUMENTS_OUT = "notes.jsonl"
"""Where the suggestions of a folder's single documents go, one line a document in the order of their names."""


def suggest(args: argparse.Namespace) -> int:
    """`suggest --notes`: exactly one line for each input, in its order; `--resume` goes on where an earlier run stopped."""
    if not args.out:
        raise InputError("--notes needs --out FILE.jsonl, or --out FOLDER for a folder")
    parse_date(args.date)
    source, out = Path(args.notes), Path(args.out)
    options = {"setting": args.setting, "date": args.date, "top": args.top, "model": args.model}
    with _workers(Job("suggest", options), args, indexed=True) as workers:
        for kind, shard, target in _shards(source, out):
            if args.resume and kind != "file" and target.is_file():
                continue
            items = _documents(shard, NOTES, source) if kind == "documents" else _lines(shard)
            with resumable_file(target, args.resume) as (stream, done):
                for lines in in_order(workers, _counted(items, done, "Suggesting", " notes")):
                    stream.writelines(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
                    stream.flush()
    return 0


def explain(args: argparse.Namespace) -> int:
    """`remit explain FOLDER`: a file of lines for each remittance file, one line a claim; unreadable ones are told in theirs."""
    source = Path(args.file)
    if not args.out:
        raise InputError(f"{source} is a folder; name a folder for the explanations with --out")
    out = Path(args.out)
    if out.is_file():
        raise InputError(f"{out} is a file; name a folder")
    paths = [path for path in _files(source) if path.suffix.lower() in REMITTANCES]
    if not paths:
        raise InputError(f"{source} holds no remittance files ({', '.join(REMITTANCES)})")
    targets = [out / path.relative_to(source).parent / f"{path.name}.jsonl" for path in paths]
    left = [pair for pair in zip(paths, targets, strict=True) if not (args.resume and pair[1].is_file())]
    status = 0
    with _workers(Job("explain", {"audience": args.audience, "lang": args.lang}), args) as workers:
        documents = (_document(path, source) for path, _ in left)
        found = in_order(workers, _counted(documents, 0, "Explaining", " files"), size=1)
        for (_, target), lines in zip(left, found, strict=True):
            target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with whole_file(target) as stream:
                stream.writelines(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
            status = max(status, 1 if any("error" in line for line in lines) else 0)
    return status


@contextmanager
def _workers(job: Job, args: argparse.Namespace, indexed: bool = False) -> "Iterator[Workers]":
    """The workers asked for. An index that is needed is built first, once, where its progress is seen."""
    if args.workers is not None and args.workers < 1:
        raise InputError("--workers must be at least 1")
    services = Services.open()
    if indexed and (args.ray or (args.workers or 1) > 1):
        from corpus.codes import CodeSystem

        date = parse_date(args.date) or dt.date.today()
        services.catalog.build(services.catalog.edition(CodeSystem.ICD10CM, date))
    workers: Workers
    if args.ray:
        from assistant.batch.cluster import Cluster

        workers = Cluster(job, services.settings, args.ray, args.workers)
    elif (args.workers or 1) > 1:
        from assistant.batch.pool import Pool

        workers = Pool(job, services.settings, args.workers)
    else:
        from assistant.batch.here import Here

        workers = Here(worker(job, services))
    try:
        yield workers
    finally:
        workers.close()


def _shards(source: Path, out: Path) -> Iterator[tuple[str, Path, Path]]:
    """(kind, input, output) of every part of the work: one file, each JSONL shard of a folder, its single documents."""
    if source.is_file():
        yield "file", source, out
        return
    if not source.is_dir():
        raise InputError(f"cannot read {source}: no such file or folder")
    if out.is_file():
        raise InputError(f"{out} is a file; name a folder, since {source} is one")
    shards = [path for path in _files(source) if path.suffix.lower() == ".jsonl"]
    documents = any(path.suffix.lower() in NOTES for path in _files(source))
    if not shards and not documents:
        raise InputError(f"{source} holds neither .jsonl shards nor notes ({', '.join(NOTES)})")
    targets = [out / path.relative_to(source) for path in shards]
    if documents and out / DOCUMENTS_OUT in targets:
        raise InputError(f"{source} holds notes and a shard named {DOCUMENTS_OUT}; rename the shard")
    for target in (*targets, out / DOCUMENTS_OUT):
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    for path, target in zip(shards, targets, strict=True):
        yield "shard", path, target
    if documents:
        yield "documents", source, out / DOCUMENTS_OUT


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file() and not path.name.startswith("."))


def _documents(folder: Path, kinds: tuple[str, ...], source: Path) -> Iterator[Document]:
    return (_document(path, source) for path in _files(folder) if path.suffix.lower() in kinds)


def _document(path: Path, source: Path) -> Document:
    name = str(path.relative_to(source))
    try:
        if (size := path.stat().st_size) > LARGEST:
            return Document(name, b"", f"{name} has {size:,} bytes, more than {LARGEST:,}; take it by itself")
        return Document(name, path.read_bytes())
    except OSError as error:
        return Document(name, b"", f"{name} cannot be read ({error.strerror})")


def _lines(path: Path) -> Iterator[Any]:
    for number, value in read_jsonl(path):
        wrong = not isinstance(value, dict | str)
        yield f"line {number} is not a JSON object" if wrong else value


def _counted(items: Iterator[Any], done: int, what: str, unit: str) -> Iterator[Any]:
    """`items` after the first `done`, with a bar on stderr."""
    from tqdm import tqdm

    for number, item in enumerate(tqdm(items, unit=unit, desc=what, disable=None)):
        if number >= done:
            yield item
