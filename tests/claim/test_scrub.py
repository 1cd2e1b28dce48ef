"""The scrubber: one broken thing at a time, and each is found by the rule made for it; a clean claim stays clean."""

import dataclasses
import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from assistant.claim.checks.base import Context
from assistant.claim.claim import (
    Claim,
    ClaimAdjustment,
    ClaimDate,
    ClaimDiagnosis,
    ClaimForm,
    ClaimOccurrence,
    ClaimProcedure,
    ClaimValue,
    DiagnosisPointer,
    InstitutionalDetail,
    LineDecision,
    LineDrug,
    OtherPayer,
    Party,
    ServiceLine,
    Transport,
)
from assistant.claim.draft import draft_claim
from assistant.claim.reader import read_837
from assistant.claim.scrub import rules, scrub_claim, scrub_claims
from assistant.claim.site import UnitLimit
from assistant.guidelines.finding import Severity
from corpus.library import CodeBook
from tests.claim.samples import claim, encounter, file_of
from tests.claim.test_draft import secondary

TODAY = dt.date(2026, 11, 12)
Change = Callable[[Claim], Claim]


class Edits:
    """NCCI edits as an import would give them: one pair that never goes together, one that a modifier sets aside."""

    def pair(self, first: str, second: str, date: dt.date, hospital: bool = False) -> bool | None:
        return {("99214", "83036"): False, ("29540", "L1902"): True}.get((first, second))

    def most_units(self, code: str, date: dt.date, hospital: bool = False) -> UnitLimit | None:
        return {"83036": UnitLimit(1, True), "29540": UnitLimit(1, False)}.get(code)

    def parents(self, code: str, date: dt.date) -> frozenset[str] | None:
        return {"99417": frozenset({"99215"}), "0042T": frozenset[str]()}.get(code)

    def filing_days(self, payer: str) -> int | None:
        return 90 if payer == "P90" else None


def context(**more: Any) -> Context:
    return Context(today=TODAY, **more)


def rule_ids(made: Claim, **more: Any) -> set[str]:
    return {finding.rule for finding in scrub_claim(made, context(**more))}


def put(field: str, **more: Any) -> Change:
    """Replace fields of a nested value: `put("billing", id="...")`; `lines.0` names an item."""

    def change(made: Any, steps: list[str] | None = None) -> Any:
        steps = field.split(".") if steps is None else steps
        if not steps:
            return dataclasses.replace(made, **more)
        if isinstance(made, tuple):
            at = int(steps[0])
            return (*made[:at], change(made[at], steps[1:]), *made[at + 1 :])
        return dataclasses.replace(made, **{steps[0]: change(getattr(made, steps[0]), steps[1:])})

    return change


def both(*changes: Change) -> Change:
    def change(made: Claim) -> Claim:
        for one in changes:
            made = one(made)
        return made

    return change


def line(**more: Any) -> Change:
    return put("lines.0", **more)


def top(**more: Any) -> Change:
    return lambda made: dataclasses.replace(made, **more)


def diagnoses(*codes: str, rest: str = "ABF", first: str = "ABK") -> Change:
    made = tuple(ClaimDiagnosis(code, first if at == 0 else rest) for at, code in enumerate(codes))
    return top(diagnoses=made)


NOBODY = Party("82", "Okafor", "Chidi", person=True, id_kind="XX", id="1881764593")
DECIDED = LineDecision("BMHP1", Decimal(10), "99214", ("25",), Decimal(1), TODAY)
BEFORE = OtherPayer("P", "18", "CI", Party("IL", "X", person=True), Party("PR", "P", id_kind="PI", id="P1"))
OLD = dt.date(2014, 5, 5)

