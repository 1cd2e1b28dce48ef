"""Condition, occurrence and value codes, and the ambulance transport, from the segments of a claim that is read."""

from collections.abc import Sequence
from typing import NamedTuple

from assistant.claim.claim import ClaimOccurrence, ClaimValue, Transport
from assistant.claim.structure import Elements
from assistant.x12 import parse_amount, parse_date


class Codes(NamedTuple):
    """HI*BG, HI*BH with HI*BI, and HI*BE. A composite that is not whole is left out: it stays an extra."""

    conditions: tuple[str, ...]
    occurrences: tuple[ClaimOccurrence, ...]
    values: tuple[ClaimValue, ...]


def read_codes(segments: Sequence[Elements]) -> Codes:
    """The codes of these HI segments; occurrences on a day come before spans, as they are written."""
    conditions: list[str] = []
    days: list[ClaimOccurrence] = []
    spans: list[ClaimOccurrence] = []
    values: list[ClaimValue] = []
    for elements in segments:
        for item in elements[1:]:
            kind, code, shape, told, amount = (*item.split(":"), "", "", "", "", "")[:5]
            if not code:
                continue
            if kind == "BG":
                conditions.append(code)
            elif kind == "BH" and shape == "D8" and (day := parse_date(told)):
                days.append(ClaimOccurrence(code, day))
            elif kind == "BI" and shape == "RD8":
                first, last = parse_date(told[:8]), parse_date(told[9:])
                if first and last:
                    spans.append(ClaimOccurrence(code, first, last))
            elif kind == "BE" and (worth := parse_amount(amount)) is not None:
                values.append(ClaimValue(code, worth))
    return Codes(tuple(conditions), (*days, *spans), tuple(values))


def read_transport(head: Elements, conditions: Sequence[Elements]) -> Transport | None:
    """CR1 and CRC*07; None when the claim is not for an ambulance, or CR1 lacks its distance."""
    miles = parse_amount(_get(head, 6))
    if miles is None:
        return None
    return Transport(
        reason=_get(head, 4),
        miles=miles,
        weight=parse_amount(_get(head, 2)) if _get(head, 1) == "LB" else None,
        round_trip=_get(head, 9),
        stretcher=_get(head, 10),
        conditions=tuple((_get(item, 2) == "Y", item[3:]) for item in conditions if _get(item, 1) == "07"),
    )


def _get(elements: Elements, position: int) -> str:
    return elements[position] if position < len(elements) else ""
