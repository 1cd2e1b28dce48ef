"""Several worker processes on one machine. One that dies is replaced; what it held is tried again, input by input."""

import multiprocessing
import os
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from typing import Any

from assistant.batch.work import Chunk, Do, Job, Record, lost, worker
from assistant.services import Services
from assistant.settings import Settings

TRIES = 2
"""How often an input is tried by itself before it is given up."""

_do: Do | None = None
_given: tuple[Job, Settings] | None = None


class Pool:
    """`count` processes, each with an engine of its own."""

    def __init__(self, job: Job, settings: Settings, count: int) -> None:
        self.count = count
        self._job, self._settings = job, settings
        self._pool = self._started()
        self._under_way: dict[Future[list[list[Record]]], Chunk] = {}
        self._suspects: list[Chunk] = []

    def submit(self, chunk: Chunk) -> None:
        """Take a chunk."""
        try:
            self._under_way[self._pool.submit(_work, chunk.items)] = chunk
        except BrokenProcessPool:
            self._suspect(chunk)

    def finished(self) -> tuple[int, list[list[Record]]]:
        """Some finished chunk; raises what opening the data folder raised in a worker."""
        while not self._suspects:
            done, _ = wait(self._under_way, return_when=FIRST_COMPLETED)
            future = done.pop()
            chunk = self._under_way.pop(future)
            try:
                return chunk.number, future.result()
            except BrokenProcessPool:
                self._suspect(chunk)
        suspect = self._suspects.pop(0)
        return suspect.number, [self._alone(item) for item in suspect.items]

    def close(self) -> None:
        """Stop the processes."""
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _suspect(self, chunk: Chunk) -> None:
        """Start anew; any chunk under way may be to blame, so each input is tried by itself and the innocent lose nothing."""
        self._suspects += [chunk, *self._under_way.values()]
        self._under_way.clear()
        self._pool.shutdown(wait=False, cancel_futures=True)
        self._pool = self._started()

    def _alone(self, item: Any) -> list[Record]:
        for _attempt in range(TRIES):
            with self._started(1) as single:
                try:
                    return single.submit(_work, (item,)).result()[0]
                except BrokenProcessPool:
                    continue
        return lost(item)

    def _started(self, count: int | None = None) -> ProcessPoolExecutor:
        return ProcessPoolExecutor(
            count or self.count,
            mp_context=multiprocessing.get_context("spawn"),
            initializer=_begin,
            initargs=(self._job, self._settings),
        )


def usable_cores() -> int:
    """Cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _begin(job: Job, settings: Settings) -> None:
    global _given
    _given = (job, settings)


def _work(items: tuple[Any, ...]) -> list[list[Record]]:
    global _do
    if _do is None:
        assert _given is not None
        job, settings = _given
        _do = worker(job, Services.open(settings, quiet=True))
    return [_do(item) for item in items]
