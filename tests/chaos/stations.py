"""The work that is killed: each station does one small piece of real work a step, and afterwards tells what is not right.

A step gives what it promises to whoever asked: from then on it must be there. `verify` looks at a folder after a kill, as the
next start of the program would, and then `step` must go on without help.
"""

import contextlib
import datetime as dt
import io
import json
import os
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from tests.chaos import upkeep
from tests.chaos.station import Promise, Station, chains, store_of, unprepared

# deciding


def _decide(folder: Path, number: int) -> Promise:
    from assistant.review.decision import Decision, DecisionAction
    from assistant.review.ledger import Ledger
    from corpus.codes import CodeSystem

    said = tuple(
        Decision(DecisionAction.ACCEPT, code, CodeSystem.ICD10CM, rank=rank)
        for rank, code in enumerate(("E11.22", "I10"), 1)
    )
    with store_of(folder) as engine:
        return Ledger(engine).record(f"visit-{number}", said, patient=f"p{number % 7}", note="x" * 300, actor="coder")


def _decided(folder: Path, promised: Sequence[Promise]) -> list[str]:
    from assistant.review.ledger import Ledger

    with store_of(folder) as engine:
        entries = Ledger(engine).entries()
        faults = chains(engine)
    kept = {entry.digest for entry in entries}
    faults += [f"decision {digest[:8]} was confirmed and is gone" for digest in promised if digest not in kept]
    faults += [
        f"entry {entry.number} holds half of its decisions"
        for entry in entries
        if entry.content is None or len(entry.content["decisions"]) != 2
    ]
    return faults


# posting


def _remittance(number: int) -> bytes:
    from tests.remit.make import claim, line, remittance

    claims = [
        part
        for at in range(3)
        for part in claim(
            "1",
            "100",
            "80",
            "20",
            *line("99213", "100", "80", "CAS*PR*1*20"),
            number=f"A{number}X{at}",
            name=f"*FERN*R{at}",
        )
    ]
    return remittance("240", *claims).replace(b"TRN*1*T1*", f"TRN*1*T{number}*".encode())


def _post(folder: Path, number: int) -> Promise:
    from assistant.remit.file import read_bytes
    from assistant.remit.payments import PaymentLedger

    with store_of(folder) as engine:
        ledger = PaymentLedger(engine)
        posted = ledger.post(read_bytes(_remittance(number), f"{number}.835"), who="biller")
        if number % 3 == 0:
            ledger.receive(f"A{number}X0", Decimal("5.00"), dt.date(2026, 2, 1))
    return [number, posted.new + posted.known]


def _posted(folder: Path, promised: Sequence[Promise]) -> list[str]:
    from assistant.remit.file import read_bytes
    from assistant.remit.payments import PaymentLedger

    with store_of(folder) as engine:
        ledger = PaymentLedger(engine)
        balances = {item.control_number: item for item in ledger.balances()}
        faults = chains(engine)
        files: dict[str, int] = {}
        for control in balances:
            files[control.split("X")[0]] = files.get(control.split("X")[0], 0) + 1
        faults += [
            f"remittance {name} was posted in part ({count} of 3)" for name, count in files.items() if count != 3
        ]
        faults += [f"{name} counts twice" for name, item in balances.items() if item.paid != 80 or item.billed != 100]
        for number, count in promised:
            if count != 3 or f"A{number}X2" not in balances:
                faults.append(f"remittance {number} was posted and is gone")
            elif number % 3 == 0 and balances[f"A{number}X0"].patient_paid != 5:
                faults.append(f"a patient's payment on A{number}X0 was noted and is gone")
        for number, _ in promised[-1:]:
            again = ledger.post(read_bytes(_remittance(number), "again.835"), who="biller")
            if again.new:
                faults.append("posting again what was there added to it")
    return faults


# a payer's answers removed


def _forget(folder: Path, number: int) -> Promise:
    from assistant.remit.archive import Archive
    from assistant.remit.file import read_bytes
    from assistant.remit.payments import PaymentLedger

    with store_of(folder) as engine:
        PaymentLedger(engine).post(read_bytes(_remittance(number), f"{number}.835"), who="biller")
        Archive(engine).forget([f"A{number}X{at}" for at in range(3)])
    return number


def _forgotten(folder: Path, promised: Sequence[Promise]) -> list[str]:
    from assistant.remit.payments import PaymentLedger

    with store_of(folder) as engine:
        there = {item.control_number.split("X")[0] for item in PaymentLedger(engine).balances()}
        counts = [item.control_number for item in PaymentLedger(engine).balances()]
        faults = chains(engine)
    faults += [f"remittance {number} was removed and is there" for number in promised if f"A{number}" in there]
    faults += [
        f"{name} was removed in part" for name in there if sum(one.startswith(f"{name}X") for one in counts) != 3
    ]
    return faults