BREAKS: dict[str, Change] = {
    "CL-0101": put("billing", id="1497758545"),
    "CL-0102": top(providers=(NOBODY,)),
    "CL-0103": line(providers=(NOBODY,)),
    "CL-0104": put("billing", id="", id_kind=""),
    "CL-0105": put("billing", references=(("EI", "12"),)),
    "CL-0106": put("billing.address", line1=""),
    "CL-0107": put("billing.address", line1="P.O. Box 12"),
    "CL-0108": put("billing.address", zip="45410"),
    "CL-0110": put("billing", taxonomy="207Q000000"),
    "CL-0111": top(providers=(dataclasses.replace(NOBODY, taxonomy="12"),)),
    "CL-0112": put("subscriber", id="999999999"),
    "CL-0113": put("subscriber", id=""),
    "CL-0114": put("subscriber", name=""),
    "CL-0115": put("payer", id=""),
    "CL-0116": put("payer", name=""),
    "CL-0117": put("subscriber", birth_date=None, sex=""),
    "CL-0118": put("subscriber", sex="X"),
    "CL-0119": put("subscriber.address", line1=""),
    "CL-0120": put("subscriber", birth_date=dt.date(2026, 11, 10)),
    "CL-0121": put("subscriber", birth_date=dt.date(1890, 1, 1)),
    "CL-0122": top(death_date=dt.date(2026, 1, 1)),
    "CL-0123": put("subscriber", birth_date=dt.date(2030, 1, 1)),
    "CL-0124": top(relationship=""),
    "CL-0125": top(relationship="77"),
    "CL-0126": top(filing_indicator=""),
    "CL-0127": top(filing_indicator="QQ"),
    "CL-0128": put("billing.address", state="XX"),
    "CL-0129": put("subscriber.address", state="XX"),
    "CL-0130": put("subscriber", address=None),
    "CL-0131": put("billing", address=None),
    "CL-0132": put("subscriber.address", zip="123"),
    "CL-0201": diagnoses("E11.22", "E78.5", first="ABF"),
    "CL-0202": diagnoses("E11.22", "E78.5", first="BK", rest="BF"),
    "CL-0203": both(*(put(f"lines.{at}", start=OLD) for at in range(4))),
    "CL-0204": diagnoses("S93.402A", first="BK"),
    "CL-0205": diagnoses("E11.22", "E78.5", "E78.5"),
    "CL-0206": diagnoses("E11.22", *(f"E78.{at}" for at in range(12))),
    "CL-0209": diagnoses("E11.22", "E7"),
    "CL-0301": top(lines=()),
    "CL-0303": line(units=Decimal(0)),
    "CL-0304": line(charge=Decimal("-245.00")),
    "CL-0305": line(charge=Decimal("0.00")),
    "CL-0306": line(pointers=()),
    "CL-0307": line(pointers=(DiagnosisPointer(9),)),
    "CL-0308": line(pointers=tuple(DiagnosisPointer(at) for at in range(1, 6))),
    "CL-0309": line(pointers=(DiagnosisPointer(1), DiagnosisPointer(1))),
    "CL-0310": line(procedure=""),
    "CL-0311": line(procedure="9921"),
    "CL-0312": line(modifiers=("255",)),
    "CL-0313": line(modifiers=("25", "25")),
    "CL-0314": line(modifiers=("25", "57", "24", "GC", "GT")),
    "CL-0315": line(modifiers=("59", "XS")),
    "CL-0316": line(modifiers=("LT", "RT")),
    "CL-0317": line(modifiers=("26", "TC")),
    "CL-0318": line(start=None),
    "CL-0319": line(start=TODAY + dt.timedelta(days=1)),
    "CL-0320": line(end=TODAY + dt.timedelta(days=1)),
    "CL-0321": line(end=dt.date(2026, 11, 8)),
    "CL-0322": line(place_of_service="00"),
    "CL-0323": line(unit="XX"),
    "CL-0324": line(unit="MJ"),
    "CL-0325": line(procedure="00400"),
    "CL-0326": put("lines.1", procedure="99214", modifiers=("25",)),
    "CL-0327": put("lines.1", control_number="DEMO1001-1"),
    "CL-0328": line(drug=LineDrug("123", Decimal(1), "ML")),
    "CL-0329": line(drug=LineDrug("00026063512", Decimal(1), "OZ")),
    "CL-0330": line(drug=LineDrug("00026063512", Decimal(0), "ML")),
    "CL-0331": top(references=()),
    "CL-0332": line(modifiers=()),
    "CL-0401": top(total=Decimal("484.00")),
    "CL-0402": top(total=Decimal("0.00")),
    "CL-0403": top(patient_paid=Decimal("-1.00")),
    "CL-0404": top(patient_paid=Decimal("500.00")),
    "CL-0405": line(decisions=(DECIDED,)),
    "CL-0406": line(decisions=(DECIDED,)),
    "CL-0407": top(others=(dataclasses.replace(BEFORE, paid=Decimal("1.00")),)),
    "CL-0408": both(
        top(others=(dataclasses.replace(BEFORE, paid=Decimal("1.00")),)),
        line(decisions=(dataclasses.replace(DECIDED, payer_id="P1"),)),
    ),
    "CL-0409": top(responsibility="S", others=(BEFORE,)),
    "CL-0410": top(others=(dataclasses.replace(BEFORE, adjustments=(ClaimAdjustment("ZZ", "1", Decimal(1)),)),)),
    "CL-0411": line(decisions=(dataclasses.replace(DECIDED, adjustments=(ClaimAdjustment("ZZ", "1", Decimal(1)),)),)),
    "CL-0501": top(frequency="0"),
    "CL-0503": top(frequency="7"),
    "CL-0504": top(references=(("F8", "X1"), ("X4", "1"))),
    "CL-0507": top(control_number="X" * 21),
    "CL-0508": top(control_number=""),
    "CL-0509": both(*(put(f"lines.{at}", start=dt.date(2025, 10, 9)) for at in range(4))),
    "CL-0510": top(accident_causes=("OA",)),
    "CL-0511": top(dates=(ClaimDate("439", dt.date(2026, 11, 1)),)),
    "CL-0512": top(accident_causes=("AA",), dates=(ClaimDate("439", dt.date(2026, 11, 1)),)),
    "CL-0513": top(others=(BEFORE,)),
    "CL-0514": top(responsibility="S"),
    "CL-0515": top(facility_code="00"),
    "CL-0516": top(facility_qualifier="A"),
    "CL-0517": top(provider_signature="X"),
    "CL-0518": top(assignment="P"),
    "CL-0519": top(assign_benefits="X"),
    "CL-0520": top(release_information="X"),
    "CL-0338": line(procedure="A0427"),
    "CL-0339": line(procedure="A0427"),
    "CL-0340": line(procedure="A0427", modifiers=("25",)),
    "CL-0341": top(transport=Transport("A", Decimal(12))),
    "CL-0342": both(top(filing_indicator="MC"), line(procedure="J1885")),
    "CL-0343": top(filing_indicator="MB"),
    "CL-0344": top(filing_indicator="MB", references=()),
    "CL-0345": line(procedure="99232"),
    "CL-0346": line(place_of_service="21"),
    "CL-0347": line(procedure="99284"),
    "CL-0348": line(procedure="99308"),
    "CL-0349": line(procedure="99348"),
    "CL-0627": top(conditions=("2",)),
    "CL-0521": top(dates=(ClaimDate("431", dt.date(2030, 1, 1)),)),
}


