"""Until when something has to be done, where a public rule says so; `deadlines.toml` holds the rules."""

import datetime as dt
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

_FILE = Path(__file__).with_name("deadlines.toml")


@dataclass(frozen=True, slots=True)
class Deadline:
    """The last day, and the rule it follows from."""

    day: dt.date
    source: str


def deadline(action: str, filing: str, payment_date: dt.date | None, service_date: dt.date | None) -> Deadline | None:
    """The deadline of `action` on a claim with this filing indicator (CLP06); None where no rule of ours says."""
    for rule in _rules():
        start = payment_date if rule["counts"] == "payment" else service_date
        if rule["action"] == action and filing in rule["filing"] and start is not None and start >= rule["since"]:
            day = start + dt.timedelta(days=rule["days"]) if "days" in rule else _years_on(start, rule["years"])
            return Deadline(day, rule["source"])
    return None


def _years_on(start: dt.date, years: int) -> dt.date:
    try:
        return start.replace(year=start.year + years)
    except ValueError:
        return start.replace(year=start.year + years, day=28)


@lru_cache(maxsize=1)
def _rules() -> tuple[dict[str, Any], ...]:
    return tuple(tomllib.loads(_FILE.read_text("utf-8"))["deadline"])
