"""BM25 rows against the formula worked out the slow way."""

import math
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.index.lexical import K1, B, LexicalIndex, build_lexical
from corpus.index.words import terms

WORDS = st.sampled_from(["acute", "chronic", "kidney", "disease", "stage", "fracture", "radius", "left"])
ROWS = st.lists(st.lists(WORDS, min_size=1, max_size=6).map(" ".join), min_size=2, max_size=12)


def slow(rows: list[str], query: str) -> list[float]:
    counts = [Counter(terms(row)) for row in rows]
    lengths = [sum(count.values()) for count in counts]
    mean = sum(lengths) / len(lengths)
    out = []
    for count, length in zip(counts, lengths, strict=True):
        total = 0.0
        for word, times in Counter(terms(query)).items():
            having = sum(word in other for other in counts)
            if count[word]:
                idf = math.log(1 + (len(rows) - having + 0.5) / (having + 0.5))
                total += times * idf * count[word] * (K1 + 1) / (count[word] + K1 * (1 - B + B * length / mean))
        out.append(total)
    return out


@settings(max_examples=60, deadline=None)
@given(ROWS, st.lists(WORDS, min_size=1, max_size=4).map(" ".join))
def test_scores_equal_the_formula(rows: list[str], query: str) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "lexical.npz"
        build_lexical(rows, path)
        np.testing.assert_allclose(LexicalIndex(path).scores(query), slow(rows, query), rtol=1e-4, atol=1e-5)


def test_unknown_words_score_nothing(tmp_path: Path) -> None:
    build_lexical(["acute kidney failure", "fracture"], tmp_path / "lexical.npz")
    assert not LexicalIndex(tmp_path / "lexical.npz").scores("zebra").any()


def test_rows_by_word_and_by_beginning(tmp_path: Path) -> None:
    build_lexical(["chronic kidney disease", "kidneys, chronic", "chronicle", "fracture"], tmp_path / "lexical.npz")
    index = LexicalIndex(tmp_path / "lexical.npz")
    assert index.rows_with("kidney").tolist() == [0, 1]
    assert index.rows_with("zebra").tolist() == []
    assert sorted(index.rows_beginning("chronic").tolist()) == [0, 1, 2]
    assert index.begins("fract") and not index.begins("fractx") and not index.begins("zz")
    assert index.lengths.tolist() == [3, 2, 1, 1]
