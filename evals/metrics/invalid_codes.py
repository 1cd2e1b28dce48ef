"""Invalid codes: suggestions that could not stand on a claim of that date.

Formula: listed codes that are not billable on the date of service / listed codes, pooled. Target 0.
Source: the code-set rule of 45 CFR 162.1002 (the edition in force on the date of service), checked by date.
Edge cases: a code of a system whose validity nobody here can check is left out of both counts.
"""

from collections.abc import Sequence

from evals.metrics.measure import Measure, ratio_of


def measure(billable: Sequence[Sequence[bool | None]]) -> Measure:
    """invalid_code_rate; one flag per listed code of each note, None where it cannot be known."""
    wrong = [sum(flag is False for flag in note) for note in billable]
    return ratio_of("invalid_code_rate", wrong, [sum(flag is not None for flag in note) for note in billable])
