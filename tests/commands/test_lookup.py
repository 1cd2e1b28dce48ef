"""`superbill search` with --complete, --browse, --chapter, --billable, --side: text and JSON."""

import json
from pathlib import Path
from typing import Any

import pytest

from assistant.cli import main


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(["search", *arguments]) == 0
    return capsys.readouterr().out


def record(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(told(capsys, *arguments, "--json"))
    return answer


def test_what_is_typed_is_completed(indexed_home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    answer = record(capsys, "pink", "--complete", "-k", "2")
    first = answer["completions"][0]
    assert (first["code"], first["matched_term"], first["rank"]) == ("H10.9", "pink eye", 1)
    assert len(answer["completions"]) == 2
    assert "matched: pink eye" in told(capsys, "pink", "--complete")
    assert told(capsys, "xqzzyv qqzz", "--complete") == "Nothing begins like that.\n"


def test_a_page_of_the_code_book(indexed_home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shown = record(capsys, "E11.22", "--browse")["page"]
    assert [place["code"] for place in shown["above"]] == ["4", "E08-E13", "E11", "E11.2"]
    assert shown["place"]["billable"] and shown["notes"][0]["kind"] == "use_additional"
    text = told(capsys, "e11", "--browse")
    assert "Excludes1: " in text and "E11.9 " in text and "4: Excludes1" in text
    assert "7th character A  initial encounter" in told(capsys, "S93.402", "--browse")
    assert len(record(capsys, "--browse")["contents"]) == 22


def test_a_retired_code_says_so_on_its_page(indexed_home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "not valid on 2026-11-01" in told(capsys, "I42.0", "--browse", "--date", "2026-11-01")


def test_hits_are_limited(indexed_home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    hits = record(capsys, "ulcer", "--chapter", "12", "--billable", "-k", "5")["hits"]
    assert len(hits) == 5 and all(hit["code"].startswith("L") and hit["billable"] for hit in hits)
    answer = record(capsys, "fracture", "--side", "left", "-k", "5")
    assert not any("right" in hit["description"] for hit in answer["hits"])
    assert answer["facets"]["chapters"][0]["value"] == "19"


@pytest.mark.parametrize("arguments", [("zzz", "--browse"), ("ulcer", "--chapter", "99"), ("ulcer", "--chapter", " ")])
def test_a_place_that_is_not_there_is_one_sentence(
    indexed_home: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...]
) -> None:
    assert main(["search", *arguments]) == 2
    assert "chapter" in capsys.readouterr().err


def test_hits_and_pages_name_what_risk_adjustment_makes_of_a_code(
    indexed_home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    day = ("--date", "2026-11-09")
    hit = record(capsys, "E11.22", *day)["hits"][0]
    assert (hit["hcc"]["model"], hit["hcc"]["payment_year"], hit["hcc"]["category"]) == ("CMS-HCC V28", 2027, "37")
    assert hit["drg"]["severity"] == "none" and hit["drg"]["mdc"] == 11
    header = record(capsys, "E11.2", *day)["hits"][0]
    assert header["billable"] is False and header["hcc"] is None and header["drg"] is None
    assert record(capsys, "E11.22", "--browse", *day)["facts"]["hcc"]["category"] == "37"
    for asked in (("E11.22", *day), ("E11.22", "--browse", *day)):
        assert "HCC 37 Diabetes with Chronic Complications, CMS-HCC V28, payment year 2027" in told(capsys, *asked)
