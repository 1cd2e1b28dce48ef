"""Stations that keep patient data besides the store's own tables register here; purge and retention ask each of them."""

import datetime as dt
import importlib
import importlib.util
from collections.abc import Iterator
from typing import Any, Protocol

from assistant.settings import Settings

HOLDERS = {"precedents": "assistant.review.precedents:Precedents"}
"""Kind -> `module:class`. The class has `open(settings)` and is a `Holder`. A station that is not installed is left out."""


class Holder(Protocol):
    """What a station must be able to do with what it keeps."""

    def forget(self, patient: str) -> int:
        """Remove everything about a patient, by the site's id; how many pieces."""
        ...

    def expire(self, before: dt.date) -> int:
        """Remove what is older than a day; how many pieces."""
        ...


def holders(settings: Settings) -> Iterator[tuple[str, Holder]]:
    """Every registered station with its kind."""
    for kind, place in HOLDERS.items():
        module, name = place.split(":")
        if importlib.util.find_spec(module) is not None:
            station: Any = getattr(importlib.import_module(module), name)
            yield kind, station.open(settings)
