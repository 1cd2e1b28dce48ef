"""Notes a second, by the number of processes, and what each needs: `python -m evals.bench_batch`."""

import json
import os
import resource
import time
from contextlib import closing
from pathlib import Path
from typing import Any

from assistant.batch.here import Here
from assistant.batch.order import Workers, in_order
from assistant.batch.pool import Pool, usable_cores
from assistant.batch.work import Job, worker
from assistant.services import Services
from evals.bench import row

NOTES = Path(__file__).parent / "cases" / "notes"
JOB = Job("suggest", {"top": 20})
ROUNDS = 2
"""Times the notes are gone through after the first, which opens the engines."""


def notes() -> list[dict[str, Any]]:
    """The training notes: real lengths, many specialties."""
    lines = [json.loads(line) for path in sorted(NOTES.glob("train-*.jsonl")) for line in path.open(encoding="utf-8")]
    return [{"id": line["id"], "text": line["text"]} for line in lines]


def rate(workers: Workers, items: list[dict[str, Any]]) -> float:
    """Notes a second once every engine is open. Raises ValueError when an answer is missing."""
    for _ in range(ROUNDS):
        list(in_order(workers, iter(items[: 32 * workers.count])))
    started = time.perf_counter()
    answers = [line for _ in range(ROUNDS) for line in in_order(workers, iter(items))]
    seconds = time.perf_counter() - started
    if len(answers) != ROUNDS * len(items) or any("error" in line for lines in answers for line in lines):
        raise ValueError("an input has no answer")
    return len(answers) / seconds


def main() -> None:
    """Print the rates."""
    items = notes()
    words = sum(len(item["text"].split()) for item in items) / len(items)
    print(f"{len(items)} notes of {words:.0f} words on average, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    services = Services.open(quiet=True)
    services.searcher  # noqa: B018  built before anything is measured
    used = time.process_time()
    one = rate(Here(worker(JOB, services)), items)
    cpu = (time.process_time() - used) / (ROUNDS * (len(items) + min(len(items), 32)))
    row("suggest, one process", f"{one:.1f} notes/s", "")
    row("    CPU seconds a note, over all cores it used", f"{cpu:.3f} s", "")
    for count in sorted({2, usable_cores()}):
        with closing(Pool(JOB, services.settings, count)) as pool:
            several = rate(pool, items)
        row(f"suggest, {count} processes", f"{several:.1f} notes/s", "12 notes/s on 2 cores")
    row("memory of one worker, peak", f"{resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024:.0f} MB", "")


if __name__ == "__main__":
    main()
