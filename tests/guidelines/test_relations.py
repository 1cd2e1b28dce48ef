import pytest

from assistant.guidelines.relations import combination_for, companions, excluded_pairs, integral_symptoms
from corpus.library import CodeBook


@pytest.mark.parametrize(
    ("codes", "drop", "add"),
    [
        (["I10", "N18.32"], ("I10",), ("I12.9",)),
        (["I10", "N18.6"], ("I10",), ("I12.0",)),
        (["I10", "I50.9"], ("I10",), ("I11.0",)),
        (["I50.22", "I10", "N18.4"], ("I10",), ("I13.0",)),
        (["I11.0", "I50.9", "N18.5"], ("I11.0",), ("I13.2",)),
        (["E11.9", "N18.32"], ("E11.9",), ("E11.22",)),
        (["E109", "n1832"], ("E10.9",), ("E10.22",)),
        (["E11.65", "N18.32"], (), ("E11.22",)),
        (["E11.9", "L97.512"], ("E11.9",), ("E11.621",)),
        (["I25.10", "I20.0"], ("I25.10", "I20.0"), ("I25.110",)),
        (["J44.9", "J18.9"], ("J44.9",), ("J44.0",)),
        (["M17.11", "M17.12"], ("M17.11", "M17.12"), ("M17.0",)),
        (["J96.01", "J96.11"], ("J96.01", "J96.11"), ("J96.21",)),
    ],
)
def test_a_combination_code_is_proposed(codes: list[str], drop: tuple[str, ...], add: tuple[str, ...]) -> None:
    (proposal,) = combination_for(codes)
    assert (proposal.drop, proposal.add) == (drop, add)
    assert proposal.rule.startswith("CM-")


@pytest.mark.parametrize("codes", [["I12.9", "N18.32"], ["E11.22", "N18.32"], ["I10", "E78.5"], ["N18.32"], []])
def test_nothing_is_proposed(codes: list[str]) -> None:
    assert combination_for(codes) == ()


def test_proposals_come_to_rest() -> None:
    """Applying the proposals again and again ends, and what is left has none."""
    codes = {"I10", "I50.22", "N18.4", "E11.9", "E16.2", "J44.9", "J20.9", "K57.30", "K92.2"}
    for _ in range(10):
        found = combination_for(sorted(codes))
        if not found:
            break
        codes = (codes - set(found[0].drop)) | set(found[0].add)
    assert combination_for(sorted(codes)) == ()
    assert codes == {"I13.0", "I50.22", "N18.4", "E11.22", "E11.649", "J44.0", "J20.9", "K57.31"}


def test_integral_symptoms_name_symptom_condition_and_rule(book: CodeBook) -> None:
    found = integral_symptoms(["J18.9", "R05.9", "R50.9", "R55"], book)
    assert [(symptom, condition) for symptom, condition, _ in found] == [("R05.9", "J18.9"), ("R50.9", "J18.9")]
    assert integral_symptoms(["R05.9", "R50.9"], book) == ()


def test_excluded_pairs_cite_the_node(book: CodeBook) -> None:
    assert excluded_pairs(["E11.9", "R73.09", "I10"], book) == (("E11.9", "R73.09", "R73.0"),)
    assert excluded_pairs(["E11.9", "I10"], book) == ()
    assert excluded_pairs(["E11.9", "R73.09"], book, certain=True) == (("E11.9", "R73.09", "R73.0"),)
    assert excluded_pairs(["F45.8", "G47.63"], book) == (("F45.8", "G47.63", "F45.8"),)
    assert excluded_pairs(["F45.8", "G47.63"], book, certain=True) == ()


def test_companions_are_patterns(book: CodeBook) -> None:
    kidney = companions("N18.32", book)
    assert [str(one) for one in kidney.code_first if one.matches("I129")] == ["I12"]
    diabetes = companions("E11.22", book)
    assert any(one.matches("N1832") for one in diabetes.use_additional)
    assert any(one.matches("Z794") for one in diabetes.use_additional)
    assert companions("Z00.00", book).code_first == ()
