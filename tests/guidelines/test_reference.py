"""The parser of the tabular list's references: written forms, generated forms, and every real line."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.guidelines.pattern import CharacterTest, CodePattern, dot, order_key
from assistant.guidelines.reference import parse_reference
from corpus.codes import NoteKind
from corpus.library import CodeBook

CODE = st.from_regex(r"[A-TV-Z][0-9][0-9][0-9]{0,2}", fullmatch=True)
TAIL = st.sampled_from(["", "-", ".-"])
TOKEN = re.compile(r"(?<![0-9A-Za-z])[A-Z]\d[0-9A-Z](?:\.[0-9A-Z]+)?(?![0-9A-Za-z])")
DESCRIPTIVE = {"B12", "A15"}
"""Words of the tabular list that look like codes: the vitamin, and `any type in A15` beside the code meant."""


@st.composite
def references(draw: st.DrawFn) -> tuple[str, CodePattern]:
    """A reference as the tabular list writes it, and the pattern it stands for."""
    low, high = sorted((draw(CODE), draw(CODE)), key=order_key)
    if draw(st.booleans()):
        return dot(low) + (draw(TAIL) if len(low) == 3 else draw(st.sampled_from(["", "-"]))), CodePattern(low, low)
    if low == high:
        return dot(low), CodePattern(low, low)
    between = draw(st.sampled_from(["-", " - ", "-", ".--" if len(low) == 3 else "--", " to "]))
    return dot(low) + between + dot(high) + draw(st.sampled_from(["", "-"])), CodePattern(low, high)


CLAUSES = {
    "": (),
    " with fifth or sixth character 5": (CharacterTest("i", (("5", "5"),)),),
    " with fifth or sixth character 1-4 or 6": (CharacterTest("i", (("1", "4"), ("6", "6"))),),
    ", with sixth character 1-4": (CharacterTest("6", (("1", "4"),)),),
    " with 7th character B or C": (CharacterTest("7", (("B", "B"), ("C", "C"))),),
    " with .31, .32": (CharacterTest(".", (("31", "31"), ("32", "32"))),),
    " with .51-.52": (CharacterTest(".", (("51", "52"),)),),
    " with final characters -20": (CharacterTest("$", (("20", "20"),)),),
    " with final characters .00 or .01": (CharacterTest(".", (("00", "00"), ("01", "01"))),),
    " with fifth to sixth characters 51": (CharacterTest("5", (("5", "5"),)), CharacterTest("6", (("1", "1"),))),
    " with fifth or sixth character to indicate intent": (),
}


@given(
    st.lists(references(), min_size=1, max_size=4),
    st.sampled_from(list(CLAUSES)),
    st.sampled_from([", ", "; "]),
    st.text("abcdefgh ,", max_size=12),
)
def test_written_references_come_back(
    items: list[tuple[str, CodePattern]], clause: str, comma: str, words: str
) -> None:
    text = f"{words} ({comma.join(text for text, _ in items)}{clause})"
    expected = dict.fromkeys(CodePattern(one.low, one.high, CLAUSES[clause]) for _, one in items)
    assert parse_reference(text) == tuple(expected)


@given(st.text(max_size=200))
def test_no_text_breaks_the_parser(text: str) -> None:
    for pattern in parse_reference(text):
        assert order_key(pattern.low) <= order_key(pattern.high)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("vitamin B12 deficiency anemia (D51.-)", ["D51"]),
        ("pneumoconiosis with tuberculosis, any type in A15 (J65)", ["J65"]),
        ("influenza A/H1N1 (J10.-)", ["J10"]),
        ("conditions classified to A74.-", ["A74"]),
        ("electrolyte imbalance (E87.8}", ["E87.8"]),
        ("acquired absence of knee joint (Z89.52-", ["Z89.52"]),
        ("neurocognitive disorder (E00-E03.-) or (G35-)", ["E00-E03", "G35"]),
        ("fracture (S52.- with open fracture 7th character)", ["S52@7=B,C,E,F,H,J,M,N,Q,R"]),
        ("code, if applicable, for codes G31.0-G31.83, G31.85-G31.9, to identify:", []),
        ("current injury - see Alphabetic Index", []),
    ],
)
def test_forms_of_the_real_list(text: str, expected: list[str]) -> None:
    assert [str(pattern) for pattern in parse_reference(text)] == expected


def test_every_code_in_every_real_line_is_read(book: CodeBook) -> None:
    lines = {
        line.strip()
        for (kind, text) in book._connection().execute("select kind, text from note")
        if NoteKind(kind) not in (NoteKind.INCLUSION_TERM, NoteKind.INCLUDES, NoteKind.SEVENTH_CHARACTER)
        for line in text.splitlines()
    }
    assert len(lines) > 7000
    missed = set()
    for line in lines:
        if "for codes" in line:
            continue
        ends = {end for pattern in parse_reference(line) for end in (pattern.low, pattern.high)}
        missed |= {
            (token, line)
            for token in TOKEN.findall(line)
            if token.replace(".", "") not in ends and token not in DESCRIPTIVE
        }
    assert missed == set()
