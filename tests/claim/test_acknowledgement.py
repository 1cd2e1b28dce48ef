"""TA1, 999 and 277CA: read, told in sentences, and kept for the claims they speak of."""

import json
from pathlib import Path

import pytest

from assistant.claim.acknowledgement import AckStatus, read_acknowledgement
from assistant.claim.history import ClaimHistory, SentClaim
from assistant.cli import main
from assistant.errors import InputError
from assistant.settings import load_settings
from assistant.store.engine import open_store
from tests.claim.oracle import SHARED
from tests.claim.samples import record

HEAD = "ISA*00*          *00*          *ZZ*P              *ZZ*S              *261110*0930*^*00501*000000005*0*P*:~"
TAIL = "GE*1*1~IEA*1*000000005~"
SYNTAX = (
    f"{HEAD}GS*FA*P*S*20261110*0930*1*X*005010X231A1~ST*999*0001*005010X231A1~AK1*HC*8*005010X222A1~"
    "AK2*837*0009*005010X222A1~IK3*CLM*22**8~CTX*CLM01:DEMO1001~IK4*2*782*1*SECRETVALUE~IK5*R*5~"
    "AK2*837*0010*005010X222A1~IK5*A~AK9*P*2*2*1~SE*9*0001~" + TAIL
)
STATUS = (
    f"{HEAD}GS*HN*P*S*20261110*0930*1*X*005010X214~ST*277*0001*005010X214~BHT*0085*08*1*20261110*0930*TH~"
    "HL*1**20*1~NM1*PR*2*X*****PI*1~TRN*1*1~HL*2*1*21*1~NM1*41*2*Y*****46*1~TRN*2*000000001~STC*A1:20*20261110*WQ*485~"
    "HL*3*2*19*1~NM1*85*2*Z*****XX*1~HL*4*3*PT~NM1*QC*1*SECRETNAME~TRN*2*DEMO1001~STC*A2:20*20261110*WQ*485~"
    "REF*1K*PCN55~HL*5*3*PT~NM1*QC*1*SECRETNAME~TRN*2*DEMO1002~STC*A7:562:82*20261110*U*10******A7:187~"
    "SVC*HC:99214*1~STC*A7:454*20261110*U~SE*22*0001~" + TAIL
)
TA1 = f"{HEAD}TA1*000000007*261110*0930*R*005~IEA*0*000000005~"


def sent(number: str, **more: object) -> SentClaim:
    base = {"encounter": "v", "form": "837p", "payer": "P", "interchange": 7, "group": 8, "transaction": "0009"}
    rest = {"state": "drafted", "payer_control_number": "", "changed": ""}
    return SentClaim(number, **{**base, **rest, **more})  # type: ignore[arg-type]


@pytest.fixture
def history(tmp_path: Path) -> ClaimHistory:
    made = ClaimHistory(open_store(load_settings({"SUPERBILL_HOME": str(tmp_path / "home")})))
    made.add(sent("DEMO1001"))
    made.add(sent("DEMO1002", transaction="0010"))
    made.add(sent("OTHER", interchange=1, group=1))
    return made


def states(history: ClaimHistory) -> list[str]:
    found = [history.get(number) for number in ("DEMO1001", "DEMO1002", "OTHER")]
    return [claim.state for claim in found if claim]


def test_a_999_names_claim_segment_and_field_and_never_the_bad_value(history: ClaimHistory) -> None:
    found = read_acknowledgement(SYNTAX.encode(), "x.999")
    segment, element, verdict = found.items[:3]
    assert (segment.claim, segment.position, segment.field) == ("DEMO1001", 22, "CLM")
    assert (element.claim, element.field) == ("DEMO1001", "CLM02")
    assert element.message == "Transaction 0009, CLM02: a required element is missing."
    assert verdict.status is AckStatus.REJECTED and found.rejected
    assert not any("SECRET" in item.message for item in found.items)
    assert history.apply(found) == ("DEMO1001", "DEMO1002")
    assert states(history) == ["rejected", "received", "drafted"]


def test_a_277ca_gives_each_claim_its_state_and_the_payers_number(history: ClaimHistory) -> None:
    found = read_acknowledgement(STATUS.encode(), "x.277")
    assert history.apply(found) == ("DEMO1001", "DEMO1002")
    assert states(history) == ["accepted", "rejected", "drafted"]
    claim = history.get("DEMO1001")
    assert claim is not None and claim.payer_control_number == "PCN55"
    said = [item.message for item in found.items if item.claim == "DEMO1002"]
    assert said[0] == "Claim DEMO1002: rejected: something is wrong; the NPI (rendering provider)."
    assert len(said) == 3 and "procedure code" in said[2]
    assert not any("SECRET" in item.message for item in found.items)


def test_a_ta1_speaks_of_the_whole_interchange(history: ClaimHistory) -> None:
    found = read_acknowledgement(TA1.encode(), "x.ta1")
    assert found.items[0].message.endswith("rejected: the kind of sender id (ISA05) is wrong.")
    assert history.apply(found) == ("DEMO1001", "DEMO1002")
    assert states(history) == ["rejected", "rejected", "drafted"]


def test_the_same_answer_twice_changes_nothing_more(history: ClaimHistory) -> None:
    found = read_acknowledgement(STATUS.encode())
    history.apply(found)
    before = states(history)
    history.apply(found)
    assert states(history) == before


def test_a_number_of_another_encounter_is_known(history: ClaimHistory) -> None:
    assert history.of_another("DEMO1001", "another") and not history.of_another("DEMO1001", "v")
    assert not history.of_another("NEW", "another")


