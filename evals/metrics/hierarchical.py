"""Hierarchical credit: near misses in the code tree. Never a replacement for exact F1.

Category F1: micro F1 over 3-character categories (`E11.22` -> `E11`), each category once per note.
Prefix precision / recall / F1: micro over the set of all prefixes of 3 or more characters of the undotted code, so that
`E11.22` against `E11.21` shares E11 and E112 and misses one prefix each.
Source: hierarchical precision and recall, Kiritchenko et al., "Functional annotation of genes using hierarchical text
categorization" (2005), with string prefixes as ancestors.
Edge cases: codes shorter than 3 characters count as themselves; placeholder X is a character like another.
"""

from collections.abc import Iterable, Sequence

from evals.metrics.measure import Measure, of_sums, ratio
from evals.metrics.set_scores import counts, f1_of_sums


def categories(codes: Iterable[str]) -> frozenset[str]:
    """The 3-character categories."""
    return frozenset(code.replace(".", "")[:3] for code in codes)


def prefixes(codes: Iterable[str]) -> frozenset[str]:
    """Every prefix of 3 or more characters, the whole code included."""
    bare = [code.replace(".", "") for code in codes]
    return frozenset(code[:size] for code in bare for size in range(min(3, len(code)), len(code) + 1))


def measures(gold: Sequence[frozenset[str]], predicted: Sequence[frozenset[str]]) -> list[Measure]:
    """category_f1, prefix_precision, prefix_recall, prefix_f1."""
    coarse = counts([categories(g) for g in gold], [categories(p) for p in predicted])
    rows = counts([prefixes(g) for g in gold], [prefixes(p) for p in predicted])
    return [
        of_sums("category_f1", coarse, f1_of_sums),
        of_sums("prefix_precision", rows, lambda sums: ratio(sums[:, 0], sums[:, 0] + sums[:, 1])),
        of_sums("prefix_recall", rows, lambda sums: ratio(sums[:, 0], sums[:, 0] + sums[:, 2])),
        of_sums("prefix_f1", rows, f1_of_sums),
    ]
