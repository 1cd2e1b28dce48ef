"""Many people deciding at once, on SQLite and on PostgreSQL: `python -m tests.chaos.load`; the outcome goes to `load.json`.

A writer is a thread that confirms one encounter of eight decisions after the other; the writers of a process share one opened
store, as the people of one page do, or with `apart` each opens a store of its own, which is a connection each. Afterwards
every digest that a writer was given must be in the ledger, nothing else, and the chain must be whole.
"""

import argparse
import datetime as dt
import json
import multiprocessing
import os
import statistics
import sys
import tempfile
import threading
import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from assistant.settings import Settings, load_settings
from tests.store.cluster import Cluster, binaries

RESULTS = Path(__file__).with_name("load.json")
DECISIONS_EACH = 8


@dataclass(frozen=True, slots=True)
class Load:
    """How many write at once, and how much each."""

    name: str
    writers: int
    encounters: int
    processes: int = 1
    apart: bool = False
    """A store, and so a connection, for each writer."""
    pause: float = 0.0
    """Seconds a writer thinks between two encounters."""


LOADS = (
    Load("30 people at one page", 30, 20),
    Load("200 people at four pages", 200, 5, 4),
    Load("at the pace of 5,000 coders", 140, 5, 4, pause=5.0),
    Load("200 connections at once", 200, 5, 4, apart=True),
)
DATABASES = (
    ("PostgreSQL", "-c max_connections=100", LOADS),
    ("PostgreSQL, 300 connections", "-c max_connections=300", LOADS[3:]),
)
"""Name, what the server is started with, and its loads; 100 is PostgreSQL's own default."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it. Times are milliseconds for one confirmed encounter, waiting included."""

    database: str
    load: str
    writers: int
    processes: int
    encounters: int
    a_second: float
    p50: float
    p95: float
    longest: float
    refused: dict[str, int]
    """Sentence -> how often somebody was told so; such an encounter was not confirmed."""
    lost: int
    faults: int


def run(database: str, settings: Settings, load: Load) -> Outcome:
    """One load on an empty store, and the look at what is left."""
    from assistant.review.ledger import Ledger
    from assistant.store.engine import open_store

    open_store(settings).dispose()
    context = multiprocessing.get_context("fork")
    ready, queue = context.Barrier(load.processes), context.Queue()
    children = [
        context.Process(target=_process, args=(settings, load, number, ready, queue))
        for number in range(load.processes)
    ]
    for child in children:
        child.start()
    said = [queue.get(timeout=600) for _ in children]
    for child in children:
        child.join()
    times = sorted(seconds for one in said for seconds in one["times"])
    promised = [digest for one in said for digest in one["digests"]]
    refused: dict[str, int] = {}
    for one in said:
        for told in one["refused"]:
            refused[told] = refused.get(told, 0) + 1
    engine = open_store(settings)
    try:
        ledger = Ledger(engine)
        kept = [entry.digest for entry in ledger.entries()]
        faults = ledger.verify().faults
    finally:
        engine.dispose()
    span = max(one["ended"] for one in said) - min(one["began"] for one in said)
    return Outcome(
        database,
        load.name,
        load.writers,
        load.processes,
        len(promised),
        round(len(promised) / span, 1),
        round(statistics.median(times) * 1000, 1),
        round(times[min(len(times) - 1, len(times) * 95 // 100)] * 1000, 1),
        round(times[-1] * 1000, 1),
        refused,
        len(set(promised) ^ set(kept)) + len(kept) - len(set(kept)),
        len(faults),
    )


def _process(settings: Settings, load: Load, number: int, ready: Any, queue: Any) -> None:
    from assistant.errors import StoreError
    from assistant.review.decision import Decision, DecisionAction
    from assistant.review.ledger import Ledger
    from assistant.store.engine import open_store
    from corpus.codes import CodeSystem

    decisions = tuple(
        Decision(DecisionAction.ACCEPT, f"E11.{rank}", CodeSystem.ICD10CM, rank=rank) for rank in range(DECISIONS_EACH)
    )
    shared = None if load.apart else open_store(settings)
    mine = range(number, load.writers, load.processes)
    start = threading.Barrier(len(mine) + 1)
    times, digests, refused = list[float](), list[str](), list[str]()

    def writer(who: int) -> None:
        engine, opened = shared, ""
        try:
            engine = shared or open_store(settings)
        except StoreError as error:
            opened = str(error)
        start.wait()
        time.sleep(load.pause * who / load.writers)
        for visit in range(load.encounters):
            began = time.perf_counter()
            try:
                if engine is None:
                    raise StoreError(opened)
                digest = Ledger(engine).record(
                    f"visit-{who}-{visit}", decisions, patient=f"p{who}", actor=f"coder{who}"
                )
            except StoreError as error:
                refused.append(str(error))
            else:
                digests.append(digest)
                times.append(time.perf_counter() - began)
            time.sleep(load.pause)
        if engine is not None and engine is not shared:
            engine.dispose()

    threads = [threading.Thread(target=writer, args=(who,)) for who in mine]
    for thread in threads:
        thread.start()
    ready.wait()
    began = time.time()
    start.wait()
    for thread in threads:
        thread.join()
    queue.put({"times": times, "digests": digests, "refused": refused, "began": began, "ended": time.time()})
    if shared is not None:
        shared.dispose()


def main(arguments: list[str] | None = None) -> int:
    """Every load on both databases with the databases' own safe defaults; 1 when anything was lost."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos.load", description=__doc__)
    parser.add_argument("--results", type=Path, default=RESULTS)
    parser.add_argument("--share", type=float, default=1.0, help="of the encounters")
    args = parser.parse_args(arguments)
    found = []
    for load in LOADS:
        some = replace(load, encounters=max(1, round(load.encounters * args.share)))
        with tempfile.TemporaryDirectory(prefix="superbill-load-") as folder:
            found.append(run("SQLite", load_settings({"SUPERBILL_HOME": folder}), some))
            print(found[-1])
    if programs := binaries():
        for options, name in (
            ("-c max_connections=100", "PostgreSQL"),
            ("-c max_connections=300", "PostgreSQL, 300 connections"),
        ):
            cluster = Cluster.make(programs, options)
            try:
                for load in LOADS if "300" not in name else LOADS[3:]:
                    some = replace(load, encounters=max(1, round(load.encounters * args.share)))
                    with tempfile.TemporaryDirectory(prefix="superbill-load-") as folder:
                        environ = {"SUPERBILL_HOME": folder, "SUPERBILL_DATABASE": cluster.url()}
                        found.append(run(name, load_settings(environ), some))
                        print(found[-1])
            finally:
                cluster.remove()
    row = {
        "on": dt.datetime.now(dt.UTC).date().isoformat(),
        "cores": os.cpu_count(),
        "rows": [asdict(one) for one in found],
    }
    args.results.write_text(json.dumps(row, indent=2) + "\n")
    return int(any(one.lost or one.faults for one in found))


if __name__ == "__main__":
    sys.exit(main())
