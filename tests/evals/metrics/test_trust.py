"""Calibration, coverage, over-coding, invalid codes, evidence: by hand."""

import numpy as np
import pytest
from sklearn.metrics import brier_score_loss

from evals.metrics import calibration, coverage, evidence, invalid_codes, overcoding


def values(measures):
    return {measure.name: measure.value for measure in measures}


def test_ece_by_hand():
    # Bin [0.8, 0.9): stated 0.8, right 1/2 -> gap 0.3, weight 2/3. Bin [0.1, 0.2): stated 0.1, right 0 -> gap 0.1, weight 1/3.
    notes = [[(0.8, True), (0.1, False)], [(0.8, False)]]
    got = values(calibration.measures(notes))
    assert got["ece"] == pytest.approx(0.3 * 2 / 3 + 0.1 / 3)
    assert got["brier"] == pytest.approx(brier_score_loss([1, 0, 0], [0.8, 0.1, 0.8]))
    bins = calibration.reliability(notes)
    assert (bins[8].n, bins[8].stated, bins[8].right) == (2, 0.8, 0.5)
    assert bins[5].n == 0 and bins[5].right is None


def test_probability_one_falls_in_the_last_bin_and_no_probability_is_undefined():
    assert calibration.reliability([[(1.0, True)]])[-1].n == 1
    assert np.isnan(calibration.measures([[]])[0].value)


def test_coverage_at_precision_by_hand():
    notes = [[(0.9, True), (0.8, True), (0.7, False), (0.6, True)]]
    # Of 5 gold codes: at 0.8, 2 of 2 right; at 0.6, 3 of 4 right.
    assert coverage.measure(notes, [5], 1.0).value == pytest.approx(2 / 5)
    assert coverage.measure(notes, [5], 0.75).value == pytest.approx(3 / 5)
    assert coverage.measure([[(0.9, False)]], [5], 0.5).value == 0
    assert coverage.measure([[(0.29, True)]], [1], 1.0).value == 1


def test_overcoding_by_hand():
    got = values(overcoding.measures([frozenset("AB")], [frozenset("ACD")]))
    assert got["overcoding_rate"] == pytest.approx(2 / 3)
    assert got["codes_ratio"] == pytest.approx(3 / 2)
    assert np.isnan(values(overcoding.measures([frozenset("A")], [frozenset()]))["overcoding_rate"])
    assert overcoding.trap_rate([[True, False], [False]]).value == pytest.approx(1 / 3)


def test_invalid_codes_leave_unknown_ones_out():
    assert invalid_codes.measure([[True, False, None], [True]]).value == pytest.approx(1 / 3)


def test_evidence_by_hand():
    text = "left ankle sprain with swelling"
    spans = evidence.words(text)
    gold = {"S93.402A": [evidence.quote(0, 17, spans)], "I10": [evidence.quote(0, 4, spans)]}
    cited = {"S93.402A": [evidence.quote(5, 22, spans)], "R60.0": [evidence.quote(23, 31, spans)]}
    got = values(evidence.measures([gold], [cited]))
    # Only the shared code counts: gold words left ankle sprain, cited words ankle sprain with.
    assert got["evidence_overlap"] == 1
    assert got["evidence_token_precision"] == pytest.approx(2 / 3)
    assert got["evidence_token_recall"] == pytest.approx(2 / 3)
    assert evidence.quote(5, 5, spans).end_word == evidence.quote(5, 5, spans).first_word
    assert evidence.verbatim([[True, False]]).value == 0.5


def test_evidence_apart_does_not_overlap_and_a_missing_citation_counts():
    spans = evidence.words("one two three")
    gold = {"A": [evidence.quote(0, 3, spans)], "B": [evidence.quote(0, 3, spans)]}
    cited = {"A": [evidence.quote(3, 7, spans)], "B": []}
    assert values(evidence.measures([gold], [cited]))["evidence_overlap"] == 0
