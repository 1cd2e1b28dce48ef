"""Whatever order the work is finished in, results come in the order of the inputs and nothing piles up."""

import random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from assistant.batch.here import Here
from assistant.batch.order import AHEAD, chunks, in_order
from assistant.batch.work import Chunk, Record


class Shuffled:
    """Workers that finish in any order."""

    def __init__(self, count: int, seed: int) -> None:
        self.count = count
        self.most = 0
        self._under_way: list[Chunk] = []
        self._random = random.Random(seed)

    def submit(self, chunk: Chunk) -> None:
        self._under_way.append(chunk)
        self.most = max(self.most, len(self._under_way))

    def finished(self) -> tuple[int, list[list[Record]]]:
        chunk = self._under_way.pop(self._random.randrange(len(self._under_way)))
        return chunk.number, [[{"item": item}] for item in chunk.items]

    def close(self) -> None:
        """Nothing to stop."""


@given(st.lists(st.integers()), st.integers(1, 5), st.integers(1, 9), st.integers())
def test_one_result_an_input_in_order(items: list[int], count: int, size: int, seed: int) -> None:
    workers = Shuffled(count, seed)
    found = list(in_order(workers, iter(items), size))
    assert [lines[0]["item"] for lines in found] == items
    assert workers.most <= AHEAD * count


def test_inputs_are_drawn_only_as_they_are_needed() -> None:
    drawn: list[int] = []

    def source() -> Any:
        for number in range(10_000):
            drawn.append(number)
            yield number

    results = in_order(Here(lambda item: [{"item": item}]), source(), 4)
    next(results)
    assert len(drawn) <= 4 * (AHEAD + 1)


def test_chunks_hold_everything_once() -> None:
    assert [chunk.items for chunk in chunks(range(5), 2)] == [(0, 1), (2, 3), (4,)]
    assert list(chunks([], 2)) == []
