"""Ranking metrics by hand and against scikit-learn. Gold {A, B}; list X A Y B."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score, ndcg_score

from evals.metrics import average_precision, ndcg, r_precision, recall_at_k, reciprocal_rank

GOLD, LIST = frozenset("AB"), list("XAYB")


def test_hand_worked_examples():
    assert average_precision.average_precision(GOLD, LIST) == pytest.approx((1 / 2 + 2 / 4) / 2)
    best = 1 / math.log2(2) + 1 / math.log2(3)
    assert ndcg.ndcg(GOLD, LIST, 10) == pytest.approx((1 / math.log2(3) + 1 / math.log2(5)) / best)
    assert ndcg.ndcg(GOLD, LIST, 2) == pytest.approx((1 / math.log2(3)) / best)
    assert r_precision.r_precision(GOLD, LIST) == 0.5
    assert recall_at_k.measure([GOLD], [LIST], 2).value == 0.5
    assert recall_at_k.measure([GOLD], [LIST], 4).value == 1
    assert reciprocal_rank.first_right(GOLD, LIST) == 2
    assert reciprocal_rank.measure([2, None, 1]).value == pytest.approx((1 / 2 + 0 + 1) / 3)
    assert recall_at_k.hit_at_k([2, None, 1], 1).value == pytest.approx(1 / 3)


def test_recall_is_pooled_over_notes():
    gold = [frozenset("ABC"), frozenset("D")]
    assert recall_at_k.measure(gold, [list("A"), list("D")], 5).value == pytest.approx(2 / 4)


def test_mean_recall_weighs_every_note_alike_and_leaves_out_those_without_gold():
    gold = [frozenset("ABC"), frozenset("D"), frozenset()]
    ranked = [list("XA"), list("D"), list("E")]
    assert recall_at_k.measure_mean(gold, ranked, 2).value == pytest.approx((1 / 3 + 1) / 2)
    assert recall_at_k.measure_mean(gold, ranked, 1).value == pytest.approx((0 + 1) / 2)


def test_recall_at_max_lets_a_note_with_many_codes_reach_one():
    gold, ranked = [frozenset("ABC")], [list("ABC")]
    assert recall_at_k.measure(gold, ranked, 2).value == pytest.approx(2 / 3)
    assert recall_at_k.measure_at_max(gold, ranked, 2).value == 1


def test_repeated_codes_take_no_place_and_no_gold_is_undefined():
    assert average_precision.average_precision(GOLD, list("AABB")) == 1
    assert recall_at_k.found(GOLD, list("AAB"), 2) == 2
    for function in (average_precision.average_precision, r_precision.r_precision):
        assert function(frozenset(), LIST) is None
    assert ndcg.ndcg(frozenset(), LIST, 5) is None
    assert np.isnan(average_precision.measure([frozenset()], [LIST]).value)


@settings(deadline=None)
@given(st.frozensets(st.sampled_from("ABCDEFGH"), min_size=1), st.permutations("ABCDEFGH"), st.integers(1, 8))
def test_agrees_with_scikit_learn_on_full_rankings(gold, ranked, k):
    truth = [float(code in gold) for code in ranked]
    scores = [float(len(ranked) - place) for place in range(len(ranked))]
    assert ndcg.ndcg(gold, ranked, k) == pytest.approx(ndcg_score([truth], [scores], k=k, ignore_ties=True))
    assert average_precision.average_precision(gold, ranked) == pytest.approx(average_precision_score(truth, scores))
