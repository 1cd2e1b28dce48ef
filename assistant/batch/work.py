"""What is done to one input, and how a worker does it: the same on one machine and on a cluster."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from assistant.errors import USER_ERRORS
from assistant.services import Services

Record = dict[str, Any]
Do = Callable[[Any], list[Record]]
"""One input -> its lines. A bad input gives one line with `error`; it never raises for content."""


@dataclass(frozen=True, slots=True)
class Job:
    """What to do with every input."""

    kind: Literal["suggest", "explain"]
    options: Mapping[str, Any] = field(default_factory=dict)
    """suggest: `top`, `setting`, `date`, `model`. explain: `audience`, `lang`."""


@dataclass(frozen=True, slots=True)
class Document:
    """A file that travels to the worker by content, since a worker may be on another machine."""

    name: str
    content: bytes
    problem: str | None = None
    """Why the content was not read; it becomes the answer."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """Consecutive inputs that one worker takes at a time."""

    number: int
    items: tuple[Any, ...]


def worker(job: Job, services: Services) -> Do:
    """What a worker runs; its engine opens at the first input."""
    return _suggesting(job, services) if job.kind == "suggest" else _explaining(job)


def lost(item: Any) -> list[Record]:
    """The line of an input that stopped its worker each time it was tried."""
    if isinstance(item, Document):
        named: Record = {"id": item.name}
    else:
        named = {"id": item.get("id") if isinstance(item, Mapping) else None}
    return [named | {"error": "the worker stopped each time it took this input; look at it by itself"}]


def _suggesting(job: Job, services: Services) -> Do:
    defaults = {"setting": job.options.get("setting"), "date_of_service": job.options.get("date")}
    top = int(job.options.get("top") or 20)

    def do(item: Any) -> list[Record]:
        if isinstance(item, Document):
            if item.problem:
                return [{"id": item.name, "error": item.problem}]
            try:
                item = _note_line(item, services.settings.max_note_bytes)
            except USER_ERRORS as error:
                return [{"id": item.name, "error": str(error)}]
        if not isinstance(item, Mapping):
            return [{"id": None, "error": item if isinstance(item, str) else "the line is not a JSON object"}]
        given = {key: value for key, value in item.items() if value is not None}
        return list(services.suggest_lines([defaults | given], top, job.options.get("model")))

    return do


def _note_line(document: Document, most: int) -> Record:
    from assistant.chart.readers import extract

    return {"id": document.name, "text": extract(document.content, document.name, most).text}


def _explaining(job: Job) -> Do:
    from assistant.record import to_record
    from assistant.remit.chains import Chains
    from assistant.remit.explanation import explain_claim
    from assistant.remit.file import read_bytes

    audience, lang = str(job.options.get("audience") or "biller"), str(job.options.get("lang") or "en")

    def do(item: Any) -> list[Record]:
        if item.problem:
            return [{"file": item.name, "error": item.problem}]
        file = read_bytes(item.content, item.name)
        if not file.usable:
            why = file.problems[-1].message if file.problems else "no remittance could be read from it"
            return [{"file": item.name, "error": why}]
        chains = Chains.of(file)
        return [
            {"file": item.name}
            | to_record(
                explain_claim(
                    claim, transaction.header, chains.get(claim, transaction.header, file.name), audience, lang
                )
            )
            for transaction in file.transactions
            for claim in transaction.claims
        ]

    return do
