"""The coder's state: nothing is lost, nothing can be submitted undecided."""

import pytest

from assistant.errors import InputError
from assistant.web.review import Review


def item(code: str, rank: int, selected: bool = True) -> dict[str, object]:
    return {"code": code, "rank": rank, "selected": selected, "description": f"title of {code}"}


@pytest.fixture
def review() -> Review:
    suggestions = [item("A00.0", 1), item("B00.0", 2), item("C00.0", 3, selected=False)]
    return Review("note", {"suggestions": suggestions, "not_coded": []})


def test_not_ready_until_every_selected_suggestion_is_decided(review: Review) -> None:
    assert review.undecided == ("A00.0", "B00.0") and not review.ready
    one = review.accept("B00.0")
    assert one.undecided == ("A00.0",) and not one.ready
    assert one.reject("A00.0", "not supported").ready
    assert not review.reject("A00.0", "x").reject("B00.0", "x").ready, "nothing accepted"


def test_accepted_codes_stand_by_rank_added_ones_last_and_can_be_moved(review: Review) -> None:
    full = review.accept("C00.0").add("Z00.00", "own").accept("A00.0")
    assert full.order == ("A00.0", "C00.0", "Z00.00")
    assert full.move("Z00.00", -1).order == ("A00.0", "Z00.00", "C00.0")
    assert full.move("A00.0", -1).order == full.order
    assert full.move("unknown", 1) is full


def test_a_rejection_needs_a_reason(review: Review) -> None:
    with pytest.raises(InputError, match="needs a reason"):
        review.reject("A00.0", "  ")


def test_undo_leaves_no_trace(review: Review) -> None:
    decided = review.accept("A00.0").reject("B00.0", "no")
    assert decided.undo("A00.0").undo("B00.0") == review


def test_only_suggestions_can_be_accepted(review: Review) -> None:
    with pytest.raises(InputError):
        review.accept("X99")


def test_adding_a_suggested_code_accepts_it(review: Review) -> None:
    assert review.add("A00.0", "x").choices["A00.0"].action == "accepted"


def test_arguments_of_confirm(review: Review) -> None:
    full = review.accept("A00.0").reject("B00.0", "ruled out = no").add("Z00.00", "own")
    assert full.arguments() == {"accept": "A00.0", "reject": ["B00.0=ruled out = no"], "add": ["Z00.00"]}
