"""The bootstrap against known answers."""

import numpy as np
import pytest

from evals.bootstrap import draws, interval, paired
from evals.metrics.measure import mean_of


def test_interval_of_a_mean_is_near_the_normal_one():
    values = np.random.default_rng(7).normal(size=400)
    got = interval(mean_of("m", list(values)), resamples=4000)
    half = 1.96 * values.std() / np.sqrt(400)
    assert got.low == pytest.approx(values.mean() - half, abs=0.012)
    assert got.high == pytest.approx(values.mean() + half, abs=0.012)
    assert got.n == 400


def test_interval_agrees_with_scipy():
    from scipy.stats import bootstrap

    values = np.random.default_rng(3).exponential(size=200)
    oracle = bootstrap((values,), np.mean, n_resamples=4000, method="percentile", rng=np.random.default_rng(1))
    got = interval(mean_of("m", list(values)), resamples=4000)
    assert got.low == pytest.approx(oracle.confidence_interval.low, abs=0.02)
    assert got.high == pytest.approx(oracle.confidence_interval.high, abs=0.02)


def test_draws_are_fixed_by_the_seed_and_sum_to_n():
    assert (draws(5, 100, seed=1) == draws(5, 100, seed=1)).all()
    assert not (draws(5, 100, seed=1) == draws(5, 100, seed=2)).all()
    assert (draws(5, 100).sum(axis=1) == 5).all()


def test_paired_comparison_sees_a_real_drop_and_no_drop():
    a = mean_of("m", [1.0] * 60)
    b = mean_of("m", [1.0] * 45 + [0.0] * 15)
    drop = paired(a, b)
    assert drop.difference == -0.25 and drop.p_value < 0.01 and drop.high < 0
    same = paired(a, a)
    assert same.difference == 0 and same.p_value == 1


def test_paired_needs_the_same_cases():
    with pytest.raises(ValueError, match="same cases"):
        paired(mean_of("m", [1.0]), mean_of("m", [1.0, 2.0]))


def test_undefined_stays_undefined():
    assert interval(mean_of("m", [None, None])).value is None
    assert interval(mean_of("m", [])).value is None
    assert paired(mean_of("m", [None]), mean_of("m", [1.0])).p_value is None
