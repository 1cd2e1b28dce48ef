"""Names and days of releases."""

import pytest

from corpus.codes import CodeSystem
from corpus.errors import CorpusError
from corpus.sources.naming import Wish, fiscal_release, quarter_release, year_release

CM = CodeSystem.ICD10CM


@pytest.mark.parametrize(
    ("wish", "versions", "names", "expected"),
    [
        (Wish(), ["2027"], ["a.xml"], ("FY2027", "2026-10-01", "2027-09-30")),
        (Wish(), ["2027"], ["icd10cm-tabular-April-1-2027.xml"], ("FY2027 (April)", "2027-04-01", "2027-09-30")),
        (Wish(), ["2027", "2027"], ["x_2026.zip/a.xml"], ("FY2027", "2026-10-01", "2027-09-30")),
        (Wish(), [], ["icd10cm_order_2027.txt"], ("FY2027", "2026-10-01", "2027-09-30")),
        (Wish("FY2027"), ["2026"], ["a.xml"], ("FY2027", "2026-10-01", "2027-09-30")),
        (Wish("FY2027 (April)"), [], ["codes.txt"], ("FY2027 (April)", "2027-04-01", "2027-09-30")),
        (Wish("mine", "2030-01-01"), [], ["codes.txt"], ("mine", "2030-01-01", "")),
        (Wish("", "2026-11-01", "2026-12-01"), ["2027"], ["a.xml"], ("FY2027", "2026-11-01", "2026-12-01")),
    ],
)
def test_fiscal_years(wish: Wish, versions: list[str], names: list[str], expected: tuple[str, str, str]) -> None:
    found = fiscal_release(CM, wish, versions, names)
    assert (found.name, found.starts, found.ends) == expected
    assert found.title == f"ICD-10-CM {expected[0]}"


@pytest.mark.parametrize(
    ("wish", "versions", "names", "words"),
    [
        (Wish(), [], ["codes.txt"], "nothing says which release"),
        (Wish("mine"), [], ["codes.txt"], "--from DATE"),
        (Wish(), ["2026", "2027"], ["a.xml", "b.xml"], "2026 and 2027"),
        (Wish("", "2028-01-01"), ["2027"], ["a.xml"], "give both --from and --to"),
    ],
)
def test_what_is_not_told_is_asked_for(wish: Wish, versions: list[str], names: list[str], words: str) -> None:
    with pytest.raises(CorpusError, match=words):
        fiscal_release(CM, wish, versions, names)


@pytest.mark.parametrize(
    ("wish", "names", "effective", "expected"),
    [
        (Wish(), ["HCPC2027_JAN_ANWEB.txt"], [], ("2027 January", "2027-01-01", "2027-03-31")),
        (Wish(), ["october-2026-alpha-numeric-hcpcs-file.zip/a.txt"], [], ("2026 October", "2026-10-01", "2026-12-31")),
        (Wish(), ["anweb.txt"], ["2020-01-01", "2026-07-01", ""], ("2026 July", "2026-07-01", "2026-09-30")),
        (Wish("2027 April"), ["anweb.txt"], ["2026-07-01"], ("2027 April", "2027-04-01", "2027-06-30")),
        (Wish("mine", "2026-02-01"), ["a.txt"], ["2026-07-01"], ("mine", "2026-02-01", "")),
    ],
)
def test_quarters(wish: Wish, names: list[str], effective: list[str], expected: tuple[str, str, str]) -> None:
    found = quarter_release(wish, names, effective)
    assert (found.name, found.starts, found.ends) == expected


def test_calendar_years() -> None:
    found = year_release(Wish("2027"), ["a.txt"])
    assert (found.name, found.starts, found.ends, found.title) == ("2027", "2027-01-01", "2027-12-31", "CPT 2027")
    with pytest.raises(CorpusError, match="--release"):
        year_release(Wish(), ["a.txt"])


@pytest.mark.parametrize(("starts", "ends"), [("1/1/2027", ""), ("", "soon"), ("2027-02-01", "2027-01-01")])
def test_days_are_checked(starts: str, ends: str) -> None:
    with pytest.raises(CorpusError, match=r"--from|--to"):
        Wish("FY2027", starts, ends)