def facility_claim() -> Claim:
    """A small outpatient facility claim that the scrubber has nothing to say about."""
    made = claim()
    lines = tuple(dataclasses.replace(one, revenue_code="0510", pointers=()) for one in made.lines[:1])
    return dataclasses.replace(
        made,
        form=ClaimForm.INSTITUTIONAL,
        facility_code="13",
        facility_qualifier="A",
        lines=lines,
        total=lines[0].charge,
        providers=(Party("71", "Okafor", "Chidi", person=True, id_kind="XX", id="1234567893"),),
        dates=(ClaimDate("434", dt.date(2026, 11, 9), dt.date(2026, 11, 9)),),
        institutional=InstitutionalDetail("3", "1", "01"),
    )


FACILITY_BREAKS: dict[str, Change] = {
    "CL-0109": put("billing.address", zip="45410"),
    "CL-0302": top(lines=()),
    "CL-0502": top(frequency="6"),
    "CL-0601": top(institutional=None),
    "CL-0602": top(dates=()),
    "CL-0603": top(facility_code="11"),
    "CL-0604": top(facility_code="11"),
    "CL-0605": top(facility_code="11"),
    "CL-0606": top(providers=()),
    "CL-0607": top(facility_code="11"),
    "CL-0608": top(institutional=InstitutionalDetail("3", "1", "30")),
    "CL-0609": line(revenue_code=""),
    "CL-0610": line(start=None),
    "CL-0611": line(revenue_code="510"),
    "CL-0612": top(facility_code="9"),
    "CL-0613": top(institutional=InstitutionalDetail("3", "1", "1")),
    "CL-0615": top(institutional=InstitutionalDetail("3", "1", "99")),
    "CL-0616": top(institutional=InstitutionalDetail("3", "7", "01")),
    "CL-0617": put("diagnoses.0", present_on_admission="X"),
    "CL-0618": top(institutional=InstitutionalDetail("3", "1", "01", "93")),
    "CL-0619": top(procedures=(ClaimProcedure("0DTJ4ZZ", "BBR", None),)),
    "CL-0620": top(procedures=(ClaimProcedure("0DTJ4ZZ", "BBR", dt.date(2026, 11, 5)),)),
    "CL-0621": top(procedures=(ClaimProcedure("0DTJ4ZZ", "BBR", dt.date(2026, 11, 9)),)),
    "CL-0622": top(facility_code="11", filing_indicator="MA"),
    "CL-0623": both(top(facility_code="11", values=(ClaimValue("80", Decimal(3)),)), line(revenue_code="0120")),
    "CL-0624": line(noncovered=Decimal("245.01")),
    "CL-0625": line(revenue_code="0001"),
    "CL-0626": top(occurrences=(ClaimOccurrence("70", dt.date(2026, 11, 3), dt.date(2026, 11, 1)),)),
    "CL-0614": top(institutional=InstitutionalDetail("7", "1", "01")),
}
ELSEWHERE = {
    "CL-0207",
    "CL-0208",
    "CL-0333",
    "CL-0334",
    "CL-0335",
    "CL-0505",
    "CL-0506",
    "CL-0336",
    "CL-0350",
    "CL-0523",
    "CL-0337",
    "CL-0522",
}
"""Rules with a test of their own below."""


