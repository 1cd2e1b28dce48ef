"""Days as official files write them."""

import datetime as dt

from corpus.errors import CorpusError

_SHAPES = ("%Y%m%d", "%Y-%m-%d", "%m/%d/%Y")


def iso_day(raw: str, where: str) -> str:
    """`20260401`, `2026-04-01` or `4/1/2026` as an ISO day; "" for none (empty, zeros). CorpusError names `where` otherwise."""
    text = raw.strip().split(" ")[0].rstrip("*")
    if not text.strip("0"):
        return ""
    for shape in _SHAPES:
        try:
            return dt.datetime.strptime(text, shape).date().isoformat()  # noqa: DTZ007 (a day has no time zone)
        except ValueError:
            continue
    raise CorpusError(f"{where}: a date is not YYYYMMDD or YYYY-MM-DD")
