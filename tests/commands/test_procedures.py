"""`superbill search` with a procedure code or its beginning."""

import datetime as dt
from typing import TYPE_CHECKING

import pytest

from assistant.commands.procedures import axes_of, print_axes
from corpus.codes import CodeSystem

if TYPE_CHECKING:
    from assistant.services import Services

DATE = dt.date(2026, 1, 10)


def test_the_beginning_of_a_code_shows_what_the_next_axis_allows(
    services: "Services", capsys: pytest.CaptureFixture[str]
) -> None:
    book = services.codebook_on(DATE, CodeSystem.ICD10PCS)
    assert print_axes(book, "0dtj", DATE)
    lines = capsys.readouterr().out.splitlines()
    assert "  Body Part: J Appendix" in lines
    following = lines.index("Next, character 5, Approach:")
    assert [line.split()[0] for line in lines[following + 1 :]] == ["0", "4", "7", "8"]


def test_a_whole_code_shows_its_axes(services: "Services", capsys: pytest.CaptureFixture[str]) -> None:
    book = services.codebook_on(DATE, CodeSystem.ICD10PCS)
    assert print_axes(book, "0DTJ4ZZ", DATE)
    out = capsys.readouterr().out
    assert "Resection of Appendix, Percutaneous Endoscopic Approach" in out
    assert "Next" not in out


def test_the_same_as_data(services: "Services") -> None:
    book = services.codebook_on(DATE, CodeSystem.ICD10PCS)
    told = axes_of(book, "0SRC0J", DATE)
    assert told is not None
    assert [axis["values"][0]["value"] for axis in told["filled"]] == list("0SRC0J")
    assert [value["label"] for value in told["next"]["values"]] == ["Cemented", "Uncemented", "No Qualifier"]
    assert axes_of(book, "0DTJ4ZQ", DATE) is None
