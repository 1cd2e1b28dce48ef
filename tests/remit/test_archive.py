"""What is kept is read again as it came: every claim, figure and segment number; nothing of it outlives a purge."""

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from assistant.cli import main
from assistant.remit.archive import Archive, kind_of
from assistant.remit.file import read_bytes, read_file
from assistant.remit.payments import PaymentLedger
from assistant.remit.queue import Change, WorkQueue
from assistant.remit.tables import tables
from assistant.store.engine import transaction
from tests.remit.kept import AGAIN, BACK, FIRST, answer, post
from tests.remit.kept import engine as engine
from tests.remit.make import claim, claims, line, read, remittance
from tests.remit.shared import samples

SAMPLES = Path(__file__).resolve().parents[2] / "corpus" / "samples"
OWN = sorted(SAMPLES.glob("*.835"))


@pytest.mark.parametrize("path", [*OWN, *samples("835", "synthetic", "derived")], ids=lambda path: path.name)
def test_a_kept_file_is_read_again_as_it_came(engine: Engine, path: Path) -> None:
    file = read_file(path)
    PaymentLedger(engine).post(file)
    kept = Archive(engine).files()
    came = [part for part in file.transactions if part.header.segments]
    again = {
        (part.header.trace_number, claim.segment): (claim, part)
        for one in kept
        for part in one.transactions
        for claim in part.claims
    }
    met: set[tuple[object, ...]] = set()
    for part in came:
        for item in part.claims:
            content = tuple(segment.elements for segment in item.segments)
            found = again.get((part.header.trace_number, item.segment))
            if found is None:
                # The same answer a second time, as in a copied transaction: kept once.
                assert content in met
                continue
            met.add(content)
            assert found[0]._replace(number=item.number) == item
            assert found[1].header.payer == part.header.payer
            assert found[1].header.payment_amount == part.header.payment_amount
    assert sum(len(part.claims) for one in kept for part in one.transactions) == len(again)
    if len(came) == 1 and len(again) == len(came[0].claims):
        (whole,) = kept[0].transactions
        assert whole.trailer.provider_adjustments == came[0].trailer.provider_adjustments
        assert whole.trailer.balance == came[0].trailer.balance and whole.trailer.complete == came[0].trailer.complete


def test_a_cut_off_file_that_comes_again_whole_adds_only_what_was_missing(engine: Engine) -> None:
    second = claim("1", "50", "50", "0", *line("99212", "50", "50"), number="C2")
    content = remittance("120", *FIRST, *second, plb="PLB*1*20261231*WO:X1*0")
    cut = content[: content.index(b"CLP*C2")]
    ledger = PaymentLedger(engine)
    assert ledger.post(read_bytes(cut, "cut.835")).new == 0
    assert [item.status for item in WorkQueue(engine).items(dt.date(2026, 2, 1))] == ["new"]
    posted = ledger.post(read_bytes(content, "whole.835"))
    assert (posted.new, posted.held) == (2, ())
    assert WorkQueue(engine).items(dt.date(2026, 2, 1)) == []
    again = ledger.post(read_bytes(cut, "cut.835"))
    assert (again.new, again.held) == (0, ())
    (file, *_) = Archive(engine).files()
    assert file.transactions[0].trailer.complete and file.transactions[0].trailer.provider_adjustments


def test_files_of_one_name_are_told_apart(engine: Engine) -> None:
    post(engine, answer("70", *FIRST), answer("15", *BACK, *AGAIN, day="20260228", trace="T2"))
    assert [file.name for file in Archive(engine).files()] == ["a.835 #1", "a.835 #2"]


