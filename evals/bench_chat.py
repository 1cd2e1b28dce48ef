"""How long one turn of the conversation takes without a model: `python -m evals.bench_chat` prints p50 and p95 over the
questions of the dev half, earlier questions of the same case left out.
"""

import statistics
import time

from assistant.services import Services
from evals.answers import context_of
from evals.cases.billing import load_billing
from evals.suites import files_of


def milliseconds(services: Services, most: int | None = None) -> list[float]:
    """The time of each turn, in order, the search opened beforehand."""
    from dataclasses import replace

    from assistant.chat.conversation import answer
    from assistant.chat.turn import Turn

    services.searcher.warm_up()
    services.search("warm up", 1)
    found = []
    cases = [case for path in files_of("questions") for case in load_billing(path) if case.split == "dev"]
    for case in cases[:most]:
        context = context_of({"note": case.note, "remit": case.remit, "lang": case.lang}, services)
        for question in case.history:
            context = replace(context, turns=(*context.turns, Turn(question, answer(question, context))))
        begun = time.perf_counter()
        answer(case.question, context)
        found.append(1000 * (time.perf_counter() - begun))
    return found


def main() -> None:
    """Print the figures."""
    times = sorted(milliseconds(Services.open()))
    tail = times[int(0.95 * (len(times) - 1))]
    print(f"{len(times)} turns: p50 {statistics.median(times):.0f} ms, p95 {tail:.0f} ms, longest {times[-1]:.0f} ms")


if __name__ == "__main__":
    main()
