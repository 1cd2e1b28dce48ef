"""What nobody sees in a note is not read, and every span found leads back to the note's own code points."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.chart.note import Note, Span
from assistant.chart.plain import plain_note


@pytest.mark.parametrize(
    ("written", "word", "original"),
    [
        ("has dia\u200bbetes now", "diabetes", "dia\u200bbetes"),
        ("\ufeff\u202bhas asthma\u202c", "asthma", "asthma"),
        ("has hyper\u00adtension", "hypertension", "hyper\u00adtension"),
        ("atrial \ufb01brillation", "fibrillation", "\ufb01brillation"),
        ("Me\u0301nie\u0300re disease", "Ménière", "Me\u0301nie\u0300re"),
        ("chest\u00a0pain", "chest pain", "chest\u00a0pain"),
        ("chest\x00pain", "chest pain", "chest\x00pain"),
        ("\uff27\uff2f\uff35\uff34", "GOUT", "\uff27\uff2f\uff35\uff34"),
    ],
)
def test_words_are_read_whole_and_lead_back(written: str, word: str, original: str) -> None:
    plain = plain_note(Note("n", written))
    place = plain.note.text.index(word)
    assert written[(span := plain.at(Span(place, place + len(word)))).start : span.end] == original


def test_a_note_without_such_marks_is_read_as_it_is() -> None:
    note = Note("n", "PLAN:\r\nRest, 10 mg/m².\tÉpée\x0cpage 2")
    assert plain_note(note).note is note


def test_blanking_keeps_every_place_and_line() -> None:
    plain = plain_note(Note("n", "one\u200b\ntwo\nthree"))
    assert plain.without([Span(1, 6)]).note.text == "o  \n  o\nthree"
    assert plain.without([Span(1, 6)]).at(Span(8, 13)) == Span(9, 14)


@given(st.text(alphabet=st.sampled_from("ab \n\u200b\u0301\ufb01\x00\u00a0é"), max_size=30))
def test_every_span_lies_in_the_note_and_in_order(text: str) -> None:
    plain = plain_note(Note("n", text))
    places = [plain.at(Span(at, at + 1)) for at in range(len(plain.note.text))]
    assert all(0 <= place.start < place.end <= len(text) for place in places)
    assert places == sorted(places)