@pytest.mark.parametrize(
    ("kind", "segments"),
    [
        ("answer", FIRST),
        ("reversal", BACK),
        ("estimate", claim("25", "100", "70", "20", *line("99213", "100", "70", "CAS*CO*45*10", "CAS*PR*2*20"))),
        ("pending", claim("5", "100", "0", "0")),
        ("pending", claim("23", "100", "0", "0", *line("99213", "100", "0", "CAS*OA*109*100"))),
        ("duplicate", claim("1", "100", "0", "0", *line("99213", "100", "0", "CAS*OA*18*100"))),
        ("split", claim("1", "100", "100", "0", "MOA***MA15", *line("99213", "100", "100"))),
        ("held", claim("1", "100", "60", "0", *line("99213", "100", "60", "CAS*CO*45*30"))),
    ],
)
def test_kinds_of_answers(kind: str, segments: list[str]) -> None:
    if kind == "pending" and segments[0].startswith("CLP*C1*5"):
        segments = [*segments, "CAS*OA*133*100"]
    assert kind_of(claims(read(*segments))[0]) == kind


def rows(engine: Engine) -> dict[str, int]:
    store = tables()
    with transaction(engine) as connection:
        return {
            name: len(connection.execute(select(getattr(store, name))).all())
            for name in ("answers", "receipts", "work", "log")
        }


def test_forgetting_leaves_no_trace_of_the_claim(engine: Engine, home: Path) -> None:
    denied = claim(
        "1", "80", "0", "0", *line("99214", "80", "0", "CAS*CO*197*80"), number="SECRET77", name="*ZEBRA*ZOE"
    )
    file = answer("70", *FIRST, *denied, plb="PLB*1*20261231*WO:PSECRET77*0")
    ledger = post(engine, file)
    ledger.receive("SECRET77", Decimal(5), dt.date(2026, 2, 1), note="cash")
    queue = WorkQueue(engine)
    (item,) = [item for item in queue.items(dt.date(2026, 2, 1)) if item.work.control_number == "SECRET77"]
    queue.change(item.number, Change(note="call them"), "pat")
    assert ledger.forget("SECRET77") == 1
    assert rows(engine) == {"answers": 1, "receipts": 0, "work": 0, "log": 0}
    stored = b"".join(path.read_bytes() for path in home.glob("*.db*") if path.is_file())
    stored = stored or b"".join(path.read_bytes() for path in home.iterdir() if path.is_file())
    assert b"SAMPLE PLAN" in stored
    for secret in (b"SECRET77", b"ZEBRA", b"call them"):
        assert secret not in stored
    assert Archive(engine).files()[0].transactions[0].trailer.provider_adjustments[0].reference == "REMOVED"


def test_purging_a_patient_takes_the_remittances_too(
    engine: Engine, home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from assistant.claim.history import ClaimHistory, SentClaim
    from assistant.review.ledger import Ledger

    other = claim("1", "50", "50", "0", *line("99212", "50", "50"), number="ELSEWHERE")
    stranger = claim("1", "50", "50", "0", *line("99212", "50", "50"), number="C9", name="*ROE*SAM")
    path = tmp_path / "x.835"
    path.write_bytes(remittance("170", *FIRST, *other, *stranger).replace(b"ROE*SAM****MI*M1", b"ROE*SAM****MI*M2"))
    assert main(["remit", "post", str(path)]) == 0
    Ledger(engine).record("visit-1", [], patient="P-1", note="")
    ClaimHistory(engine).add(SentClaim("C1", "visit-1", "837p", "X", 1, 1, "0001", "drafted", "", ""))
    capsys.readouterr()
    assert main(["purge", "P-1", "--json"]) == 0
    assert '"purged_answers": 2' in capsys.readouterr().out
    assert [item.control_number for item in PaymentLedger(engine).balances()] == ["C9"]
    assert main(["purge", "P-1"]) == 2
    assert main(["purge", "P-2", "--member", "m2"]) == 0
    assert PaymentLedger(engine).balances() == []


def test_a_store_of_remittances_alone_can_be_backed_up_and_restored(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "x.835"
    path.write_bytes(remittance("70", *FIRST))
    assert main(["remit", "post", str(path)]) == 0
    assert main(["backup", str(tmp_path / "copy.db")]) == 0
    assert main(["remit", "receipt", "C1", "5"]) == 0
    assert main(["restore", str(tmp_path / "copy.db")]) == 0
    capsys.readouterr()
    assert main(["remit", "balances", "--claim", "C1", "--json"]) == 0
    assert '"patient_paid": "0.00"' in capsys.readouterr().out
