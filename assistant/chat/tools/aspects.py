"""What can be asked about one code, aspect by aspect."""

from collections.abc import Callable

from assistant.chat.tool import ToolResult
from assistant.chat.tools.code.instructions import instructions
from assistant.chat.tools.code.lines import excludes, inclusion
from assistant.chat.tools.code.meaning import billable, meaning, seventh
from assistant.chat.tools.code.place import Arguments
from assistant.chat.tools.code.validity import replaced, validity
from assistant.chat.turn import Context

ASPECTS: dict[str, Callable[[Context, Arguments], ToolResult]] = {
    "meaning": meaning,
    "billable": billable,
    "validity": validity,
    "replaced": replaced,
    "excludes": excludes,
    "inclusion": inclusion,
    "instructions": instructions,
    "seventh": seventh,
}
"""What may be asked about a code -> the function that says it."""
