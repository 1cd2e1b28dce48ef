"""Each known way to damage a remittance is caught, in the right place and weight; the sound file has no problem."""

import re
from pathlib import Path

import pytest

from assistant.remit.file import read_bytes
from corpus.lexicon import reasons

SAMPLE = Path(__file__).resolve().parents[2] / "corpus" / "samples" / "office_visit.835"
TEXT = SAMPLE.read_text("utf-8")

MUTATIONS = {
    "no TRN": (r"TRN\*[^~]*~\n", "", "error", "no trace number"),
    "no BPR": (r"BPR\*[^~]*~\n", "", "error", "no BPR"),
    "no payer": (r"N1\*PR[^~]*~\n", "", "error", "no payer"),
    "no payee": (r"N1\*PE[^~]*~\n", "", "error", "no payee"),
    "bad date": (r"DTM\*232\*20261109", "DTM*232*20261309", "error", "is not a date"),
    "bad payment date": (r"\*20261120~\nTRN", "*20002316~\nTRN", "error", "BPR16"),
    "letter in an amount": (r"CAS\*CO\*45\*103~", "CAS*CO*45*1O3~", "error", "is not a number"),
    "PLB code": (r"SE\*", "PLB*1497758544*20261231*QQ:1*0~\nSE*", "error", "PLB reasons"),
    "no patient name": (r"NM1\*QC[^~]*~\n", "", "error", "no patient name"),
    "cut": (r"SVC\*HC:83036(.|\n)*", "SVC*HC:830", "error", "breaks off"),
    "SE count": (r"SE\*\d+", "SE*7", "error", "SE says 7"),
    "GE count": (r"GE\*1", "GE*3", "error", "GE says 3"),
    "IEA count": (r"IEA\*1", "IEA*3", "error", "IEA says 3"),
    "claim unbalanced": (r"\*485\*125\.42", "*485*130.42", "error", "the claim does not balance"),
    "line unbalanced": (r"CAS\*PR\*3\*30", "CAS*PR*3*31", "error", "the line does not balance"),
    "check unbalanced": (r"BPR\*I\*125\.42", "BPR*I*125.43", "error", "the check does not balance"),
    "no such CARC": (r"CAS\*CO\*197", "CAS*CO*9999", "error", "no claim adjustment reason code"),
    "newer CARC": (r"CAS\*CO\*197", "CAS*CO*399", "warning", "not in our list"),
    "no such RARC": (r"LQ\*HE\*M62", "LQ*HE*N9999", "error", "no remittance advice remark code"),
    "CLP05": (r"\*125\.42\*78\*", "*125.42*70*", "warning", "CLP05 differs"),
    "sum of lines": (r"SVC\*HC:L1902:LT\*110\*0", "SVC*HC:L1902:LT*120*0", "error", "sum of the line charges"),
    "payee NPI": (r"1497758544", "1497758545", "warning", "NPI"),
    "provider NPI": (r"1881764595", "1881764593", "warning", "NPI"),
    "group": (r"CAS\*CO\*197", "CAS*XX*197", "error", "CAS01"),
    "group not allowed": (r"CAS\*CO\*197", "CAS*CO*23", "warning", "used with OA only"),
    "status": (r"DEMO1001\*1\*", "DEMO1001*99*", "error", "CLP02"),
    "no adjustment amount": (r"CAS\*CO\*197\*110", "CAS*CO*197*", "error", "no amount"),
    "negative payment": (r"BPR\*I\*125\.42", "BPR*I*-125.42", "error", "negative"),
    "segment lost its end": (r"CAS\*CO\*45\*103~", "CAS*CO*45*103", "warning", "terminator"),
    "claim without ST": (r"ST\*835\*0001~\n", "", "error", "without its ST"),
    "garbage": (r"DTM\*050[^~]*", "\u2588\u2588**x", "error", "damaged"),
}


def test_the_sample_itself_is_sound() -> None:
    assert [problem for problem in read_bytes(TEXT.encode()).problems if problem.severity != "info"] == []


@pytest.mark.parametrize("name", MUTATIONS)
def test_each_mutation_is_caught(name: str) -> None:
    old, new, severity, words = MUTATIONS[name]
    damaged, count = re.subn(old, new, TEXT, count=1)
    assert count == 1
    file = read_bytes(damaged.encode())
    found = [problem for problem in file.problems if words in problem.message]
    assert found and {problem.severity for problem in found} == {severity}
    assert file.usable


@pytest.mark.parametrize("code", ["A2", *sorted(c for c, w in reasons.reasons().items() if w.status == "retired")])
def test_a_retired_reason_is_only_a_note(code: str) -> None:
    words = reasons.reason(code)
    assert words is not None and words.status == "retired"
    group = words.groups[0] if words.groups else "CO"
    file = read_bytes(TEXT.replace("CAS*CO*197", f"CAS*{group}*{code}").encode())
    found = [problem for problem in file.problems if "retired" in problem.message]
    assert [problem.severity for problem in found] == ["info"]
    rest = [problem for problem in file.problems if problem not in found and problem.severity != "info"]
    assert all("CLP05" in problem.message or "remark code" in problem.message for problem in rest)


def test_problems_say_where_and_never_repeat_the_file() -> None:
    for old, new, _, _ in MUTATIONS.values():
        for problem in read_bytes(re.sub(old, new, TEXT, count=1).encode()).problems:
            for secret in ("TANAKA", "MARISOL", "BMH447", "DEMO1001", "26324", "LINDQVIST"):
                assert secret not in problem.message
            assert "\n" not in problem.message


def test_good_claims_survive_a_damaged_one() -> None:
    second = "CLP*OTHER*1*10*10**12*X1*11*1~\nNM1*QC*1*ROE*RAY****MI*M2~\nSE*"
    text = TEXT.replace("SE*", second, 1).replace("*485*125.42*78*", "*4#5*125.42*78*")
    claims = read_bytes(text.encode()).transactions[0].claims
    assert [claim.sound for claim in claims] == [False, True]
    assert claims[0].billed is None and claims[0].balance.imbalance is None
