"""Search over the real index: what coders type finds the code."""

import datetime as dt
from typing import TYPE_CHECKING

import numpy as np
import pytest

from corpus.codes import CodeSystem
from corpus.errors import CorpusError
from corpus.index.facets import Limits
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
        ("left ankle sprain initial", "S93.402A"),
        ("left ankle sprain initail", "S93.402A"),
        ("open fx L tibial shaft type IIIA initial", "S82.202C"),
        ("R ankle sprain subseq", "S93.401D"),
        ("fx distal radius L", "S52.502"),
        ("T2DM w CKD3b", "E11.22"),
        ("DM2 w PN", "E11.42"),
        ("c diff", "A04.72"),
        ("AOM R", "H66.91"),
        ("carpal tunnel r", "G56.01"),
        ("s/p R TKR", "Z96.651"),
        ("s/p AVR", "Z95.2"),
        ("h/o TIA", "Z86.73"),
        ("h/o colon ca", "Z85.038"),
        ("FHx of CAD", "Z82.49"),
        ("fam hx prostate ca", "Z80.42"),
        ("CAD s/p PCI", "I25.10"),
        ("pressure ulcer sacrum stage 3", "L89.153"),
        ("ED", "N52.9"),
        ("stress incont", "N39.3"),
        ("breast ca R UOQ female", "C50.411"),
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


@pytest.mark.parametrize("query", ["QA0.0101", "qa00101", "QA0.0101-QA0.0102", "QA0.01x1"])
def test_a_category_may_have_a_letter_in_second_place(searcher: Searcher, query: str) -> None:
    assert "QA0.0101" in [hit.code for hit in searcher.search(query, 5, DATE)]


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


def test_ranges_lists_and_open_places(searcher: Searcher) -> None:
    def found(text: str) -> list[str]:
        return [hit.code for hit in searcher.search(text, 4, DATE)]

    assert found("E11.2-E11.4") == ["E11.2", "E11.3", "E11.4"]
    assert found("e119, i10") == ["E11.9", "I10"]
    assert found("S72.00xA") == ["S72.001A", "S72.002A", "S72.009A"]
    (near,) = searcher.search("E11.222", 4, DATE)
    assert near.code == "E11.22" and "E11.222 is no code" in near.note


def test_hits_are_limited_to_a_chapter(searcher: Searcher) -> None:
    hits = searcher.search("ulcer", 10, DATE, limits=Limits(chapters=("12",)))
    assert {hit.code[0] for hit in hits} == {"L"} and len(hits) == 10
    assert searcher.search("diabetic foot ulcer", 1, DATE, limits=Limits(chapters=("E08-E13",)))[0].code == "E11.621"
    wide = searcher.search("fall", 10, DATE, limits=Limits(chapters=("19", "20", "13")))
    assert len(wide) == 10 and {hit.code[0] for hit in wide} <= set("STVWXYM")
    with pytest.raises(CorpusError, match="no chapter, block or code"):
        searcher.search("ulcer", 10, DATE, limits=Limits(chapters=("E07-E99",)))


def test_billable_codes_alone(searcher: Searcher) -> None:
    hits = searcher.search("left ankle sprain", 10, DATE, limits=Limits(billable=True))
    assert hits[0].code == "S93.402A" and all(hit.billable for hit in hits)
    left = searcher.search("ankle sprain", 10, DATE, limits=Limits(side="left"))
    assert left and not any("right" in hit.description for hit in left)


def test_hits_are_counted(searcher: Searcher) -> None:
    counted = searcher.facets(searcher.search("diabetes", 20, DATE))
    assert counted.chapters[0].value == "4"
    assert sum(facet.count for facet in counted.billable) == 20
