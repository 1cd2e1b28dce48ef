"""What the Evaluator tab's events do: a suite runs in a thread of its own while its progress is shown."""

import queue
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr

from assistant.errors import USER_ERRORS, InputError
from assistant.services import Services
from assistant.web import evaluator_view as view
from assistant.web.uploads import discard
from assistant.web.views import banner
from assistant.web.words import say, texts
from evals import runner
from evals.suites import PARTS, suite
from evals.tool import Tool

OWN, BASELINE, FILE = "superbill", "baseline", "file"
TICK = 0.2
"""Seconds between two pictures of the progress."""


class _Stopped(Exception):
    """The user stopped the run or left."""


@dataclass(frozen=True, slots=True)
class EvaluatorDesk:
    """The handlers; each returns the new values of the components its event names."""

    services: Services

    def loaded(self, path: str) -> tuple[Any, ...]:
        """Another tool's predictions, checked and kept for the session; the file is gone."""
        from evals.adapters.predictions import tool_from_file

        try:
            tool = tool_from_file(Path(path))
        except USER_ERRORS as error:
            return gr.skip(), gr.skip(), None, banner(str(error))
        finally:
            discard(path)
        return (
            tool,
            gr.update(choices=tool_choices(tool.name)),
            None,
            banner(say("evaluator.file_loaded", name=tool.name), "info"),
        )

    def run(
        self, name: str, chosen: list[str], loaded: Tool | None, before: dict[str, Any] | None
    ) -> Iterator[tuple[Any, ...]]:
        """The suite, with progress; at the end the result, and the comparison with the run before."""
        stop, told = threading.Event(), queue.SimpleQueue[tuple[str, Any]]()
        work = threading.Thread(target=self._work, args=(name, chosen, loaded, before, stop, told), daemon=True)
        busy = (gr.update(interactive=False), gr.update(interactive=True))
        idle = (gr.update(interactive=True), gr.update(interactive=False))
        yield view.progress_html(say("evaluator.opening"), 0, 0), gr.skip(), before, *busy
        work.start()
        try:
            while True:
                kind, value = self._latest(told)
                if kind == "progress":
                    yield view.progress_html(*value), gr.skip(), before, *busy
                elif kind == "failed":
                    yield banner(value), gr.skip(), before, *idle
                    return
                else:
                    record, shown = value
                    yield "", shown, record, *idle
                    return
        finally:
            stop.set()

    @staticmethod
    def _latest(told: "queue.SimpleQueue[tuple[str, Any]]") -> tuple[str, Any]:
        """The newest message; older progress is skipped."""
        message = told.get()
        while message[0] == "progress":
            try:
                message = told.get(timeout=TICK)
            except queue.Empty:
                break
        return message

    def _work(
        self,
        name: str,
        chosen: list[str],
        loaded: Tool | None,
        before: dict[str, Any] | None,
        stop: threading.Event,
        told: "queue.SimpleQueue[tuple[str, Any]]",
    ) -> None:
        def watch(items: Iterable[Any], total: int, label: str) -> Iterator[Any]:
            for place, item in enumerate(items):
                if stop.is_set():
                    raise _Stopped
                told.put(("progress", (label, place, total)))
                yield item
            told.put(("progress", (say("evaluator.counting", part=label), total, total)))

        try:
            record = runner.run(name, suite(name), self._tools(chosen, loaded), progress=watch)
            told.put(("done", (record, view.run_html(record, before))))
        except _Stopped:
            return
        except USER_ERRORS as error:
            told.put(("failed", str(error)))
        except Exception as error:  # the page must say that the run ended, whatever ended it
            told.put(("failed", say("evaluator.broke", kind=type(error).__name__)))

    def _tools(self, chosen: list[str], loaded: Tool | None) -> list[Tool]:
        from evals.baseline import open_baseline
        from evals.superbill import superbill

        tools = []
        if OWN in chosen:
            tools.append(superbill(self.services))
        if BASELINE in chosen:
            tools.append(open_baseline(self.services.settings.index_dir))
        if FILE in chosen and loaded is not None:
            tools.append(loaded)
        if not tools:
            raise InputError(say("evaluator.no_tool"))
        return tools


def stopped() -> tuple[Any, ...]:
    """After the user stopped a run."""
    return banner(say("evaluator.stopped"), "info"), gr.update(interactive=True), gr.update(interactive=False)


def suite_choices() -> list[tuple[str, str]]:
    """(words, name) of the suites whose cases are shipped."""
    found = []
    for name in ("first", *PARTS, "all"):
        try:
            cases = sum(len(block.part.load(path)) for block in suite(name) for path in block.files)
        except InputError:
            continue
        title = texts()["evaluator"].get(f"suite_{name}", name)
        found.append((say("evaluator.suite_named", name=title, count=cases), name))
    return found


def tool_choices(loaded: str = "") -> list[tuple[str, str]]:
    """(words, tool) of what can be measured."""
    choices = [(say("evaluator.tool_superbill"), OWN), (say("evaluator.tool_baseline"), BASELINE)]
    return [*choices, (say("evaluator.tool_file", name=loaded), FILE)] if loaded else choices
