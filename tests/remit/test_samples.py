"""Every public 835 we have: read without an exception, and equal to an independent reading and to oxedi."""

import json
import re
from decimal import Decimal
from pathlib import Path

import oxedi
import pytest

from assistant.remit.file import read_file
from assistant.remit.record import file_record
from assistant.remit.values import RemitFile
from tests.remit.shared import X12, independent, needs_shared, samples

FILES = samples("835", "synthetic", "derived")
ids = lambda path: path.name  # noqa: E731

OXEDI_CANNOT = {
    "affect_all-segments-template.835": "no ISA",
    "e835p_blue-cross-nc_no-envelope.835": "no ISA",
    "tigershark_4010_example.835": "terminator at the start of the next line",
    "tigershark_4010_example-2_2ST.835": "terminator at the start of the next line",
    "tigershark_x12pl_placeholder.835": "placeholder text instead of amounts",
    "ryanco_invalid_caret-terminator.835": "placeholder text instead of amounts",
    "var_lowercase.835": "lower case",
    "oopf_5010_reversals.835": "gives no verdict on a check one of whose claims has no amounts",
    "var_truncated.835": "gives no verdict on a claim that is cut off",
}


def totals(file: RemitFile) -> tuple[object, ...]:
    claims = [claim for transaction in file.transactions for claim in transaction.claims]
    adjustments = [item for claim in claims for item in claim.all_adjustments()]
    provider = [item for transaction in file.transactions for item in transaction.trailer.provider_adjustments]
    zero = Decimal(0)
    return (
        len(file.transactions),
        len(claims),
        sum(len(claim.lines) for claim in claims),
        len(adjustments),
        sum(len(claim.all_remarks()) for claim in claims),
        len(provider),
        sum((claim.paid or zero for claim in claims), zero),
        sum((item.amount or zero for item in adjustments), zero),
        sum((item.amount or zero for item in provider), zero),
        [claim.balance.balanced for claim in claims],
        [line.balance.balanced for claim in claims for line in claim.lines],
        [transaction.trailer.balance.balanced for transaction in file.transactions],
    )


@needs_shared
@pytest.mark.parametrize("path", FILES, ids=ids)
def test_counts_sums_and_verdicts_equal_an_independent_reading(path: Path) -> None:
    other = independent(path)
    assert totals(read_file(path)) == (
        other.transactions,
        other.claims,
        other.lines,
        other.reasons,
        other.remarks,
        other.provider_adjustments,
        other.paid,
        other.adjusted,
        other.provider_adjusted,
        other.claim_verdicts,
        other.line_verdicts,
        other.check_verdicts,
    )


@needs_shared
@pytest.mark.parametrize("path", [path for path in FILES if path.name not in OXEDI_CANNOT], ids=ids)
def test_claims_and_verdicts_equal_oxedi(path: Path) -> None:
    theirs = oxedi.parse(path.read_bytes())
    ours = read_file(path)
    claims = [claim for transaction in ours.transactions for claim in transaction.claims]
    assert len(claims) == theirs.count_claims()
    off: dict[str, set[int]] = {"transaction": set(), "claim": set(), "service": set()}
    for diagnostic in theirs.diagnostics:
        found = re.search(r'balancing rule "(transaction|claim|service)_balance"', str(diagnostic.rule))
        if found:
            off[found.group(1)].add(int(diagnostic.segment) + 1)
    assert {claim.segment for claim in claims if not claim.balance.balanced} == off["claim"]
    lines = {line.segment for claim in claims for line in claim.lines if not line.balance.balanced}
    assert lines == off["service"]
    checks = {item.header.payment_segment for item in ours.transactions if not item.trailer.balance.balanced}
    assert checks == off["transaction"]


