"""Search over the real index: what coders type finds the code."""

import datetime as dt
from typing import TYPE_CHECKING

import numpy as np
import pytest

from corpus.codes import CodeSystem
from corpus.errors import CorpusError
from corpus.index.search import Searcher

if TYPE_CHECKING:
    from assistant.services import Services

DATE = dt.date(2026, 11, 9)


@pytest.fixture(scope="module")
def searcher(services: "Services") -> Searcher:
    return services.searcher


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("pink eye", "H10.9"),
        ("type 2 diabetes", "E11.9"),
        ("T2DM", "E11.9"),
        ("high blood presure", "I10"),
        ("hypertenson", "I10"),
        ("CKD3b", "N18.32"),
        ("E1122", "E11.22"),
        ("e11.22", "E11.22"),
        ("U07.1", "U07.1"),
        ("heart attack", "I21.9"),
        ("kidney stone", "N20.0"),
        ("sprained left ankle initial encounter", "S93.402A"),
        ("right knee osteoarthritis", "M17.11"),
    ],
)
def test_the_first_hit_is_the_code(searcher: Searcher, query: str, code: str) -> None:
    assert searcher.search(query, 5, DATE)[0].code == code


def test_a_header_says_what_is_missing(searcher: Searcher) -> None:
    hit = searcher.search("sprained left ankle", 1, DATE)[0]
    assert (hit.code, hit.billable) == ("S93.402", False)
    assert "initial encounter" in hit.missing


def test_part_of_a_code_lists_what_starts_with_it(searcher: Searcher) -> None:
    assert [hit.code for hit in searcher.search("E11.2", 10, DATE)] == ["E11.2", "E11.21", "E11.22", "E11.29"]


def test_a_retired_code_is_not_found_after_its_last_day(searcher: Searcher) -> None:
    assert [hit.code for hit in searcher.search("I42.0", 5, dt.date(2026, 9, 30))] == ["I42.0"]
    assert "I42.0" not in [hit.code for hit in searcher.search("dilated cardiomyopathy", 50, DATE)]
    assert "I42.0" in [hit.code for hit in searcher.search("dilated cardiomyopathy", 10, dt.date(2026, 9, 30))]


def test_a_date_nothing_is_known_about_is_refused(searcher: Searcher) -> None:
    with pytest.raises(CorpusError, match="2027-03-31"):
        searcher.search("cough", 5, dt.date(2028, 1, 1))


def test_a_system_that_is_not_loaded_is_said(searcher: Searcher) -> None:
    with pytest.raises(CorpusError, match="icd10pcs"):
        searcher.search("appendectomy", 5, DATE, CodeSystem.ICD10PCS)


def test_ranks_count_from_one_and_scores_fall(searcher: Searcher) -> None:
    hits = searcher.search("chest pain", 20, DATE)
    assert [hit.rank for hit in hits] == list(range(1, 21))
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert len({hit.code for hit in hits}) == 20


def test_many_queries_give_the_same_as_one_by_one(searcher: Searcher) -> None:
    queries = ["asthma", "", "J45", "broken wrist", "\u202ecough\x00"]
    together = searcher.search_many(queries, 5, DATE)
    assert [[hit.code for hit in hits] for hits in together] == [
        [hit.code for hit in searcher.search(query, 5, DATE)] for query in queries
    ]
    assert together[1] == []


def test_the_index_finds_what_exact_search_finds(searcher: Searcher) -> None:
    """Recall of the HNSW graph at 50 against all vectors; vectors of rows stand in for queries, disturbed a little."""
    generator = np.random.default_rng(0)
    rows = generator.choice(len(searcher.exact_vectors), 100, replace=False)
    rows.sort()
    vectors = np.asarray(searcher.exact_vectors[rows], np.float32)
    vectors += generator.normal(0, 0.02, vectors.shape).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    everything = np.asarray(searcher.exact_vectors, np.float32)
    shares = []
    for vector, (found, _) in zip(vectors, searcher.vectors.nearest(vectors, 50), strict=True):
        cosines = everything @ vector
        least = np.partition(-cosines, 49)[49]
        shares.append(np.mean(-cosines[found] <= least + 1e-4))
    assert np.mean(shares) >= 0.995
