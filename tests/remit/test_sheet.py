"""One claim on one sheet, and the glossary of only the codes used."""

import json
import re
from decimal import Decimal
from pathlib import Path

import pytest

from assistant.cli import main
from assistant.remit.file import read_file
from assistant.remit.glossary import glossary
from assistant.remit.render_kept import render_sheet
from assistant.remit.sheet import claim_sheet, sheet_record
from tests.remit.make import claim, claims, line, read
from tests.remit.shared import samples

SAMPLES = Path(__file__).resolve().parents[2] / "corpus" / "samples"
FILES = [*sorted(SAMPLES.glob("*.835")), *samples("835", "synthetic", "derived")]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_the_glossary_has_every_code_used_and_no_other(path: Path) -> None:
    file = read_file(path)
    for part in file.transactions:
        for item in part.claims:
            terms = glossary([item])
            used = {("status", item.status)} if item.status else set()
            for adjustment in item.all_adjustments():
                used |= {("group", adjustment.group.upper()), ("reason", adjustment.reason.upper())}
            used |= {("remark", remark.code.upper()) for remark in item.all_remarks()}
            assert {(term.kind, term.code) for term in terms} == {pair for pair in used if pair[1]}
            numbers = {segment.number for segment in item.segments}
            assert all(term.segments and set(term.segments) <= numbers for term in terms)


def test_a_code_we_do_not_know_is_shown_bare_with_where_to_look() -> None:
    (item,) = claims(read(*claim("1", "5", "0", "0", "CAS*CO*399*5")))
    (term,) = [term for term in glossary([item]) if term.code == "399"]
    assert term.meaning == "" and "CARC" in term.list
    assert "look it up" in render_sheet(claim_sheet(item, read(*claim("1", "5", "0", "0")).transactions[0].header))


def test_spanish_meanings() -> None:
    (item,) = claims(read(*claim("1", "100", "80", "20", *line("99213", "100", "80", "CAS*PR*2*20"))))
    english, spanish = glossary([item]), glossary([item], language="es")
    assert all(a.meaning and b.meaning and a.meaning != b.meaning for a, b in zip(english, spanish, strict=True))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_figure_of_a_sheet_is_in_its_claim(path: Path) -> None:
    for part in read_file(path).transactions:
        for item in part.claims:
            sheet = claim_sheet(item, part.header)
            numbers = {
                abs(amount)
                for amount in (
                    item.billed,
                    item.paid,
                    sheet.allowed,
                    sheet.patient_responsibility,
                    sheet.interest,
                    *(entry.amount for entry in item.all_adjustments()),
                    *(figure for entry in sheet.lines for figure in (entry.billed, entry.paid, entry.allowed)),
                )
                if amount is not None
            }
            text = render_sheet(sheet).split("Codes used:")[0]
            for figure in re.findall(r"(?<![\w-])-?\d+\.\d\d(?!\d)", text):
                assert abs(Decimal(figure)) in numbers
            assert len(sheet.lines) == len(item.lines)
            sums = sum((entry.amount or 0 for line in sheet.lines for entry in line.adjustments), Decimal(0))
            own = sum((entry.amount or 0 for entry in sheet.adjustments), Decimal(0))
            if item.sound and item.billed is not None and item.paid is not None:
                assert item.billed - sums - own == item.paid
            assert json.dumps(sheet_record(sheet))


def test_interest_is_shown_and_stays_out_of_the_balance() -> None:
    file = read(*claim("1", "100", "80", "20", "AMT*I*1.25", *line("99213", "100", "80", "CAS*PR*2*20")), payment="81.25",
                plb="PLB*1*20261231*L6:PC1*-1.25")  # fmt: skip
    (item,) = claims(file)
    sheet = claim_sheet(item, file.transactions[0].header)
    assert item.balance.balanced and file.transactions[0].trailer.balance.balanced
    assert sheet.interest == Decimal("1.25") and sheet.paid == 80
    assert "Interest 1.25, paid beside the claim" in render_sheet(sheet)


def test_the_commands(capsys: pytest.CaptureFixture[str]) -> None:
    path = str(SAMPLES / "remittance_reversal.835")
    assert main(["remit", "sheet", path]) == 2
    capsys.readouterr()
    assert main(["remit", "sheet", path, "--claim", "DEMO2001", "--json"]) == 0
    record = json.loads(capsys.readouterr().out)
    assert record["paid"] == "85.00" and record["lines"][0]["adjustments"][0].keys() >= {"group", "reason", "amount"}
    assert record["patient"]["name"] and record["payer"]["name"]
    assert main(["remit", "glossary", path, "--json"]) == 0
    kinds = {term["kind"] for term in json.loads(capsys.readouterr().out)["terms"]}
    assert kinds >= {"status", "group", "reason", "provider_adjustment"}
    assert main(["remit", "glossary", path, "--claim", "DEMO2001", "--lang", "es"]) == 0
    assert "WO" not in capsys.readouterr().out.split()
    assert main(["remit", "glossary", path, "--claim", "NONE"]) == 2