# claims


def _prepare_claims(folder: Path) -> None:
    from tests.claim.samples import record

    (folder / "e.json").write_text(json.dumps(record()))


def _draft(folder: Path, number: int) -> Promise:
    from assistant.claim import desk
    from assistant.cli import main
    from assistant.commands import wiring
    from tests.review.fakes import FakeCodeBook

    os.environ["SUPERBILL_HOME"] = str(folder / "home")
    wiring.codebook = FakeCodeBook  # type: ignore[assignment]
    desk.scrub_claims = lambda *_: ()  # type: ignore[assignment]
    target = folder / f"c{number}.837"
    said = json.loads((folder / "e.json").read_text())
    (folder / "e.part").write_text(json.dumps(said | {"id": f"v{number}", "control_number": f"C{number}"}))
    (folder / "e.part").replace(folder / f"e{number}.json")
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()) as told:
        status = main(["claim", "draft", str(folder / f"e{number}.json"), "--out", str(target)])
    assert status == 0, told.getvalue()
    return [f"C{number}", target.name, int(target.read_text().split("*")[13])]


def _drafted(folder: Path, promised: Sequence[Promise]) -> list[str]:
    from assistant.claim.control_numbers import ControlNumbers
    from assistant.claim.history import ClaimHistory
    from assistant.claim.reader import read_837

    faults: list[str] = []
    numbers: dict[int, str] = {}
    for path in sorted(folder.glob("c*.837")):
        reading = read_837(path)
        if reading.problems or len(reading.batches) != 1 or len(reading.batches[0].claims) != 1:
            faults.append(f"{path.name} is not whole")
        interchange = int(path.read_text().split("*")[13])
        if interchange in numbers:
            faults.append(f"{path.name} and {numbers[interchange]} have one interchange number")
        numbers[interchange] = path.name
    with store_of(folder) as engine:
        history = ClaimHistory(engine)
        for control, name, interchange in promised:
            if numbers.get(interchange) != name:
                faults.append(f"{name} was written and is gone")
            if history.get(control) is None:
                faults.append(f"claim {control} was drafted and the store does not know it")
        if max(numbers, default=0) > ControlNumbers(engine).used().get("interchange", 0):
            faults.append("an interchange number in a file could be given out again")
        faults += chains(engine)
    return faults


# the site's own files


def _site_file(number: int) -> str:
    rows = "".join(f"{code},,{number % 900 + 1}.00\n" for code in range(10_000, 11_500))
    return f"code,modifier,charge\n{rows}"


def _load(folder: Path, number: int) -> Promise:
    from assistant.claim.site import SiteData

    file = folder / "fees.csv"
    file.write_text(_site_file(number))
    with store_of(folder) as engine:
        SiteData(engine).load([file])
    return number


def _loaded(folder: Path, promised: Sequence[Promise]) -> list[str]:
    from sqlalchemy import text

    with store_of(folder) as engine:
        with engine.connect() as connection:
            rows = connection.execute(text("SELECT count(*), min(cents), max(cents) FROM site_fees")).one()
        faults = chains(engine)
    if rows[0] not in (0, 1500) or rows[1] != rows[2]:
        faults.append(f"half a fee schedule: {rows[0]} rows from {rows[1]} to {rows[2]}")
    if promised and rows[0] != 1500:
        faults.append("a fee schedule was loaded and is gone")
    return faults


# official files


def _prepare_import(folder: Path) -> None:
    from tests.corpus.sources import miniature

    for name, word in (("a.xml", "Blight"), ("b.xml", "Leaf blight")):
        (folder / name).write_text(miniature.tabular().replace("<desc>Blight</desc>", f"<desc>{word}</desc>"))
    _import(folder, 0)


def _import(folder: Path, number: int) -> Promise:
    import pytest

    from assistant import cli
    from tests.commands import importing
    from tests.corpus import small

    os.environ["SUPERBILL_HOME"] = str(folder / "home")
    with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stdout(io.StringIO()):
        importing.stand_ins(patch, None, small.FakeEncoder())
        with contextlib.redirect_stderr(io.StringIO()) as told:
            status = cli.main(["corpus", "import", str(folder / ("a.xml", "b.xml")[number % 2])])
    assert status == 0, told.getvalue()
    return number % 2


