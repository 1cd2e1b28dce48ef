"""The work done in this process: one engine, no other process, the same order and the same lines."""

from assistant.batch.work import Chunk, Do, Record


class Here:
    """One worker, which is the caller."""

    count = 1

    def __init__(self, do: Do) -> None:
        self._do = do
        self._chunks: list[Chunk] = []

    def submit(self, chunk: Chunk) -> None:
        """Take a chunk."""
        self._chunks.append(chunk)

    def finished(self) -> tuple[int, list[list[Record]]]:
        """The oldest chunk, worked on now."""
        chunk = self._chunks.pop(0)
        return chunk.number, [self._do(item) for item in chunk.items]

    def close(self) -> None:
        """Nothing to stop."""
