"""A query that is a code: from when to when it is valid, and what replaced it."""

import csv
import datetime as dt
import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from assistant.cli import main
from corpus.codes import CodeSystem, Node, Window
from corpus.sources.validity import FIRST_DATE, LAST_DATE, CodeValidity
from corpus.status import replacements, status

if TYPE_CHECKING:
    from assistant.services import Services

CM = CodeSystem.ICD10CM
DAY = dt.timedelta(days=1)
START = dt.date(2026, 10, 1)
"""First day of FY2027."""
DELTAS = Path(__file__).resolve().parents[3] / "shared" / "data" / "codesets" / "fy2027_dx_deltas_codes_only.csv"


@pytest.fixture(scope="module")
def validity() -> CodeValidity:
    return CodeValidity()


@pytest.fixture(scope="module")
def retired(validity: CodeValidity, tabular: tuple[Node, ...]) -> list[str]:
    found = [node.code for node in tabular if node.billable and not validity.valid_on(node.code, START)]
    assert len(found) == 30
    return found


def test_the_thirty_retired_codes_are_found_before_and_never_after(services: "Services", retired: list[str]) -> None:
    book = services.codebook_on(START)
    searcher = services.searcher_on(START)
    for code in retired:
        title = book.title(code)
        assert [hit.code for hit in searcher.search(code, 5, START - DAY)] == [code]
        wanted = {code, book.get(code).stem}  # type: ignore[union-attr]
        assert wanted & {hit.code for hit in searcher.search(title, 10, START - DAY)}, title
        for date in (START, dt.date(2026, 11, 23), LAST_DATE):
            assert code not in {hit.code for hit in searcher.search(title, 50, date)}
            assert code not in {hit.code for hit in searcher.search(code, 50, date)}


def test_the_thirty_retired_codes_are_suggested_before_and_never_after(
    services: "Services", retired: list[str]
) -> None:
    stems = {code: services.codebook_on(START).title(code).split(",")[0] for code in retired}
    note = "ASSESSMENT AND PLAN:\n" + "".join(f"{number}. {title}.\n" for number, title in enumerate(stems.values(), 1))
    found = {}
    for date in (START - DAY, START):
        answer = services.suggest_line({"id": "n", "text": note, "date_of_service": date.isoformat()}, top=50)
        found[date] = {one.code for one in answer.suggestions}
    assert {"I42.0", "M72.2", "D69.1"} <= found[START - DAY]
    assert not found[START] & set(retired)


def test_a_retired_code_says_until_when_and_what_replaced_it(services: "Services") -> None:
    found = status(services.catalog, CM, "i420", START)
    assert found is not None
    assert (found.code, found.valid, found.windows) == ("I42.0", False, (Window(None, START - DAY),))
    assert found.replaced_by == ("I42.00", "I42.01", "I42.09")
    assert "to 2026-09-30" in found.message
    assert "replaced by I42.00, I42.01, I42.09" in found.message
    before = status(services.catalog, CM, "I42.0", START - DAY)
    assert before is not None
    assert (before.valid, before.replaced_by) == (True, ())


def test_a_new_code_is_valid_and_has_no_description_yet(services: "Services") -> None:
    found = status(services.catalog, CM, "C78.31", dt.date(2026, 11, 1))
    assert found is not None
    assert (found.valid, found.windows, found.description) == (True, (Window(START, None),), "")
    assert "from 2026-10-01" in found.message
    assert "does not describe it" in found.message
    assert services.codebook_on(START).valid_on("C78.31", START) is True
    assert services.codebook_on(START).valid_on("C78.31", START - DAY) is False
    early = status(services.catalog, CM, "C78.31", START - DAY)
    assert early is not None
    assert early.valid is False


def test_a_date_past_the_tables_is_unknown(services: "Services") -> None:
    found = status(services.catalog, CM, "I10", LAST_DATE + DAY)
    assert found is not None
    assert found.valid is None
    assert "is not known" in found.message


@pytest.mark.parametrize("text", ["E11", "ZZZ", "pink eye", "E11.99", ""])
def test_what_is_no_reportable_code_has_no_status(services: "Services", text: str) -> None:
    assert status(services.catalog, CM, text, START) is None


def test_windows_have_the_day_of_the_change(validity: CodeValidity) -> None:
    assert validity.windows("I10") == (Window(None, None),)
    assert validity.windows("U07.1") == (Window(dt.date(2020, 4, 1), None),)
    assert validity.windows("G35") == (Window(None, dt.date(2025, 9, 30)),)
    assert CodeValidity(procedures=True).windows("XW033E5") == (Window(dt.date(2020, 8, 1), None),)
    assert validity.windows("XW033E5") == ()
    assert validity.windows("") == validity.windows("'; --") == validity.windows("é12") == ()


