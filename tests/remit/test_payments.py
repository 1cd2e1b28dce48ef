"""Answers kept over time: idempotent, reversals as entries, one payer after the other, nothing unsound."""

import datetime as dt
import json
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import Engine

from assistant.cli import main
from assistant.errors import InputError
from assistant.remit.payments import ClaimBalance, PaymentLedger
from assistant.remit.values import RemitFile
from tests.remit.kept import AGAIN, BACK, FIRST, answer
from tests.remit.kept import engine as engine
from tests.remit.make import claim, line, remittance

OPEN = claim("19", "100", "70", "20", *line("99213", "100", "70", "CAS*CO*45*10", "CAS*PR*2*20"))
SECOND = claim("2", "100", "15", "5", *line("99213", "100", "15", "CAS*OA*23*80", "CAS*PR*3*5"))


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


def test_a_correction_counts_though_the_answer_taken_back_was_never_kept(engine: Engine) -> None:
    balance = after(engine, answer("15", *BACK, *AGAIN))
    assert (balance.billed, balance.paid, balance.patient_owes) == (Decimal(100), Decimal(85), Decimal(5))
    assert balance.payers[0].not_kept == 1


def test_an_estimate_moves_no_money_and_a_pending_answer_leaves_the_claim_open(engine: Engine) -> None:
    ledger = PaymentLedger(engine)
    ledger.post(
        answer("0", *claim("25", "100", "70", "20", *line("99213", "100", "70", "CAS*CO*45*10", "CAS*PR*2*20")))
    )
    assert ledger.balances() == []
    assert [entry.kind for entry in ledger.entries("C1")] == ["estimate"]
    ledger.post(answer("0", *claim("5", "100", "0", "0", "CAS*OA*133*100"), trace="T2", name="b.835"))
    (balance,) = ledger.balances()
    assert not balance.final and balance.paid == 0 and balance.billed == 0
    ledger.post(answer("70", *FIRST, trace="T3", day="20260210", name="c.835"))
    (balance,) = ledger.balances()
    assert balance.final and (balance.billed, balance.paid, balance.patient_owes) == (100, 70, 20)


def test_parts_of_a_split_claim_add_up(engine: Engine) -> None:
    one = claim("1", "60", "40", "20", "MOA***MA15", *line("99213", "60", "40", "CAS*PR*2*20"))
    two = claim("1", "60", "50", "10", "MOA***MA15", *line("20610", "60", "50", "CAS*PR*2*10"))
    two[0] = two[0].replace("PC1", "PC1B")
    balance = after(engine, answer("90", *one, *two))
    assert (balance.billed, balance.paid, balance.patient_owes) == (Decimal(120), Decimal(90), Decimal(30))


def test_a_claim_sent_anew_without_a_reversal_counts_once(engine: Engine) -> None:
    rejected = claim("1", "100", "0", "100", *line("99213", "100", "0", "CAS*PR*96*100", "LQ*HE*N130"))
    anew = [part.replace("*PC1*", "*PC7*") for part in FIRST]
    balance = after(engine, answer("0", *rejected), answer("70", *anew, day="20260301", trace="T2"))
    assert (balance.billed, balance.paid, balance.patient_owes) == (Decimal(100), Decimal(70), Decimal(20))
    assert balance.payers[0].replaced == 1 and balance.payers[0].answers == 2


def test_a_duplicates_denial_takes_nothing_from_the_first_answer(engine: Engine) -> None:
    again = claim("1", "100", "0", "0", *line("99213", "100", "0", "CAS*OA*18*100"))
    again[0] = again[0].replace("PC1", "PC8")
    balance = after(engine, answer("70", *FIRST), answer("0", *again, day="20260301", trace="T2"))
    assert (balance.billed, balance.paid, balance.patient_owes) == (Decimal(100), Decimal(70), Decimal(20))


def test_answers_count_by_payment_date_not_by_the_order_of_posting(engine: Engine) -> None:
    original = answer("70", *FIRST, day="20260110")
    later = answer("15", *BACK, *AGAIN, day="20260215", trace="T2", name="b.835")
    balance = after(engine, later, original)
    assert (balance.billed, balance.paid, balance.patient_owes) == (Decimal(100), Decimal(85), Decimal(5))


