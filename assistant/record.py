"""Values to JSON-ready records and back: dataclasses, enums, decimals, dates, tuples, sets."""

import dataclasses
import datetime as dt
from decimal import Decimal
from enum import Enum
from typing import Any


def to_record(value: Any) -> Any:
    """`value` as plain JSON types. Decimals become strings with two decimals, dates ISO strings."""
    if value is None or (isinstance(value, str | int | float | bool) and not isinstance(value, Enum)):
        return value
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Decimal):
        return f"{value:.2f}"
    if isinstance(value, dt.date):
        return value.isoformat()
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: to_record(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, dict):
        return {str(key): to_record(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [to_record(item) for item in value]
    if isinstance(value, set | frozenset):
        return sorted(to_record(item) for item in value)
    raise TypeError(f"no JSON form for {type(value).__name__}")
