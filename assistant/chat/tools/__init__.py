"""The tools of the conversation by name. Each family is a module with a tuple `TOOLS`."""

import importlib
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from assistant.chat.tool import Tool, ToolError

FAMILIES = ("codes", "sets", "notes", "drafts", "payments", "claims_paid", "letters", "stored", "measures")
"""Modules of this package, in the order in which their tools are shown."""


@cache
def registry() -> Mapping[str, Tool]:
    """Every tool by its name."""
    tools = [tool for family in FAMILIES for tool in importlib.import_module(f"{__name__}.{family}").TOOLS]
    return MappingProxyType({tool.name: tool for tool in tools})


def tool(name: str) -> Tool:
    """The tool of that name. Raises ToolError when there is none."""
    if name not in registry():
        raise ToolError(f"there is no tool {name}; there are {', '.join(registry())}")
    return registry()[name]
