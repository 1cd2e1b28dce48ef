"""Recall at rank k: how much of the gold is among the first k suggestions.

Formula, pooled over notes: sum |gold ∩ first k| / sum |gold|. `recall_at_max` lets k grow with the note: k' = max(k,
|gold|), so that a note with more gold codes than k can still reach 1.
Source: standard in coding papers, e.g. Mullenbach et al., "Explainable Prediction of Medical Codes" (NAACL 2018), where
the note-averaged form is used (`mean_recall_at_{k}`; the CodiEsp goal is set in it); `recall_at_{k}` is pooled, and
`hit_at_k` (any gold in the first k) is the form for search queries.
Edge cases: duplicates in a ranking count once, at their best rank. A note without gold adds nothing; a query without
gold is undefined.
"""

from collections.abc import Sequence

from evals.metrics.measure import Measure, mean_of, ratio_of

Ranking = Sequence[str]


def first(ranked: Ranking, k: int) -> frozenset[str]:
    """The first k distinct codes."""
    return frozenset(list(dict.fromkeys(ranked))[:k])


def found(gold: frozenset[str], ranked: Ranking, k: int) -> int:
    """How many gold codes are among the first k."""
    return len(gold & first(ranked, k))


def measure(gold: Sequence[frozenset[str]], ranked: Sequence[Ranking], k: int) -> Measure:
    """recall_at_{k}, pooled."""
    hits = [found(g, r, k) for g, r in zip(gold, ranked, strict=True)]
    return ratio_of(f"recall_at_{k}", hits, [len(g) for g in gold])


def measure_at_max(gold: Sequence[frozenset[str]], ranked: Sequence[Ranking], k: int) -> Measure:
    """recall_at_max_{k}: the cut is max(k, number of gold codes)."""
    hits = [found(g, r, max(k, len(g))) for g, r in zip(gold, ranked, strict=True)]
    return ratio_of(f"recall_at_max_{k}", hits, [len(g) for g in gold])


def measure_mean(gold: Sequence[frozenset[str]], ranked: Sequence[Ranking], k: int) -> Measure:
    """mean_recall_at_{k}: the mean over notes that have gold."""
    shares = [found(g, r, k) / len(g) if g else None for g, r in zip(gold, ranked, strict=True)]
    return mean_of(f"mean_recall_at_{k}", shares)


def hit_at_k(ranks: Sequence[int | None], k: int) -> Measure:
    """hit_at_{k}: share of queries whose first right answer has rank <= k; None is "not found"."""
    return mean_of(f"hit_at_{k}", [float(rank is not None and rank <= k) for rank in ranks])
