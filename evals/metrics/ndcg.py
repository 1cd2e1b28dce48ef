"""nDCG@k: rank-discounted gain, 1 for a right code, 0 otherwise.

Formula: DCG@k = sum over i <= k of gain_i / log2(i + 1); nDCG = DCG / DCG of the best possible list.
Source: Järvelin & Kekäläinen, "Cumulated gain-based evaluation of IR techniques" (TOIS 2002); equals scikit-learn
`ndcg_score` on binary gains without ties.
Edge cases: a note without gold is undefined and left out; an empty list scores 0; a repeated code counts at its best
rank.
"""

import math
from collections.abc import Sequence

from evals.metrics.measure import Measure, mean_of


def ndcg(gold: frozenset[str], ranked: Sequence[str], k: int) -> float | None:
    """nDCG@k of one note; None without gold."""
    if not gold:
        return None
    best = sum(1 / math.log2(rank + 1) for rank in range(1, min(k, len(gold)) + 1))
    got = sum(
        1 / math.log2(rank + 1) for rank, code in enumerate(dict.fromkeys(ranked), 1) if rank <= k and code in gold
    )
    return got / best


def measure(gold: Sequence[frozenset[str]], ranked: Sequence[Sequence[str]], k: int = 10) -> Measure:
    """ndcg_at_{k} over notes."""
    return mean_of(f"ndcg_at_{k}", [ndcg(g, r, k) for g, r in zip(gold, ranked, strict=True)])