def test_the_ledger_of_a_claim_shows_reversals_and_patient_payments_as_entries(engine: Engine) -> None:
    ledger = PaymentLedger(engine)
    ledger.post(answer("70", *FIRST, day="20260110"))
    ledger.receive("C1", Decimal("20"), dt.date(2026, 1, 20), note="card", who="pat")
    ledger.post(answer("15", *BACK, *AGAIN, day="20260215", trace="T2", name="b.835"))
    entries = ledger.entries("C1")
    assert [(entry.kind, entry.paid, entry.share) for entry in entries] == [
        ("answer", 70, 20),
        ("patient_payment", 20, 0),
        ("reversal", -70, -20),
        ("answer", 85, 5),
    ]
    (balance,) = ledger.balances("C1")
    # 20.00 were collected, 5.00 are owed: 15.00 go back.
    assert (balance.patient_paid, balance.patient_owes, balance.patient_balance) == (20, 5, -15)
    refunded = ledger.receive("C1", Decimal("-15"), dt.date(2026, 2, 20))
    assert refunded.patient_balance == 0
    for claim_number, amount in (("NONE", "5"), ("C1", "0"), ("C1", "1.005")):
        with pytest.raises(InputError):
            ledger.receive(claim_number, Decimal(amount), dt.date(2026, 2, 20))


def test_the_share_insurers_covered(engine: Engine) -> None:
    balance = after(engine, answer("70", *OPEN), answer("15", *SECOND, payer="OTHER PLAN"))
    # Paid 70 and 15 of the 90 the first payer allowed and the 100 billed.
    assert balance.allowed == 90
    assert (balance.paid_percent_of_allowed, balance.paid_percent_of_billed) == (Decimal("94.4"), Decimal("85.0"))
    first, second = PaymentLedger(engine).payers()
    assert (first.payer, first.paid, first.claims) == ("OTHER PLAN", 15, 1)
    assert (second.payer, second.paid_percent_of_allowed) == ("SAMPLE PLAN", Decimal("77.8"))


def test_balances_of_patients(engine: Engine) -> None:
    ledger = PaymentLedger(engine)
    other = claim("1", "50", "30", "20", *line("99212", "50", "30", "CAS*PR*1*20"), number="C2")
    stranger = claim("1", "50", "40", "10", *line("99212", "50", "40", "CAS*PR*1*10"), number="C3", name="*ROE*SAM")
    stranger[1] = stranger[1].replace("*M1", "*M2")
    ledger.post(answer("140", *FIRST, *other, *stranger))
    ledger.receive("C2", Decimal("5"), dt.date(2026, 2, 1))
    doe, roe = ledger.patients()
    assert (doe.patient, doe.claims, doe.patient_owes, doe.patient_balance) == ("PAT DOE", ("C1", "C2"), 40, 35)
    assert (roe.member, roe.patient_balance) == ("M2", 10)


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
    assert main(["remit", "receipt", "C1", "12.50", "--date", "2026-02-01", "--json"]) == 0
    capsys.readouterr()
    assert main(["remit", "ledger", "C1", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [entry["kind"] for entry in told["entries"]] == ["answer", "patient_payment"]
    assert told["balance"]["patient_balance"] == "7.50"
    assert main(["remit", "ledger", "C1"]) == 0 and "patient_payment" in capsys.readouterr().out
    for wrong in (["receipt", "C1", "free"], ["receipt", "C1", "0"], ["receipt", "NONE", "5"], ["ledger", "NONE"]):
        assert main(["remit", *wrong]) == 2
    assert main(["remit", "balances", "--by", "patient"]) == 0 and "PAT DOE" in capsys.readouterr().out
    assert main(["remit", "balances", "--by", "payer"]) == 0 and "77.8 % of allowed" in capsys.readouterr().out
    assert main(["remit", "balances", "--by", "payer", "--claim", "C1"]) == 2
