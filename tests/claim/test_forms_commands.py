"""`superbill claim draft --form cms1500|ub04|fhir` as a person meets it."""

import json
from pathlib import Path

import pytest
from pypdf import PdfReader

from assistant.claim.history import ClaimHistory
from assistant.cli import main
from assistant.settings import load_settings
from assistant.store.engine import open_store
from tests.claim.samples import facility_record, record


def draft(home: Path, said: dict[str, object], *more: str) -> int:
    (home / "e.json").write_text(json.dumps(said))
    return main(["claim", "draft", str(home / "e.json"), "--out", str(home / "out"), *more])


def state(home: Path, number: str) -> str:
    found = ClaimHistory(open_store(load_settings({"SUPERBILL_HOME": str(home / "home")}))).get(number)
    return found.form if found else ""


@pytest.mark.parametrize(("form", "said"), [("cms1500", record()), ("ub04", facility_record())])
def test_a_readable_page(home: Path, form: str, said: dict[str, object]) -> None:
    assert draft(home, said, "--form", form) == 0
    text = PdfReader(home / "out").pages[0].extract_text()
    assert "Tanaka-Reyes, Marisol" in text and "For reading" in text
    assert state(home, str(said["control_number"])) == "", "a page to read is not a claim that was sent"


def test_an_overlay_with_test_page_is_kept_as_sent_on_paper(home: Path) -> None:
    assert draft(home, record(), "--form", "cms1500", "--overlay", "--offset=3,-1.5", "--test-page") == 0
    reader = PdfReader(home / "out")
    assert len(reader.pages) == 2 and "TANAKA-REYES" not in reader.pages[0].extract_text()
    assert "TANAKA-REYES, MARISOL" in reader.pages[1].extract_text()
    assert state(home, "DEMO1001") == "cms1500"


def test_paper_does_not_take_the_place_of_an_837(home: Path) -> None:
    assert draft(home, record()) == 0
    assert draft(home, record(), "--form", "cms1500", "--overlay") == 0
    assert state(home, "DEMO1001") == "837p"


def test_what_does_not_fit_is_status_1_and_named(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert draft(home, record(control_number="A" * 20), "--form", "cms1500", "--json") == 1
    found = json.loads(capsys.readouterr().out)["findings"]
    assert any(item["rule"] == "CL-0701" and "box 26 holds 14 characters" in item["message"] for item in found)


def test_several_claims_in_one_pdf(home: Path) -> None:
    paths = []
    for at in range(2):
        path = home / f"e{at}.json"
        path.write_text(json.dumps(record(id=f"v{at}", control_number=f"C{at}")))
        paths.append(str(path))
    assert main(["claim", "draft", *paths, "--form", "cms1500", "--out", str(home / "out")]) == 0
    assert len(PdfReader(home / "out").pages) == 2


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        (("--overlay",), "--overlay belongs to --form cms1500 or ub04"),
        (("--form", "fhir", "--test-page"), "--test-page belongs to --form"),
        (("--form", "ub04", "--offset=1,1"), "belong to --overlay"),
        (("--form", "cms1500", "--overlay", "--offset=1"), "two numbers in points"),
        (("--form", "cms1500", "--overlay", "--offset=1,x"), "two numbers in points"),
        (("--form", "cms1500", "--overlay", "--offset=nan,1"), "at most 144 points"),
        (("--form", "cms1500", "--overlay", "--offset=1,500"), "at most 144 points"),
    ],
)
def test_options_that_make_no_sense_are_refused(
    home: Path, more: tuple[str, ...], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert draft(home, record(), *more) == 2
    assert sentence in capsys.readouterr().err
    assert not (home / "out").exists()


def test_an_unconfirmed_code_reaches_no_form(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = record()
    for item in said["diagnoses"]:
        item["status"] = "proposed"
    for form in ("cms1500", "fhir"):
        assert draft(home, said, "--form", form) == 2
        assert "no diagnosis is confirmed" in capsys.readouterr().err
        assert not (home / "out").exists()


def test_one_claim_or_a_bundle_as_fhir(home: Path) -> None:
    assert draft(home, facility_record(), "--form", "fhir") == 0
    made = json.loads((home / "out").read_text())
    assert made["resourceType"] == "Claim" and made["type"]["coding"][0]["code"] == "institutional"
    (home / "f.json").write_text(json.dumps(record()))
    both = [str(home / "e.json"), str(home / "f.json")]
    assert main(["claim", "draft", *both, "--form", "fhir", "--out", str(home / "out")]) == 0
    made = json.loads((home / "out").read_text())
    assert made["resourceType"] == "Bundle"
    assert [item["resource"]["type"]["coding"][0]["code"] for item in made["entry"]] == [
        "institutional",
        "professional",
    ]
