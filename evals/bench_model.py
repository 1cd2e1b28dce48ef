"""What asking a model through Superbill costs over asking it directly: `python -m evals.bench_model`, from the checkout.

A scripted server on loopback waits a fixed time before its first piece. The time to that piece is taken with a bare HTTP
client and through the gate (litellm, the mask where the model counts as remote, the budget, the line of record).
"""

import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROUNDS = 30
FIRST = 0.05
"""Seconds that the server waits before its first piece."""
QUESTION = "Patient: Rose Hill, seen 2026-02-02. What does she owe on claim 2026-00017? " * 20


def main() -> None:
    """Print the median and the 95th percentile of the time to the first piece, and what is added."""
    import httpx

    from assistant.chat.client import _litellm
    from assistant.chat.outbound import Gate
    from assistant.model import Message
    from tests.chat.model_server import ModelServer, Say
    from tests.chat.model_tools import settings_of

    begun = time.perf_counter()
    _litellm()
    print(f"library loaded once in {time.perf_counter() - begun:.1f} s (in the background where a page serves)")
    with ModelServer([Say("The plan paid the claim.", first=FIRST)]) as server, tempfile.TemporaryDirectory() as folder:
        body = {"model": "x", "messages": [{"role": "user", "content": QUESTION}], "stream": True}

        client = httpx.Client(trust_env=False)

        def bare() -> None:
            with client.stream("POST", f"{server.base}/chat/completions", json=body) as answer:
                lines = answer.iter_lines()
                next(lines)
                bare.finish = list(lines)  # type: ignore[attr-defined]

        def through(remote: bool) -> Callable[[], None]:
            settings = settings_of(Path(folder), server.base, remote=remote, day_tokens=10**9)

            def once() -> None:
                talk = Gate(settings).talk([Message("user", QUESTION)])
                next(talk)
                once.finish = talk  # type: ignore[attr-defined]

            return once

        base = _measure("bare HTTP client", bare)
        for name, call in (("through the gate, local", through(False)), ("through the gate, masked", through(True))):
            print(f"  added: {_measure(name, call) - base:.1f} ms at the median")


def _measure(name: str, call: Callable[[], None]) -> float:
    """Median milliseconds to the first piece; the rest of each answer is read outside the time taken."""
    times = []
    for _ in range(ROUNDS + 3):
        begun = time.perf_counter()
        call()
        times.append((time.perf_counter() - begun) * 1000)
        for _ in getattr(call, "finish", ()):
            pass
    times = sorted(times[3:])
    median = statistics.median(times)
    print(f"{name:<28} median {median:6.1f} ms, 95th percentile {times[int(len(times) * 0.95) - 1]:6.1f} ms")
    return median


if __name__ == "__main__":
    main()
