"""The kept work list: numbers, status, notes, order, filters; later answers change what is called for, never notes."""

import csv
import datetime as dt
import json
from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree

import pytest
from sqlalchemy import Engine

from assistant.cli import main
from assistant.errors import InputError
from assistant.remit.queue import STATUSES, Change, QueueItem, WorkQueue
from tests.remit.kept import AGAIN, BACK, DENIED, FIRST, answer, post
from tests.remit.kept import engine as engine
from tests.remit.make import claim, line, remittance

TODAY = dt.date(2026, 3, 2)
MEDICARE = [
    part.replace("*12*PC2*", "*MB*PC2*")
    for part in claim("1", "60", "0", "0", *line("99212", "60", "0", "CAS*CO*50*60"), number="C2")
]


def items(engine: Engine, **wanted: object) -> list[QueueItem]:
    return WorkQueue(engine).items(TODAY, **wanted)  # type: ignore[arg-type]


def test_posting_adds_entries_and_posting_again_none(engine: Engine) -> None:
    file = answer("70", *FIRST[:0], *DENIED, *claim("1", "70", "70", "0", *line("99212", "70", "70"), number="OK"))
    post(engine, file)
    (item,) = items(engine)
    assert (item.status, item.work.action, item.work.amount, item.work.age_days) == ("new", "appeal", Decimal(100), 30)
    assert item.work.segments and item.patient == "PAT DOE" and item.called_for and item.notes == ()
    WorkQueue(engine).change(item.number, Change(status="in_progress", note="called"), "pat")
    post(
        engine,
        file,
        answer("70", *DENIED, *claim("1", "70", "70", "0", *line("99212", "70", "70"), number="OK"), name="b.835"),
    )
    (again,) = items(engine)
    assert (again.number, again.status, len(again.notes)) == (item.number, "in_progress", 1)


def test_what_a_person_notes_is_kept_with_who_and_when(engine: Engine) -> None:
    post(engine, answer("0", *DENIED))
    queue, (item,) = WorkQueue(engine), items(engine)
    at = dt.datetime(2026, 3, 1, 9, 30, tzinfo=dt.UTC)
    queue.change(item.number, Change(status="appealed", note="records attached"), "pat", at)
    queue.change(item.number, Change(note="they have it"), "lee", at + dt.timedelta(days=2))
    changed = queue.change(
        item.number, Change(status="paid", outcome="won", recovered=Decimal("100")), "pat", at + dt.timedelta(days=9)
    )
    assert changed.appeal_sent == dt.date(2026, 3, 1)
    assert (changed.status, changed.outcome, changed.recovered, changed.changed_by) == ("paid", "won", 100, "pat")
    assert [(note.who, note.status, note.note) for note in changed.notes] == [
        ("pat", "appealed", "records attached"),
        ("lee", "appealed", "they have it"),
        ("pat", "paid", ""),
    ]
    assert changed.notes[1].at == "2026-03-03T09:30:00+00:00"
    assert items(engine) == [] and len(items(engine, statuses=("paid",))) == 1


@pytest.mark.parametrize(
    "change", [Change(), Change(status="done"), Change(outcome="maybe"), Change(note="x" * 5000)], ids=str
)
def test_what_cannot_be_noted(engine: Engine, change: Change) -> None:
    post(engine, answer("0", *DENIED))
    (item,) = items(engine)
    with pytest.raises(InputError):
        WorkQueue(engine).change(item.number, change, "pat")
    with pytest.raises(InputError):
        WorkQueue(engine).change(item.number + 7, Change(status="paid"), "pat")
    assert items(engine) == [item]


def test_a_later_answer_is_shown_and_takes_no_note_away(engine: Engine) -> None:
    post(engine, answer("0", *DENIED))
    (item,) = items(engine)
    WorkQueue(engine).change(item.number, Change(status="appealed"), "pat")
    back = claim("22", "-100", "0", "0", *line("99213", "-100", "0", "CAS*CO*197*-100"))
    post(engine, answer("70", *back, *FIRST, name="b.835", day="20260225", trace="T2"))
    (after,) = items(engine)
    assert (after.number, after.status) == (item.number, "appealed")
    assert (after.later_answer, after.later_paid) == (dt.date(2026, 2, 25), Decimal(70))
    assert WorkQueue(engine).causes() == []


def test_an_entry_no_longer_called_for_goes_or_says_so(engine: Engine) -> None:
    bare = answer("-70", *BACK, day="20260201", trace="T2", name="b.835")
    correction = answer("85", *AGAIN, day="20260215", trace="T3", name="c.835")
    post(engine, answer("70", *FIRST), bare)
    (item,) = items(engine)
    assert (item.work.action, item.work.amount) == ("refund_patient", Decimal(20))
    WorkQueue(engine).change(item.number, Change(note="check sent?"), "pat")
    post(engine, correction)
    old, new = sorted(items(engine), key=lambda entry: entry.number)
    assert (old.number, old.called_for, len(old.notes)) == (item.number, False, 1)
    assert (new.work.amount, new.called_for) == (Decimal(15), True)


def test_an_untouched_entry_no_longer_called_for_is_gone(engine: Engine) -> None:
    post(engine, answer("70", *FIRST), answer("-70", *BACK, day="20260201", trace="T2", name="b.835"))
    assert len(items(engine)) == 1
    post(engine, answer("85", *AGAIN, day="20260215", trace="T3", name="c.835"))
    assert [item.work.amount for item in items(engine)] == [Decimal(15)]


