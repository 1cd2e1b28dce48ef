"""Kill -9 at chosen random points of real work, then look at what is left.

Each trial is a process of its own. Half of the trials kill themselves in the middle of a step, at the call whose number a seeded
generator chose out of all calls that the step makes; the other half are killed from outside after a random time, which also
falls inside a library's or the kernel's own work.
"""

import importlib
import json
import os
import random
import select
import signal
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.chaos.station import Station

LONGEST = 120.0
"""Seconds after which a child counts as hanging."""


@dataclass(slots=True)
class Tally:
    """What came of the trials at one station."""

    station: str
    kills: int = 0
    finished: int = 0
    """Trials whose step was over before the kill came; not counted as kills."""
    promised: int = 0
    """Pieces of work that were confirmed before a kill; each was looked for after every later one."""
    faults: list[str] = field(default_factory=list)


def forked(work: Callable[[Callable[[Any], None]], None]) -> tuple[int, int]:
    """Run `work(say)` in a child; gives its process id and the descriptor its JSON lines arrive at."""
    reading, writing = os.pipe()
    child = os.fork()
    if child:
        os.close(writing)
        return child, reading
    os.close(reading)
    status = 1
    try:

        def say(what: Any) -> None:
            os.write(writing, (json.dumps(what) + "\n").encode())

        work(say)
        status = 0
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(status)


def heard(child: int, reading: int, kill_after: float | None = None) -> tuple[list[Any], int]:
    """What a child said until it ended, and its wait status. It is killed so many seconds after its first word, if given."""
    said, deadline, killed = b"", time.monotonic() + LONGEST, False
    while True:
        left = deadline - time.monotonic()
        ready, _, _ = select.select([reading], [], [], max(0.0, left))
        if not ready:
            os.kill(child, signal.SIGKILL)
            killed = True
            deadline = time.monotonic() + LONGEST
            continue
        piece = os.read(reading, 65536)
        if not piece:
            break
        if not said and kill_after is not None:
            deadline = time.monotonic() + kill_after
        said += piece
    os.close(reading)
    _, status = os.waitpid(child, 0)
    if killed and kill_after is None:
        raise TimeoutError(f"a child said nothing more for {LONGEST:g} s")
    whole = said[: said.rfind(b"\n") + 1]
    return [json.loads(line) for line in whole.splitlines()], status


def dying_after(calls: int) -> None:
    """From here on this process kills itself at that call, of Python or of C."""
    left = calls

    def count(frame: Any, event: str, argument: Any) -> None:
        nonlocal left
        left -= 1
        if left <= 0:
            os.kill(os.getpid(), signal.SIGKILL)

    sys.setprofile(count)


def calls_of(station: Station, folder: Path, number: int) -> tuple[int, float, Any]:
    """How many calls one whole step makes, how many seconds it takes, and what it promised."""

    def work(say: Callable[[Any], None]) -> None:
        made = 0

        def count(frame: Any, event: str, argument: Any) -> None:
            nonlocal made
            made += 1

        station.prepare(folder)
        station.step(folder, number)
        started = time.monotonic()
        promise = station.step(folder, number + 1)
        seconds = time.monotonic() - started
        sys.setprofile(count)
        last = station.step(folder, number + 2)
        sys.setprofile(None)
        say([made, seconds, [promise, last]])

    said, status = heard(*forked(work))
    if status or not said:
        raise RuntimeError(f"{station.name}: the work fails without any kill")
    return int(said[0][0]), float(said[0][1]), said[0][2]


def trial(station: Station, folder: Path, kills: int, seed: int) -> Tally:
    """So many kills at one station, one folder throughout."""
    for name in station.modules:
        importlib.import_module(name)
    chance = random.Random(f"{seed}-{station.name}")
    tally = Tally(station.name)
    calls, seconds, promised = calls_of(station, folder, 1)
    number, attempts = 4, 0
    while tally.kills < kills and attempts < kills * 4:
        attempts += 1
        inside = attempts % 2 == 0
        first, before = number, chance.randrange(2)
        point = chance.randint(1, calls)
        delay = chance.random() * seconds * (before + 1.0)

        def work(
            say: Callable[[Any], None],
            first: int = first,
            before: int = before,
            point: int = point,
            inside: bool = inside,
        ) -> None:
            say(None)
            for at in range(first, first + before):
                say(station.step(folder, at))
            if inside:
                dying_after(point)
            made = station.step(folder, first + before)
            sys.setprofile(None)
            say(made)

        said, status = heard(*forked(work), None if inside else delay)
        promised += [one for one in said if one is not None]
        number += before + 1
        if os.WIFSIGNALED(status):
            tally.kills += 1
        elif status:
            tally.faults.append(f"attempt {attempts}: the work failed by itself")
        else:
            tally.finished += 1
        tally.faults += [f"attempt {attempts}: {fault}" for fault in _looked_at(station, folder, promised)]
        if len(tally.faults) > 20:
            break
    after = _goes_on(station, folder, number)
    if after is None:
        tally.faults.append("the work does not go on after the last kill")
    else:
        tally.faults += _looked_at(station, folder, [*promised, after])
    tally.promised = len(promised)
    return tally


def _looked_at(station: Station, folder: Path, promised: list[Any]) -> list[str]:
    """What `verify` finds, in a process of its own, as the next start of the program would."""
    said, status = heard(*forked(lambda say: say(station.verify(folder, promised))))
    return ["the look at what is left fails"] if status or not said else list(said[0])


def _goes_on(station: Station, folder: Path, number: int) -> Any:
    said, status = heard(*forked(lambda say: say(station.step(folder, number))))
    return None if status or not said else said[0]
