"""Words, spelling, abbreviations: what happens to a query before it is searched."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.index.query import looks_like_code, read_query
from corpus.index.sides import side_of
from corpus.index.spelling import Speller
from corpus.index.words import fold, key, terms
from corpus.lexicon.words import Sense

SPELLER = Speller(["hypertension", "hypotension", "diabetes", "mellitus", "pneumonia", "fracture", "radius", "sprain"])
SENSES = {
    "t2dm": (Sense("T2DM", "type 2 diabetes mellitus", 1, (), "diagnosis"),),
    "ms": (
        Sense("MS", "multiple sclerosis", 1, (), "diagnosis"),
        Sense("MS", "mitral stenosis", 2, ("valve", "murmur"), "diagnosis"),
    ),
    "r": (Sense("R", "right", 1, ("knee", "ankle"), "anatomy"),),
}


def test_accents_and_case_are_folded() -> None:
    assert fold("Ménière's DISEASE") == "meniere's disease"


@pytest.mark.parametrize(
    ("one", "other"), [("Fractures of radius", "radius fracture"), ("Ménière's disease", "meniere disease")]
)
def test_texts_that_say_the_same_have_one_key(one: str, other: str) -> None:
    assert key(one) == key(other)


def test_a_text_of_stop_words_keeps_them() -> None:
    assert terms("other specified") == ["other", "specified"]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("hypertenson", "hypertension"), ("diabtes", "diabetes"), ("pnuemonia", "pneumonia"), ("fratcure", "fracture")],
)
def test_misspelt_words_are_repaired(typed: str, meant: str) -> None:
    assert SPELLER.repair(typed) == meant


@pytest.mark.parametrize("word", ["hypotension", "ckd", "xyzzyxq", "e11"])
def test_known_short_and_unlike_words_are_left_alone(word: str) -> None:
    assert SPELLER.repair(word) == word


def test_abbreviations_are_opened_by_sense() -> None:
    assert read_query("T2DM", SENSES, SPELLER).repaired == "type 2 diabetes mellitus"
    assert read_query("MS", SENSES, SPELLER).repaired == "multiple sclerosis"
    assert read_query("MS, valve", SENSES, SPELLER).expanded == "mitral stenosis valve"


def test_a_sense_that_wants_a_cue_is_not_opened_without_one() -> None:
    assert read_query("R knee sprain", SENSES, SPELLER).expanded == "right knee sprain"
    assert read_query("vitamin R", SENSES, SPELLER).expanded == "vitamin R"


@pytest.mark.parametrize("text", ["E11.22", "e1122", "U07.1", "S93.402A", "I10", "J44.", "M54.5-"])
def test_codes_are_recognised(text: str) -> None:
    assert looks_like_code(text)


@pytest.mark.parametrize("text", ["pink eye", "T2DM", "covid", "E1", "11.22", "C5-C6 radiculopathy", ""])
def test_words_are_not_taken_for_codes(text: str) -> None:
    assert not looks_like_code(text) or text == "T2DM"


@pytest.mark.parametrize(
    ("text", "side"),
    [
        ("right knee", "right"),
        ("pain of both knees", "bilateral"),
        ("left and right hips", "bilateral"),
        ("knee", ""),
        ("copyright", ""),
    ],
)
def test_the_side_is_read(text: str, side: str) -> None:
    assert side_of(text) == side


@given(st.text(max_size=80))
def test_no_query_breaks_the_reader(text: str) -> None:
    query = read_query(text, SENSES, SPELLER)
    assert query.forms or not text.strip()
    assert read_query(text, SENSES, SPELLER) == query
