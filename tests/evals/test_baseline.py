"""The naive baseline on a toy encoder: one axis per word."""

import numpy as np
import pytest

from assistant.errors import InputError
from evals.baseline import NearestTitle, open_baseline

WORDS = ["hypertension", "gout", "chest", "pain", "essential"]
TITLES = {"I10": "essential hypertension", "M10.9": "gout", "R07.9": "chest pain"}


def encode(texts):
    rows = np.array([[float(word in text.lower()) for word in WORDS] for text in texts]) + 1e-6
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


@pytest.fixture
def engine():
    return NearestTitle(encode, encode(list(TITLES.values())), list(TITLES))


def test_each_sentence_takes_its_nearest_title(engine):
    text = "Essential hypertension, stable. Denies chest pain.\nGout quiet"
    (line,) = engine.suggest([{"id": "n", "text": text}])
    assert {s["code"] for s in line["suggestions"] if s["selected"]} == {"I10", "R07.9", "M10.9"}
    assert [s["rank"] for s in line["suggestions"]] == [1, 2, 3]
    for suggestion in line["suggestions"]:
        (quote,) = suggestion["evidence"]
        assert text[quote["start"] : quote["end"]] == quote["text"]


def test_nothing_near_is_not_selected_and_no_words_give_nothing(engine):
    half = NearestTitle(lambda texts: np.full((len(texts), 5), 0.1), encode(list(TITLES.values())), list(TITLES))
    (line,) = half.suggest([{"id": "n", "text": "Some words here."}])
    assert line["suggestions"] and not any(s["selected"] for s in line["suggestions"])
    (empty,) = engine.suggest([{"id": "n", "text": " \n .. 12"}])
    assert empty["suggestions"] == []


def test_search_ranks_titles(engine):
    assert engine.search(["gout", "pain in the chest"], 1) == [["M10.9"], ["R07.9"]]


def test_without_an_index_it_says_what_to_do(tmp_path):
    with pytest.raises(InputError, match="corpus build"):
        open_baseline(tmp_path)
