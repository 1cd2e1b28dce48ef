"""The coder's state: nothing is lost, nothing can be submitted undecided, nothing the browser says is taken on trust."""

import pytest

from assistant.errors import InputError
from assistant.web.review import Review


def item(code: str, rank: int, selected: bool = True) -> dict[str, object]:
    return {"code": code, "rank": rank, "selected": selected, "description": f"title of {code}"}


@pytest.fixture
def review() -> Review:
    suggestions = [item("A00.0", 1), item("B00.0", 2), item("C00.0", 3, selected=False)]
    return Review("the note", {"suggestions": suggestions, "not_coded": []})


ACCEPT = {"action": "accepted"}


def test_every_proposed_code_needs_a_decision(review: Review) -> None:
    assert review.undecided == ("A00.0", "B00.0")
    assert review.decided({"B00.0": ACCEPT}, ["B00.0"]).undecided == ("A00.0",)
    rejected = {"action": "rejected", "reason": "not supported"}
    assert review.decided({"B00.0": ACCEPT, "A00.0": rejected}, ["B00.0"]).undecided == ()


def test_the_order_of_the_page_is_kept_and_completed(review: Review) -> None:
    said = {"A00.0": ACCEPT, "C00.0": ACCEPT, "Z00.00": {"action": "added"}}
    assert review.decided(said, ["Z00.00", "A00.0", "unknown", "A00.0"]).order == ("Z00.00", "A00.0", "C00.0")


def test_a_change_is_a_rejection_and_a_code_in_its_place(review: Review) -> None:
    said = {"A00.0": {"action": "changed", "replacement": "A00.9"}, "A00.9": {"action": "added"}, "B00.0": ACCEPT}
    changed = review.decided(said, ["A00.9", "B00.0"])
    assert changed.undecided == ()
    assert changed.arguments() == {"accept": "B00.0", "reject": ["A00.0=changed to A00.9"], "add": ["A00.9"]}


def test_adding_a_suggested_code_accepts_it(review: Review) -> None:
    assert review.decided({"A00.0": {"action": "added"}}, []).choices["A00.0"].action == "accepted"


def test_words_selected_for_a_code_lie_in_the_note(review: Review) -> None:
    said = {"Z00.00": {"action": "added", "words": [[0, 3], [4, 99], [3, 3], ["a", "b"], [1]]}}
    assert review.decided(said, []).choices["Z00.00"].words == ((0, 3),)


def test_arguments_of_confirm(review: Review) -> None:
    said = {
        "A00.0": ACCEPT,
        "B00.0": {"action": "rejected", "reason": "ruled  out = no"},
        "Z00.00": {"action": "added"},
    }
    full = review.decided(said, ["A00.0"])
    assert full.arguments() == {"accept": "A00.0", "reject": ["B00.0=ruled out = no"], "add": ["Z00.00"]}


@pytest.mark.parametrize(
    ("choices", "order"),
    [
        ({"A00.0": {"action": "rejected", "reason": "  "}}, []),
        ({"X99": ACCEPT}, []),
        ({"A00.0": {"action": "changed"}}, []),
        ({"A00.0": {"action": "changed", "replacement": "B00.0"}}, []),
        ({"A00.0": {"action": "forgotten"}}, []),
        ({"A00.0": "accepted"}, []),
        ({"<script>alert(1)</script>": {"action": "added"}}, []),
        (None, []),
        ({}, "A00.0"),
        ({f"Z{at}": {"action": "added"} for at in range(1000)}, []),
    ],
)
def test_what_is_no_decision_is_refused(review: Review, choices: object, order: object) -> None:
    with pytest.raises(InputError):
        review.decided(choices, order)


def test_what_is_missing_is_told_fact_by_fact_whatever_stands_in_it() -> None:
    from assistant.errors import IncompleteError
    from assistant.web.submission import missing_in

    faults = ["patient.last_name 'Roe; Ann: x' is too long", "services (the lines to bill) is missing"]
    error = IncompleteError("visit: 7; late cannot be billed yet", faults)
    assert missing_in(error) == tuple(faults)
    assert str(error) == f"visit: 7; late cannot be billed yet: {'; '.join(faults)}."
    assert missing_in(InputError("It cannot be billed: the payer left; ask it.")) == (
        "It cannot be billed: the payer left; ask it",
    )
