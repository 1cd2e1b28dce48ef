"""Chunks out, results in, in the order of the inputs, whoever does the work."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, Protocol

from assistant.batch.work import Chunk, Record

CHUNK = 8
"""Inputs a worker takes at a time: a lost worker repeats no more than these."""
AHEAD = 4
"""Chunks for each worker that are under way or waiting for their turn: memory stays bounded however long the input is."""


class Workers(Protocol):
    """Something that works on chunks side by side."""

    count: int
    """How many chunks are worked on at once."""

    def submit(self, chunk: Chunk) -> None:
        """Take a chunk; returns at once."""
        ...

    def finished(self) -> tuple[int, list[list[Record]]]:
        """The number of some finished chunk and the lines of each of its inputs. Waits; only called with work under way."""
        ...

    def close(self) -> None:
        """Stop the workers."""
        ...


def chunks(items: Iterable[Any], size: int = CHUNK) -> Iterator[Chunk]:
    """`items` in chunks of `size`, numbered from 0."""
    stream = iter(items)
    number = 0
    while taken := tuple(islice(stream, size)):
        yield Chunk(number, taken)
        number += 1


def in_order(workers: Workers, items: Iterable[Any], size: int = CHUNK) -> Iterator[list[Record]]:
    """The lines of each input, one list an input, in the order of the inputs."""
    waiting: dict[int, list[list[Record]]] = {}
    source, under_way, due, more = chunks(items, size), 0, 0, True
    while True:
        while more and under_way + len(waiting) < AHEAD * workers.count:
            chunk = next(source, None)
            if chunk is None:
                more = False
            else:
                workers.submit(chunk)
                under_way += 1
        if due in waiting:
            yield from waiting.pop(due)
            due += 1
        elif under_way:
            number, lines = workers.finished()
            waiting[number] = lines
            under_way -= 1
        else:
            return
