"""Posting, numbering and claiming by several processes at once, on both databases."""

import multiprocessing

from assistant.claim.control_numbers import ControlNumbers
from assistant.claim.history import ClaimHistory
from assistant.remit.payments import PaymentLedger
from assistant.settings import Settings
from assistant.store.engine import open_store
from tests.custody.test_custody import sent
from tests.remit.kept import FIRST, answer
from tests.store.conftest import Open


def working(settings: Settings) -> tuple[int, list[int]]:
    """Post the same two files, note the same claim, and draw ten numbers."""
    engine = open_store(settings)
    try:
        ledger = PaymentLedger(engine)
        new = sum(ledger.post(answer("70", *FIRST, trace=trace)).new for trace in ("T1", "T2"))
        ClaimHistory(engine).add(sent("C1", "visit-1"))
        return new, [ControlNumbers(engine).reserve("interchange") for _ in range(10)]
    finally:
        engine.dispose()


def test_each_answer_is_kept_once_and_each_number_given_once(settings: Settings, opened: Open) -> None:
    with multiprocessing.get_context("fork").Pool(4) as pool:
        said = pool.map(working, [settings] * 4, chunksize=1)
    assert sum(new for new, _ in said) == 2
    assert sorted(number for _, numbers in said for number in numbers) == list(range(1, 41))
    engine = opened(settings)
    assert len(PaymentLedger(engine).entries("C1")) == 2
    assert ClaimHistory(engine).numbers_of(["visit-1"]) == frozenset({"C1"})
