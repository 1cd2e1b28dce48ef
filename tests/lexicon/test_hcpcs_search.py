"""Search over the HCPCS starter set, and what is said where it has nothing."""

import datetime as dt
import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from assistant.cli import main
from corpus.codes import CodeSystem, Node, Release
from corpus.index.search import Searcher
from corpus.lexicon.words import rows
from corpus.library import CodeBook, write_library
from corpus.status import status
from corpus.systems.hcpcs import SYSTEM

if TYPE_CHECKING:
    from assistant.services import Services

DATE = dt.date(2026, 11, 9)
QUERIES = Path(__file__).parent / "hcpcs_queries.tsv"


@pytest.fixture(scope="module")
def searcher(services: "Services") -> Searcher:
    return services.searcher_on(DATE, CodeSystem.HCPCS)


def test_queries_of_billers_find_their_code_among_five(searcher: Searcher) -> None:
    asked = list(rows(QUERIES, ("query", "codes")))
    found = searcher.search_many([query for query, _ in asked], 5, DATE)
    missed = [
        query
        for (query, codes), hits in zip(asked, found, strict=True)
        if not {hit.code for hit in hits} & set(codes.split("|"))
    ]
    assert len(missed) <= 0.05 * len(asked), missed


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("walker with wheels", "E0143"),
        ("keytruda", "J9271"),
        ("HCPCS code for keytruda", "J9271"),
        ("j-code for rituximab", "J9312"),
        ("pembrolizumb", "J9271"),
        ("e0143", "E0143"),
        ("modifier 25", "25"),
        ("LT", "LT"),
        ("discarded drug modifier", "JW"),
    ],
)
def test_the_first_hit_is_the_code(searcher: Searcher, query: str, code: str) -> None:
    assert searcher.search(query, 5, DATE)[0].code == code


def test_an_answer_says_that_validity_is_unknown(searcher: Searcher) -> None:
    hit = searcher.search("keytruda", 1, DATE)[0]
    assert (hit.validity, hit.description) == ("unknown", "Pembrolizumab infusion, unit 1 mg")
    assert "validity unknown until the official file is imported" in hit.note


def test_a_modifier_is_no_service(searcher: Searcher) -> None:
    hit = searcher.search("QW", 1, DATE)[0]
    assert not hit.billable
    assert "line of a service" in hit.missing


def test_a_beginning_lists_what_starts_with_it(searcher: Searcher) -> None:
    assert {hit.code for hit in searcher.search("J920", 10, DATE)} >= {"J9200", "J9201", "J9202"}


@pytest.mark.parametrize("query", ["ozempic", "Ozempic J code", "semaglutide injection", "metformin", "99213", "D0120"])
def test_nothing_is_offered_for_what_has_no_code_here(searcher: Searcher, query: str) -> None:
    assert searcher.search(query, 5, DATE) == []
    assert SYSTEM.told(searcher.codebook, query)


def test_what_is_told_names_the_drug_or_the_licence(searcher: Searcher) -> None:
    assert "Ozempic (semaglutide) has no code of its own" in SYSTEM.told(searcher.codebook, "ozempic")
    assert "CPT" in SYSTEM.told(searcher.codebook, "shingrix")
    assert "licensed file" in SYSTEM.told(searcher.codebook, "99213")
    assert SYSTEM.told(searcher.codebook, "keytruda") == ""
    assert SYSTEM.told(searcher.codebook, "walker with wheels") == ""


def test_a_retired_code_is_told_and_never_a_hit(services: "Services", searcher: Searcher) -> None:
    assert searcher.search("J1030", 5, DATE) == []
    known = status(services.catalog, CodeSystem.HCPCS, "J1030", DATE)
    assert known is not None
    assert (known.valid, known.replaced_by) == (False, ("J1010",))
    assert "2024-03-31" in known.message


def test_the_command_prints_what_is_told(
    services: "Services", indexed_home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["search", "ozempic", "--system", "hcpcs"]) == 0
    assert "has no code of its own" in capsys.readouterr().out
    assert main(["search", "99213", "--system", "hcpcs", "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["hits"] == []
    assert "CPT" in answer["told"]


def test_our_names_stay_rows_of_an_imported_file_for_the_codes_it_has() -> None:
    imported = [
        Node("E0143", "An official description", "code", None, "E0143", True, valid_from="2020-01-01"),
        Node("J9271", "Another one", "code", None, "J9271", True),
    ]
    found = {(row.unit, row.text) for row in SYSTEM.rows(imported)}
    assert {("E0143", "An official description"), ("E0143", "walker with wheels"), ("J9271", "Keytruda")} <= found
    assert {unit for unit, _ in found} == {"E0143", "J9271"}


def test_an_official_file_speaks_for_itself(tmp_path: Path) -> None:
    """Nothing is said against a drug that the site's own file describes: it may have a code that we do not know."""
    path = tmp_path / "codes.db"
    nodes = [
        Node("J0001", "Injection of semaglutide, 1 mg", "code", None, "J0001", True),
        Node("J1030", "Methylprednisolone", "code", None, "J1030", True),
    ]
    write_library(path, nodes)
    book = CodeBook(path, Release(CodeSystem.HCPCS, "2027 January", "HCPCS 2027", "HCPC2027.txt", "2027-01-01", ""))
    assert SYSTEM.told(book, "ozempic") == ""
    assert "has no code of its own in HCPCS 2027" in SYSTEM.told(book, "eliquis")
    assert "licensed file" in SYSTEM.told(book, "99213")
    assert SYSTEM.resolve(book, "J1030", "depo medrol", DATE) is None
    listed = book.get("J1030")
    assert listed is not None
    assert SYSTEM.remark(book, listed) == "J1030: ended on 2024-03-31, replaced by J1010"
