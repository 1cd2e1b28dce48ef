"""Paper forms: which fact lands in which box, what does not fit is told, and positions are those of the grid."""

import dataclasses
import io
from datetime import date
from itertools import combinations
from typing import Any

import pytest
from pypdf import PdfReader

from assistant.claim.claim import Claim, ClaimForm, Extra
from assistant.claim.draft import draft_claim
from assistant.claim.forms.cms1500 import fill_cms1500
from assistant.claim.forms.pdf import overlay_pdf, position, readable_pdf
from assistant.claim.forms.sheet import COLUMN, LINE, Page, layout
from assistant.claim.forms.ub04 import fill_ub04
from assistant.guidelines.finding import Severity
from assistant.review.encounter import encounter_from_record
from tests.claim.samples import claim, encounter, facility_record, record

MADE = date(2026, 11, 23)


def lines(count: int) -> list[dict[str, Any]]:
    base = record()["services"]
    return [{**base[at % len(base)], "control_number": f"L-{at}"} for at in range(count)]


def drafted(**more: Any) -> Claim:
    return draft_claim(encounter(**more))


def stay(**more: Any) -> Claim:
    read = encounter_from_record(facility_record(**more), "stay")
    return draft_claim(read, "stay", ClaimForm.INSTITUTIONAL)


def marks(page: Page) -> dict[str, str]:
    """Text by place; rows of a table as `place@row`."""
    return {item.place + (f"@{item.row}" if item.table else ""): item.text for item in page.marks}


def test_the_demo_claim_box_by_box() -> None:
    (page,), findings = fill_cms1500(claim())
    said = marks(page)
    expected = {
        "1.other": "X", "1a": "BMH4471902", "2": "TANAKA-REYES, MARISOL", "3.month": "05", "3.day": "14",
        "3.year": "1961", "3.female": "X", "6.self": "X", "10a.no": "X", "10b.no": "X", "10c.no": "X", "11d.no": "X",
        "21.version": "0", "21.A": "E1122", "21.E": "S93402A", "23": "36D0998877", "24A.from.month@0": "11",
        "24A.to.year@0": "26", "24B@0": "11", "24D.code@0": "99214", "24D.first@0": "25", "24E@0": "ABCD",
        "24E@1": "E", "24F.dollars@0": "245", "24F.cents@0": "00", "24G@0": "1", "24I@0": "ZZ",
        "24J.other@0": "207Q00000X", "24J.npi@0": "1881764595", "25.number": "311234567", "25.ein": "X",
        "26": "DEMO1001", "27.yes": "X", "28.dollars": "485", "28.cents": "00", "31": "SIGNATURE ON FILE",
        "33.area": "937", "33.phone": "5550142", "33.name": "MIAMI VALLEY FAMILY MEDICINE LLC",
        "33.city": "DAYTON OH 45410-1122", "33a": "1497758544", "33b": "ZZ207Q00000X",
    }  # fmt: skip
    assert {place: said.get(place) for place in expected} == expected
    assert not {"3.male", "22.code", "29.dollars", "24C@0", "32.name"} & set(said)
    assert [item.severity for item in findings] == [Severity.INFO]


