"""The Evaluator tab: run a suite and see how often Superbill, or another tool's file, is right."""

from collections.abc import Callable, Mapping

from assistant.accounts.principal import Role
from assistant.errors import InputError
from assistant.services import Services
from assistant.web import evaluator_view as view
from assistant.web.desk import Answer, Desk, Said, saved
from assistant.web.evaluator_run import BASELINE, FILE, OWN, EvaluatorSitting, Running
from assistant.web.uploads import as_files
from assistant.web.views import banner
from assistant.web.words import say
from evals import report, runner
from evals.suites import PARTS, suite

POLL = 400
"""Milliseconds between two questions for the progress."""
MOST_RUNS = 6


class EvaluatorDesk(Desk[EvaluatorSitting]):
    """What an evaluator does."""

    name = "evaluator"
    roles = (Role.EVALUATOR,)

    def __init__(self, services: Services) -> None:
        super().__init__(EvaluatorSitting)
        self._services = services

    def works(self) -> Mapping[str, Callable[[Said, EvaluatorSitting], Answer]]:
        """Name -> what is done."""
        return {
            "predictions": self.predictions,
            "run": self.run,
            "stop": self.stop,
            "progress": self.progress,
            "show": self.shown,
            "compare": self.compared,
            "case": self.case,
            "save_report": self.save_report,
            "save_run": self.save_run,
        }

    def shell(self, sitting: EvaluatorSitting) -> str:
        """The tab as it stands."""
        return view.shell_html(sitting)

    def poll(self, sitting: EvaluatorSitting) -> int:
        """A run that is under way is asked for again."""
        return POLL if sitting.running else 0

    def predictions(self, said: Said, sitting: EvaluatorSitting) -> Answer:
        """Another tool's predictions, checked and kept for the session."""
        from evals.adapters.predictions import tool_from_file

        if not said.files:
            raise InputError(say("biller.nothing_dropped"))
        with as_files(said.files[:1], self._services.settings) as (path,):
            sitting.loaded = tool_from_file(path)
        told = banner(say("evaluator.file_loaded", name=sitting.loaded.name), "info")
        sitting.chosen = [FILE]
        return {"panels": {"sb-tools": view.tools_html(sitting)}, "told": told}

    def run(self, said: Said, sitting: EvaluatorSitting) -> Answer:
        """Start a suite in a thread of its own."""
        if sitting.running and not sitting.running.ended:
            raise InputError(say("evaluator.busy"))
        name, sitting.chosen = said.text("suite", 40), said.several("tools")
        suite(name)
        if not set(sitting.chosen) & {OWN, BASELINE, *([FILE] if sitting.loaded else [])}:
            raise InputError(say("evaluator.no_tool"))
        sitting.suite = name
        sitting.running = Running(self._services, name, sitting.chosen, sitting.loaded)
        sitting.running.start()
        return self.progress(said, sitting) | {"told": ""}

    def stop(self, said: Said, sitting: EvaluatorSitting) -> Answer:
        """Stop the run; nothing of it stays."""
        if sitting.running:
            sitting.running.stop()
            sitting.running = None
        told = banner(say("evaluator.stopped"), "info")
        return {"panels": view.controls(sitting), "told": told}

    def progress(self, said: Said, sitting: EvaluatorSitting) -> Answer:
        """How far the run is; at its end the result."""
        running = sitting.running
        if running is None:
            return {"panels": view.controls(sitting)}
        if not running.ended:
            return {"panels": view.controls(sitting), "poll": POLL}
        sitting.running = None
        if running.record is None:
            return {"panels": view.controls(sitting), "told": banner(running.fault)}
        sitting.runs = (*sitting.runs, running.record)[-MOST_RUNS:]
        sitting.shown = len(sitting.runs) - 1
        told = banner(say("evaluator.done"), "done")
        return {"panels": view.controls(sitting) | view.results(sitting), "told": told}

    def shown(self, said: Said, sitting: EvaluatorSitting) -> Answer:
        """Another run of this session."""
        number = said.number("run")
        if number is None or number >= len(sitting.runs):
            raise InputError(say("desk.unknown"))
        sitting.shown = number
        return {"panels": view.results(sitting)}

    def compared(self, said: Said, sitting: EvaluatorSitting) -> Answer:
        """Two runs side by side: paired bootstrap on the cases they share."""
        a, b = said.text("a", 60), said.text("b", 60)
        return {"panels": {"sb-compared": view.compared_html(sitting, a, b)}, "told": ""}

    def case(self, said: Said, sitting: EvaluatorSitting) -> Answer:
        """A case of the run, opened in the coder's tab. Held-out cases are not shown to anyone who might fit to them."""
        wanted = said.text("case", 200)
        for block in suite("notes"):
            for path in block.files:
                for case in PARTS["notes"].load(path):
                    if case.id == wanted and case.split not in view.CLOSED:
                        line = case.line()
                        note = {
                            "name": wanted,
                            "text": case.text,
                            "date": str(line["date_of_service"]),
                            "setting": str(line["setting"]),
                            "sex": {"female": "F", "male": "M"}.get(case.sex, ""),
                            "age": "" if case.age is None else f"{case.age:g}",
                        }
                        return {"note": note}
        raise InputError(say("evaluator.no_case"))

    def save_report(self, said: Said, sitting: EvaluatorSitting) -> Answer:
        """The report as one HTML file."""
        run = view.run_of(sitting)
        return {"saves": [saved(f"{run['suite']}.report.html", report.page(run).encode(), "text/html")]}

    def save_run(self, said: Said, sitting: EvaluatorSitting) -> Answer:
        """The run file."""
        run = view.run_of(sitting)
        return {"saves": [saved(f"{run['suite']}.run.json", runner.text_of(run).encode(), "application/json")]}
