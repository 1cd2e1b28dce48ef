"""What stands around a mention, and the trees that weigh it."""

import math

import numpy as np
import pytest

from assistant.chart.note import Assertion, Mention, Note, Span
from assistant.suggest.ranking import Features, Trees, Weights, load_weights, probability
from assistant.suggest.surroundings import surroundings


def around(text: str, words: str) -> dict[str, bool]:
    start = text.index(words)
    mention = Mention(Span(start, start + len(words)), words, "other", Assertion.PRESENT)
    return dict(surroundings(Note("n", text), mention).said)


@pytest.mark.parametrize(
    ("text", "words", "cue"),
    [
        ("He passed a kidney stone in 2010.", "kidney stone", "past"),
        ("Her sister has an overactive thyroid.", "overactive thyroid", "relation"),
        ("ED for fever, vomiting or confusion.", "confusion", "conditional"),
        ("Asthma: continue fluticasone.", "Asthma", "treated"),
        ("Hypertension, at goal.", "Hypertension", "judged"),
        ("Gout might explain the swelling.", "Gout", "hedge"),
    ],
)
def test_words_around_a_mention_are_seen(text: str, words: str, cue: str) -> None:
    assert around(text, words)[cue]
    assert not around("The story goes on. Anemia. And on.", "Anemia")[cue]


def test_the_title_of_a_numbered_problem_opens_its_line() -> None:
    text = "Seen today.\n2. Gout, stable\nNo new gout elsewhere."
    title, later = text.index("Gout"), text.index("gout")
    found = [
        surroundings(Note("n", text), Mention(Span(at, at + 4), text[at : at + 4], "other", Assertion.PRESENT))
        for at in (title, later)
    ]
    assert (found[0].opens, found[0].numbered) == (True, True)
    assert (found[1].opens, found[1].numbered) == (False, False)


def test_a_tree_is_walked_to_its_leaf() -> None:
    tree = [[[0, 0.5], [1, 2.0], [0, 3.0]], [0.1, 0.2, 0.3, 0.4]]
    trees = Trees.of({"features": ["a", "b"], "start": -1.0, "trees": [tree, tree]})
    walks = {(0, 1): 0.1, (0, 5): 0.2, (1, 5): 0.3, (4, 0): 0.4}
    for (a, b), leaf in walks.items():
        assert trees.log_odds({"a": a, "b": b}) == pytest.approx(-1 + 2 * leaf)
    model = Weights(trees, trees, 0.5)
    assert probability(Features({"a": 4.0}, True), model) == round(1 / (1 + math.exp(1 - 0.8)), 4)


def test_the_shipped_trees_ask_only_for_features_they_name() -> None:
    model = load_weights()
    assert 0 < model.threshold < 1
    for trees in (model.leading, model.others):
        assert trees.leaves.shape[1] == trees.columns.shape[1] + 1
        assert int(trees.columns.max()) < len(trees.names)
        assert np.isfinite(trees.leaves).all()