def test_the_demo_claim_and_its_secondary_are_clean() -> None:
    assert rule_ids(claim()) <= {"CL-0207"}
    assert rule_ids(draft_claim(encounter(**secondary()))) <= {"CL-0207"}
    assert rule_ids(facility_claim()) == set()


@pytest.mark.parametrize("rule", BREAKS)
def test_one_break_is_found_by_its_rule(rule: str) -> None:
    assert rule not in rule_ids(claim())
    assert rule in rule_ids(BREAKS[rule](claim()))


@pytest.mark.parametrize("rule", FACILITY_BREAKS)
def test_one_break_of_a_facility_claim_is_found(rule: str) -> None:
    assert rule in rule_ids(FACILITY_BREAKS[rule](facility_claim()))


def test_every_rule_has_a_test() -> None:
    assert {rule.id for rule in rules()} == set(BREAKS) | set(FACILITY_BREAKS) | ELSEWHERE
    assert len({rule.id for rule in rules()}) == len(rules())


@pytest.mark.parametrize("code", ["E11.99", "E11", "E11.2", "S93.402", "R05"])
def test_unknown_codes_and_headers_are_errors(code: str, book: CodeBook) -> None:
    found = scrub_claim(diagnoses("E11.22", code)(claim()), context(codebook=book))
    assert any(code in finding.codes for finding in found if finding.severity is Severity.ERROR)


@pytest.mark.parametrize("day", [dt.date(2020, 9, 30), dt.date(2028, 11, 9)])
def test_a_code_that_was_not_yet_valid_or_a_date_nobody_knows_is_an_error(day: dt.date, book: CodeBook) -> None:
    made = both(*(put(f"lines.{at}", start=day) for at in range(4)), diagnoses("R05.1"))(claim())
    found = scrub_claim(made, Context(today=dt.date(2028, 12, 1), codebook=book))
    assert any("R05.1" in finding.codes for finding in found if finding.severity is Severity.ERROR)


def test_the_demo_diagnoses_are_no_error(book: CodeBook) -> None:
    found = scrub_claim(claim(), context(codebook=book))
    assert [finding for finding in found if finding.severity is Severity.ERROR] == []


def test_a_diagnosis_that_no_line_points_to_is_told() -> None:
    made = put("lines.0", pointers=tuple(DiagnosisPointer(at) for at in (1, 2, 3, 6)))
    rest = put("lines.2", pointers=tuple(DiagnosisPointer(at) for at in (1, 2, 3, 4)))
    assert "CL-0207" not in rule_ids(both(made, rest)(claim()))
    told = [finding.codes for finding in scrub_claim(claim(), context()) if finding.rule == "CL-0207"]
    assert told == [("Z79.84",)]


def test_imported_edits_are_applied() -> None:
    found = rule_ids(claim(), edits=Edits())
    assert {"CL-0333"} == found & {"CL-0333", "CL-0334", "CL-0335"}
    assert "CL-0334" in rule_ids(
        both(put("lines.1", modifiers=()), put("lines.3", modifiers=()))(claim()), edits=Edits()
    )
    assert "CL-0335" in rule_ids(put("lines.2", units=Decimal(2))(claim()), edits=Edits())