@needs_shared
@pytest.mark.parametrize("name", sorted(json.loads((X12 / "synthetic/expected.json").read_text())) if FILES else [])
def test_every_expected_figure(name: str) -> None:
    expected = json.loads((X12 / "synthetic/expected.json").read_text())[name]
    file = read_file(X12 / "synthetic" / name)
    transaction = file_record(file)["transactions"][0]
    same = {
        "billed": "billed",
        "paid": "paid",
        "allowed": "allowed",
        "write_off": "provider_responsibility",
        "patient": "patient_responsibility",
        "deductible": "deductible",
        "coinsurance": "coinsurance",
        "copay": "copay",
    }
    checked = 0
    for entry in expected:
        if entry.get("file"):
            moved = {item["reason"]: Decimal(item["amount"]) for item in transaction["provider_adjustments"]}
            assert Decimal(transaction["payment_amount"]) == Decimal(str(entry["deposit"]))
            for key, reason, sign in (("interest", "L6", -1), ("recovered", "WO", 1), ("capitation", "CT", -1)):
                if key in entry:
                    assert moved[reason] == sign * Decimal(str(entry[key]))
            continue
        claims = [claim for claim in transaction["claims"] if claim["control_number"] == entry["pcn"]]
        for theirs, ours in same.items():
            if theirs in entry:
                assert Decimal(claims[-1][ours]) == Decimal(str(entry[theirs])), theirs
                checked += 1
        if "balanced" in entry:
            assert claims[0]["balanced"] is entry["balanced"]
        if "net_paid_change" in entry:
            assert sum(Decimal(claim["paid"]) for claim in claims) == entry["net_paid_change"]
            assert Decimal(claims[1]["paid"]) == entry["corrected_paid"]
            assert Decimal(claims[1]["patient_owes_now"]) == entry["patient_now"]
    assert checked or name.startswith("syn15")


EXPECTED_STEPS = {
    # What expected.json says is to be done, as our actions: those that must stand, with amounts, and those that may not.
    ("syn01_cost-sharing_three-ways.835", "A1"): ({"post_payment": "140.00", "bill_patient": "60.00"}, {"appeal"}),
    ("syn01_cost-sharing_three-ways.835", "A2"): (
        {"bill_patient": "90.00"},
        {"appeal", "correct_and_resubmit", "send_records", "review"},
    ),
    ("syn02_reversal-and-correction.835", "B1"): (
        {"review": None, "refund_patient": "20.00", "post_payment": "50.00"},
        {"bill_patient"},
    ),
    ("syn02_reversal-and-correction.835", "B2"): ({"post_payment": "100.00"}, {"bill_patient", "review", "appeal"}),
    ("syn07_capitation.835", "H1"): ({}, {"appeal", "correct_and_resubmit", "bill_patient", "review"}),
    ("syn07_capitation.835", "H2"): ({"bill_patient": "10.00"}, {"appeal"}),
    ("syn08_medicare-crossover_sequestration.835", "J1"): ({"wait": None}, {"bill_patient", "bill_next_payer"}),
    ("syn09_secondary_OA23.835", "K1"): ({"bill_patient": "5.00"}, {"appeal", "bill_next_payer"}),
    ("syn11_bundled-line.835", "M1"): ({"review": "120.00"}, {"bill_patient", "appeal"}),
    ("syn15_unbalanced_on-purpose.835", "R1"): ({"review": None}, {"bill_patient", "post_payment", "write_off"}),
}


@needs_shared
@pytest.mark.parametrize(("name", "number"), EXPECTED_STEPS)
def test_every_expected_step(name: str, number: str) -> None:
    (transaction,) = file_record(read_file(X12 / "synthetic" / name))["transactions"]
    record = [claim for claim in transaction["claims"] if claim["control_number"] == number][-1]
    wanted, never = EXPECTED_STEPS[name, number]
    steps = {action["action"]: action["amount"] for action in record["actions"]}
    for action, amount in wanted.items():
        assert action in steps and amount in (None, steps[action])
    assert not never & set(steps)


@needs_shared
def test_no_expected_word_on_actions_is_left_out() -> None:
    expected = json.loads((X12 / "synthetic/expected.json").read_text())
    told = {(name, entry["pcn"]) for name, entries in expected.items() for entry in entries if "action" in entry}
    assert told <= set(EXPECTED_STEPS)
    known = {"pcn", "action", "note", "file", "deposit", "interest", "recovered", "capitation", "billed", "paid"}
    known |= {"allowed", "write_off", "patient", "deductible", "coinsurance", "copay", "net_paid_change"}
    known |= {"corrected_paid", "patient_now", "balanced"}
    assert {key for entries in expected.values() for entry in entries for key in entry} <= known
