"""A store of a test's own, and short remittances to keep in it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from assistant.remit.file import read_bytes
from assistant.remit.payments import PaymentLedger
from assistant.remit.values import RemitFile
from assistant.settings import load_settings
from assistant.store.engine import open_store
from tests.remit.make import claim, line, remittance

FIRST = claim("1", "100", "70", "20", *line("99213", "100", "70", "CAS*CO*45*10", "CAS*PR*2*20"))
BACK = claim("22", "-100", "-70", "-20", *line("99213", "-100", "-70", "CAS*CO*45*-10", "CAS*PR*2*-20"))
AGAIN = claim("1", "100", "85", "5", *line("99213", "100", "85", "CAS*CO*45*10", "CAS*PR*2*5"))
DENIED = claim("1", "100", "0", "0", *line("99213", "100", "0", "CAS*CO*197*100"))


@pytest.fixture
def engine(home: Path) -> Iterator[Engine]:
    engine = open_store(load_settings({"SUPERBILL_HOME": str(home)}))
    yield engine
    engine.dispose()


def answer(
    payment: str,
    *segments: str,
    payer: str = "SAMPLE PLAN",
    name: str = "a.835",
    day: str = "20260131",
    trace: str = "T1",
    plb: str = "",
) -> RemitFile:
    """A file with this payment date, trace number and payer."""
    content = remittance(payment, *segments, plb=plb).decode()
    content = content.replace("*20260131~\nTRN*1*T1*", f"*{day}~\nTRN*1*{trace}*").replace("SAMPLE PLAN", payer)
    return read_bytes(content.encode(), name)


def post(engine: Engine, *files: RemitFile) -> PaymentLedger:
    """The ledger with these files posted."""
    ledger = PaymentLedger(engine)
    for file in files:
        ledger.post(file)
    return ledger
