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
    "htn": (Sense("HTN", "hypertension", 1, (), "diagnosis"),),
    "ckd": (Sense("CKD", "chronic kidney disease", 1, (), "diagnosis"),),
    "w/": (Sense("w/", "with", 1, (), "other"),),
    "c̄": (Sense("c̄", "with", 1, (), "other"),),
    "h/o": (Sense("h/o", "history of", 1, (), "other"),),
    "fhx": (Sense("FHx", "family history of", 1, (), "other"),),
    "s/p": (Sense("s/p", "status post", 1, (), "other"),),
    "bph w/ luts": (Sense("BPH w/ LUTS", "benign prostatic hyperplasia with symptoms", 1, (), "diagnosis"),),
    "ed": (
        Sense("ED", "emergency department", 1, (), "other"),
        Sense("ED", "erectile dysfunction", 2, ("sildenafil",), "diagnosis"),
    ),
    "pn": (Sense("PN", "polyneuropathy", 1, ("feet",), "diagnosis"),),
    "pt": (Sense("pt", "patient", 1, (), "other"),),
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


def test_a_word_cut_short_is_finished_by_the_commonest() -> None:
    speller = Speller(["pancreatic", "pancreatitis", "pancreatitis", "palpitations", "stress", "fracture"])
    assert speller.finish("pancr") == "pancreatitis"
    assert speller.finish("palpi") == speller.finish("palpis") == "palpitations"
    for word in ("stress", "panc", "fractur", "xyzzy", "p4ncr"):  # known, short, all but whole, strange, no word
        assert speller.finish(word) == ""
    assert read_query("acute pancr", SENSES, speller, typed=True).repaired == "acute pancreatitis"
    assert read_query("acute pancr", SENSES, speller).repaired == "acute pancr"


def test_abbreviations_are_opened_by_sense() -> None:
    assert read_query("T2DM", SENSES, SPELLER).repaired == "type 2 diabetes mellitus"
    assert read_query("MS", SENSES, SPELLER).repaired == "multiple sclerosis"
    assert read_query("MS, valve", SENSES, SPELLER).expanded == "mitral stenosis valve"


def test_a_sense_that_wants_a_cue_is_not_opened_without_one() -> None:
    assert read_query("R knee sprain", SENSES, SPELLER).expanded == "right knee sprain"
    assert read_query("vitamin R", SENSES, SPELLER).expanded == "vitamin R"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("fx distal radius L", "fx distal radius left"),
        ("r knee sprain", "right knee sprain"),
        ("vitamin R deficiency", "vitamin R deficiency"),
        ("R", "R"),
        ("Staph r", "Staph r"),
        ("T2DM w CKD", "type 2 diabetes mellitus with chronic kidney disease"),
        ("T2DM c̄ CKD", "type 2 diabetes mellitus with chronic kidney disease"),
        ("HTN w/CKD", "hypertension with chronic kidney disease"),
        ("HTN/CKD", "hypertension chronic kidney disease"),
        ("BPH w/ LUTS", "benign prostatic hyperplasia with symptoms"),
        ("ED", "erectile dysfunction"),
        ("seen in ED today", "seen in emergency department today"),
        ("T2DM with PN", "type 2 diabetes mellitus with polyneuropathy"),
        ("PN vitamin", "PN vitamin"),
        ("pt", "patient"),
    ],
)
def test_a_typed_query_is_read_boldly(typed: str, meant: str) -> None:
    assert read_query(typed, SENSES, SPELLER, typed=True).repaired == meant


def test_words_of_a_note_are_not() -> None:
    assert read_query("seen in ED", SENSES, SPELLER).repaired == "seen in emergency department"
    assert read_query("PN", SENSES, SPELLER).repaired == "PN"
    assert read_query("T2DM w CKD", SENSES, SPELLER).repaired == "type 2 diabetes mellitus w chronic kidney disease"


@pytest.mark.parametrize(
    ("typed", "standing"),
    [
        ("FHx breast cancer", "family"),
        ("h/o stroke", "personal"),
        ("past history of stroke", "personal"),
        ("breast cancer history", "personal"),
        ("s/p CABG", "after"),
        ("CABG status", "after"),
        ("chest pain, h/o stroke", ""),
        ("CAD s/p CABG", ""),
        ("stroke", ""),
    ],
)
def test_a_history_is_told_from_the_disease(typed: str, standing: str) -> None:
    assert read_query(typed, SENSES, SPELLER, typed=True).standing == standing


def test_what_an_abbreviation_stands_for_is_not_respelt() -> None:
    senses = {"ed": (Sense("ED", "emergency departement", 1, (), "other"),)}
    assert read_query("ED", senses, Speller(["department", "emergency"])).repaired == "emergency departement"


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
    for typed in (False, True):
        query = read_query(text, SENSES, SPELLER, typed=typed)
        assert query.forms or not text.strip()
        assert query.standing in ("", "family", "personal", "after")
        assert read_query(text, SENSES, SPELLER, typed=typed) == query


def test_a_slip_in_a_word_that_decides_the_side_is_repaired_whatever_its_length():
    assert [SPELLER.repair(word) for word in ("rihgt", "lef", "eft", "othr", "oter", "bilaterl")] == [
        "right",
        "left",
        "left",
        "other",
        "other",
        "bilateral",
    ]
    assert [SPELLER.repair(word) for word in ("night", "felt", "let", "ear", "oth")] == [
        "night",
        "felt",
        "let",
        "ear",
        "oth",
    ]
