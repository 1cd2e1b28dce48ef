"""Labels of mentions: accuracy, macro F1, and the two mistakes that cost most.

`assertion_accuracy` = labels right / mentions. `assertion_macro_f1` = mean over labels of F1 of that label.
`false_present` = mentions that are not the patient's present condition but were read as present / such mentions: each
may become a wrong code. `lost_present` = present mentions read as something else / present mentions: each may become
a missed code.
Source: i2b2/VA 2010 assertion task (Uzuner et al., JAMIA 2011); macro F1 equals scikit-learn's.
Edge cases: the macro mean runs over labels that occur in the gold or the answers of the drawn cases. `possible` read
as `negated` is wrong for accuracy, but costs no code.
"""

from collections.abc import Sequence

from evals.metrics.measure import Measure, mean_of
from evals.metrics.set_scores import macro_f1

PRESENT = "present"


def measures(expected: Sequence[str], found: Sequence[str]) -> list[Measure]:
    """assertion_accuracy, assertion_macro_f1, false_present, lost_present."""
    pairs = list(zip(expected, found, strict=True))
    by_label = macro_f1([frozenset([e]) for e in expected], [frozenset([f]) for f in found])
    return [
        mean_of("assertion_accuracy", [float(e == f) for e, f in pairs]),
        Measure("assertion_macro_f1", by_label.n, by_label.under),
        mean_of("false_present", [None if e == PRESENT else float(f == PRESENT) for e, f in pairs]),
        mean_of("lost_present", [float(f != PRESENT) if e == PRESENT else None for e, f in pairs]),
    ]
