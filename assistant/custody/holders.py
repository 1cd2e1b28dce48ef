"""Stations that keep patient data besides the store's own tables register here; purge and retention ask each of them."""

import datetime as dt
import importlib
import importlib.util
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Protocol

from assistant.settings import Settings

if TYPE_CHECKING:
    from sqlalchemy import Engine


class Holder(Protocol):
    """What a station must be able to do with what it keeps."""

    def forget(self, patient: str) -> int:
        """Remove everything about a patient, by the site's id; how many pieces."""
        ...

    def expire(self, before: dt.date) -> int:
        """Remove what is older than a day; how many pieces."""
        ...


def _precedents(settings: Settings, engine: "Engine") -> Holder | None:
    """The passages behind earlier decisions, with their vectors; None without that station."""
    name = "assistant.review.precedents"
    if importlib.util.find_spec(name) is None:
        return None
    station = importlib.import_module(name)
    holder: Holder = station.Precedents(engine, settings.home / station.FOLDER)
    return holder


HOLDERS: dict[str, Callable[[Settings, "Engine"], Holder | None]] = {"precedents": _precedents}
"""Kind (one of `assistant.trust.KEPT`) -> what opens the station over the site's store; None where it is not there."""


def holders(settings: Settings, engine: "Engine") -> Iterator[tuple[str, Holder]]:
    """Every registered station with its kind."""
    for kind, opening in HOLDERS.items():
        holder = opening(settings, engine)
        if holder is not None:
            yield kind, holder
