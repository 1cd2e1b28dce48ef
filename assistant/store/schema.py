"""Which tables the store has. Each station declares its own; here stands only where, for what concerns all of them."""

import importlib
import importlib.util
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy import MetaData, Table

DECLARED = (
    "assistant.store.keys:tables",
    "assistant.accounts.tables:tables",
    "assistant.review.ledger:tables",
    "assistant.claim.control_numbers:tables",
    "assistant.claim.history:tables",
    "assistant.claim.site_tables:site_tables",
    "assistant.remit.tables:tables",
    "assistant.review.precedents:tables",
)
"""`module:function`; the function declares the station's tables on `metadata()`. Names, so that nothing is imported upwards."""


@cache
def metadata() -> "MetaData":
    """What all tables are declared on."""
    from sqlalchemy import MetaData

    return MetaData()


def all_tables() -> "list[Table]":
    """Every table of every station, those that others refer to first."""
    for place in DECLARED:
        module, function = place.split(":")
        getattr(importlib.import_module(module), function)()
    return list(metadata().sorted_tables)
