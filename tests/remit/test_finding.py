"""What is kept is found by every number, by a misspelt name, by payer and date; what does not fit is not found."""

import json
from pathlib import Path

import pytest
from sqlalchemy import Engine

from assistant.cli import main
from assistant.errors import InputError
from assistant.remit.finding import find
from tests.remit.kept import FIRST, answer, post
from tests.remit.kept import engine as engine
from tests.remit.make import claim, line, remittance

GARCIA = claim("1", "50", "50", "0", *line("99212", "50", "50"), number="0077001", name="*GARCIA-LOPEZ*MARIA")
GARCIA[1] = GARCIA[1].replace("*M1", "*W123456789")
SMYTHE = claim("1", "40", "40", "0", *line("99211", "40", "40"), number="0077002", name="*SMYTHE*JON")


@pytest.fixture
def kept(engine: Engine) -> Engine:
    post(
        engine,
        answer("90", *[part.replace("20260105", "20251211") for part in GARCIA], *SMYTHE, name="jan.835"),
        answer("70", *FIRST, payer="OTHER PLAN", day="20260320", trace="EFT990017", name="march.835"),
    )
    return engine


@pytest.mark.parametrize(
    ("query", "numbers", "how"),
    [
        ("0077001", ["0077001"], "control_number"),
        ("77001", ["0077001"], "control_number"),
        ("pc1", ["C1"], "payer_control_number"),
        ("EFT990017", ["C1"], "trace"),
        ("990017", ["C1"], "trace"),
        ("w123456789", ["0077001"], "member"),
        ("garcia", ["0077001"], "patient"),
        ("maria garcia", ["0077001"], "patient"),
        ("Garcia-Lopez, Maria", ["0077001"], "patient"),
        ("garsia", ["0077001"], "patient"),
        ("smith jon", ["0077002"], "patient"),
        ("smyth jon", ["0077002"], "patient"),
        ("other", ["C1"], "payer"),
        ("2026-03-20", ["C1"], "date"),
        ("2025-12-01..2025-12-31", ["0077001"], "date"),
        ("12/11/2025", ["0077001"], "date"),
        ("2025-12", ["0077001"], "date"),
        ("doe 2026-03", ["C1"], "patient"),
        ("garcia 2026-03", [], ""),
        ("doe sample", [], ""),
        ("zzz", [], ""),
        ("007", [], ""),
    ],
)
def test_what_a_query_finds(kept: Engine, query: str, numbers: list[str], how: str) -> None:
    found = find(kept, query)
    assert [item.control_number for item in found.claims] == numbers
    assert not numbers or how in found.claims[0].how


def test_exact_numbers_come_before_parts(engine: Engine) -> None:
    longer = claim("1", "40", "40", "0", *line("99211", "40", "40"), number="990017")
    post(engine, answer("40", *longer), answer("70", *FIRST, trace="EFT990017", name="b.835"))
    assert [(item.control_number, item.score) for item in find(engine, "990017").claims] == [
        ("990017", 100),
        ("C1", 90),
    ]


def test_the_answer_says_where_it_stands(kept: Engine) -> None:
    (item,) = find(kept, "C1").claims
    assert (item.file, item.segment, item.kind, item.status) == ("march.835", 13, "answer", "1")
    assert (item.billed, item.paid, item.share) == (100, 70, 20) and str(item.service_start) == "2026-01-05"


def test_patients_and_the_number_of_answers(kept: Engine) -> None:
    found = find(kept, "2025-12-01..2026-12-31", most=1)
    assert found.total == 3 and len(found.claims) == 1
    assert {patient.patient for patient in found.patients} == {"MARIA GARCIA-LOPEZ", "JON SMYTHE", "PAT DOE"} or {
        patient.member for patient in found.patients
    } == {"W123456789", "M1"}


@pytest.mark.parametrize("query", ["", "  ", "2026-13-45", "2026-03-02..2026-03-01"])
def test_queries_that_say_nothing(kept: Engine, query: str) -> None:
    with pytest.raises(InputError):
        find(kept, query)


def test_the_command(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "x.835"
    path.write_bytes(remittance("70", *FIRST))
    main(["remit", "post", str(path)])
    capsys.readouterr()
    assert main(["remit", "find", "doe", "pat", "--json"]) == 0
    (item,) = json.loads(capsys.readouterr().out)["claims"]
    assert item["control_number"] == "C1" and item["paid"] == "70.00"
    assert main(["remit", "find", "doe"]) == 0 and "PAT DOE" in capsys.readouterr().out
    assert main(["remit", "find", "nobody"]) == 0 and "Nothing kept fits" in capsys.readouterr().out
    assert main(["remit", "find", "2026-03-02..2026-03-01"]) == 2
