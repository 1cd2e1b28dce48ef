"""MS-DRG and HCC: by the discharge date and the payment year, with reasons when they are not known."""

import json
from pathlib import Path
from typing import Any

import pytest

from assistant.claim.grouping import Grouping, grouping_of, told
from assistant.cli import main
from assistant.review.encounter import encounter_from_record
from assistant.services import Services
from corpus.library import CodeBook
from tests.claim.samples import facility_record, record


def stay(**more: Any) -> Grouping:
    return grouping_of(encounter_from_record(facility_record(**more), "stay"))


def codes(*said: str) -> list[dict[str, str]]:
    return [{"code": code, "status": "confirmed", "present_on_admission": "Y"} for code in said]


@pytest.mark.parametrize(
    ("diagnoses", "procedures", "drg"),
    [
        (("J18.9", "J96.01"), (), "193"),
        (("J18.9", "N39.0"), (), "194"),
        (("J18.9", "I10"), (), "195"),
        (("J18.9",), ("5A1935Z",), "208"),
        (("K35.80",), ("0DTJ4ZZ",), "399"),
        (("I50.23", "J96.01"), (), "291"),
    ],
)
def test_the_group_of_a_stay(diagnoses: tuple[str, ...], procedures: tuple[str, ...], drg: str) -> None:
    """Published groups of well-known stays: pneumonia by complication, ventilation, appendectomy, heart failure."""
    items = [{"code": code, "system": "icd10pcs", "status": "confirmed"} for code in procedures]
    found = stay(diagnoses=codes(*diagnoses), procedures=items).drg
    assert found and (found.drg, found.version) == (drg, "44.0")


def test_unconfirmed_codes_do_not_count() -> None:
    listed = [*codes("J18.9"), {"code": "J96.01", "status": "proposed"}]
    found = stay(diagnoses=listed, procedures=[{"code": "5A1935Z", "system": "icd10pcs", "status": "rejected"}]).drg
    assert found and found.drg == "195"


def test_complications_are_named() -> None:
    found = stay(diagnoses=codes("J18.9", "J96.01", "I10"), procedures=[]).drg
    assert found and found.severity == "MCC" and found.complications == (("J96.01", "MCC"),)


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"date_of_service": "2015-11-02", "end_date": "2015-11-06"}, "no version"),
        ({"date_of_service": "2029-11-02", "end_date": "2029-11-06"}, "no version"),
        ({"facility": None}, "patient status"),
        ({"patient": None}, "age and sex"),
        ({"facility": {**facility_record()["facility"], "patient_status": "30"}}, "not been discharged"),
        ({"diagnoses": codes("W19.XXXA")}, "cannot group this stay"),
    ],
)
def test_what_is_not_known_is_said(more: dict[str, Any], sentence: str) -> None:
    found = stay(**more).drg
    assert found and not found.drg and sentence in found.note


def test_the_version_follows_the_discharge_date() -> None:
    versions = []
    for end in ("2025-09-30", "2025-10-01", "2026-03-31", "2026-04-01", "2026-10-01"):
        found = stay(diagnoses=codes("J18.9"), date_of_service="2025-09-29", end_date=end).drg
        versions.append(found.version if found else "")
    assert versions == ["42.1", "43.0", "43.0", "43.1", "44.0"]


def test_categories_of_an_office_visit_and_what_takes_the_place_of_what() -> None:
    listed = [{"code": code, "status": "confirmed"} for code in ("E11.22", "E11.9", "N18.32", "N18.4", "I10")]
    coverage = {**record()["coverage"], "filing_indicator": "16"}
    found = grouping_of(encounter_from_record(record(diagnoses=listed, coverage=coverage), "visit"))
    assert found.drg is None and found.hcc
    assert (found.hcc.model, found.hcc.payment_year) == ("CMS-HCC V28", 2027)
    said = {item.number: (item.codes, item.below) for item in found.hcc.categories}
    assert said["37"] == (("E11.22",), "") and said["38"] == (("E11.9",), "37")
    assert said["327"] == (("N18.4",), "") and said["328"] == (("N18.32",), "327")
    (line,) = told(found)
    assert "HCC 37 " in line and "HCC 38 " not in line
    private = grouping_of(encounter_from_record(record(diagnoses=listed), "visit"))
    assert private.hcc and not private.hcc.risk_adjusted and told(private) == ()


def test_a_year_without_mapping_is_said() -> None:
    coverage = {**record()["coverage"], "filing_indicator": "16"}
    old = grouping_of(encounter_from_record(record(date_of_service="2019-05-05", coverage=coverage), "visit"))
    assert old.hcc and not old.hcc.categories and old.hcc.unknown and "payment year 2020" in told(old)[0]


def test_nothing_confirmed_is_nothing_grouped() -> None:
    listed = [{"code": "J18.9", "status": "proposed"}]
    assert stay(diagnoses=listed) == Grouping(None, None)


def test_draft_and_check_show_it(
    home: Path, capsys: pytest.CaptureFixture[str], book: CodeBook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Services, "codebook", property(lambda _: book))
    (home / "e.json").write_text(json.dumps(facility_record()))
    out = ["claim", "draft", str(home / "e.json"), "--out", str(home / "c.837"), "--form", "837i"]
    assert main([*out, "--json"]) in (0, 1)
    (said,) = json.loads(capsys.readouterr().out)["grouping"]
    assert said["claim"] == "STAY1001" and said["drg"]["drg"] == "208" and said["drg"]["version"] == "44.0"
    assert main(out) in (0, 1)
    assert "For information, claim STAY1001: MS-DRG 208 " in capsys.readouterr().out
    main(["check", "--encounter", str(home / "e.json"), "--json"])
    assert json.loads(capsys.readouterr().out)["grouping"]["drg"]["drg"] == "208"
    main(["check", "--encounter", str(home / "e.json")])
    assert "For information: MS-DRG 208 " in capsys.readouterr().out