def test_order_and_filters(engine: Engine) -> None:
    late = claim("1", "40", "0", "0", *line("99211", "40", "0", "CAS*CO*16*40", "LQ*HE*N382"), number="C3")
    post(
        engine,
        answer("0", *DENIED, day="20260131"),
        answer("0", *MEDICARE, day="20260110", trace="T2", payer="MEDICARE WEST"),
        answer("0", *late, day="20260220", trace="T3", payer="A PLAN"),
    )
    by = {
        order: [item.work.control_number for item in items(engine, order=order)]
        for order in ("amount", "age", "payer", "deadline", "reason")
    }
    assert by["amount"] == ["C1", "C2", "C3"] and by["age"] == ["C2", "C1", "C3"]
    assert by["payer"] == ["C3", "C2", "C1"] and by["deadline"][0] == "C2"
    assert by["reason"] == ["C3", "C1", "C2"]
    assert [item.work.control_number for item in items(engine, payer="medicare")] == ["C2"]
    assert [item.work.control_number for item in items(engine, reason="CO-197")] == ["C1"]
    assert [item.work.control_number for item in items(engine, reason="16")] == ["C3"]
    assert items(engine, statuses=("paid",)) == [] and len(items(engine, statuses=STATUSES)) == 3
    assert [(cause.code, cause.payer, cause.amount) for cause in WorkQueue(engine).causes()] == [
        ("CO-197", "SAMPLE PLAN", 100),
        ("CO-50", "MEDICARE WEST", 60),
        ("CO-16", "A PLAN", 40),
    ]


def test_a_deadline_only_where_a_dated_rule_gives_one(engine: Engine) -> None:
    post(engine, answer("0", *DENIED), answer("0", *MEDICARE, day="20260110", trace="T2"))
    found = {item.work.control_number: item.work for item in items(engine)}
    assert found["C1"].deadline == "see the notice" and found["C1"].deadline_source == ""
    # 5 days until the notice counts as received, then 120.
    assert found["C2"].deadline == "2026-05-15" and "42 CFR 405.942" in found["C2"].deadline_source


def run(capsys: pytest.CaptureFixture[str], *args: str) -> tuple[int, str, str]:
    status = main(["remit", *args])
    captured = capsys.readouterr()
    return status, captured.out, captured.err


def test_the_commands(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "x.835"
    path.write_bytes(remittance("0", *DENIED, *MEDICARE))
    assert run(capsys, "worklist")[1].startswith("Nothing to work on")
    run(capsys, "post", str(path))
    status, out, _ = run(capsys, "worklist", "--json", "--sort", "deadline")
    record = json.loads(out)
    assert status == 0 and [item["control_number"] for item in record["items"]] == ["C2", "C1"]
    assert {"number", "status", "action", "deadline", "notes", "appeal_sent", "outcome"} <= set(record["items"][0])
    number = str(record["items"][1]["number"])
    assert run(capsys, "worklist", "--set", number, "--status", "in progress", "--note", "asked for records")[0] == 0
    assert "asked for records" in run(capsys, "worklist", "--status", "in_progress")[1]
    status, out, _ = run(
        capsys, "worklist", "--set", number, "--status", "appealed", "--appeal-sent", "2026-03-01", "--json"
    )
    (item,) = json.loads(out)["items"]
    assert (item["status"], item["appeal_sent"], item["last_note"]) == ("appealed", "2026-03-01", "asked for records")
    run(capsys, "worklist", "--set", number, "--outcome", "won", "--recovered", "$100.00", "--status", "paid")
    assert json.loads(run(capsys, "worklist", "--status", "paid", "--json")[1])["items"][0]["recovered"] == "100.00"
    assert len(json.loads(run(capsys, "worklist", "--status", "all", "--json")[1])["items"]) == 2
    for wrong in (
        ["--set", "99", "--status", "paid"],
        ["--set", number],
        ["--status", "done"],
        ["--note", "x"],
        ["--set", number, "--recovered", "ten"],
        ["--set", number, "--appeal-sent", "soon"],
    ):
        status, out, err = run(capsys, "worklist", *wrong)
        assert (status, out, len(err.splitlines())) == (2, "", 1)


def test_csv_is_harmless_and_the_chart_is_svg(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, table, chart = tmp_path / "x.835", tmp_path / "w.csv", tmp_path / "c.svg"
    path.write_bytes(remittance("0", *DENIED, *MEDICARE).replace(b"SAMPLE PLAN", b"=A&B <PLAN>"))
    run(capsys, "post", str(path))
    number = json.loads(run(capsys, "worklist", "--json")[1])["items"][0]["number"]
    run(capsys, "worklist", "--set", str(number), "--note", "+1 555 0100 called")
    run(capsys, "worklist", "--csv", str(table), "--chart", str(chart))
    rows = list(csv.DictReader(table.read_text("utf-8").splitlines()))
    assert {row["payer"] for row in rows} == {"'=A&B <PLAN>"}
    assert "'+1 555 0100 called" in {row["last_note"] for row in rows} and {row["amount"] for row in rows} == {
        "100.00",
        "60.00",
    }
    drawn = ElementTree.fromstring(chart.read_text("utf-8"))
    texts = ["".join(text.itertext()) for text in drawn.iter("{http://www.w3.org/2000/svg}text")]
    assert "CO-197 =A&B <PLAN>" in texts and "$100.00" in texts and "$60.00" in texts
    widths = [float(bar.get("width", "0")) for bar in drawn.iter("{http://www.w3.org/2000/svg}rect")]
    assert widths[1] == pytest.approx(widths[0] * 0.6, abs=0.1)


def test_no_log_or_error_holds_patient_data(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "x.835"
    path.write_bytes(remittance("0", *DENIED))
    caplog.set_level(0)
    run(capsys, "post", str(path))
    _, _, err = run(capsys, "worklist", "--set", "1", "--note", "DOE called")
    for said in (err, caplog.text):
        assert "DOE" not in said and "M1" not in said
