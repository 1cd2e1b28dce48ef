"""What half a query may mean, against the words of a small index."""

from pathlib import Path

import pytest

from corpus.index.lexical import LexicalIndex, build_lexical
from corpus.index.typed import Reader
from corpus.lexicon.words import Sense

ROWS = [
    "diabetic neuropathy",
    "fracture of lower end of left radius",
    "essential hypertension",
    "chronic kidney disease stage 3",
    "sacral pressure ulcer",
    "headache",
]
SENSES = {
    "htn": (Sense("HTN", "hypertension", 1, (), "diagnosis"),),
    "fx": (Sense("fx", "fracture", 1, (), "diagnosis"),),
    "ckd": (Sense("CKD", "chronic kidney disease", 1, (), "diagnosis"),),
    "w/o": (Sense("w/o", "without", 1, (), "other"),),
    "c diff": (Sense("C diff", "clostridioides difficile", 1, (), "diagnosis"),),
    "on": (Sense("ON", "optic neuritis", 1, (), "diagnosis"),),
}


@pytest.fixture
def reader(tmp_path: Path) -> Reader:
    build_lexical(ROWS, tmp_path / "lexical.npz")
    return Reader(LexicalIndex(tmp_path / "lexical.npz"), SENSES)


def test_each_word_is_a_beginning(reader: Reader) -> None:
    assert [want.prefixes for want in reader.read("diab neur").wants] == [("diab",), ("neur",)]


def test_abbreviations_stand_for_their_wording(reader: Reader) -> None:
    htn, ckd = reader.read("HTN ckd").wants
    assert htn.wordings == (("hypertension",),)
    assert ckd.wordings == (("chronic", "kidney", "disease"),)
    assert reader.read("c diff").wants[0].wordings[-1] == ("clostridioide", "difficile")


def test_a_side_and_an_encounter_only_order(reader: Reader) -> None:
    read = reader.read("fx radius L init")
    assert [want.needed for want in read.wants] == [True, True, False, False]
    assert read.opened == "fracture radius left init"


@pytest.mark.parametrize("text", ["headache w/o", "headache of", "headache wi", "headache on"])
def test_words_that_link_need_not_be_there(reader: Reader, text: str) -> None:
    assert [want.needed for want in reader.read(text).wants] == [True, False]


def test_something_is_always_needed(reader: Reader) -> None:
    assert [want.needed for want in reader.read("without").wants] == [True]
    assert reader.read("  ").wants == ()


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("hypertensoin", "hypertension"), ("headche", "headache"), ("frcture", "fracture"), ("neurpoathy", "neuropathy")],
)
def test_one_slip_in_a_longer_word_is_mended(reader: Reader, typed: str, meant: str) -> None:
    read = reader.read(typed)
    assert meant in read.wants[0].prefixes
    assert read.opened == meant


@pytest.mark.parametrize("typed", ["ulcr", "xyzzy", "3b4"])
def test_short_and_strange_words_are_left(reader: Reader, typed: str) -> None:
    assert reader.read(typed).wants[0].prefixes == (typed,)


def test_asked_again_other_endings_will_do(reader: Reader) -> None:
    assert "sacr" in reader.read("sacral ulcer", respell=True).wants[0].prefixes


def test_a_category_among_words_limits(reader: Reader) -> None:
    read = reader.read("E11 neur")
    assert read.within == "E11" and len(read.wants) == 1
