"""`superbill ask --claim`: a claim before it is sent, asked about from the command line."""

import json
from pathlib import Path

import pytest

from assistant.cli import main
from tests.claim.samples import record


@pytest.fixture
def claim(tmp_path: Path) -> Path:
    path = tmp_path / "encounter.json"
    path.write_text(json.dumps(record()))
    return path


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("draft the claim", ["$485.00", "E11.22", "99214-25"]),
        ("is the claim ready to bill?", ["$485.00", "CL-0207"]),
        ("any errors on this claim?", ["0 error(s)", "Z79.84"]),
        ("which diagnosis is first on it", ["First on this claim stands E11.22"]),
        ("what will this claim pay?", ["not known here"]),
        ("¿qué errores tiene el reclamo? revisa el reclamo", ["La revisión encontró 0 error(es)"]),
    ],
)
def test_a_claim_is_asked_about(
    question: str, said: list[str], claim: Path, indexed_home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["ask", question, "--claim", str(claim)]) == 0
    told = capsys.readouterr().out
    assert all(words in told for words in said), told


def test_a_file_that_is_no_encounter_is_named(
    tmp_path: Path, indexed_home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "other.json").write_text("[]")
    assert main(["ask", "draft the claim", "--claim", str(tmp_path / "other.json")]) == 2
    assert "other.json" in capsys.readouterr().err