def test_unit_limits_count_by_day_or_by_line() -> None:
    twice = both(put("lines.0", procedure="83036"), put("lines.2", procedure="83036"))
    assert "CL-0335" in rule_ids(twice(claim()), edits=Edits())
    apart = both(twice, put("lines.0", start=dt.date(2026, 11, 8)))
    assert "CL-0335" not in rule_ids(apart(claim()), edits=Edits())
    by_line = both(put("lines.0", procedure="29540"), put("lines.1", procedure="29540"))
    assert "CL-0335" not in rule_ids(by_line(claim()), edits=Edits())
    assert "CL-0335" in rule_ids(put("lines.1", units=Decimal(2))(claim()), edits=Edits())


def test_an_add_on_code_needs_what_it_adds_to() -> None:
    added = put("lines.1", procedure="99417")
    assert "CL-0336" in rule_ids(added(claim()), edits=Edits())
    assert "CL-0336" not in rule_ids(both(added, put("lines.0", procedure="99215"))(claim()), edits=Edits())
    other_day = both(added, put("lines.0", procedure="99215", start=dt.date(2026, 11, 8)))
    assert "CL-0336" in rule_ids(other_day(claim()), edits=Edits())
    alone = both(put("lines.0", procedure="0042T"), lambda made: dataclasses.replace(made, lines=made.lines[:1]))
    assert "CL-0337" in rule_ids(alone(claim()), edits=Edits())
    assert "CL-0337" not in rule_ids(put("lines.0", procedure="0042T")(claim()), edits=Edits())


def test_the_filing_limit_is_the_payers_when_the_site_knows_it() -> None:
    served = both(*(put(f"lines.{at}", start=TODAY - dt.timedelta(days=91)) for at in range(4)))(claim())
    limited = put("payer", id="P90")(served)
    assert "CL-0522" not in rule_ids(served, edits=Edits()) and "CL-0522" not in rule_ids(limited)
    assert "CL-0522" in rule_ids(limited, edits=Edits())
    excused = dataclasses.replace(limited, delay_reason="7")
    assert "CL-0522" not in rule_ids(excused, edits=Edits())
    day_before = both(*(put(f"lines.{at}", start=TODAY - dt.timedelta(days=90)) for at in range(4)))(limited)
    assert "CL-0522" not in rule_ids(day_before, edits=Edits())


def test_a_claim_number_used_twice_is_found() -> None:
    found = [finding.rule for finding in scrub_claims([claim(), claim()], context())]
    assert "CL-0505" in found
    assert "CL-0506" in rule_ids(claim(), sent_before=lambda number: number == "DEMO1001")
    assert "CL-0505" not in [item.rule for item in scrub_claims([claim(), claim(control_number="B")], context())]


def test_findings_name_the_claim_and_never_the_patient() -> None:
    for change in BREAKS.values():
        for finding in scrub_claim(change(claim()), context()):
            assert "Tanaka" not in finding.message and "Alder" not in finding.message
            assert finding.fix and finding.source


def test_a_void_of_an_old_service_is_not_late() -> None:
    made = both(*(put(f"lines.{at}", start=dt.date(2025, 10, 9)) for at in range(4)))(claim())
    void = dataclasses.replace(made, frequency="8", references=(("F8", "1"), ("X4", "1")))
    assert "CL-0509" not in rule_ids(void)


@pytest.mark.parametrize(
    ("procedure", "place", "rule"),
    [("99232", "22", "CL-0345"), ("99232", "21", "CL-0345"), ("99213", "23", "CL-0346"), ("99284", "23", "CL-0347")],
)
def test_visits_that_fit_their_place_are_left_alone(procedure: str, place: str, rule: str) -> None:
    assert rule not in rule_ids(line(procedure=procedure, place_of_service=place)(claim()))


def test_an_exempt_diagnosis_needs_no_present_on_admission_indicator() -> None:
    stay = dataclasses.replace(facility_claim(), facility_code="11")
    told = diagnoses("J18.9", "W19.XXXA", "Z79.4", "I25.2")(stay)
    told = put("diagnoses.0", present_on_admission="Y")(told)
    assert "CL-0607" not in rule_ids(told)
    assert "CL-0607" in rule_ids(put("diagnoses.0", present_on_admission="")(told))


