import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.guidelines.pattern import (
    CharacterTest,
    CodePattern,
    order_key,
    parse_pattern,
    selector,
    undotted,
)

CODE = st.from_regex(r"[A-Z][0-9][0-9A-B][0-9A]{0,4}", fullmatch=True)
VALUES = st.lists(st.tuples(st.sampled_from("012345"), st.sampled_from("56789")), min_size=1, max_size=3).map(tuple)
TESTS = st.lists(
    st.builds(CharacterTest, st.sampled_from(["4", "5", "6", "7", "i", ".", "$"]), VALUES), max_size=2
).map(tuple)


@st.composite
def patterns(draw: st.DrawFn) -> CodePattern:
    low, high = sorted((draw(CODE), draw(CODE)), key=order_key)
    if draw(st.booleans()):
        high = low
    return CodePattern(low, high, draw(TESTS))


@given(patterns())
def test_a_pattern_is_what_its_text_says(pattern: CodePattern) -> None:
    assert parse_pattern(str(pattern)) == pattern


@given(patterns(), CODE)
def test_a_match_lies_between_the_ends(pattern: CodePattern, code: str) -> None:
    if pattern.matches(code):
        assert code[0] in pattern.letters
        assert order_key(pattern.low) <= order_key(code)
        assert code.startswith(pattern.high) or order_key(code) < order_key(pattern.high)


@given(CODE, st.text("0123456789ABX", max_size=3))
def test_a_code_means_itself_and_everything_below(code: str, more: str) -> None:
    assert CodePattern(code, code).matches(code + more)


@given(CODE)
def test_dots_and_case_do_not_matter(code: str) -> None:
    assert parse_pattern(code.lower()) == parse_pattern(code)
    assert undotted(code[:3] + "." + code[3:]) == code


@pytest.mark.parametrize(
    ("text", "code", "expected"),
    [
        ("E11.2", "E11.22", True),
        ("E11.2", "E11.9", False),
        ("N18.1-N18.6", "N18.32", True),
        ("N18.1-N18.6", "N18.9", False),
        ("E00-E03", "E03.9", True),
        ("C00-C75", "C7A.00", False),
        ("C76-C80", "C7B.00", False),
        ("C00-C96", "C7A.00", True),
        ("D37-D48", "D3A.00", False),
        ("M05-M1A", "M1A.00X0", True),
        ("O00-O9A", "O9A.212", True),
        ("T36-T50@i=5", "T36.0X5A", True),
        ("T36-T50@i=5", "T37.95XA", True),
        ("T36-T50@i=5", "T36.0X1A", False),
        ("E08-E13@.=22,31-35", "E11.3293", True),
        ("E08-E13@.=22,31-35", "E11.36", False),
        ("E08-E13@.=9", "E10.9", True),
        ("S72@7=D-S", "S72.001D", True),
        ("S72@7=D-S", "S72.001A", False),
        ("I69@$=20", "I69.320", True),
        ("I69@$=20", "I69.351", False),
    ],
)
def test_matches(text: str, code: str, expected: bool) -> None:
    assert parse_pattern(text).matches(undotted(code)) is expected


@pytest.mark.parametrize("text", ["", "11.9", "E11.9-E08", "E11@8=1", "E11 E12", "!E11", "E11@7="])
def test_nonsense_is_refused_by_name(text: str) -> None:
    with pytest.raises(ValueError, match=r"code pattern|backwards"):
        parse_pattern(text)


def test_a_selector_takes_out_what_is_marked() -> None:
    chosen = selector(["E08-E13", "!E11.A", "!E10"])
    assert chosen.matches("E119") and not chosen.matches("E11A") and not chosen.matches("E109")
    assert chosen is selector(["E08-E13", "!E11.A", "!E10"])
    with pytest.raises(ValueError, match="at least one"):
        selector(["!E10"])