def test_circumstances_changed_claims_drugs_and_another_policy() -> None:
    base = record()
    services = lines(2)
    services[0].update(drug={"ndc": "00409128331", "quantity": "2.5", "unit": "ML"}, emergency=True)
    holder = {"last_name": "Reyes", "first_name": "Jo", "birth_date": "1960-01-02", "sex": "male"}
    other = {
        "payer": {"name": "First Plan", "id": "FP1"}, "member_id": "S1", "relationship": "self",
        "filing_indicator": "CI", "responsibility": "primary",
        "adjudication": {"paid": "100.50", "date": "2026-11-20"},
    }  # fmt: skip
    coverage = {
        **base["coverage"], "relationship": "spouse", "subscriber": holder, "responsibility": "secondary",
        "group_number": "G-1",
    }  # fmt: skip
    made = drafted(
        services=services, coverage=coverage, other_coverages=[other], frequency="replacement",
        payer_control_number="PCN9", accident={"kind": "auto", "date": "2026-11-08", "state": "OH"},
        onset_date="2026-11-07", last_seen_date="2026-11-01", admission_date="2026-11-01", discharge_date="2026-11-03",
        referring_provider={"npi": "1234567893", "last_name": "Okafor", "first_name": "Chidi"},
        supervising_provider={"npi": "1881764595", "last_name": "Lindqvist", "first_name": "Asha"},
        prior_authorization="AUTH1", patient_paid="20.00", note="See letter", accept_assignment=False,
    )  # fmt: skip
    (page,), findings = fill_cms1500(made)
    said = marks(page)
    expected = {
        "1.group": "X", "4": "REYES, JO", "6.spouse": "X", "9": "TANAKA-REYES, MARISOL", "9a": "S1",
        "9d": "FIRST PLAN", "10b.yes": "X", "10b.state": "OH", "10c.no": "X", "11": "G-1", "11a.male": "X",
        "11d.yes": "X", "14.kind": "431", "14.day": "07", "15.kind": "304", "17.kind": "DN",
        "17.name": "CHIDI OKAFOR", "17b": "1234567893", "18.from.day": "01", "18.to.day": "03", "19": "SEE LETTER",
        "22.code": "7", "22.number": "PCN9", "23": "AUTH1", "24.supplement@0": "N400409128331 ML2.5", "24C@0": "Y",
        "27.no": "X", "29.dollars": "120", "29.cents": "50",
    }  # fmt: skip
    assert {place: said.get(place) for place in expected} == expected
    told = "\n".join(item.message for item in findings)
    for sentence in ("box 15: one date fits; 2026-11-08", "role DQ", "the CLIA number", "earlier payer has answered"):
        assert sentence in told


def test_medicare_first_says_none_in_box_11() -> None:
    (page,), _ = fill_cms1500(drafted(coverage={**record()["coverage"], "filing_indicator": "MB"}))
    said = marks(page)
    assert said["1.medicare"] == "X" and said["11"] == "NONE" and "4" not in said and "7.street" not in said


@pytest.mark.parametrize(("count", "pages"), [(1, 1), (6, 1), (7, 2), (12, 2), (13, 3)])
def test_six_lines_a_page_and_the_total_on_the_last(count: int, pages: int) -> None:
    made = drafted(services=lines(count))
    filled, _ = fill_cms1500(made)
    assert [page.of for page in filled] == [pages] * pages
    codes = [item.text for page in filled for item in page.marks if item.place == "24D.code"]
    assert codes == [line.procedure for line in made.lines]
    for page in filled[:-1]:
        assert marks(page)["28.continued"] == "CONTINUED" and "28.dollars" not in marks(page)
    assert marks(filled[-1])["28.dollars"] == str(int(made.total))
    assert all(marks(page)["21.A"] == "E1122" and marks(page)["2"] for page in filled)


@pytest.mark.parametrize(
    ("more", "box", "place"),
    [
        ({"control_number": "A" * 15}, "26", "26"),
        ({"prior_authorization": "A" * 30, "clia_number": ""}, "23", "23"),
        ({"note": "word " * 14 + "abcdefghi"}, "19", "19"),
        ({"services": [{"procedure": "99214", "charge": "1000000.00"}]}, "24F, row 1", "24F.dollars@0"),
        ({"services": [{"procedure": "99214", "charge": "1.00", "units": "1000"}]}, "24G, row 1", "24G@0"),
    ],
)
def test_what_is_too_long_is_an_error_and_never_cut(more: dict[str, Any], box: str, place: str) -> None:
    (page,), findings = fill_cms1500(drafted(**more))
    found = [item for item in findings if item.rule == "CL-0701"]
    assert len(found) == 1 and f"box {box} holds" in found[0].message and found[0].severity is Severity.ERROR
    assert place not in marks(page)
    longest = max(len(text) for text in page.boxes.values())
    assert longest >= 15 and page.boxes.get("26") == drafted(**more).control_number