def _imported(folder: Path, promised: Sequence[Promise]) -> list[str]:
    import pytest

    from corpus.catalog import Catalog
    from corpus.codes import CodeSystem
    from corpus.index.search import Searcher
    from tests.commands import importing
    from tests.corpus import small

    day = dt.date(2030, 12, 1)
    with pytest.MonkeyPatch.context() as patch:
        importing.stand_ins(patch, None, small.FakeEncoder())
        catalog = Catalog(folder / "home")
        edition = catalog.edition(CodeSystem.ICD10CM, day)
        titles = {node.code: node.title for node in edition.nodes() if node.kind == "code"}
        catalog.build(edition)
        found = Searcher(catalog.index_root, small.FakeEncoder(), edition).find_units([titles["B20"]], 1)[0][0]
    faults = []
    if len(titles) < 6 or titles["B20"] not in ("Blight", "Leaf blight"):
        faults.append("half a release is installed")
    if found.matched_term != titles["B20"]:
        faults.append("the index is not that of the installed release")
    return faults


# the index


def _editions() -> list[Any]:
    from tests.corpus import small

    nodes = [*small.NODES, *(small.node(f"J{n:02}", f"Sample condition number {n}", None) for n in range(90))]
    return [small.edition(version, nodes=nodes, lines=small.LINES) for version in ("1", "2")]


def _build(folder: Path, number: int) -> Promise:
    from corpus.index import build
    from tests.corpus import small

    build.BLOCK = 16  # several saves in one build
    edition = _editions()[number % 2]
    return build.build_index(folder / "index", edition=edition, encoder=small.FakeEncoder(), quiet=True).fingerprint


def _built(folder: Path, promised: Sequence[Promise]) -> list[str]:
    from corpus.index import build
    from corpus.index.search import Searcher
    from tests.corpus import small

    faults = []
    current = [edition for edition in _editions() if build.is_current(folder / "index", edition)]
    for edition in current:
        hits = Searcher(folder / "index", small.FakeEncoder(), edition).find_units(["Sample condition number 7"], 1)[0]
        if not hits:
            faults.append("an index that says it is whole finds nothing")
    if promised and not current:
        faults.append("an index was built and none is there")
    return faults


# many notes


NOTES = 60


def _prepare_notes(folder: Path) -> None:
    lines = (json.dumps({"id": f"n{at}", "text": f"Assessment: gout, visit {at}."}) + "\n" for at in range(NOTES))
    (folder / "notes.jsonl").write_text("".join(lines) + "not json\n")


def _suggest(folder: Path, number: int) -> Promise:
    """`suggest --notes --resume` with an engine that answers at once: the files are what is tried here."""
    import pytest

    from assistant.cli import main
    from assistant.services import Services

    os.environ["SUPERBILL_HOME"] = str(folder / "home")

    def answered(_: Services, lines: Any, top: int = 20, model: str | None = None) -> Any:
        for line in lines:
            yield {"id": line["id"], "suggestions": [], "text": line["text"] * 20}

    done = len(list(folder.glob("out*.jsonl")))
    target = folder / f"out{done}.jsonl"
    with (
        pytest.MonkeyPatch.context() as patch,
        contextlib.redirect_stdout(io.StringIO()),
        contextlib.redirect_stderr(io.StringIO()),
    ):
        patch.setattr(Services, "suggest_lines", answered)
        status = main(["suggest", "--notes", str(folder / "notes.jsonl"), "--out", str(target), "--resume"])
    assert status == 0
    return target.name


def _suggested(folder: Path, promised: Sequence[Promise]) -> list[str]:
    faults = [f"{name} was written and is gone" for name in promised if not (folder / name).is_file()]
    expected = [f"n{at}" for at in range(NOTES)] + [None]
    for path in folder.glob("out*.jsonl"):
        ids = [json.loads(line)["id"] for line in path.read_text().splitlines()]
        if ids != expected:
            faults.append(f"{path.name} does not hold exactly one line for each input, in order")
    return faults


STATIONS = (
    Station("deciding", unprepared, _decide, _decided),
    Station("posting", unprepared, _post, _posted),
    Station("removing answers", unprepared, _forget, _forgotten),
    Station("writing claims", _prepare_claims, _draft, _drafted),
    Station("loading the site's files", unprepared, _load, _loaded),
    Station("importing a release", _prepare_import, _import, _imported),
    Station("building an index", unprepared, _build, _built),
    Station("suggesting for many notes", _prepare_notes, _suggest, _suggested),
    *upkeep.STATIONS,
)
