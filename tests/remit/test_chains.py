"""Reversals and corrections: linked by payer and control number, forwards only, within and across files."""

from decimal import Decimal
from pathlib import Path

from assistant.remit.actions import Chain, decide
from assistant.remit.chains import Chains
from assistant.remit.file import read_bytes
from assistant.remit.values import RemitFile
from tests.remit.make import actions, claim, line, remittance
from tests.remit.shared import samples

BACK = claim("22", "-100", "-70", "-20", *line("99213", "-100", "-70", "CAS*CO*45*-10", "CAS*PR*2*-20"))
FIRST = claim("1", "100", "70", "20", *line("99213", "100", "70", "CAS*CO*45*10", "CAS*PR*2*20"))
AGAIN = claim("1", "100", "85", "5", *line("99213", "100", "85", "CAS*CO*45*10", "CAS*PR*2*5"))


def steps(files: list[RemitFile], file: int, place: int) -> dict[str, str | None]:
    chains, chosen = Chains.of(*files), files[file]
    item = chosen.transactions[0].claims[place]
    return actions(decide(item, chains.get(item, chosen.transactions[0].header, chosen.name)))


def test_the_correction_carries_the_difference_and_the_reversal_none() -> None:
    file = read_bytes(remittance("15", *BACK, *AGAIN))
    assert steps([file], 0, 0) == {"post_reversal": "-70.00"}
    assert steps([file], 0, 1)["refund_patient"] == "15.00"


def test_a_reversal_alone_calls_for_the_refund_itself() -> None:
    assert steps([read_bytes(remittance("-70", *BACK))], 0, 0)["refund_patient"] == "20.00"


def test_the_answer_that_was_taken_back_is_no_correction() -> None:
    file = read_bytes(remittance("0", *FIRST, *BACK))
    assert "refund_patient" not in steps([file], 0, 0)
    assert steps([file], 0, 1)["refund_patient"] == "20.00"


def test_a_correction_in_a_later_file_is_linked() -> None:
    one = read_bytes(remittance("-70", *BACK), "one.835")
    two = read_bytes(remittance("85", *AGAIN), "two.835")
    assert "refund_patient" not in steps([one, two], 0, 0)
    assert steps([one, two], 1, 0)["refund_patient"] == "15.00"
    assert "refund_patient" not in steps([two], 0, 0)
    assert "refund_patient" not in steps([two, one], 0, 0)


def test_the_same_file_twice_counts_once() -> None:
    one = read_bytes(remittance("-70", *BACK), "one.835")
    assert steps([one, one], 0, 0)["refund_patient"] == "20.00"


def test_another_payers_answer_is_no_correction() -> None:
    one = read_bytes(remittance("-70", *BACK), "one.835")
    two = read_bytes(remittance("85", *AGAIN).replace(b"SAMPLE PLAN", b"OTHER PLAN"), "two.835")
    assert "refund_patient" not in steps([one, two], 1, 0)
    assert steps([one, two], 0, 0)["refund_patient"] == "20.00"


def test_scanning_finds_the_same_as_reading(tmp_path: Path) -> None:
    paths = [path for path in samples("835", "synthetic", "derived") if path.name != "var_lowercase.835"]
    own = tmp_path / "own.835"
    own.write_bytes(remittance("15", *BACK, *AGAIN, *claim("1", "5", "5", "0", number="C2")))
    for path in [own, *paths]:
        file = read_bytes(path.read_bytes(), str(path))
        read, scanned = Chains.of(file), Chains.scan([(path, str(path))])
        for transaction in file.transactions:
            for item in transaction.claims:
                wanted = read.get(item, transaction.header, file.name)
                assert scanned.get(item, transaction.header, file.name) == wanted
                if path == own and item.control_number == "C1":
                    assert wanted == Chain(Decimal(-20), Decimal(5), (13,))