def test_a_claim_with_segments_no_box_shows_says_so() -> None:
    _, findings = fill_cms1500(claim(extras=(Extra("2300", 0, 1, ("PWK", "OZ", "BM")),)))
    assert any("PWK" in item.message for item in findings)


def test_the_stay_locator_by_locator() -> None:
    (page,), findings = fill_ub04(stay(note="Second stay this year"), MADE)
    said = marks(page)
    expected = {
        "1.name": "MIAMI VALLEY FAMILY MEDICINE LLC", "1.phone": "9375550142", "3a": "STAY1001", "4": "0111",
        "5": "311234567", "6.from": "110226", "6.to": "110626", "8.name": "TANAKA-REYES, MARISOL", "9.city": "DAYTON",
        "10": "05141961", "11": "F", "12": "110226", "13": "09", "14": "1", "15": "1", "16": "14", "17": "01",
        "42@0": "0120", "44@0": "1200.00", "46@0": "4", "47@0": "480000", "44@1": "71046", "47@1": "31050",
        "42.total": "0001", "47.total": "552257", "page.number": "1", "page.of": "1", "made": "112326",
        "50@0": "BUCKEYE MUTUAL HEALTH PLAN", "51@0": "BMHP1", "52@0": "Y", "53@0": "Y", "56": "1497758544",
        "58@0": "TANAKA-REYES, MARISOL", "59@0": "18", "60@0": "BMH4471902", "66": "0", "67.principal": "J189",
        "67.principal.present": "Y", "67.A": "E1122", "67.B": "N1832", "69": "R0602", "71": "208", "72.a": "W19XXXA",
        "74.principal.code": "0BH17EZ", "74.principal.date": "110326", "74.a.code": "5A1935Z", "76.npi": "1234567893",
        "76.last": "OKAFOR", "80.1": "SECOND STAY THIS", "80.2": "YEAR", "81.a.kind": "B3", "81.a.code": "207Q00000X",
    }  # fmt: skip
    assert {place: said.get(place) for place in expected} == expected
    assert "45@1" not in said, "the lines of a stay carry no date"
    assert not any(item.severity is Severity.ERROR for item in findings)


def test_payers_in_the_order_of_payment_and_lines_over_two_pages() -> None:
    first = {
        "payer": {"name": "First Plan", "id": "FP1"}, "member_id": "S1", "relationship": "self",
        "filing_indicator": "CI", "responsibility": "primary",
        "adjudication": {"paid": "1000.00", "date": "2026-11-20", "control_number": "ICN5"},
    }  # fmt: skip
    services = [{"procedure": "71046", "revenue_code": "0324", "charge": "10.00"} for _ in range(23)]
    coverage = {**facility_record()["coverage"], "responsibility": "secondary"}
    made = stay(services=services, coverage=coverage, other_coverages=[first], prior_authorization="AUTH7")
    (one, two), _ = fill_ub04(made, MADE)
    said = marks(two)
    assert (said["50@0"], said["54@0"], said["64@0"]) == ("FIRST PLAN", "100000", "ICN5")
    assert (said["51@1"], said["63@1"]) == ("BMHP1", "AUTH7") and "54@1" not in said
    assert said["47.total"] == "23000" and said["42@0"] == "0324" and "42@1" not in said
    assert "47.total" not in marks(one) and marks(one)["page.of"] == "2" and marks(one)["42@21"] == "0324"


def test_an_outpatient_bill_carries_the_dates_of_its_lines() -> None:
    facility = {**facility_record()["facility"], "bill_type": "13"}
    (page,), _ = fill_ub04(stay(facility=facility), MADE)
    assert marks(page)["45@1"] == "110226"


