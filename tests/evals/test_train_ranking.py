"""The fitted trees as the rule file holds them say what scikit-learn's own say."""

import numpy as np
import pytest

from assistant.suggest.ranking import Features, Trees
from evals.train_ranking import DEPTH, LEADING, SEED, fit_trees, folds, micro_f1


def test_written_trees_say_what_the_fitted_ones_say() -> None:
    from sklearn.ensemble import GradientBoostingClassifier

    random = np.random.default_rng(1)
    table = random.normal(size=(160, 4)).round(3)
    labels = (table[:, 0] + table[:, 1] * table[:, 2] > 0).astype(int)
    names = ["a", "b", "c", "d"]
    listed = [
        (Features(dict(zip(names, map(float, row), strict=True)), True), int(label))
        for row, label in zip(table, labels, strict=True)
    ]
    settings = LEADING | {"n_estimators": 12}
    trees = Trees.of(fit_trees(listed, settings))
    model = GradientBoostingClassifier(max_depth=DEPTH, random_state=SEED, **settings).fit(table, labels)
    expected = model.decision_function(table)
    written = [trees.log_odds(found.values) for found, _ in listed]
    assert written == pytest.approx(expected.tolist(), abs=0.01)
    assert len({round(value, 3) for value in written}) > 10


def test_every_note_is_left_out_once() -> None:
    parts = folds(23)
    assert sorted(number for part in parts for number in part) == list(range(23))
    assert micro_f1([(frozenset({"A", "B"}), ["A"]), (frozenset(), ["C"])]) == pytest.approx((0.5, 0.5, 0.5))
