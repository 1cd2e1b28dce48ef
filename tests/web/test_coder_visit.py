"""The details of a visit as a form: what it writes into the record, and what it leaves alone."""

from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from assistant.errors import InputError
from assistant.web.coder_missing import in_words
from assistant.web.coder_visit import faults_of, filled, form_html, shown
from assistant.web.coder_visit_fields import FIELDS, LINE
from assistant.web.samples import sample_details
from assistant.web.words import speaking
from tests.web.test_coder import suggest

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from assistant.services import Services


def as_shown(details: dict[str, Any]) -> tuple[dict[str, str], list[dict[str, Any]]]:
    """What the browser sends for an untouched form."""
    lines = [
        {
            **{name: " ".join(line[name]) if isinstance(line.get(name), list) else line.get(name, "") for name in LINE},
            "from": at,
        }
        for at, line in enumerate(details["services"])
    ]
    return {path: shown(details, path) for path in FIELDS}, lines


def test_an_untouched_form_changes_nothing() -> None:
    details = sample_details()
    assert filled(details, *as_shown(details)) == details


def test_fields_are_set_taken_away_and_cleaned() -> None:
    details = sample_details()
    fields, lines = as_shown(details)
    fields |= {"patient.birth_date": "5/4/1961", "patient.address.state": "oh", "coverage.filing_indicator": " "}
    lines[0] |= {"charge": "$1,245", "modifiers": "25, 59", "diagnoses": "e11.9 i10"}
    lines[1] |= {"charge": "some"}
    del lines[2]
    lines.append(dict.fromkeys(LINE, "") | {"from": None})
    made = filled(details, fields, lines)
    assert made["patient"]["birth_date"] == "1961-05-04" and made["patient"]["address"]["state"] == "OH"
    assert "filing_indicator" not in made["coverage"]
    assert [line["procedure"] for line in made["services"]] == ["99214", "29540", "L1902"]
    first = {"charge": "1245.00", "modifiers": ["25", "59"], "diagnoses": ["E11.9", "I10"]}
    assert made["services"][0].items() >= first.items()
    assert made["services"][0]["control_number"] == "DEMO1001-1", "what the form has no field for stays"
    said = faults_of(made, "visit", "2026-11-09", "outpatient")
    assert said == "To be mended: Line 2: Charge is not a number.", "what cannot be read is told, not dropped"


def test_an_emptied_form_leaves_nothing_behind() -> None:
    details = sample_details()
    fields, _ = as_shown(details)
    del details["control_number"], details["clia_number"]
    assert filled(details, dict.fromkeys(fields, ""), []) == {}


def test_the_subscriber_goes_when_the_patient_holds_the_policy() -> None:
    details = sample_details()
    fields, lines = as_shown(details)
    other = {"coverage.relationship": "child", "coverage.subscriber.last_name": "Reyes"}
    held = filled(details, fields | other, lines)
    assert held["coverage"]["subscriber"] == {"last_name": "Reyes"}
    assert "subscriber" not in filled(held, fields | other | {"coverage.relationship": "self"}, lines)["coverage"]


def test_an_accepted_modifier_goes_with_its_line() -> None:
    details = sample_details() | {"accept_modifiers": ["1-59", "2-RT"]}
    fields, lines = as_shown(details)
    assert filled(details, fields, lines)["accept_modifiers"] == ["1-59", "2-RT"]
    assert filled(details, fields, lines[:1])["accept_modifiers"] == ["1-59"]


@pytest.mark.parametrize(("fields", "lines"), [([], []), ({}, {}), ({}, [{}] * 51)])
def test_what_no_form_of_ours_sends_is_refused(fields: object, lines: object) -> None:
    with pytest.raises(InputError):
        filled({}, fields, lines)


def test_what_stands_in_the_form_is_escaped() -> None:
    hostile = '"><script>1</script>'
    html = form_html({"patient": {"last_name": hostile}}, False, {"sb-payers": [("1", hostile)]})
    assert "<script>" not in html and "&lt;script&gt;" in html