def test_condition_occurrence_and_value_codes_reach_their_locators_and_too_many_are_told() -> None:
    facility = {
        **facility_record()["facility"],
        "occurrences": [
            {"code": "70", "date": "2026-11-01", "end_date": "2026-11-03"},
            {"code": "11", "date": "2026-11-01"},
        ],
        "values": [{"code": "A1", "amount": "1132.50"}],
        "covered_days": 4,
        "patient_due": "88.00",
        "accident_state": "OH",
    }
    services = [{**line, "noncovered_charge": "12.50"} for line in facility_record()["services"]]
    (page,), findings = fill_ub04(stay(facility=facility, services=services, condition_codes=["09", "40"]), MADE)
    said = marks(page)
    assert (said["18.1"], said["18.2"]) == ("09", "40")
    assert (said["31.1a.code"], said["31.1a.date"]) == ("11", "110126")
    assert (said["35.1a.from"], said["35.1a.to"]) == ("110126", "110326")
    assert (said["39.1a.amount"], said["39.2a.code"], said["39.2a.amount"]) == ("113250", "80", "400")
    assert (said["29"], said["55@0"], said["48@0"], said["48.total"]) == ("OH", "8800", "1250", "3750")
    assert not any(item.rule == "CL-0702" for item in findings)
    many = dataclasses.replace(stay(), conditions=tuple(f"{at:02}" for at in range(12)))
    many = dataclasses.replace(many, extras=(Extra("2300", 0, 1, ("PWK", "OZ")),))
    _, findings = fill_ub04(many, MADE)
    told = "\n".join(item.message for item in findings)
    assert "box 18: 11 codes fit and the claim has 12" in told and "PWK" in told


def test_the_boxes_of_accident_work_and_screening() -> None:
    coverage = {**record()["coverage"], "casualty_number": "WC-77"}
    services = record()["services"]
    services[0].update(epsdt=True, note="Second line of words")
    more = {"disability_start": "2026-11-09", "disability_end": "2026-11-12", "condition_codes": ["02", "AJ"]}
    made = draft_claim(encounter(coverage=coverage, services=services, **more))
    (page,), findings = fill_cms1500(made)
    said = marks(page)
    assert (said["10d"], said["11b.kind"], said["11b.number"]) == ("02 AJ", "Y4", "WC-77")
    assert (said["16.from.day"], said["16.to.day"], said["24H@0"]) == ("09", "12", "Y")
    assert said["24.supplement@0"] == "ZZSECOND LINE OF WORDS"
    assert not [item for item in findings if item.severity is not Severity.INFO]


@pytest.mark.parametrize("name", ["cms1500", "ub04"])
def test_places_stay_on_the_paper_and_do_not_overlap(name: str) -> None:
    form = layout(name)
    boxes = []
    for place, at in form.places.items():
        if place in form.alternatives:
            continue
        table = form.tables.get(form.repeating.get(place, ""))
        for row in range(table.lines if table else 1):
            x, down = form.point(at, row * table.step if table else 0)
            assert x >= 0 and x + at.characters * COLUMN <= 612 and 0 < down <= 792 - 9, place
            boxes.append((place, row, round(down / LINE, 3), at.column, at.column + at.characters))
    clashes = [
        (one, other)
        for one, other in combinations(boxes, 2)
        if one[2] == other[2] and one[3] < other[4] and other[3] < one[4]
    ]
    assert clashes == []


@pytest.mark.parametrize("name", ["cms1500", "ub04"])
def test_every_box_of_the_readable_page_has_a_label_and_every_filled_box_is_on_it(name: str) -> None:
    form = layout(name)
    shown = {box for row in form.rows if not isinstance(row, str) for box, _ in row}
    columns = {box for table in form.tables.values() for box, _ in table.columns}
    assert {row for row in form.rows if isinstance(row, str)} == set(form.tables)
    assert shown | columns == set(form.labels)
    pages = fill_cms1500(claim())[0] if name == "cms1500" else fill_ub04(stay(note="x"), MADE)[0]
    assert set(pages[0].boxes) <= shown
    assert all(set(entry) <= columns | {"44"} for rows in pages[0].tables.values() for entry in rows)


