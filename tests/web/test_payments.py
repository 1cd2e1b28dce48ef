"""The biller's rows, filters and money picture, without a browser."""

from decimal import Decimal

from assistant.web.payments import FILTERS, Payments, waterfall
from assistant.web.samples import sample_remittances


def test_the_picture_adds_up_to_the_charge() -> None:
    payments = Payments.read(sample_remittances())
    drawn = 0
    for row in payments.rows:
        steps = waterfall(row)
        if steps:
            drawn += 1
            assert steps[0].amount == row.decision.money.billed
            assert sum((step.amount for step in steps[1:]), Decimal(0)) == steps[0].amount
            assert abs(steps[-1].left + steps[-1].width - 100) < 1e-6
    assert drawn >= 5


def test_no_picture_of_a_reversal_or_of_figures_that_do_not_agree() -> None:
    payments = Payments.read(sample_remittances())
    odd = [row for row in payments.rows if row.claim.reversal or not row.claim.sound]
    assert len(odd) == 2
    assert all(waterfall(row) == [] for row in odd)


def test_filters_count_what_they_show() -> None:
    payments = Payments.read(sample_remittances())
    counts = payments.counts()
    assert counts["all"] == len(payments.rows) and set(counts) == set(FILTERS)
    for sign in FILTERS:
        assert len(payments.chosen(sign)) == counts[sign]
    assert counts["reversal"] == 1 and counts["unbalanced"] == 1


def test_a_file_that_is_no_remittance_gives_a_problem_and_no_row() -> None:
    payments = Payments.read([("x.835", b"not x12 at all")])
    assert payments.rows == () and payments.files[0].problems
