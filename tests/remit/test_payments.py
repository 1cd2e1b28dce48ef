"""Answers kept over time: idempotent, reversals as entries, one payer after the other, nothing unsound."""

import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import Engine

from assistant.cli import main
from assistant.remit.file import read_bytes
from assistant.remit.payments import ClaimBalance, PaymentLedger
from assistant.remit.values import RemitFile
from assistant.review.store import open_store
from assistant.settings import load_settings
from tests.remit.make import claim, line, remittance

FIRST = claim("1", "100", "70", "20", *line("99213", "100", "70", "CAS*CO*45*10", "CAS*PR*2*20"))
BACK = claim("22", "-100", "-70", "-20", *line("99213", "-100", "-70", "CAS*CO*45*-10", "CAS*PR*2*-20"))
AGAIN = claim("1", "100", "85", "5", *line("99213", "100", "85", "CAS*CO*45*10", "CAS*PR*2*5"))
OPEN = claim("19", "100", "70", "20", *line("99213", "100", "70", "CAS*CO*45*10", "CAS*PR*2*20"))
SECOND = claim("2", "100", "15", "5", *line("99213", "100", "15", "CAS*OA*23*80", "CAS*PR*3*5"))


@pytest.fixture
def engine(home: Path) -> Iterator[Engine]:
    engine = open_store(load_settings({"SUPERBILL_HOME": str(home)}))
    yield engine
    engine.dispose()


def answer(payment: str, *segments: str, payer: str = "SAMPLE PLAN", name: str = "a.835") -> RemitFile:
    return read_bytes(remittance(payment, *segments).replace(b"SAMPLE PLAN", payer.encode()), name)


def after(engine: Engine, *files: RemitFile) -> ClaimBalance:
    ledger = PaymentLedger(engine)
    for file in files:
        ledger.post(file)
    (balance,) = ledger.balances("C1")
    return balance


def test_posting_twice_changes_nothing_also_under_another_name(engine: Engine) -> None:
    ledger = PaymentLedger(engine)
    assert ledger.post(answer("70", *FIRST)).new == 1
    before = ledger.balances()
    again = ledger.post(answer("70", *FIRST, name="copy of a.835"))
    assert (again.new, again.known) == (0, 1)
    assert PaymentLedger(engine).balances() == before


def test_two_equal_claims_in_one_payment_are_two(engine: Engine) -> None:
    assert PaymentLedger(engine).post(answer("140", *FIRST, *FIRST)).new == 2


def test_original_reversal_and_correction_add_up(engine: Engine) -> None:
    balance = after(engine, answer("70", *FIRST), answer("15", *BACK, *AGAIN))
    assert (balance.billed, balance.paid, balance.patient_owes) == (Decimal(100), Decimal(85), Decimal(5))
    assert balance.final and balance.payers[0].answers == 3


def test_after_a_bare_reversal_nothing_is_due(engine: Engine) -> None:
    balance = after(engine, answer("70", *FIRST), answer("-70", *BACK))
    assert not balance.final and balance.patient_owes == 0 and balance.paid == 0


def test_the_second_payers_answer_replaces_what_the_first_left_open(engine: Engine) -> None:
    first = after(engine, answer("70", *OPEN))
    assert not first.final and first.patient_owes == 0
    both = after(engine, answer("15", *SECOND, payer="OTHER PLAN"))
    assert both.final and both.patient_owes == 5 and both.paid == 85 and both.billed == 100
    assert [payer.payer for payer in both.payers] == ["SAMPLE PLAN", "OTHER PLAN"]


def test_what_does_not_balance_is_held_back(engine: Engine) -> None:
    ledger = PaymentLedger(engine)
    posted = ledger.post(answer("60", *claim("1", "100", "60", "0", *line("99213", "100", "60", "CAS*CO*45*30"))))
    assert (posted.new, posted.held) == (0, ("C1",)) and ledger.balances() == []


def test_a_claim_can_be_forgotten(engine: Engine) -> None:
    ledger = PaymentLedger(engine)
    ledger.post(answer("70", *FIRST))
    assert ledger.forget("C1") == 1 and ledger.balances() == []


def test_the_commands(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "x.835"
    path.write_bytes(remittance("70", *FIRST))
    assert main(["remit", "post", str(path), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["files"][0]["new"] == 1
    assert main(["remit", "post", str(path)]) == 0
    assert "0 new, 1 known before" in capsys.readouterr().out
    assert main(["remit", "balances", "--json"]) == 0
    (record,) = json.loads(capsys.readouterr().out)["claims"]
    assert (record["paid"], record["patient_owes"], record["final"]) == ("70.00", "20.00", True)
    assert main(["remit", "balances", "--claim", "C1"]) == 0
    assert "SAMPLE PLAN: 1 answer(s), paid 70.00, PR 20.00" in capsys.readouterr().out
    assert main(["remit", "balances", "--claim", "NONE"]) == 2
