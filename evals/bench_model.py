"""What asking a model through Superbill costs over asking it directly: `python -m evals.bench_model`, from the checkout.

A scripted server on loopback waits a fixed time before its first piece. The time to that piece is taken with a bare HTTP
client and through the gate (litellm, the mask where the model counts as remote, the budget, the line of record); then the
time to the first sentence of a whole turn (tools described, one tool called, its result sent, the sentence past the guard)
beside the same two exchanges with the bare client. Wall time depends on what else the machine does, so the processor time
of this process, which holds client and server, and the machine's load stand beside it.
"""

import json
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

ROUNDS = 30
FIRST = 0.05
"""Seconds that the server waits before its first piece."""
QUESTION = "Patient: Rose Hill, seen 2026-02-02. What does she owe on claim 2026-00017? " * 20
GOOD = "The patient owes $60.00 [1]. The plan paid $140.00 on 2026-01-31 [1]."


def main() -> None:
    """Print medians and 95th percentiles of the time to the first piece, and what is added."""
    import httpx

    from assistant.chat.agent import StepKind, steps
    from assistant.chat.client import _ready
    from assistant.chat.outbound import Gate
    from assistant.model import Message
    from assistant.services import Services
    from tests.chat.model_server import Call, ModelServer, Say, Step
    from tests.chat.model_tools import TOOLS, context_of, plain, settings_of

    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores; medians of {ROUNDS}")
    begun, spent = time.perf_counter(), time.process_time()
    _ready()
    print(
        f"library loaded once in {time.perf_counter() - begun:.1f} s, {time.process_time() - spent:.1f} s of processor time"
        " (in the background where a page serves)"
    )
    client = httpx.Client(trust_env=False)

    def ask(base: str, messages: list[dict[str, Any]]) -> Iterator[str]:
        body = {"model": "x", "messages": messages, "stream": True}
        with client.stream("POST", f"{base}/chat/completions", json=body) as answer:
            yield from answer.iter_lines()

    with tempfile.TemporaryDirectory() as folder:

        def settings(base: str, remote: bool) -> Any:
            return settings_of(Path(folder), base, remote=remote, day_tokens=10**9)

        print("first piece of one exchange")
        with ModelServer([Say("The plan paid the claim.", first=FIRST)]) as server:

            def bare() -> Iterator[object]:
                return ask(server.base, [{"role": "user", "content": QUESTION}])

            base = _measure("bare HTTP client", bare)
            for remote, name in ((False, "through the gate, local"), (True, "through the gate, masked")):
                chosen = settings(server.base, remote)
                _measure(name, lambda chosen=chosen: Gate(chosen).talk([Message("user", QUESTION)]), base)

        def answer(request: dict[str, Any]) -> Step:
            called = any(message["role"] == "tool" for message in request["messages"])
            return Say(GOOD, first=FIRST, size=200) if called else Call((("patient_owes", "{}"),))

        print("first sentence of a turn with one tool")
        services = Services.open()
        with ModelServer(answer) as server:

            def twice() -> Iterator[object]:
                list(ask(server.base, [{"role": "user", "content": QUESTION}]))
                told = {"role": "tool", "content": json.dumps({"x": QUESTION})}
                return ask(server.base, [{"role": "user", "content": QUESTION}, told])

            def turn(remote: bool) -> Iterator[object]:
                gate = Gate(settings(server.base, remote))
                going = steps(QUESTION[:76], context_of(services), gate, plain, TOOLS)
                for step in going:
                    if step.kind is StepKind.SENTENCE:
                        yield step
                    elif step.kind is StepKind.ANSWER:
                        raise AssertionError("the scripted turn showed no sentence")
                    if step.kind is StepKind.SENTENCE:
                        yield from going

            base = _measure("bare HTTP client", twice)
            _measure("a turn, local", lambda: turn(False), base)
            _measure("a turn, masked", lambda: turn(True), base)


def _measure(
    name: str, call: Callable[[], Iterator[object]], base: tuple[float, float] | None = None
) -> tuple[float, float]:
    """Median milliseconds of (wall, processor) time to the first piece; the rest is read outside the time taken."""
    times, spent = [], []
    for _ in range(ROUNDS + 3):
        begun, used = time.perf_counter(), time.process_time()
        pieces = call()
        next(pieces)
        times.append((time.perf_counter() - begun) * 1000)
        spent.append((time.process_time() - used) * 1000)
        for _ in pieces:
            pass
    last = sorted(times[3:])
    median = statistics.median(last), statistics.median(spent[3:])
    added = f"; added {median[0] - base[0]:5.1f} ms, processor {median[1] - base[1]:5.1f} ms" if base else ""
    print(
        f"  {name:<26} median {median[0]:6.1f} ms, 95th percentile {last[int(len(last) * 0.95) - 1]:6.1f} ms, "
        f"processor {median[1]:5.1f} ms{added}"
    )
    return median


if __name__ == "__main__":
    main()
