"""Several processes: the same lines as one, and a worker that dies costs nothing but its own poison."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from assistant.batch.here import Here
from assistant.batch.order import in_order
from assistant.batch.pool import Pool
from assistant.batch.work import Document, Job, worker
from assistant.services import Services
from assistant.settings import load_settings

SAMPLE = Path(__file__).resolve().parents[2] / "corpus" / "samples"
JOB = Job("explain", {"audience": "patient", "lang": "en"})


@dataclass(frozen=True, slots=True)
class Poison:
    """An input that stops the process which reads it."""

    name: str

    @property
    def problem(self) -> str:
        os._exit(9)


def _documents(count: int) -> list[Document]:
    content = next(path for path in sorted(SAMPLE.rglob("*.835"))).read_bytes()
    return [Document(f"{number:03}.835", content) for number in range(count)]


@pytest.fixture
def services(tmp_path: Path) -> Services:
    return Services.open(load_settings({"SUPERBILL_HOME": str(tmp_path)}), quiet=True)


@pytest.fixture
def pool(services: Services) -> Iterator[Pool]:
    workers = Pool(JOB, services.settings, 2)
    yield workers
    workers.close()


def test_killed_and_poisoned_workers_lose_nothing_else(pool: Pool, services: Services) -> None:
    documents: list[Document | Poison] = list(_documents(40))
    documents[17] = Poison("poison.835")
    stop = threading.Event()

    def killer() -> None:
        while not stop.wait(0.2):
            children = list(pool._pool._processes or {})
            if children:
                os.kill(children[0], signal.SIGKILL)
                return

    thread = threading.Thread(target=killer)
    thread.start()
    started = time.monotonic()
    found = list(in_order(pool, documents, 4))
    stop.set()
    thread.join()
    do = worker(JOB, services)
    assert time.monotonic() - started < 300
    assert len(found) == 40
    assert found[17] == [{"id": None, "error": "the worker stopped each time it took this input; look at it by itself"}]
    for number, lines in enumerate(found):
        if number != 17:
            document = documents[number]
            assert isinstance(document, Document)
            assert lines == do(document)


def test_an_input_too_large_or_unreadable_is_told_in_its_line(services: Services) -> None:
    do = worker(JOB, services)
    assert do(Document("big.835", b"", "big.835 is too large")) == [
        {"file": "big.835", "error": "big.835 is too large"}
    ]
    assert "error" in do(Document("empty.835", b"nothing"))[0]
    assert list(in_order(Here(do), [], 1)) == []
