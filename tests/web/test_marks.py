"""Overlapping evidence never shows a word twice."""

from hypothesis import given
from hypothesis import strategies as st

from assistant.web.marks import KINDS, Mark, note_marks, pieces

TEXT = "Diabète de type 2 🩺 with CKD stage 3b; mother had a stroke."


@given(
    st.lists(
        st.builds(
            Mark,
            st.integers(-2, len(TEXT) + 3),
            st.integers(-2, len(TEXT) + 3),
            st.sampled_from(KINDS),
            st.sampled_from(["E11.22", "N18.32", "family"]),
            st.integers(0, 3),
        )
    )
)
def test_pieces_join_to_the_text(marks: list[Mark]) -> None:
    found = pieces(TEXT, marks)
    assert "".join(piece.text for piece in found) == TEXT
    at = 0
    for piece in found:
        assert piece.start == at and piece.text
        at += len(piece.text)


def test_overlaps_are_split_and_keep_every_code() -> None:
    found = pieces("abcdef", [Mark(0, 4, "selected", "A", 1), Mark(2, 6, "possible", "B")])
    assert [(piece.text, piece.kind, piece.codes, piece.numbers) for piece in found] == [
        ("ab", "selected", ("A",), ()),
        ("cd", "selected", ("A", "B"), (1,)),
        ("ef", "possible", ("B",), ()),
    ]


def test_marks_of_an_answer() -> None:
    record = {
        "suggestions": [
            {"code": "A", "rank": 1, "selected": True, "evidence": [{"start": 0, "end": 2}]},
            {"code": "B", "rank": 2, "selected": False, "evidence": [{"start": 1, "end": 3}]},
        ],
        "not_coded": [{"start": 4, "end": 6, "reason": "negated", "text": "ef"}],
    }
    assert note_marks(record) == [
        Mark(0, 2, "selected", "A", 1),
        Mark(1, 3, "possible", "B", 0),
        Mark(4, 6, "left_out", "negated", 0),
    ]
