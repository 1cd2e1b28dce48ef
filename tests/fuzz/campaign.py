"""A campaign of fuzzing: targets in turn, each turn in a process of its own, what was reached kept in a result file.

`python -m tests.fuzz --seconds 3600` goes on where the last campaign stopped. Inputs come from atheris (coverage of the
target's own packages guides it). An input that raises what its reader does not promise, or takes longer than `SLOW`
seconds, is written to the findings folder with its traceback; the campaign goes on.
"""

import argparse
import datetime as dt
import hashlib
import json
import os
import resource
import signal
import subprocess
import sys
import time
import traceback
from pathlib import Path
from typing import Any

from tests.fuzz.targets import TARGETS, Target

ROOT = Path(__file__).resolve().parents[2]
WORK = ROOT / ".superbill" / "fuzz"
SLOW = 5.0
"""CPU seconds after which one input counts as a hang; inputs have at most `LONGEST` bytes."""
LONGEST = 4096
MEMORY_MB = 3000
PAUSE = 10.0
"""Seconds after a turn that could not begin, as when the working tree is being changed."""
_SAVE_EVERY = 500


class SlowError(AssertionError):
    """One small input took too long."""


def _too_slow(*_: object) -> None:
    raise SlowError(f"an input took more than {SLOW:g} s of CPU")


def judge(target: Target, data: bytes) -> str:
    """What is wrong with the target's answer to `data`, as a traceback; "" when nothing is."""
    signal.setitimer(signal.ITIMER_VIRTUAL, SLOW)
    try:
        target.run(data)
    except Exception:
        return traceback.format_exc(limit=-12)
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    return ""


def watch() -> None:
    """From here on `judge` ends an input that takes too long."""
    signal.signal(signal.SIGVTALRM, _too_slow)


def place_of(trace: str) -> str:
    """What tells one fault from another: the kind of error and the last line of ours in the traceback."""
    lines = [line.strip() for line in trace.splitlines()]
    ours = [line for line in lines if line.startswith("File") and str(ROOT) in line and ".venv" not in line]
    kind = lines[-1].split(":")[0] if lines else ""
    return f"{kind} at {ours[-1].replace(str(ROOT) + '/', '') if ours else 'unknown'}"


def keep_finding(folder: Path, target: str, data: bytes, trace: str) -> None:
    """One input a fault: the first that shows it."""
    folder.mkdir(parents=True, exist_ok=True)
    name = f"{target}-{hashlib.sha256(place_of(trace).encode()).hexdigest()[:10]}"
    if not (folder / f"{name}.txt").exists():
        (folder / f"{name}.bin").write_bytes(data)
        (folder / f"{name}.txt").write_text(place_of(trace) + "\n\n" + trace, encoding="utf-8")


def child(name: str, seconds: int, count: Path) -> None:
    """Fuzz one target for some seconds of time; executions and faults go to `count` as they grow."""
    import atheris

    target = next(target for target in TARGETS if target.name == name)
    with atheris.instrument_imports(include=list(target.modules)):
        for seed in target.seeds():
            target.run(seed)  # imports what the target needs
    watch()
    corpus = WORK / "corpus" / name
    corpus.mkdir(parents=True, exist_ok=True)
    for seed in target.seeds():
        (corpus / hashlib.sha1(seed, usedforsecurity=False).hexdigest()).write_bytes(seed[:LONGEST])
    done = {"executions": 0, "faults": 0, "cpu": 0.0}

    def save() -> None:
        done["cpu"] = round(time.process_time(), 1)
        count.write_text(json.dumps(done))

    def one(data: bytes) -> None:
        done["executions"] += 1
        if trace := judge(target, data):
            done["faults"] += 1
            keep_finding(WORK / "findings", name, data, trace)
        if done["executions"] % _SAVE_EVERY == 0 or done["executions"] < 4:
            save()

    limits = [f"-max_total_time={seconds}", f"-max_len={LONGEST}", f"-rss_limit_mb={MEMORY_MB}", "-timeout=60"]
    atheris.Setup(
        [
            sys.argv[0],
            *limits,
            "-print_final_stats=0",
            "-verbosity=0",
            f"-artifact_prefix={WORK}/findings/",
            str(corpus),
        ],
        one,
    )
    atheris.Fuzz()


