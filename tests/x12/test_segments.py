import io
from pathlib import Path

import pytest

from assistant.errors import InputError
from assistant.x12 import segments
from assistant.x12.segments import read_segments
from tests.remit.make import claim, line, remittance

WHOLE = remittance("60", *claim("1", "100", "60", "0", *line("99213", "100", "60", "CAS*CO*45*40")))
PLAIN = [tuple(part.split("*")) for part in WHOLE.decode().replace("\n", "").split("~") if part]


def elements(content: bytes) -> list[tuple[str, ...]]:
    return [segment.elements for segment in read_segments(content)]


def test_segments_are_numbered_from_one_isa_first() -> None:
    found = list(read_segments(WHOLE))
    assert [segment.number for segment in found] == list(range(1, len(PLAIN) + 1))
    assert found[0].id == "ISA" and found[-1].id == "IEA"
    assert [segment.elements for segment in found] == PLAIN


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text.replace("\n", ""),
        lambda text: text.replace("~\n", "\n~"),
        lambda text: text.replace("~\n", "\n"),
        lambda text: text.replace("~\n", "\r\n"),
        lambda text: text.replace("~\n", "~\n   "),
        lambda text: "\ufeff" + text,
        lambda text: "\n\n" + text + "\n\n",
        lambda text: text.replace("~\n", "~~\n\n"),
        lambda text: "\n".join(text.replace("\n", "")[start : start + 80] for start in range(0, 2000, 80)),
        lambda text: text.rstrip("~\n"),
        lambda text: text + "\x1a",
        lambda text: text + "\0" * 40,
    ],
    ids=[
        "crlf",
        "one line",
        "terminator first",
        "lf",
        "crlf only",
        "indented",
        "bom",
        "blanks",
        "doubled",
        "wrapped",
        "no end",
        "control z",
        "padding",
    ],
)
def test_the_same_segments_however_the_file_is_laid_out(change) -> None:  # type: ignore[no-untyped-def]
    stream = read_segments(change(WHOLE.decode()).encode())
    assert [segment.elements for segment in stream] == PLAIN
    assert stream.problems == []


@pytest.mark.parametrize("size", [1, 7, 64, 4096])
def test_the_size_of_the_pieces_does_not_matter(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(segments, "PIECE", size)
    monkeypatch.setattr(segments, "_HEAD", 400)
    assert elements(WHOLE + WHOLE.replace(b"*", b"|")) == PLAIN + PLAIN


def test_a_further_interchange_brings_its_own_delimiters() -> None:
    second = WHOLE.replace(b"*", b"|").replace(b":", b">").replace(b"~", b"!")
    stream = read_segments(WHOLE + second)
    found = list(stream)
    assert [segment.elements for segment in found] == PLAIN + [
        tuple(element.replace(":", ">") for element in part) for part in PLAIN
    ]
    assert found[-1].number == 2 * len(PLAIN)
    assert stream.delimiters.component == ">"


def test_bytes_that_are_not_utf8_are_read_as_latin1_beside_utf8() -> None:
    content = WHOLE.replace(b"DOE", "NUÑEZ".encode("latin-1")).replace(b"SAMPLE PLAN", "SEGURO MÉXICO".encode())
    text = [part for segment in elements(content) for part in segment]
    assert "NUÑEZ" in text and "SEGURO MÉXICO" in text


def test_utf16_is_read() -> None:
    assert elements(WHOLE.decode().encode("utf-16")) == PLAIN


def test_a_lost_terminator_is_repaired_and_named() -> None:
    stream = read_segments(WHOLE.replace(b"*60**1~\n", b"*60**1\n"))
    assert [segment.elements for segment in stream] == PLAIN
    (problem,) = stream.problems
    assert problem.severity == "warning" and "terminator" in problem.message


def test_a_file_cut_inside_a_segment_is_named() -> None:
    stream = read_segments(WHOLE[: WHOLE.index(b"CAS*CO") + 8])
    assert [segment.elements for segment in stream][-1] == ("CAS", "CO", "4")
    assert [problem.message for problem in stream.problems] == ["the file ends inside this segment"]


def test_lower_case_is_repaired_and_named() -> None:
    stream = read_segments(WHOLE.lower())
    assert [segment.elements for segment in stream] == PLAIN
    assert stream.problems[0].severity == "warning"


@pytest.mark.parametrize("content", [b"", b" \r\n ", b"\x00\x01\x02ISA", b"%PDF-1.7 \x00\x00"])
def test_what_cannot_be_read_is_one_plain_sentence(content: bytes) -> None:
    with pytest.raises(InputError) as caught:
        list(read_segments(content))
    assert "\n" not in str(caught.value)


def test_from_a_path_and_from_an_open_file(tmp_path: Path) -> None:
    path = tmp_path / "a.835"
    path.write_bytes(WHOLE)
    assert [segment.elements for segment in read_segments(path)] == PLAIN
    assert [segment.elements for segment in read_segments(io.BytesIO(WHOLE))] == PLAIN


def test_an_absent_element_is_empty() -> None:
    first = next(iter(read_segments(WHOLE)))
    assert first.get(1) == "00" and first.get(2) == "" and first.get(99) == ""


def test_text_before_the_isa_is_skipped_and_named() -> None:
    stream = read_segments(b"From: payer@example.org\nSubject: remittance\n\n" + WHOLE)
    assert [segment.elements for segment in stream] == PLAIN
    assert [problem.message for problem in stream.problems] == ["text before the first ISA was skipped"]
