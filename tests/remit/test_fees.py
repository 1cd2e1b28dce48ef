"""Lines allowed below the contract: found with the difference; denials, secondary answers and damage are not among them."""

import json
from decimal import Decimal
from pathlib import Path

import pytest

from assistant.cli import main
from assistant.errors import InputError
from assistant.remit.fees import FeeSchedule, underpayments
from tests.remit.make import claim, line, read, remittance


@pytest.fixture
def fees(tmp_path: Path) -> Path:
    path = tmp_path / "fees.csv"
    path.write_text("procedure,modifiers,allowed\n99213,,90.00\n99213,25 59,80\n97110,,30.5\n", "utf-8")
    return path


def found(fees: Path, *segments: str) -> list[tuple[str, Decimal]]:
    return [(item.procedure, item.difference) for item in underpayments([read(*segments)], FeeSchedule.load(fees))]


def test_the_difference_per_line(fees: Path) -> None:
    segments = claim("1", "200", "145", "0", *line("99213", "100", "85", "CAS*CO*45*15", "AMT*B6*85"))
    units = ["SVC*HC:97110*100*60**2", "CAS*CO*45*40"]
    assert found(fees, *segments, *units) == [("99213", Decimal(5)), ("97110", Decimal(1))]


def test_modifiers_choose_the_fee_in_any_order(fees: Path) -> None:
    segments = claim("1", "100", "79", "0", *line("99213:59:25", "100", "79", "CAS*CO*45*21"))
    assert found(fees, *segments) == [("99213", Decimal(1))]
    other = claim("1", "100", "79", "0", *line("99213:76", "100", "79", "CAS*CO*45*21"))
    assert found(fees, *other) == [("99213", Decimal(11))]


@pytest.mark.parametrize(
    "segments",
    [
        claim("1", "100", "0", "0", *line("99213", "100", "0", "CAS*CO*50*100")),
        claim("2", "100", "10", "0", *line("99213", "100", "10", "CAS*OA*23*90")),
        claim("22", "-100", "-50", "0", *line("99213", "-100", "-50", "CAS*CO*45*-50")),
        claim("1", "100", "50", "0", *line("99213", "100", "50", "CAS*CO*45*40")),
        claim("1", "100", "90", "0", *line("99213", "100", "90", "CAS*CO*45*10")),
        claim("1", "100", "50", "0", *line("80053", "100", "50", "CAS*CO*45*50")),
    ],
    ids=["denied", "secondary", "reversal", "unbalanced", "at the fee", "no fee"],
)
def test_what_is_no_underpayment(fees: Path, segments: list[str]) -> None:
    assert found(fees, *segments) == []


def test_the_patients_share_counts_as_allowed(fees: Path) -> None:
    assert (
        found(fees, *claim("1", "100", "60", "30", *line("99213", "100", "60", "CAS*CO*45*10*", "CAS*PR*3*30"))) == []
    )


@pytest.mark.parametrize("text", ["a,b\n1,2\n", "procedure,modifiers,allowed\n99213,,ninety\n", "\udcff"])
def test_a_schedule_that_cannot_be_used(tmp_path: Path, text: str) -> None:
    path = tmp_path / "bad.csv"
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(InputError, match=r"bad\.csv"):
        FeeSchedule.load(path)


def test_the_work_list_names_them(fees: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "x.835"
    path.write_bytes(remittance("85", *claim("1", "100", "85", "0", *line("99213", "100", "85", "CAS*CO*45*15"))))
    assert main(["remit", "worklist", str(path), "--fees", str(fees), "--json"]) == 0
    (item,) = json.loads(capsys.readouterr().out)["underpaid"]
    assert (item["expected"], item["allowed"], item["difference"]) == ("90.00", "85.00", "5.00")
    assert main(["remit", "worklist", str(path), "--fees", str(fees)]) == 0
    assert "99213: allowed 85.00, the contract says 90.00" in capsys.readouterr().out


def test_an_answer_that_was_taken_back_is_no_underpayment(
    fees: Path, home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    low = claim("1", "100", "80", "0", *line("99213", "100", "80", "CAS*CO*45*20"))
    back = claim("22", "-100", "-80", "0", *line("99213", "-100", "-80", "CAS*CO*45*-20"))
    right = claim("1", "100", "90", "0", *line("99213", "100", "90", "CAS*CO*45*10"))
    still = claim("1", "100", "85", "0", *line("99213", "100", "85", "CAS*CO*45*15"), number="C2")
    assert found(fees, *low) == [("99213", Decimal(10))]
    assert found(fees, *low, *back, *right) == []
    for name, content in (("one", remittance("165", *low, *still)), ("two", remittance("10", *back, *right))):
        (tmp_path / f"{name}.835").write_bytes(content)
        assert main(["remit", "post", str(tmp_path / f"{name}.835")]) == 0
    capsys.readouterr()
    assert main(["remit", "worklist", "--fees", str(fees), "--json"]) == 0
    (item,) = json.loads(capsys.readouterr().out)["underpaid"]
    assert (item["control_number"], item["difference"]) == ("C2", "5.00")
