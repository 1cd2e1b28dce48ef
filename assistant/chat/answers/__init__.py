"""How each kind of question is answered: the tools it calls, in which order, and what is said first."""

import importlib
from collections.abc import Callable, Mapping
from functools import cache
from types import MappingProxyType

from assistant.chat.reply import Reply

Answering = Callable[[Reply], None]
_FAMILIES = ("codes", "notes", "claims", "shares", "reasons", "remittances", "other")


@cache
def answering() -> Mapping[str, Answering]:
    """Kind of question -> what answers it."""
    found: dict[str, Answering] = {}
    for family in _FAMILIES:
        found |= importlib.import_module(f"{__name__}.{family}").KINDS
    return MappingProxyType(found)
