"""Hand-worked: gold {A,B},{C}; predicted {A,C},{C}: TP 2, FP 1, FN 1."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import f1_score, precision_score, recall_score

from evals.metrics import exact_set, hierarchical, set_scores

GOLD = [frozenset({"A", "B"}), frozenset({"C"})]
GUESS = [frozenset({"A", "C"}), frozenset({"C"})]

sets = st.lists(st.frozensets(st.sampled_from("ABCDEF"), max_size=4), min_size=1, max_size=8)


def by_name(measures):
    return {measure.name: measure.value for measure in measures}


def test_hand_worked_example():
    values = by_name(set_scores.measures(GOLD, GUESS))
    assert values["micro_precision"] == pytest.approx(2 / 3)
    assert values["micro_recall"] == pytest.approx(2 / 3)
    assert values["micro_f1"] == pytest.approx(2 / 3)
    # A: 1; B: 0; C: precision 1/2, recall 1 -> 2/3.
    assert values["macro_f1"] == pytest.approx((1 + 0 + 2 / 3) / 3)
    assert values["note_f1"] == pytest.approx((1 / 2 + 1) / 2)
    assert exact_set.measure(GOLD, GUESS).value == 0.5


@settings(deadline=None)
@given(st.data())
def test_agrees_with_scikit_learn(data):
    gold = data.draw(sets)
    guess = data.draw(
        st.lists(st.frozensets(st.sampled_from("ABCDEF"), max_size=4), min_size=len(gold), max_size=len(gold))
    )
    # A column that is always 0 keeps scikit-learn from reading one label as a binary task.
    truth, shown = (np.hstack([m, np.zeros((len(gold), 1))]) for m in set_scores.indicator(gold, guess))
    labels = list(range(truth.shape[1] - 1))
    values = by_name(set_scores.measures(gold, guess))
    if not labels:
        assert np.isnan(values["micro_f1"])
        return
    assert values["micro_f1"] == pytest.approx(f1_score(truth, shown, average="micro", zero_division=0.0))
    assert values["macro_f1"] == pytest.approx(
        f1_score(truth, shown, average="macro", labels=labels, zero_division=0.0)
    )
    assert values["note_f1"] == pytest.approx(f1_score(truth, shown, average="samples", zero_division=1.0))
    if any(guess):
        assert values["micro_precision"] == pytest.approx(precision_score(truth, shown, average="micro"))
    if any(gold):
        assert values["micro_recall"] == pytest.approx(recall_score(truth, shown, average="micro"))


def test_nothing_predicted_has_no_precision_and_zero_f1():
    values = by_name(set_scores.measures([frozenset("A")], [frozenset()]))
    assert np.isnan(values["micro_precision"])
    assert values["micro_f1"] == 0
    assert set_scores.note_f1(frozenset(), frozenset()) == 1


def test_hierarchical_credit_by_hand():
    gold, guess = [frozenset({"E11.22"})], [frozenset({"E11.21"})]
    values = by_name(hierarchical.measures(gold, guess))
    # Prefixes E11, E112, E1122 against E11, E112, E1121.
    assert values["prefix_precision"] == pytest.approx(2 / 3)
    assert values["prefix_recall"] == pytest.approx(2 / 3)
    assert values["prefix_f1"] == pytest.approx(2 / 3)
    assert values["category_f1"] == 1
    assert set_scores.note_f1(gold[0], guess[0]) == 0
    assert hierarchical.prefixes(["I10"]) == {"I10"}
