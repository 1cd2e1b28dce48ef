"""Findings from the tabular list: validity, Excludes, code first, use additional, sides, unspecified codes."""

import datetime as dt
from typing import Any

import pytest

from assistant.guidelines.check import check_codes
from assistant.guidelines.finding import Finding, Severity
from assistant.guidelines.laterality import family_of, side_of
from assistant.guidelines.tabular import tabular_of
from corpus.library import CodeBook

DATE = dt.date(2026, 2, 2)


def findings(book: CodeBook, codes: str, **given: Any) -> dict[str, Finding]:
    return {one.rule: one for one in check_codes(codes.split(), codebook=book, date=given.pop("date", DATE), **given)}


@pytest.mark.parametrize(
    ("codes", "rule", "said"),
    [
        ("Q99.99", "TB-0001", "superbill search Q99.99"),
        ("E11", "TB-0002", "E11.0"),
        ("M54.5", "TB-0002", "M54.50"),
        ("S72.001", "TB-0003", "A initial encounter for closed fracture"),
        ("S72.001Z", "TB-0004", "A initial encounter for closed fracture"),
        ("W19.A", "TB-0005", "W19.XXXA"),
        ("T81.4XXA", "TB-0006", "until 2018-09-30"),
        ("I10 I10", "TB-0008", "once"),
        ("R73.09 E11.9", "TB-0010", "R73.0"),
        ("F45.8 G47.63", "TB-0011", "unrelated"),
        ("J86.0 J85.2", "TB-0010", "J86"),
        ("I83.019 L97.911 L89.150", "TB-0012", "L89"),
        ("N18.32 I12.9", "TB-0020", "Move I12.9 ahead of N18.32"),
        ("L97.511 E11.621", "TB-0020", "E11.621"),
        ("F02.80 R41.0", "TB-0021", "Alzheimer"),
        ("I21.A1 D62", "TB-0024", "D62"),
        ("N39.0", "TB-0030", "infectious agent"),
        ("J44.9", "TB-0040", "asthma"),
        ("N18.4 E11.22 I12.9", "TB-0020", "E11.22"),
        ("H25.11 H25.12", "TB-0050", "H25.13"),
        ("H25.13 H25.11", "TB-0051", "H25.11"),
        ("M25.569 M25.561", "TB-0052", "M25.561"),
        ("M25.569", "TB-0053", "side"),
        ("R31.9 R31.0", "TB-0054", "R31.0"),
    ],
)
def test_a_finding_comes(book: CodeBook, codes: str, rule: str, said: str) -> None:
    found = findings(book, codes)
    assert rule in found
    assert said in found[rule].message + found[rule].fix


@pytest.mark.parametrize(
    ("codes", "absent"),
    [
        ("I12.9 N18.32", "TB-0020"),
        ("G30.9 F02.80", "TB-0021"),
        ("N39.0 B96.20", "TB-0030"),
        ("J44.9 J45.909", "TB-0040"),
        ("H25.13", "TB-0050"),
        ("H25.11 H52.12", "TB-0050"),
        ("S93.401A S93.402A", "TB-0051"),
        ("M25.561 M25.562", "TB-0052"),
        ("E11.22 E11.42", "TB-0054"),
        ("I10 E78.5", "TB-0010"),
    ],
)
def test_a_finding_stays_away(book: CodeBook, codes: str, absent: str) -> None:
    assert absent not in findings(book, codes)


def test_a_code_out_of_force_and_a_date_out_of_reach(book: CodeBook) -> None:
    assert "TB-0006" in findings(book, "E66.813 Z68.41", date=dt.date(2023, 2, 2))
    assert "TB-0006" not in findings(book, "E66.813 Z68.41")
    far = findings(book, "I10", date=dt.date(2035, 1, 1))
    assert far["TB-0007"].severity is Severity.ERROR


@pytest.mark.parametrize("code", ["C78.31", "M86.8X11", "K31.B", "Z87.8901"])
def test_a_code_newer_than_the_release_is_valid_without_a_description(book: CodeBook, code: str) -> None:
    found = findings(book, code, date=dt.date(2026, 10, 1))
    assert found["TB-0009"].severity is Severity.INFO
    assert "FY2027" in found["TB-0009"].fix
    assert "TB-0001" not in found
    early = findings(book, code, date=dt.date(2026, 9, 30))["TB-0006"]
    assert early.severity is Severity.ERROR
    assert "from 2026-10-01" in early.message


def test_a_heading_that_was_a_code_is_one_on_its_days(book: CodeBook) -> None:
    assert not findings(book, "G35", date=dt.date(2025, 9, 15))
    assert "TB-0002" in findings(book, "G35", date=dt.date(2025, 10, 1))


def test_recurrent_and_plain_forms_have_sides_of_their_own(book: CodeBook) -> None:
    assert "TB-0051" in findings(book, "H66.001 H66.003")
    assert "TB-0051" in findings(book, "H66.004 H66.006")
    assert not {"TB-0050", "TB-0051"} & set(findings(book, "H66.001 H66.006"))


def test_order_is_not_checked_when_it_means_nothing(book: CodeBook) -> None:
    codes = ["N18.32", "I12.9"]
    assert any(one.rule == "TB-0020" for one in check_codes(codes, codebook=book, date=DATE))
    assert not any(one.rule == "TB-0020" for one in check_codes(codes, codebook=book, date=DATE, first_listed=False))


def test_excludes1_across_chapters_is_only_a_warning(book: CodeBook) -> None:
    found = findings(book, "H26.9 Q12.0")  # cataract, and congenital cataract of perhaps the other eye
    assert found["TB-0011"].severity is Severity.WARNING


def test_excludes1_on_opposite_sides_is_only_a_warning(book: CodeBook) -> None:
    assert findings(book, "H01.001 H10.501")["TB-0010"].severity is Severity.ERROR
    assert findings(book, "H01.001 H10.502")["TB-0011"].severity is Severity.WARNING


def test_sides_are_read_from_titles(book: CodeBook) -> None:
    assert side_of("Age-related nuclear cataract, right eye") == "right"
    assert side_of("Pain in unspecified knee") == "unspecified"
    assert side_of("Essential (primary) hypertension") == ""
    assert dict(family_of(book, "H25.11")) == {
        "right": "H25.11",
        "left": "H25.12",
        "bilateral": "H25.13",
        "unspecified": "H25.10",
    }
    assert dict(family_of(book, "S93.401D"))["left"] == "S93.402D"
    assert family_of(book, "I10") == ()


def test_every_family_is_the_same_seen_from_each_of_its_codes(book: CodeBook) -> None:
    for code in ("H25.11", "M25.561", "S52.501A", "C50.911", "G56.01", "L89.222", "H66.91", "E11.3211", "H40.1132"):
        family = family_of(book, code)
        assert family, code
        assert all(family_of(book, other) == family for _, other in family), code


def test_a_block_note_says_nothing_to_the_part_it_names(book: CodeBook) -> None:
    tabular = tabular_of(book)
    assert tabular is tabular_of(book)
    assert all(line.patterns for line in tabular.references("E11.22"))
