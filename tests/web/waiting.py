"""Waiting for what the page's functions promise, in a thread of its own: the browser's driver keeps this one's event loop."""

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any


def finished(call: Coroutine[Any, Any, Any]) -> Any:
    """What the coroutine returns, or what it raises."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, call).result()
