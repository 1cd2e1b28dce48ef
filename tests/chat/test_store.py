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