def test_windows_agree_with_the_answer_of_every_day_around_them(validity: CodeValidity, retired: list[str]) -> None:
    for code in [*retired, "C78.31", "U07.1", "J12.82", "E11.A", "Z79.85"]:
        for window in validity.windows(code):
            for day, valid in ((window.first, True), (window.last, True)):
                assert day is None or validity.valid_on(code, day) is valid
            if window.first and window.first > FIRST_DATE:
                assert validity.valid_on(code, window.first - DAY) is False
            if window.last and window.last < LAST_DATE:
                assert validity.valid_on(code, window.last + DAY) is False


def test_every_replacement_is_new_on_the_day_after(validity: CodeValidity, retired: list[str]) -> None:
    assert set(replacements()) <= set(retired)
    assert set(retired) - set(replacements()) == {"S23.420A", "S23.420D", "S23.420S"}
    for old, new in replacements().items():
        assert validity.windows(old) == (Window(None, START - DAY),)
        assert new
        for code in new:
            assert validity.windows(code) == (Window(START, None),), code


@pytest.mark.skipif(not DELTAS.is_file(), reason="needs the list of FY2027 changes, which is not shipped")
def test_replacements_are_all_the_new_codes_below(retired: list[str]) -> None:
    with DELTAS.open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    new = {row["code"] for row in rows if row["change"] == "valid_from_2026-10-01"}
    assert {row["code"] for row in rows if row["change"].startswith("invalid")} == set(retired)
    for old, codes in replacements().items():
        assert {code for code in new if code.startswith(old)} <= set(codes), old


def test_the_command_tells_it(indexed_home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["search", "I42.0", "--date", "2026-11-01", "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["hits"] == []
    assert answer["about"]["replaced_by"] == ["I42.00", "I42.01", "I42.09"]
    assert main(["search", "C78.31", "--date", "2026-11-01"]) == 0
    assert "C78.31 is valid from 2026-10-01" in capsys.readouterr().out
    assert main(["search", "pink eye", "--date", "2026-11-01", "-k", "1"]) == 0
    assert "ended 2026-09-30" in capsys.readouterr().out
    assert main(["search", "pink eye", "--date", "2026-09-01", "-k", "1"]) == 0
    assert "Note:" not in capsys.readouterr().out


def test_words_that_mean_a_retired_code_first_tell_of_it(
    indexed_home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["search", "plantar fasciitis", "--date", "2026-11-01"]) == 0
    first = capsys.readouterr().out.splitlines()[0]
    assert first.startswith("M72.2 (Plantar fascial fibromatosis) is not valid on 2026-11-01; it was valid from")
    assert "to 2026-09-30, replaced by M72.20, M72.21, M72.22" in first
    queries, out = tmp_path / "q.jsonl", tmp_path / "a.jsonl"
    lines = [
        {"id": "new", "text": "plantar fasciitis"},
        {"id": "old", "text": "plantar fasciitis", "date": "2026-09-30"},
    ]
    queries.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    assert main(["search", "--queries", str(queries), "--out", str(out), "--date", "2026-11-01"]) == 0
    new, old = (json.loads(line) for line in out.read_text(encoding="utf-8").splitlines())
    assert new["retired"][0]["replaced_by"] == ["M72.20", "M72.21", "M72.22"]
    assert "M72.2" not in {hit["code"] for hit in new["hits"]}
    assert "retired" not in old and old["hits"][0]["code"] == "M72.2"


def test_only_what_the_words_mean_first_is_told(services: "Services") -> None:
    searcher = services.searcher_on(START)
    assert [code.code for code in searcher.retired("dilated cardiomyopathy", START)] == ["I42.0"]
    assert searcher.retired("dilated cardiomyopathy", START - DAY) == []
    assert (
        searcher.retired("pink eye", START) == searcher.retired("I42.0", START) == searcher.retired("  ", START) == []
    )
    assert searcher.retired("toxic effect of other organic solvents accidental", START)[0].code.startswith("T52.8X1")


def test_citations_say_that_their_text_is_older(services: "Services") -> None:
    line = {"id": "n", "text": "ASSESSMENT:\n1. Type 2 diabetes mellitus.\n"}
    new = services.suggest_line({**line, "date_of_service": "2026-11-01"}).suggestions[0].citations[0]
    old = services.suggest_line({**line, "date_of_service": "2026-09-01"}).suggestions[0].citations[0]
    assert "ended 2026-09-30" in new.note
    assert old.note == ""
