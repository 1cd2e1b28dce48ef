"""Provider adjustments over several files: balances carried forward meet their other half, recoupments their claim."""

import json
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import Engine

from assistant.cli import main
from assistant.remit.archive import Archive
from assistant.remit.carried import movements
from tests.remit.kept import BACK, FIRST, answer, post
from tests.remit.kept import engine as engine
from tests.remit.make import claim, line, remittance

PAID = claim("1", "200", "200", "0", *line("99215", "200", "200"), number="C5")


def test_a_balance_carried_forward_is_settled_by_its_other_half(engine: Engine) -> None:
    # The reversal takes 70.00; the check cannot be negative, so 70.00 are carried and taken from the next one.
    one = answer("0", *BACK, plb="PLB*1*20261231*FB:T0099*-70", name="one.835")
    assert [item.settled for item in movements([one])] == [False]
    two = answer("130", *PAID, plb="PLB*1*20261231*FB:T0099*70", day="20260214", trace="T2", name="two.835")
    post(engine, one, two)
    first, second = movements(Archive(engine).files())
    assert first.settled is True and second.settled is True
    assert (first.target, first.target_file) == ("balance", "two.835")
    assert (second.target, second.target_file) == ("balance", "one.835")
    assert all(part.trailer.balance.balanced for file in Archive(engine).files() for part in file.transactions)


def test_a_recoupment_finds_its_claim_in_an_earlier_file(engine: Engine) -> None:
    old = [part.replace("PC1", "ICN7700123") for part in FIRST]
    one = answer("70", *old, name="one.835")
    two = answer("130", *PAID, plb="PLB*1*20261231*WO:ICN7700123*70", trace="T2", name="two.835")
    post(engine, one, two)
    (item,) = movements(Archive(engine).files())
    assert (item.reason, item.amount, item.target, item.target_label) == ("WO", Decimal(70), "claim", "C1")
    assert item.target_file == "one.835" and item.settled is None and item.meaning


def test_interest_and_capitation_are_told_and_change_no_claim(engine: Engine) -> None:
    file = answer("2571.5", *FIRST, plb="PLB*1*20261231*L6*-1.5*CT:CAP01*-2500")
    ledger = post(engine, file)
    assert file.transactions[0].trailer.balance.balanced
    assert [(item.reason, item.amount) for item in movements([file])] == [
        ("L6", Decimal("-1.5")),
        ("CT", Decimal(-2500)),
    ]
    assert ledger.balances("C1")[0].paid == 70


def test_the_command(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "x.835"
    path.write_bytes(remittance("0", *BACK, plb="PLB*1*20261231*FB:T0099*-70"))
    assert main(["remit", "carried", str(path), "--json"]) == 0
    (item,) = json.loads(capsys.readouterr().out)["movements"]
    assert (item["reason"], item["amount"], item["settled"]) == ("FB", "-70.00", False)
    assert main(["remit", "carried"]) == 0 and "no provider adjustments" in capsys.readouterr().out
    main(["remit", "post", str(path)])
    assert main(["remit", "carried"]) == 0 and "still open" in capsys.readouterr().out
    assert main(["remit", "carried", str(tmp_path / "none.835")]) == 2
