"""How fast claims are drafted, written and scrubbed, and in how much memory: `python -m evals.bench_claims [CLAIMS]`.

Each figure is measured in a process of its own, so that one does not warm or fatten the other. Seconds are those of one
core (`time.process_time`), whatever else the machine does; the clock on the wall stands behind them. Memory is the peak
resident set when half of the claims are through, and at the end: it must not grow with their number.
"""

import argparse
import dataclasses
import datetime as dt
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from decimal import Decimal
from importlib.resources import files

from assistant.claim.checks.base import Context
from assistant.claim.claim import Claim
from assistant.claim.draft import draft_claim
from assistant.claim.scrub import scrub_claim
from assistant.claim.transmission import Envelope, batch_of, write_837
from assistant.review.encounter import Encounter, encounter_from_record

CLAIMS = 10_000
A_FILE = 1_000
"""Claims in one transaction set; real files hold at most 5,000."""
WITHIN = 20.0
A_SECOND = 1_000
CODES = ("E11.22", "N18.32", "I12.9", "E78.5", "S93.402A", "Z79.84")
CLOCK = dt.datetime(2026, 11, 10, 9, 30)  # noqa: DTZ001 (X12 times are local)


def encounters(count: int) -> Iterator[Encounter]:
    """The shipped visit with four lines, `count` times, each with a number, a patient and charges of its own."""
    details = json.loads((files("corpus.samples") / "office_visit.details.json").read_text("utf-8"))
    diagnoses = [{"code": code, "status": "confirmed"} for code in CODES]
    base = {"id": "visit", "date_of_service": "2026-11-09", "diagnoses": diagnoses, **details}
    base["services"] = [{**line, "control_number": ""} for line in base["services"]]
    visit = encounter_from_record(base, "the sample")
    assert visit.patient
    for at in range(count):
        charge = Decimal(at % 97) + Decimal("0.25")
        services = tuple(
            dataclasses.replace(line, charge=(line.charge or Decimal(0)) + charge) for line in visit.services
        )
        patient = dataclasses.replace(visit.patient, first_name=f"Marisol {at % 7919}")
        yield dataclasses.replace(visit, control_number=f"B{at:07}", patient=patient, services=services)


def write(count: int) -> dict[str, float]:
    """Draft `count` claims and write them into files of `A_FILE`; seconds, bytes, and memory halfway and at the end."""
    start, wall, size, half = time.process_time(), time.perf_counter(), 0, 0.0
    visits = encounters(count)
    with tempfile.TemporaryFile("w", encoding="ascii") as target:
        for number in range(0, count, A_FILE):
            claims = tuple(draft_claim(next(visits)) for _ in range(min(A_FILE, count - number)))
            envelope = Envelope("311234567", "BMHP1", number + 1, number + 1, 1, CLOCK)
            for text in write_837([batch_of(claims, f"{number:09}", CLOCK)], envelope):
                size += target.write(text)
            if not half and number + A_FILE >= count / 2:
                half = _memory()
    seconds = {"seconds": time.process_time() - start, "wall": time.perf_counter() - wall}
    return {**seconds, "bytes": size, "half": half, "end": _memory()}


def scrub(count: int, guidelines: bool = False) -> dict[str, float]:
    """Scrub `count` drafted claims; with `guidelines`, against the code book as `claim draft` does."""
    claims: list[Claim] = [draft_claim(visit) for visit in encounters(count)]
    codebook = None
    if guidelines:
        from assistant.services import Services

        codebook = Services.open(quiet=True).codebook_on(dt.date(2026, 11, 9))
    context = Context(dt.date(2026, 11, 12), codebook)
    scrub_claim(claims[0], context)
    context.seen.clear()
    start, wall = time.process_time(), time.perf_counter()
    found = sum(len(scrub_claim(claim, context)) for claim in claims)
    seconds = {"seconds": time.process_time() - start, "wall": time.perf_counter() - wall}
    return {**seconds, "findings": found}


def _memory() -> float:
    """Peak resident memory of this process in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _apart(job: str, count: int) -> dict[str, float]:
    command = [sys.executable, "-m", "evals.bench_claims", str(count), "--job", job]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    made: dict[str, float] = json.loads(said)
    return made


def _told(said: dict[str, float]) -> str:
    return f"{said['seconds']:.2f} s ({said['wall']:.2f} s on the wall)"


def main(arguments: list[str] | None = None) -> int:
    """Print the figures beside what is promised; 1 when a promise is not kept."""
    parser = argparse.ArgumentParser(prog="python -m evals.bench_claims", description=main.__doc__)
    parser.add_argument("claims", nargs="?", type=int, default=CLAIMS)
    parser.add_argument("--job", choices=("write", "scrub", "guidelines"), help=argparse.SUPPRESS)
    args = parser.parse_args(arguments)
    if args.job:
        found = write(args.claims) if args.job == "write" else scrub(args.claims, args.job == "guidelines")
        print(json.dumps(found))
        return 0
    written = _apart("write", args.claims)
    promise = WITHIN * args.claims / CLAIMS
    growth = written["end"] - written["half"]
    kept = [written["seconds"] <= promise, growth <= 5]
    print(f"{args.claims:,} claims of four lines drafted and written: {_told(written)} (at most {promise:.1f} s)")
    print(
        f"    {written['bytes'] / 1e6:.1f} MB, peak memory {written['end']:.0f} MiB, {growth:+.1f} MiB in the second half"
    )
    scrubbed = max(1, args.claims // 5)
    for job, words in (("scrub", "scrubbed"), ("guidelines", "scrubbed, code book and guidelines included")):
        told = _apart(job, scrubbed)
        rate = scrubbed / told["seconds"]
        kept.append(rate >= A_SECOND)
        print(f"{scrubbed:,} claims {words}: {_told(told)}, {rate:,.0f} a second (at least {A_SECOND:,})")
    print("kept" if all(kept) else "NOT kept")
    return 0 if all(kept) else 1


if __name__ == "__main__":
    sys.exit(main())
