"""What the cross-encoder would be trained with: the right answer first, wrong ones from the search and from siblings."""

import random

from evals.encoder.rerank import CANDIDATES, candidate, candidates_of, development

LINE = {
    "words": "gouty foot",
    "unit": "M10.9",
    "gold": "Gout, unspecified",
    "found": [("M10.0", 1.2, "Idiopathic gout"), ("M10.9", 1.1, "Gout, unspecified"), ("M79.67", 0.9, "Foot pain")],
    "siblings": ["Lead-induced gout", "Drug-induced gout", "Secondary gout"],
}


def test_a_candidate_is_its_title_and_what_was_found():
    assert candidate("Gout, unspecified", "gout, Unspecified") == "Gout, unspecified"
    assert candidate("Gout, unspecified", "gouty attack") == "Gout, unspecified; gouty attack"


def test_the_right_answer_stands_first_and_nowhere_else():
    for seed in range(20):
        listed = candidates_of(LINE, random.Random(seed))
        assert listed[0] == "Gout, unspecified" and listed.count("Gout, unspecified") == 1
        assert len(listed) == CANDIDATES
        assert {"Idiopathic gout", "Foot pain"} <= set(listed)
        assert sum(text in LINE["siblings"] for text in listed) == 2


def test_the_same_seed_draws_the_same():
    assert candidates_of(LINE, random.Random(3)) == candidates_of(LINE, random.Random(3))


def test_about_a_tenth_is_kept_from_training_whatever_its_case():
    texts = [f"Query {number}" for number in range(2000)]
    assert 0.07 < sum(map(development, texts)) / len(texts) < 0.13
    assert all(development(text) == development(text.upper()) for text in texts[:50])