def turn(target: Target, seconds: int, results: Path) -> None:
    """One target in a process of its own for `seconds`; its figures are added to the result file."""
    count = WORK / f"{target.name}.{os.getpid()}.count"
    count.unlink(missing_ok=True)
    started = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.fuzz", "--child", target.name, "--seconds", str(seconds), "--count", str(count)],
        cwd=ROOT,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        stdout=subprocess.DEVNULL,
        stderr=(WORK / f"{target.name}.log").open("wb"),
    )
    try:
        status = process.wait(seconds + 180)
    except subprocess.TimeoutExpired:
        process.kill()
        status = process.wait()
    done = json.loads(count.read_text()) if count.is_file() else {"executions": 0, "faults": 0, "cpu": 0.0}
    count.unlink(missing_ok=True)
    add(results, target.name, done, time.monotonic() - started, status)
    if status and not done["executions"]:
        time.sleep(PAUSE)


def add(results: Path, name: str, done: dict[str, Any], seconds: float, status: int) -> None:
    """Add one turn to the result file, which is replaced whole."""
    kept = read(results)
    row = kept["targets"].setdefault(
        name, {"executions": 0, "cpu_seconds": 0.0, "seconds": 0.0, "faults": 0, "broken_turns": 0}
    )
    row["executions"] += done["executions"]
    row["faults"] += done["faults"]
    row["cpu_seconds"] = round(row["cpu_seconds"] + done["cpu"], 1)
    row["seconds"] = round(row["seconds"] + seconds, 1)
    row["broken_turns"] += status != 0
    kept["last"] = dt.datetime.now(dt.UTC).date().isoformat()
    part = results.with_suffix(".partial")
    part.write_text(json.dumps(kept, indent=2, sort_keys=True) + "\n")
    part.replace(results)


def read(results: Path) -> dict[str, Any]:
    """The result file, empty when there is none."""
    found: dict[str, Any] = json.loads(results.read_text()) if results.is_file() else {"targets": {}}
    return found


def total(results: Path) -> int:
    """Executions of all targets so far."""
    return sum(row["executions"] for row in read(results)["targets"].values())


def main(arguments: list[str] | None = None) -> int:
    """Run turns until the time or the number of executions is reached; 1 when a fault was found."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--seconds", type=int, default=3600, help="time of this call, all targets together")
    parser.add_argument("--executions", type=int, default=10_000_000, help="stop at so many in all calls together")
    parser.add_argument("--turn", type=int, default=60, help="seconds a target runs before the next has its turn")
    parser.add_argument("--target", action="append", choices=[target.name for target in TARGETS])
    parser.add_argument("--results", type=Path, default=ROOT / "tests" / "fuzz" / "results.json")
    parser.add_argument("--child", help=argparse.SUPPRESS)
    parser.add_argument("--count", type=Path, help=argparse.SUPPRESS)
    args = parser.parse_args(arguments)
    WORK.joinpath("findings").mkdir(parents=True, exist_ok=True)
    if args.child:
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        child(args.child, args.seconds, args.count)
        return 0
    args.results.parent.mkdir(parents=True, exist_ok=True)
    chosen = [target for target in TARGETS if not args.target or target.name in args.target]
    ends = time.monotonic() + args.seconds
    while time.monotonic() < ends and total(args.results) < args.executions:
        # the target that ran least goes next, so that a campaign of many short calls is fair to all
        target = min(chosen, key=lambda one: read(args.results)["targets"].get(one.name, {}).get("seconds", 0.0))
        turn(target, min(args.turn, max(1, int(ends - time.monotonic()))), args.results)
    found = sorted((WORK / "findings").glob("*.txt"))
    print(f"{total(args.results):,} executions so far; {len(found)} findings in {WORK / 'findings'}")
    for path in found:
        print(f"  {path.name}: {path.read_text(encoding='utf-8').splitlines()[0]}")
    return 1 if found else 0