@pytest.mark.parametrize("raw", [b"", b"hello", f"{HEAD}{TAIL}".encode()])
def test_anything_else_is_told_in_one_sentence(raw: bytes) -> None:
    with pytest.raises(InputError, match=r"x\.999"):
        read_acknowledgement(raw, "x.999")


def test_the_command_tells_and_keeps(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ClaimHistory(open_store(load_settings())).add(sent("DEMO1001"))
    (home / "a.277").write_text(STATUS)
    assert main(["claim", "ack", str(home / "a.277")]) == 1
    said = capsys.readouterr().out
    assert "Claim DEMO1001 is now accepted." in said
    assert main(["claim", "ack", str(home / "a.277"), "--json"]) == 1
    assert main(["claim", "ack", str(home / "absent")]) == 2


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared X12 samples are not here")
@pytest.mark.parametrize(
    ("name", "rejected", "claims"),
    [
        ("edilens_277CA.277", True, ["4001/1339", "2890/4", "00000000000000000000"]),
        ("imsweb_277CA_accepted.277", False, ["5781"]),
        ("oopf_277CA_b.277", False, ["MVC132-0145454"]),
        ("oopf_999_wisconsin.999", True, ["123456789", "987654321"]),
        ("imsweb_999_accepted.999", False, []),
        ("imsweb_999_rejected.999", True, []),
        ("oopf_TA1_1.ta1", False, []),
        ("uhin_TA1.ta1", True, []),
    ],
)
def test_the_shared_samples_are_read(name: str, rejected: bool, claims: list[str]) -> None:
    found = read_acknowledgement(SHARED / "other" / name)
    assert found.rejected is rejected
    assert list(dict.fromkeys(item.claim for item in found.items if item.claim)) == claims


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared X12 samples are not here")
@pytest.mark.parametrize("path", sorted((SHARED / "other").glob("lfh_277*")), ids=lambda path: path.name)
def test_a_claim_status_response_is_not_taken_for_a_277ca(path: Path) -> None:
    with pytest.raises(InputError, match="holds no"):
        read_acknowledgement(path)


def test_an_error_that_names_only_a_segment_finds_its_claim(history: ClaimHistory) -> None:
    history.add(sent("DEMO1001", first_segment=15, last_segment=30))
    history.add(sent("DEMO1003", first_segment=31, last_segment=44))
    text = SYNTAX.replace("CTX*CLM01:DEMO1001~", "").replace("IK3*CLM*22**8", "IK3*SV1*33**8")
    found = history.located(read_acknowledgement(text.encode()))
    assert [item.claim for item in found.items[:2]] == ["DEMO1003", "DEMO1003"]
    assert history.located(read_acknowledgement(SYNTAX.encode())).items[0].claim == "DEMO1001"
    outside = history.located(read_acknowledgement(text.replace("SV1*33", "SV1*99").encode()))
    assert outside.items[0].claim == ""


def test_an_older_answer_does_not_take_a_verdict_back(history: ClaimHistory) -> None:
    history.apply(read_acknowledgement(STATUS.encode()))
    taken_in = f"{HEAD}TA1*000000007*261110*0930*A*000~IEA*0*000000005~"
    assert history.apply(read_acknowledgement(taken_in.encode())) == ()
    assert states(history) == ["accepted", "rejected", "drafted"]


def test_what_was_answered_is_kept_and_shown_by_claim(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    kept = ClaimHistory(open_store(load_settings()))
    for number in ("DEMO1001", "DEMO1002"):
        kept.add(sent(number))
    (home / "a.277").write_text(STATUS)
    assert main(["claim", "ack", str(home / "a.277")]) == 1
    capsys.readouterr()
    assert main(["claim", "status", "DEMO1002"]) == 0
    said = capsys.readouterr().out
    assert "Claim DEMO1002: rejected (837p, payer P" in said
    assert "277CA: Claim DEMO1002: rejected: something is wrong; the NPI (rendering provider)." in said
    assert "procedure code" in said and "SECRET" not in said
    assert main(["claim", "status", "--state", "accepted", "--json"]) == 0
    (only,) = json.loads(capsys.readouterr().out)["claims"]
    assert (only["control_number"], only["payer_control_number"]) == ("DEMO1001", "PCN55")
    assert only["answers"][0]["state"] == "accepted"
    assert main(["claim", "status", "NOBODY"]) == 2
    assert main(["claim", "status", "--state", "lost"]) == 2


def test_a_written_file_knows_where_each_claim_stands(home: Path) -> None:
    for at in (1, 2):
        (home / f"e{at}.json").write_text(json.dumps(record(id=f"v{at}", control_number=f"C{at}")))
    files = [str(home / f"e{at}.json") for at in (1, 2)]
    assert main(["claim", "draft", *files, "--out", str(home / "c.837")]) in (0, 1)
    segments = (home / "c.837").read_text().split("~\n")
    start = next(at for at, text in enumerate(segments) if text.startswith("ST*"))
    kept = ClaimHistory(open_store(load_settings()))
    for number in ("C1", "C2"):
        claim = kept.get(number)
        assert claim and segments[start + claim.first_segment - 1].startswith(f"CLM*{number}*")
        following = segments[start + claim.last_segment]
        assert following.startswith(("CLM*", "SE*"))
        assert kept.at_segment(str(claim.group), claim.transaction, claim.first_segment + 3) == number
