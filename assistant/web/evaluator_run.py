"""A run of a suite in a thread of its own, and what one evaluator has in hand."""

import threading
from collections.abc import Iterable, Iterator
from contextvars import copy_context
from typing import Any

from assistant.errors import USER_ERRORS
from assistant.services import Services
from assistant.web.messages import spoken_error
from assistant.web.sittings import Sitting
from assistant.web.words import say
from evals import runner
from evals.suites import suite
from evals.tool import Tool

OWN, BASELINE, FILE = "superbill", "baseline", "file"
ONE_AT_A_TIME = threading.Lock()
"""Suites take all the processor there is: a second one waits."""


class _Stopped(Exception):
    """The user stopped the run or left."""


class Running:
    """One run. `label`, `done` and `total` say how far it is; at the end there is a `record` or a `fault`."""

    def __init__(self, services: Services, name: str, chosen: list[str], loaded: Tool | None) -> None:
        self.label, self.done, self.total = say("evaluator.opening"), 0, 0
        self.record: dict[str, Any] | None = None
        self.fault = ""
        self.ended = False
        self._halt = threading.Event()
        self._services = services
        self._name, self._chosen, self._loaded = name, chosen, loaded

    def start(self) -> None:
        """Begin, as the person and in the language of the caller."""
        threading.Thread(target=copy_context().run, args=(self._work,), daemon=True).start()

    def stop(self) -> None:
        """End it before the next case."""
        self._halt.set()

    def _work(self) -> None:
        try:
            while not ONE_AT_A_TIME.acquire(timeout=0.3):
                self._alive()
            try:
                self.record = runner.run(self._name, suite(self._name), self._tools(), progress=self._watched)
            finally:
                ONE_AT_A_TIME.release()
        except _Stopped:
            pass
        except USER_ERRORS as error:
            self.fault = spoken_error(error)
        except Exception as error:  # the page must say that the run ended, whatever ended it
            self.fault = say("evaluator.broke", kind=type(error).__name__)
        self.ended = True

    def _alive(self) -> None:
        if self._halt.is_set():
            raise _Stopped

    def _watched(self, items: Iterable[Any], total: int, label: str) -> Iterator[Any]:
        for place, item in enumerate(items):
            self._alive()
            self.label, self.done, self.total = label, place, total
            yield item
        self.label, self.done, self.total = say("evaluator.counting", part=label), total, total

    def _tools(self) -> list[Tool]:
        from evals.baseline import open_baseline
        from evals.superbill import superbill

        tools = []
        if OWN in self._chosen:
            tools.append(superbill(self._services))
        if BASELINE in self._chosen:
            tools.append(open_baseline(self._services.settings.index_dir))
        if FILE in self._chosen and self._loaded is not None:
            tools.append(self._loaded)
        return tools


class EvaluatorSitting(Sitting):
    """The runs of this session, the predictions that were dropped, and what is running."""

    def __init__(self) -> None:
        super().__init__()
        self.suite = "first"
        self.chosen = [OWN]
        self.loaded: Tool | None = None
        self.running: Running | None = None
        self.runs: tuple[dict[str, Any], ...] = ()
        self.shown: int | None = None

    def end(self) -> None:
        """Nobody waits for it any more."""
        if self.running:
            self.running.stop()
