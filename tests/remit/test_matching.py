"""Answers find the claim they belong to: exactly, or by likeness when the number was lost; never when it is a toss-up."""

import datetime as dt
import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from assistant.claim.claim import Claim, ClaimForm, DiagnosisPointer, Party, PartyAddress, ServiceLine
from assistant.claim.transmission import Envelope, batch_of, write_837
from assistant.cli import main
from assistant.remit.matching import SentClaims, match_lines
from assistant.remit.values import RemitClaim
from tests.remit.make import NPI, claim, claims, read, remittance

DAY = dt.date(2026, 1, 5)


def sent(number: str = "C1", name: str = "DOE", member: str = "M1", total: str = "150", *codes: str) -> Claim:
    parts = codes or ("99213-25", "20610-RT")
    lines = tuple(
        ServiceLine(
            procedure=code.split("-")[0],
            modifiers=tuple(code.split("-")[1:]),
            charge=Decimal(total) / len(parts),
            units=Decimal(1),
            pointers=(DiagnosisPointer(1),),
            start=DAY,
            control_number=f"{number}-{place}",
        )
        for place, code in enumerate(parts, 1)
    )
    subscriber = Party("IL", name=name, first="PAT", person=True, id=member)
    return Claim(
        form=ClaimForm.PROFESSIONAL,
        control_number=number,
        total=Decimal(total),
        facility_code="11",
        frequency="1",
        billing=Party("85", name="CLINIC"),
        subscriber=subscriber,
        payer=Party("PR", name="PLAN"),
        diagnoses=(),
        lines=lines,
    )


def answer(number: str, *lines: str, billed: str = "150") -> RemitClaim:
    body = [segment for line in lines for segment in line.split("~")]
    return claims(read(*claim("1", billed, billed, "0", *body, number=number)))[0]


def line(code: str, charge: str = "75", control: str = "") -> str:
    reference = f"~REF*6R*{control}" if control else ""
    return f"SVC*HC:{code}*{charge}*{charge}**1~DTM*472*20260105{reference}"


BOTH = (line("99213:25", control="C1-1"), line("20610:RT", control="C1-2"))


@pytest.mark.parametrize("number", ["C1", "c1", "000C1"])
def test_the_control_number_decides(number: str) -> None:
    found = SentClaims([sent("C9"), sent("C1")]).match(answer(number, *BOTH))
    assert found is not None and found.sent.control_number == "C1" and found.score == 100
    assert "control_number" in found.how and "charge" in found.how
    assert [item.how for item in found.lines] == ["line_control_number"] * 2


def test_of_an_original_and_its_replacement_the_charge_tells() -> None:
    original, replacement = sent("C1", "DOE", "M1", "150"), sent("C1", "DOE", "M1", "90")
    found = SentClaims([original, replacement]).match(answer("C1", *BOTH))
    assert found is not None and found.sent is original


def test_a_lost_number_is_found_by_likeness() -> None:
    others = [sent("C2", "ROE", "M2"), sent("C3", "DOE", "M9", "80")]
    found = SentClaims([*others, sent("C1")]).match(answer("PAYERS-OWN", *BOTH))
    assert found is not None and found.sent.control_number == "C1" and 80 <= found.score < 100
    assert set(found.how) == {"member", "name", "dates", "charge", "procedures"}


def test_a_misspelt_name_still_matches() -> None:
    found = SentClaims([sent("C1", "DOEE")]).match(answer("X", *BOTH))
    assert found is not None and found.score < 99


def test_a_toss_up_and_a_stranger_stay_unmatched() -> None:
    assert SentClaims([sent("C1"), sent("C2")]).match(answer("X", *BOTH)) is None
    assert SentClaims([sent("C1", "SMITH", "M7", "10", "80053")]).match(answer("X", *BOTH)) is None
    assert SentClaims([]).match(answer("X", *BOTH)) is None


@pytest.mark.parametrize(
    ("code", "how"),
    [("99213:25", "procedure_and_modifiers"), ("99213", "procedure_and_charge"), ("80053", "unmatched")],
)
def test_lines_without_a_control_number(code: str, how: str) -> None:
    found = match_lines(answer("C1", line(code)), sent())
    assert [item.how for item in found] == [how]


def test_a_line_the_payer_recoded_matches_by_the_code_that_was_billed() -> None:
    recoded = "SVC*HC:99212*75*50**1*HC:99213:25~DTM*472*20260105~CAS*CO*45*25"
    (found,) = match_lines(answer("C1", recoded), sent())
    assert found.sent is not None and found.sent.procedure == "99213"


def test_a_sent_line_is_given_out_once() -> None:
    found = match_lines(answer("C1", line("99213"), line("99213")), sent())
    assert [item.how for item in found] == ["procedure_and_charge", "unmatched"]


def test_the_command_matches_a_written_837(home: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    envelope = Envelope("SENDER", "RECEIVER", 1, 1, 1, dt.datetime(2026, 1, 6, 8, 0))  # noqa: DTZ001
    address = PartyAddress("1 WAY", city="DAYTON", state="OH", zip="454020000")
    first = replace(sent("C1"), billing=Party("85", name="CLINIC", id_kind="XX", id=NPI, address=address))
    (tmp_path / "a.837").write_text("".join(write_837([batch_of((first,), "R1", envelope.clock)], envelope)))
    stranger = claim("1", "9", "9", "0", number="X")
    segments = claim("1", "150", "150", "0", *[part for item in BOTH for part in item.split("~")], number="C1")
    (tmp_path / "a.835").write_bytes(remittance("159", *segments, *stranger))
    arguments = ["remit", "match", str(tmp_path / "a.835"), "--claims", str(tmp_path / "a.837")]
    assert main([*arguments, "--json"]) == 0
    known, unknown = json.loads(capsys.readouterr().out)["answers"]
    assert (known["sent"], known["score"]) == ("C1", 100)
    assert [(item["sent"], item["how"]) for item in known["lines"]] == [
        (1, "line_control_number"),
        (2, "line_control_number"),
    ]
    assert (unknown["sent"], unknown["score"]) == (None, 0)
    assert main(arguments) == 0
    out = capsys.readouterr().out
    assert "sent claim C1, 100" in out and "claim X [21]: unmatched" in out
    assert main(["remit", "match", str(tmp_path / "a.835"), "--claims", str(tmp_path / "a.835")]) == 2
    assert main([*arguments, "--unmatched", "--json"]) == 0
    assert [item["control_number"] for item in json.loads(capsys.readouterr().out)["answers"]] == ["X"]
    # Without a file: over everything kept.
    kept = ["remit", "match", "--claims", str(tmp_path / "a.837"), "--json"]
    assert main(kept) == 0 and json.loads(capsys.readouterr().out) == {"file": None, "answers": []}
    main(["remit", "post", str(tmp_path / "a.835")])
    capsys.readouterr()
    assert main(kept) == 0
    assert [item["sent"] for item in json.loads(capsys.readouterr().out)["answers"]] == ["C1", None]
    assert main([*kept[:-1], "--unmatched"]) == 0 and "claim X [21]: unmatched" in capsys.readouterr().out