@pytest.mark.parametrize(
    ("fault", "english", "spanish"),
    [
        ("patient.last_name is missing", "Patient: Last name: not given", "Paciente: "),
        ("services (the lines to bill) is missing", "Lines to bill: not given", "L"),
        ("services[2].charge is missing", "Line 2: Charge: not given", "L"),
        ("control_number is missing", "Visit: Your claim number: not given", "Visita: "),
        ("coverage.subscriber is missing", "Subscriber (who holds the policy): not given", ""),
        ("no diagnosis is confirmed", "no diagnosis is confirmed", "no hay ning"),
        ("delay_reason is longer than 2 characters", "delay_reason is longer than 2 characters", "delay_reason tiene"),
    ],
)
def test_what_is_missing_is_named_as_the_form_names_it(fault: str, english: str, spanish: str) -> None:
    assert in_words(fault) == english
    with speaking("es"):
        assert in_words(fault).startswith(spanish) and not {"missing", "given"} & set(in_words(fault).split())


@pytest.mark.browser
def test_a_visit_is_billed_from_the_form(visit: "Page", own_services: "Services", tmp_path_factory: Any) -> None:
    from assistant.claim.site import SiteData

    folder = tmp_path_factory.mktemp("site")
    (folder / "providers.csv").write_text(
        "npi,organization,tax_id,taxonomy,line1,city,state,zip,contact_name,phone\n"
        "1497758544,Miami Valley Family Medicine,311234567,207Q00000X,1200 Wayne Ave,Dayton,OH,454101122,Billing,9375550142\n"
    )
    (folder / "payers.csv").write_text("id,name,filing_indicator\nBMHP1,Buckeye Mutual Health Plan,CI\n")
    (folder / "fees.csv").write_text("code,charge\n99213,160.00\n")
    SiteData(own_services.engine).load(sorted(folder.iterdir()))

    visit.locator("#sb-visit-id").fill("by-form")
    suggest(visit, "ASSESSMENT: Primary osteoarthritis of the right knee. Injected the right knee today.")
    visit.locator("#sb-cards .sb-card").first.wait_for()
    visit.keyboard.press("d")
    form = visit.locator("#sb-visit-form")
    expect(form.get_by_label("Last name").first).to_be_focused()
    expect(form.get_by_text("Subscriber (who holds the policy)")).to_be_hidden()
    for name, value in {
        "patient.last_name": "Tanaka-Reyes", "patient.first_name": "Marisol", "patient.birth_date": "5/14/1961",
        "patient.address.line1": "418 Alder Street", "patient.address.city": "Dayton", "patient.address.state": "oh",
        "patient.address.zip": "45402", "coverage.payer.id": "BMHP1", "coverage.member_id": "BMH4471902",
        "billing_provider.npi": "1497758544", "place_of_service": "11",
    }.items():  # fmt: skip
        form.locator(f"[name='{name}']").fill(value)
    form.locator("[name='patient.sex']").select_option("female")
    expect(form.locator(".sb-offered", has_text="Buckeye Mutual Health Plan")).to_be_visible()
    rows = form.locator(".sb-bill-line")
    rows.first.get_by_label("Procedure").fill("99213")
    form.get_by_role("button", name="Add a line").click()
    rows.nth(1).get_by_label("Procedure").fill("20610")
    rows.nth(1).get_by_label("Charge").fill("$95")
    rows.nth(1).get_by_label("Charge").press("Enter")
    expect(rows.first.get_by_label("Charge")).to_have_attribute("placeholder", "160.00")
    expect(visit.locator("#sb-details-shown")).to_contain_text("Tanaka-Reyes")

    visit.locator("#sb-accept-all").click()
    visit.locator("#sb-submit").click()
    claim = visit.locator("#sb-claim")
    expect(claim).to_contain_text("Total charge $255.00")
    expect(claim).to_contain_text("Drafted, not yet answered")
    number = claim.locator("h3", has_text="Claim SB").inner_text()
    proposals = claim.locator(".sb-proposal")
    expect(proposals.first).to_contain_text("99213")
    visit.keyboard.press("m")
    add = visit.locator("[data-modifier]:focus")
    key = str(add.get_attribute("data-modifier"))
    before = len(own_services.ledger.entries())
    add.press("Enter")
    back = claim.locator(f"[data-modifier-back='{key}']")
    expect(back).to_be_visible()
    expect(claim.locator("tbody tr").nth(int(key[0]) - 1)).to_contain_text(key[2:])
    expect(claim.locator("h3", has_text="Claim SB")).to_have_text(number)
    assert len(own_services.ledger.entries()) == before, "no code was decided on"
    back.click()
    expect(back).to_have_count(0)
    expect(claim.locator("h3", has_text="Claim SB")).to_have_text(number)
