"""Questions over the site's store, when no paper is open."""

from pathlib import Path

from assistant.chat.conversation import answer
from assistant.chat.tool import SourceKind
from assistant.chat.turn import Context
from assistant.remit.file import read_file
from assistant.remit.payments import PaymentLedger
from assistant.services import Services
from assistant.store.engine import open_store

SAMPLES = Path(__file__).resolve().parents[2] / "corpus" / "samples"


def test_claims_are_found_by_patient_and_number(indexed_home: Path) -> None:
    services = Services.open(quiet=True)
    PaymentLedger(open_store(services.settings)).post(read_file(SAMPLES / "office_visit.835"), "tester")
    given = answer("how much does Marisol Tanaka-Reyes owe?", Context(services, use_store=True))
    assert "$78.00" in given.text
    assert SourceKind.STORE in {one.kind for one in given.citations}
    assert "DEMO1001" in answer("which claims need work?", Context(services, use_store=True)).text
    assert "no claim X9999" in answer("what happened to claim X9999?", Context(services, use_store=True)).text
    due = answer("which denials are due this week?", Context(services, use_store=True)).text
    assert "no public rule gives a day" in due and "DEMO1001" not in due
    assert "7004418201" in answer("who was on check 7004418201?", Context(services, use_store=True)).text
    assert "No claim of Zelda Fitz" in answer("anything on Zelda Fitz?", Context(services, use_store=True)).text