def test_an_unknown_procedure_is_found_with_an_imported_file_only() -> None:
    known = {"99214": True, "29540": True, "83036": False, "L1902": None}
    found = [
        item for item in scrub_claim(claim(), context(procedures=lambda code, _: known[code])) if item.rule == "CL-0350"
    ]
    assert [item.codes for item in found] == [("83036",)] and found[0].severity is Severity.ERROR
    assert "CL-0350" not in rule_ids(claim()) | rule_ids(claim(), procedures=lambda code, day: None)


def test_a_service_billed_before_is_found() -> None:
    assert "CL-0523" in rule_ids(claim(), billed_before=lambda made: ("OLD1",))
    assert "CL-0523" not in rule_ids(claim(), billed_before=lambda made: ())


@pytest.mark.parametrize("stage", ["unknown diagnosis", "duplicate claim id"])
def test_the_mutations_that_need_the_code_book_or_a_second_claim(stage: str, book: CodeBook) -> None:
    """Two of the list that no library catches: a diagnosis that does not exist, and the same claim id twice."""
    text = file_of(claim(), claim(control_number="DEMO1002"))
    if stage == "unknown diagnosis":
        text, rule = text.replace("HI*ABK:E1122", "HI*ABK:E1199"), ""
    else:
        text, rule = text.replace("CLM*DEMO1002*", "CLM*DEMO1001*"), "CL-0505"
    claims = [made for batch in read_837(text.encode()).batches for made in batch.claims]
    found = scrub_claims(claims, context(codebook=book))
    wanted = [item for item in found if item.rule == rule or (not rule and "E11.99" in item.codes)]
    assert any(item.severity is Severity.ERROR for item in wanted)


MUTATIONS = {
    "NPI Luhn": ("XX*1497758544", "XX*1497758545", "CL-0101"),
    "BK with ICD-10": ("HI*ABK:E1122", "HI*BK:E1122", "CL-0202"),
    "frequency 0": ("11:B:1*", "11:B:0*", "CL-0501"),
    "frequency 7 without the payer's number": ("11:B:1*", "11:B:7*", "CL-0503"),
    "frequency 8 without the payer's number": ("11:B:1*", "11:B:8*", "CL-0503"),
    "pointer 9": ("***1:2:3:4~", "***9~", "CL-0307"),
    "pointer absent": ("***1:2:3:4~", "~", "CL-0306"),
    "no DMG": ("DMG*D8*19610514*F~\n", "", "CL-0117"),
    "future date": ("DTP*472*D8*20261109", "DTP*472*D8*20291109", "CL-0319"),
    "no relationship": ("SBR*P*18*", "SBR*P**", "CL-0124"),
    "CLM02 is not the sum": ("*485*", "*480*", "CL-0401"),
    "units 0": ("*245*UN*1*", "*245*UN*0*", "CL-0303"),
    "negative charge": ("*245*UN*1*", "*-245*UN*1*", "CL-0304"),
    "bad place of service": ("11:B:1*", "00:B:1*", "CL-0515"),
    "three-character modifier": ("99214:25*", "99214:255*", "CL-0312"),
    "no N3": ("N3*418 Alder Street~\n", "", "CL-0119"),
    "no SBR09": ("*18*******CI~", "*18~", "CL-0126"),
    "CLM01 too long": ("CLM*DEMO1001*", "CLM*" + "X" * 39 + "*", "CL-0507"),
    "no REF*EI": ("REF*EI*311234567~\n", "", "CL-0105"),
}


@pytest.mark.parametrize("name", MUTATIONS)
def test_each_mutation_of_a_file_is_caught(name: str) -> None:
    old, new, rule = MUTATIONS[name]
    text = file_of(claim())
    assert old in text
    reading = read_837(text.replace(old, new, 1).encode())
    found = [finding.rule for batch in reading.batches for finding in scrub_claims(batch.claims, context())]
    assert rule in found


def test_no_service_segment_and_a_wrong_parent_are_caught_by_the_reader() -> None:
    text = file_of(claim())
    for old, new in (("HL*2*1*22", "HL*2*9*22"), ("SV1*HC:99214:25*245*UN*1***1:2:3:4~\n", "")):
        reading = read_837(text.replace(old, new).encode())
        assert any(problem.severity == "error" for problem in reading.problems)


def test_an_added_line_type_is_not_forgotten() -> None:
    """Every field of a line that a rule could miss silently is a dataclass field: the walk must not swallow typos."""
    names = {field.name for field in dataclasses.fields(ServiceLine)}
    walked = {rule.parameter.split("|")[0].split(".")[1] for rule in rules() if rule.parameter.startswith("lines.")}
    assert walked <= names
