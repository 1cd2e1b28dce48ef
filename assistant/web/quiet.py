"""What the page's library would print about an error: its kind and place. The message may quote what was sent to the page.

The library writes whole tracebacks to the screen, also for a call with too few values, whose message holds the values.
`SUPERBILL_DEBUG=1` leaves it to it.
"""

import importlib
import logging
import os
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from assistant.log import where

_PRINTING = ("gradio.queueing", "gradio.routes", "gradio.route_utils", "gradio.utils")


class _Kinds:
    """Stands for the module `traceback` inside the library."""

    def __getattr__(self, name: str) -> Any:
        return getattr(traceback, name)

    @staticmethod
    def print_exc(*_: object, **__: object) -> None:
        """The current error's kind, and where in our own code it came up."""
        error = sys.exception()
        if error is not None:
            logging.getLogger(__name__).error("a call failed: %s %s", type(error).__name__, where(error))


@contextmanager
def without_messages() -> Iterator[None]:
    """While the block runs, errors of the page are told by kind and place alone."""
    modules = [] if os.environ.get("SUPERBILL_DEBUG") else [importlib.import_module(name) for name in _PRINTING]
    try:
        for module in modules:
            vars(module)["traceback"] = _Kinds()
        yield
    finally:
        for module in modules:
            vars(module)["traceback"] = traceback
