"""The 7th character that the words of a query say."""

import pytest

from corpus.index.encounters import phase_of, seventh_of

INJURY = (("A", "initial encounter"), ("D", "subsequent encounter"), ("S", "sequela"))
FRACTURE = (
    ("A", "initial encounter for closed fracture"),
    ("B", "initial encounter for open fracture type I or II"),
    ("C", "initial encounter for open fracture type IIIA, IIIB, or IIIC"),
    ("D", "subsequent encounter for closed fracture with routine healing"),
    ("E", "subsequent encounter for open fracture type I or II with routine healing"),
    ("F", "subsequent encounter for open fracture type IIIA, IIIB, or IIIC with routine healing"),
    ("G", "subsequent encounter for closed fracture with delayed healing"),
    ("K", "subsequent encounter for closed fracture with nonunion"),
    ("M", "subsequent encounter for open fracture type I or II with nonunion"),
    ("P", "subsequent encounter for closed fracture with malunion"),
    ("S", "sequela"),
)
EYE = (("1", "right eye"), ("2", "left eye"), ("3", "bilateral"), ("9", "unspecified eye"))
STAGE = (
    ("0", "stage unspecified"),
    ("1", "mild stage"),
    ("2", "moderate stage"),
    ("3", "severe stage"),
    ("4", "indeterminate stage"),
)
TOPHUS = (("0", "without tophus (tophi)"), ("1", "with tophus (tophi)"))


@pytest.mark.parametrize(
    ("text", "offered", "character"),
    [
        ("left ankle sprain initial", INJURY, "A"),
        ("ankle sprain f/u", INJURY, "D"),
        ("ankle sprain subseq", INJURY, "D"),
        ("late effect of sprain", INJURY, "S"),
        ("ankle sprain", INJURY, ""),
        ("hip fracture initial", FRACTURE, "A"),
        ("open hip fracture, initial", FRACTURE, "B"),
        ("open hip fracture type IIIB initial", FRACTURE, "C"),
        ("hip fracture follow up", FRACTURE, "D"),
        ("open hip fracture type II subsequent", FRACTURE, "E"),
        ("hip fracture with delayed healing", FRACTURE, "G"),
        ("nonunion hip fracture", FRACTURE, "K"),
        ("open hip fracture nonunion", FRACTURE, "M"),
        ("malunion of hip fracture", FRACTURE, "P"),
        ("open hip fracture malunion", FRACTURE, ""),
        ("hip fracture", FRACTURE, ""),
        ("right eye", EYE, "1"),
        ("both eyes", EYE, "3"),
        ("retinopathy", EYE, ""),
        ("severe glaucoma", STAGE, "3"),
        ("indeterminate stage", STAGE, "4"),
        ("glaucoma", STAGE, ""),
        ("gout with tophus", TOPHUS, "1"),
        ("gout without tophus", TOPHUS, "0"),
        ("gout", TOPHUS, ""),
    ],
)
def test_the_words_choose(text: str, offered: tuple[tuple[str, str], ...], character: str) -> None:
    assert seventh_of(text, offered) == character


def test_the_first_visit_may_be_all_that_is_offered() -> None:
    assert seventh_of("initial visit", (("A", "initial encounter"),)) == "A"
    assert seventh_of("follow-up", (("A", "initial encounter"),)) == ""


@pytest.mark.parametrize("text", ["non-healing wound", "nonhealing wound", "initiation of therapy", ""])
def test_like_words_are_no_encounter(text: str) -> None:
    assert phase_of(text) == ""