def placed(pdf: bytes, page: int = 0) -> list[tuple[str, float, float]]:
    """Text with the place pypdf finds it at."""
    found: list[tuple[str, float, float]] = []

    def visit(text: str, _matrix: Any, at: Any, _font: Any, _size: Any) -> None:
        if text.strip():
            found.append((text.strip(), round(at[4], 1), round(at[5], 1)))

    PdfReader(io.BytesIO(pdf)).pages[page].extract_text(visitor_text=visit)
    return found


def test_the_overlay_holds_exactly_the_marks_where_the_grid_says() -> None:
    form = layout("cms1500")
    pages, _ = fill_cms1500(claim())
    for offset in ((0.0, 0.0), (4.5, -3.0)):
        found = placed(overlay_pdf(form, pages, offset))
        expected = []
        for mark in pages[0].marks:
            x, y, _ = position(form, mark, offset)
            expected.append((mark.text, round(x, 1), round(y, 1)))
        assert sorted(found) == sorted(expected)
    # Member number: line 8, column 50 of a form that begins 24 points from the left and 20 from the top.
    assert ("BMH4471902", 376.8, 676.0) in placed(overlay_pdf(form, pages))
    assert ("BMH4471902", 381.3, 679.0) in placed(overlay_pdf(form, pages, (4.5, -3.0)))


def test_amounts_end_in_one_column() -> None:
    form = layout("cms1500")
    pages, _ = fill_cms1500(drafted(services=lines(4)))
    ends = {
        round(position(form, mark)[0] + len(mark.text) * COLUMN, 3)
        for mark in pages[0].marks
        if mark.place == "24F.dollars"
    }
    assert len({mark.text for mark in pages[0].marks if mark.place == "24F.dollars"}) > 1 and len(ends) == 1


def test_narrow_print_stays_in_its_box() -> None:
    form = layout("cms1500")
    (page,), _ = fill_cms1500(claim())
    mark = next(item for item in page.marks if item.place == "33.name")
    _, _, size = position(form, mark)
    assert size < 12 and len(mark.text) * size * 0.6 <= form.places["33.name"].characters * COLUMN


def test_the_readable_page_says_every_box_in_full_and_names_no_form_text() -> None:
    note = "word " * 14 + "abcdefghi"
    pages, _ = fill_cms1500(drafted(note=note))
    text = " ".join(PdfReader(io.BytesIO(readable_pdf(layout("cms1500"), pages))).pages[0].extract_text().split())
    for value in (
        note,
        "Tanaka-Reyes, Marisol",
        "99214 25",
        "485.00",
        "24D Procedure, modifiers",
        "33b Taxonomy of 33",
    ):
        assert " ".join(value.split()) in text


def test_a_long_readable_page_goes_on_overleaf() -> None:
    services = [
        {"procedure": "99214", "charge": "1.00", "description": "long words " * 7, "units": "1"} for _ in range(6)
    ]
    form = layout("cms1500")
    narrow, _ = fill_cms1500(drafted(services=services))
    narrow[0].boxes["19"] = "word " * 600
    reader = PdfReader(io.BytesIO(readable_pdf(form, narrow)))
    assert len(reader.pages) == 2 and "33b" in reader.pages[1].extract_text()


@pytest.mark.parametrize("overlay", [True, False])
def test_bytes_are_the_same_each_time(overlay: bool) -> None:
    def made() -> bytes:
        form = layout("ub04")
        pages, _ = fill_ub04(stay(), MADE)
        return overlay_pdf(form, pages, test_page=True) if overlay else readable_pdf(form, pages)

    assert made() == made()
