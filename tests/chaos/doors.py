"""Every door a file can come in by, tried with every attack: what it said, how long it took, what it cost.

A door answers, or refuses in one plain sentence. Anything else (another error, a hang, memory without end, a file outside
the folder it was given) is a fault.
"""

import json
import resource
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.errors import USER_ERRORS
from assistant.settings import Settings, load_settings

MOST_SECONDS = 10.0
"""CPU seconds of this process one file may cost; PDF and Word files are read in a process with limits of its own."""
MOST_MEMORY = 700
"""Megabytes by which one file may raise the peak."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one attack at one door. `said` is the refusal, "" for an answer; `fault` is what should not be."""

    door: str
    attack: str
    said: str
    seconds: float
    megabytes: int
    fault: str = ""


class HungError(BaseException):
    """A door took too long; no door may catch it."""


def _hung(*_: object) -> None:
    raise HungError


def doors(folder: Path) -> dict[str, Callable[[Path], object]]:
    """Name -> what reads a file. `folder` is an empty folder of the caller's for a store and outputs."""
    settings = load_settings({"SUPERBILL_HOME": str(folder / "home")})
    return {
        "suggest NOTE": lambda path: _note(path, settings),
        "suggest --notes": lambda path: list(_lines(path, settings)),
        "confirm SUGGESTIONS": _suggestions,
        "encounter": _encounter,
        "details on the page": _details,
        "remit read": _remittance,
        "claim read": _claim,
        "claim ack": _acknowledgement,
        "corpus import": _corpus,
        "corpus import --columns": _licensed,
        "claim import": lambda path: _site(path, settings),
        "remit fees": _fees,
        "search --queries": lambda path: list(_jsonl(path)),
        "restore": lambda path: _restore(path, folder),
    }


def try_one(door: str, read: Callable[[Path], object], attack: str, path: Path) -> Outcome:
    """One attack at one door."""
    peak, started, said, fault = _peak(), time.process_time(), "", ""
    before = signal.signal(signal.SIGVTALRM, _hung)
    signal.setitimer(signal.ITIMER_VIRTUAL, MOST_SECONDS)
    try:
        read(path)
    except USER_ERRORS as error:
        said = str(error)
        if not said.strip() or "\n" in said or len(said) > 1200 or "Traceback" in said:
            fault = "what it says is not one plain sentence"
    except HungError:
        fault = f"took more than {MOST_SECONDS:g} s"
    except Exception as error:
        fault = f"raised {type(error).__name__}: {str(error)[:120]}"
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
    grown = (_peak() - peak) // 1024
    if not fault and grown > MOST_MEMORY:
        fault = f"needed {grown} MB"
    return Outcome(door, attack, said, round(time.process_time() - started, 2), grown, fault)


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def _note(path: Path, settings: Settings) -> None:
    from assistant.chart.readers import read_note

    read_note(path, settings)


def _jsonl(path: Path) -> Iterator[Any]:
    from assistant.commands.output import read_jsonl

    for _, value in read_jsonl(path):
        yield value


def _lines(path: Path, settings: Settings) -> Iterator[str]:
    """As `suggest --notes` reads a line and writes its answer, without the code index."""
    from assistant.suggest.lines import read_line

    for value in _jsonl(path):
        named = value.get("id") if isinstance(value, dict) else None
        try:
            read_line(value, settings)
            line = {"id": named}
        except USER_ERRORS as error:
            line = {"id": named, "error": str(error)}
        yield json.dumps(line)


def _suggestions(path: Path) -> None:
    from assistant.review.confirmation import read_suggestions
    from assistant.review.encounter import read_text

    read_suggestions(read_text(path), path.name)


def _encounter(path: Path) -> None:
    from assistant.review.encounter import read_encounter

    read_encounter(path)


def _details(path: Path) -> None:
    from assistant.web.submission import details_of

    details_of(path.read_bytes(), path.name)


def _remittance(path: Path) -> None:
    from assistant.remit.actions import decide
    from assistant.remit.file import read_file

    for transaction in read_file(path).transactions:
        for claim in transaction.claims:
            decide(claim)


def _claim(path: Path) -> None:
    from assistant.claim.reader import read_837

    read_837(path)


def _acknowledgement(path: Path) -> None:
    from assistant.claim.acknowledgement import read_acknowledgement

    read_acknowledgement(path)


def _corpus(path: Path) -> None:
    from corpus.sources.contents import read_contents
    from corpus.sources.files import open_files

    read_contents(open_files([path])[0])


def _licensed(path: Path) -> None:
    from corpus.sources.contents import read_contents
    from corpus.sources.files import open_files

    read_contents(open_files([path])[0], {"code": "1", "description": "2"})


def _site(path: Path, settings: Settings) -> None:
    from assistant.claim.site import SiteData
    from assistant.store.engine import open_store

    engine = open_store(settings)
    try:
        SiteData(engine).load([path], preview=True)
    finally:
        engine.dispose()


def _fees(path: Path) -> None:
    from assistant.remit.fees import FeeSchedule

    FeeSchedule.load(path)


def _restore(path: Path, folder: Path) -> None:
    from assistant.store.copies import restore

    restore(load_settings({"SUPERBILL_HOME": str(folder / "restored")}), path)
