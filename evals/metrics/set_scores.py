"""Micro, macro and per-note precision, recall and F1 over sets of codes.

Formula: P = TP / (TP + FP), R = TP / (TP + FN), F1 = 2 TP / (2 TP + FP + FN). Micro pools the counts of all notes;
macro averages the F1 of each code over gold and predicted codes together; per-note averages the F1 of each note.
Counted per note here, because the bootstrap resamples notes; tests hold every value equal to scikit-learn's.
Source: on why the label set of a macro mean must be stated, Edin et
al., "Automated Medical Coding on MIMIC-III and MIMIC-IV" (SIGIR 2023).
Edge cases: codes are compared as dotted uppercase strings, duplicates count once. No predicted code at all: precision
undefined (nan), F1 0 while gold exists. A note with neither gold nor predicted codes is right: its per-note F1 is 1.
"""

from collections.abc import Sequence

import numpy as np

from evals.metrics.measure import Array, Measure, mean_of, of_sums, ratio

Codes = Sequence[frozenset[str]]


def measures(gold: Codes, predicted: Codes) -> list[Measure]:
    """micro_precision, micro_recall, micro_f1, macro_f1, note_f1."""
    rows = counts(gold, predicted)
    return [
        of_sums("micro_precision", rows, lambda sums: ratio(sums[:, 0], sums[:, 0] + sums[:, 1])),
        of_sums("micro_recall", rows, lambda sums: ratio(sums[:, 0], sums[:, 0] + sums[:, 2])),
        of_sums("micro_f1", rows, f1_of_sums),
        macro_f1(gold, predicted),
        mean_of("note_f1", [note_f1(g, p) for g, p in zip(gold, predicted, strict=True)]),
    ]


def note_f1(gold: frozenset[str], predicted: frozenset[str]) -> float:
    """F1 of one note; 1 when both sets are empty."""
    total = len(gold) + len(predicted)
    return 2 * len(gold & predicted) / total if total else 1.0


def macro_f1(gold: Codes, predicted: Codes) -> Measure:
    """Mean F1 over the codes in gold or predictions; under a draw, over the codes that the draw contains."""
    truth, guess = indicator(gold, predicted)
    hits, false, missed = truth * guess, (1 - truth) * guess, truth * (1 - guess)

    def under(weights: Array) -> Array:
        hit, wrong, lost = weights @ hits, weights @ false, weights @ missed
        support = 2 * hit + wrong + lost
        scored = np.divide(2 * hit, support, out=np.zeros_like(support), where=support > 0)
        return ratio(scored.sum(axis=1), (support > 0).sum(axis=1).astype(float))

    return Measure("macro_f1", len(gold), under)


def counts(gold: Codes, predicted: Codes) -> list[tuple[int, int, int]]:
    """Per note: right, wrong, missed."""
    return [(len(g & p), len(p - g), len(g - p)) for g, p in zip(gold, predicted, strict=True)]


def f1_of_sums(sums: Array) -> Array:
    """Micro F1 from columns right, wrong, missed."""
    return ratio(2 * sums[:, 0], 2 * sums[:, 0] + sums[:, 1] + sums[:, 2])


def indicator(gold: Codes, predicted: Codes) -> tuple[Array, Array]:
    """0/1 matrices (notes, codes) over the union of codes, sorted."""
    place = {code: i for i, code in enumerate(sorted(frozenset().union(*gold, *predicted)))}
    truth, guess = np.zeros((len(gold), len(place))), np.zeros((len(predicted), len(place)))
    for matrix, sets in ((truth, gold), (guess, predicted)):
        for row, codes in enumerate(sets):
            matrix[row, [place[code] for code in codes]] = 1
    return truth, guess
