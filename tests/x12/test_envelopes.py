import re

import pytest

from assistant.x12.envelopes import Envelopes
from assistant.x12.segments import read_segments
from tests.remit.make import claim, remittance

WHOLE = remittance("5", *claim("1", "5", "5", "0"))


def problems(content: bytes) -> list[tuple[str, str]]:
    envelopes = Envelopes()
    for segment in read_segments(content):
        envelopes.take(segment)
    envelopes.close()
    return [(problem.severity, problem.message) for problem in envelopes.problems]


def test_a_sound_file_has_none() -> None:
    assert problems(WHOLE) == []
    assert problems(WHOLE + WHOLE) == []


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        (rb"SE\*\d+", b"SE*99", "SE says 99 segments"),
        (rb"GE\*1", b"GE*2", "GE says 2 transaction sets, the file has 1"),
        (rb"IEA\*1", b"IEA*4", "IEA says 4 functional groups"),
        (rb"GE\*1\*1", b"GE*1*7", "the control number of GE"),
        (rb"IEA\*1\*000000001", b"IEA*1*000000009", "the control number of IEA"),
        (rb"SE\*(\d+)\*0001", rb"SE*\1*0002", "the control number of SE"),
        (rb"SE\*\d+\*0001~\n", b"", "has no SE"),
        (rb"GE\*1\*1~\n", b"", "has no GE"),
        (rb"IEA\*1\*000000001~\n", b"", "has no IEA"),
        (rb"SE\*\d+", b"SE*X", "SE says no number"),
        (rb"SE\*\d+", "SE*³".encode(), "SE says no number"),
    ],
)
def test_each_mistake_is_named(old: bytes, new: bytes, named: str) -> None:
    found = problems(re.sub(old, new, WHOLE))
    assert any(named in message for _, message in found)
    assert all(severity == "error" for severity, _ in found)


def test_a_fragment_is_a_warning() -> None:
    body = WHOLE[WHOLE.index(b"ST*") : WHOLE.index(b"GE*")]
    assert problems(body) == [("warning", "GS is missing: the file is a fragment without its functional group")]


def test_an_end_without_its_start() -> None:
    assert ("error", "GE without its GS") in problems(re.sub(rb"GS\*[^~]*~\n", b"", WHOLE))
