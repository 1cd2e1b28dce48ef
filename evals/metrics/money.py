"""Money exactness: expected amounts met to the cent.

Formula: `money_exact` = amounts equal as decimals / amounts expected, pooled; `money_case_exact` = share of cases
with every amount right. Source: the balancing rule of the 835 implementation guide (005010X221A1, section 1.10.2):
sums close to the cent, so there is no "nearly right".
Edge cases: `null` is a value: an expected null ("unreadable") must be null, and a number in its place is wrong. A
missing key is wrong. Amounts are compared as Decimal ("15.0" equals "15.00"); a float or an unparsable text is wrong.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from evals.metrics.measure import Measure, mean_of, ratio_of

_MISSING = object()


def exact(expected: str | None, found: Any) -> bool:
    """Whether one amount is right to the cent."""
    if expected is None or found is None:
        return expected is None and found is None
    if not isinstance(found, str):
        return False
    try:
        return Decimal(expected) == Decimal(found)
    except InvalidOperation:
        return False


def field_flags(expected: Mapping[str, str | None], found: Mapping[str, Any]) -> dict[str, bool]:
    """One flag per expected field; fields are named by path."""
    return {
        key: (value := found.get(key, _MISSING)) is not _MISSING and exact(amount, value)
        for key, amount in expected.items()
    }


def measures(flags: Sequence[Sequence[bool]]) -> list[Measure]:
    """money_exact and money_case_exact from the flags of each case."""
    return [
        ratio_of("money_exact", [sum(case) for case in flags], [len(case) for case in flags]),
        mean_of("money_case_exact", [float(all(case)) if case else None for case in flags]),
    ]
