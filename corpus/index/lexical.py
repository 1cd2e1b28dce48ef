"""BM25 over short rows, held as one sparse matrix: rows by vocabulary, weights computed once when the index is built."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from corpus.index.words import terms

K1 = 1.2
B = 0.5
"""Length normalisation is weak: rows are titles and terms of 2 to 20 words."""

Scores = npt.NDArray[np.float32]
Rows = npt.NDArray[np.int32]


def build_lexical(texts: Sequence[str], target: Path) -> None:
    """Write the postings of `texts` to `target` (.npz, no pickle). Weight: Robertson-Zaragoza BM25 with idf >= 0."""
    counts = [Counter(terms(text)) for text in texts]
    vocabulary = sorted({word for count in counts for word in count})
    column = {word: index for index, word in enumerate(vocabulary)}
    rows: list[list[int]] = [[] for _ in vocabulary]
    frequencies: list[list[int]] = [[] for _ in vocabulary]
    for row, count in enumerate(counts):
        for word, frequency in count.items():
            rows[column[word]].append(row)
            frequencies[column[word]].append(frequency)
    lengths = np.array([sum(count.values()) for count in counts], np.float32)
    norm = K1 * (1 - B + B * lengths / max(lengths.mean(), 1e-9))
    weights = []
    for posting, occurrences in zip(rows, frequencies, strict=True):
        idf = np.log1p((len(texts) - len(posting) + 0.5) / (len(posting) + 0.5))
        tf = np.array(occurrences, np.float32)
        weights.append((idf * tf * (K1 + 1) / (tf + norm[posting])).astype(np.float32))
    with target.open("wb") as stream:
        np.savez(
            stream,
            vocabulary=np.array(vocabulary, dtype=np.str_),
            starts=np.cumsum([0, *map(len, rows)]).astype(np.int64),
            rows=np.concatenate([np.array(posting, np.int32) for posting in rows]),
            weights=np.concatenate(weights),
            size=np.array([len(texts)]),
        )


class LexicalIndex:
    """Scores all rows for a query in well under a millisecond."""

    def __init__(self, path: Path) -> None:
        with np.load(path, allow_pickle=False) as data:
            self._column = {str(word): index for index, word in enumerate(data["vocabulary"])}
            self._starts = data["starts"]
            self._rows: Rows = data["rows"]
            self._weights = data["weights"]
            self.size = int(data["size"][0])
        self._words = tuple(self._column)  # sorted, as they were written

    def __contains__(self, word: str) -> bool:
        return word in self._column

    @property
    def vocabulary(self) -> tuple[str, ...]:
        """Every index term."""
        return self._words

    def rows_with(self, word: str) -> Rows:
        """Rows that have the index term `word`, ascending."""
        column = self._column.get(word)
        return self._rows[:0] if column is None else self._rows[self._starts[column] : self._starts[column + 1]]

    def rows_beginning(self, prefix: str) -> Rows:
        """Rows that have a term beginning with `prefix`; a row stands there once for each such term."""
        first, last = (bisect_left(self._words, mark) for mark in (prefix, prefix + "\uffff"))
        return self._rows[self._starts[first] : self._starts[last]]

    def begins(self, prefix: str) -> bool:
        """Whether any index term begins with `prefix`."""
        place = bisect_left(self._words, prefix)
        return place < len(self._words) and self._words[place].startswith(prefix)

    @property
    def lengths(self) -> Rows:
        """Distinct terms of each row, shape (rows,)."""
        return np.bincount(self._rows, minlength=self.size).astype(np.int32)

    def scores(self, query: str) -> Scores:
        """BM25 of every row for `query`, shape (rows,)."""
        total = np.zeros(self.size, np.float32)
        for word, count in Counter(terms(query)).items():
            column = self._column.get(word)
            if column is not None:
                part = slice(self._starts[column], self._starts[column + 1])
                total[self._rows[part]] += count * self._weights[part]
        return total
