"""`python -m tests.chaos`: every attack at every door, then the kills; the outcome goes to `results.json` (see docs/trust.md).

`--kills N` is the number at each station; `--station NAME` tries some alone. Ends with 1 when anything was lost, half done,
or not told in a sentence.
"""

import argparse
import datetime as dt
import json
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from tests.chaos.attacks import ATTACKS
from tests.chaos.doors import doors, try_one
from tests.chaos.kills import trial
from tests.chaos.stations import STATIONS

RESULTS = Path(__file__).with_name("results.json")
SEED = 20261123


def try_doors(folder: Path, say: Any = print) -> dict[str, Any]:
    """Every attack at every door: per door how many were refused and answered, and the costliest."""
    rows: dict[str, Any] = {}
    file = folder / "input.bin"
    for attack, make in ATTACKS.items():
        file.write_bytes(make())
        for door, read in doors(folder).items():
            found = try_one(door, read, attack, file)
            row = rows.setdefault(door, {"refused": 0, "answered": 0, "seconds": 0.0, "megabytes": 0, "faults": []})
            row["refused" if found.said else "answered"] += 1
            row["seconds"] = max(row["seconds"], found.seconds)
            row["megabytes"] = max(row["megabytes"], found.megabytes)
            if found.fault:
                row["faults"].append(f"{attack}: {found.fault}")
                say(f"FAULT {door}, {attack}: {found.fault}")
    return rows


def try_kills(kills: int, chosen: list[str], say: Any = print) -> dict[str, Any]:
    """So many kills at each station."""
    rows: dict[str, Any] = {}
    for station in STATIONS:
        if chosen and station.name not in chosen:
            continue
        with tempfile.TemporaryDirectory(prefix="superbill-chaos-") as folder:
            started = time.monotonic()
            tally = trial(station, Path(folder), kills, SEED)
            rows[station.name] = {
                "kills": tally.kills,
                "promised": tally.promised,
                "seconds": round(time.monotonic() - started),
                "faults": tally.faults,
            }
            say(f"{station.name}: {tally.kills} kills, {tally.promised} promises kept, {len(tally.faults)} faults")
            for fault in tally.faults:
                say(f"  FAULT {fault}")
    return rows


def main(arguments: list[str] | None = None) -> int:
    """See the module."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--kills", type=int, default=27, help="at each station")
    parser.add_argument("--station", action="append", default=[], choices=[station.name for station in STATIONS])
    parser.add_argument("--no-doors", action="store_true")
    parser.add_argument("--results", type=Path, default=RESULTS)
    args = parser.parse_args(arguments)
    os.environ.pop("SUPERBILL_DATABASE", None)
    # of a part of the trials, the outcome of the others stays as it was
    part_only = bool(args.station or args.no_doors)
    found: dict[str, Any] = json.loads(args.results.read_text()) if part_only and args.results.is_file() else {}
    found |= {"on": dt.datetime.now(dt.UTC).date().isoformat(), "seed": SEED, "attacks": len(ATTACKS)}
    # the kills first: children are forked from a process that has started no threads
    found["kills"] = {**found.get("kills", {}), **try_kills(args.kills, args.station)}
    if not args.no_doors:
        with tempfile.TemporaryDirectory(prefix="superbill-chaos-") as folder:
            found["doors"] = try_doors(Path(folder))
    part = args.results.with_suffix(".partial")
    part.write_text(json.dumps(found, indent=2) + "\n")
    part.replace(args.results)
    faults = sum(len(row["faults"]) for kind in ("kills", "doors") for row in found.get(kind, {}).values())
    print(f"{sum(row['kills'] for row in found['kills'].values())} kills, {faults} faults; see {args.results}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
